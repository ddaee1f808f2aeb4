"""Where a database stands in the schema's history, and bringing it up, with failures as sentences."""

from functools import cache
from pathlib import Path

import psycopg
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, pool
from sqlalchemy.exc import DBAPIError

from matchmaking import migrations
from scripts.database_failures import DISK_FULL, reason_of
from scripts.failures import CommandRefused

NOTHING = "-"


@cache
def head() -> str:
    """The revision that this program wants."""
    return ScriptDirectory(str(Path(migrations.__file__).parent)).get_current_head() or NOTHING


def current(owner_url: str) -> str:
    """The revision that the database is at; `-` before the first."""
    engine = create_engine(owner_url, poolclass=pool.NullPool, connect_args={"connect_timeout": 5})
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or NOTHING


def check_migrated(owner_url: str) -> None:
    if (found := current(owner_url)) != head():
        raise CommandRefused("cli.migration_missing", {"current": found, "head": head()})


def migrate_to_head(owner_url: str) -> None:
    try:
        migrations.migrate(owner_url)
    except DBAPIError as failure:
        origin = failure.orig
        if not isinstance(origin, psycopg.Error) or origin.sqlstate in {None, DISK_FULL}:
            raise
        raise CommandRefused("cli.migration_failed", {"reason": reason_of(origin)}) from failure
