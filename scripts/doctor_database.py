"""What `matchmaking doctor` asks a database: its version, its schema, and whether its two walls stand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import make_url

from matchmaking.db.cluster_binaries import FLOOR
from matchmaking.services.foundation import Foundation
from matchmaking.tables.everything import ROW_SECURITY
from scripts.migrating import current, head

CONNECT_SECONDS = 5
VERSIONS_A_MAJOR = 10_000
RIGHTS_OF_A_ROLE = """
SELECT r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication
       OR EXISTS (SELECT FROM pg_roles other WHERE other.rolname <> current_user
                  AND pg_has_role(current_user, other.oid, 'MEMBER')
                  AND other.rolname NOT LIKE 'pg\\_%%')
       OR has_schema_privilege(current_user, 'public', 'CREATE')
FROM pg_roles r WHERE r.rolname = current_user
"""
WITHOUT_A_WALL = """
SELECT wanted FROM unnest(%s::text[]) wanted
WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = to_regclass(quote_ident(wanted))
                  AND c.relrowsecurity AND c.relforcerowsecurity)
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `advice` are sentences in both languages; without them `<code>_mend` is said."""

    code: str
    found: str
    well: bool = True
    advice: tuple[tuple[str, str], ...] = ()


def examine_database(foundation: Foundation) -> Iterator[Finding]:
    """Raises as the driver does when the database does not answer."""
    with _connected(foundation.app_url) as connection:
        number = connection.info.server_version
    major, minor = divmod(number, VERSIONS_A_MAJOR)
    yield Finding("doctor.database", f"PostgreSQL {major}.{minor}", well=major >= FLOOR)
    found = current(foundation.owner_url)
    yield Finding("doctor.schema", found, well=found == head())
    for code, url in (("doctor.app_role", foundation.app_url), ("doctor.system_role", foundation.system_url)):
        name, too_much = _asked(url, f"SELECT current_user, ({RIGHTS_OF_A_ROLE})")[0]
        yield Finding(code, name, well=not too_much)
    tables = sorted(ROW_SECURITY)
    bare = [row[0] for row in _asked(foundation.owner_url, WITHOUT_A_WALL, tables)]
    yield Finding("doctor.walls", ", ".join(bare) or str(len(tables)), well=not bare)


def _asked(url: str, statement: str, *parameters: Any) -> Sequence[tuple[Any, ...]]:
    with _connected(url) as connection:
        return connection.execute(statement, parameters or None).fetchall()


def _connected(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain.replace("+", "%20"), connect_timeout=CONNECT_SECONDS)
