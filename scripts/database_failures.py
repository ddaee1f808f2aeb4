"""What a driver or Alembic raises, as a code and its parameters. Apart, since they are slow to import."""

import psycopg
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

DISK_FULL = "53100"
# Classes of SQLSTATE in which the server was not reached, or did not let us in.
NOT_LET_IN = ("08", "28", "3D", "57P")


def database_failure(failure: BaseException) -> tuple[str, dict[str, str | int]] | None:
    """None for what is no failure of a database."""
    if isinstance(failure, CommandError):
        return "cli.migration_newer", {}
    if isinstance(failure, PoolTimeout):
        return "cli.database_away", {"reason": "timeout"}
    origin = failure.orig if isinstance(failure, DBAPIError) else failure
    if not isinstance(origin, psycopg.Error):
        return None
    if origin.sqlstate == DISK_FULL:
        return "cli.database_disk_full", {}
    reason = reason_of(origin)
    if origin.sqlstate is None or origin.sqlstate.startswith(NOT_LET_IN):
        return "cli.database_away", {"reason": reason}
    return "cli.database_failed", {"reason": reason, "code": origin.sqlstate}


def reason_of(failure: psycopg.Error) -> str:
    """The first line of what the server or libpq says: names and addresses, no values and no passwords."""
    said = failure.diag.message_primary or str(failure)
    return (said.strip().splitlines() or [type(failure).__name__])[0].rstrip(".")
