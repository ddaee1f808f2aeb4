"""The database and its three roles, made by the superuser; tables are the migrations' business.

Everything here may be repeated at every start: it sets attributes and passwords anew, so that a role whose
secret was lost, or that was given more than it should have, is mended.
"""

from collections.abc import Mapping
from typing import Any, Literal

from psycopg import Connection, sql
from psycopg.pq.abc import PGconn
from psycopg.sql import SQL, Identifier

Role = Literal["owner", "app", "system", "superuser"]
SuperuserConnection = Connection[tuple[Any, ...]]

DATABASE = "matchmaking"
NAMES: Mapping[Role, str] = {
    "owner": "matchmaking_owner",
    "app": "matchmaking_app",
    "system": "matchmaking_system",
    "superuser": "postgres",
}
LIMITED: tuple[Role, ...] = ("owner", "app", "system")
# INHERIT: up to PostgreSQL 15 the owner of a database owns its schema public only by inheriting.
ATTRIBUTES = SQL("LOGIN INHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION")


def establish(connection: SuperuserConnection, passwords: Mapping[Role, str]) -> bool:
    """Make or mend roles and database; whether the database is new. `connection` is in autocommit."""
    with connection.transaction():
        present = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
        for role, password in passwords.items():
            _establish_role(connection, NAMES[role], password, exists=NAMES[role] in present)
    rows = connection.execute("SELECT datname, datacl IS NOT NULL FROM pg_database").fetchall()
    databases: dict[str, bool] = dict(rows)
    is_new = DATABASE not in databases
    if is_new:
        create(connection, DATABASE, None)
    elif not databases[DATABASE]:
        admit(connection, DATABASE)
    connection.execute("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC")
    return is_new


def create(connection: SuperuserConnection, database: str, template: str | None) -> None:
    """Make a database of the owner's that only the three roles may enter, a copy of `template` if given.

    File by file, which takes half as long as through the log where the template is small.
    """
    statement = SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY file_copy").format(
        Identifier(database), Identifier(NAMES["owner"]), Identifier(template or "template1")
    )
    connection.execute(statement)
    admit(connection, database)


def drop(connection: SuperuserConnection, database: str) -> None:
    connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(database)))


def admit(connection: SuperuserConnection, database: str) -> None:
    """Admit the three roles and nobody else. Rights to a database are not copied with its template."""
    members = SQL(", ").join(Identifier(NAMES[role]) for role in LIMITED)
    with connection.transaction():
        connection.execute(SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(Identifier(database)))
        connection.execute(SQL("GRANT CONNECT ON DATABASE {} TO {}").format(Identifier(database), members))


def close_public_schema(connection: SuperuserConnection) -> None:
    """In the database that `connection` is connected to, PUBLIC makes nothing in schema public."""
    connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")


def _establish_role(connection: SuperuserConnection, name: str, password: str, *, exists: bool) -> None:
    verb = SQL("ALTER ROLE") if exists else SQL("CREATE ROLE")
    verifier = _verifier(connection.pgconn, name, password)
    connection.execute(
        SQL("{} {} {} PASSWORD {}").format(verb, Identifier(name), ATTRIBUTES, sql.Literal(verifier))
    )


def _verifier(connection: PGconn, name: str, password: str) -> str:
    """What the server stores; the password itself never goes into a statement."""
    return connection.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
