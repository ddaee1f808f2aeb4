"""Tells whether a failure of the database passes by itself, so that the same request may succeed later.

Lost and refused connections, timeouts, shutdowns, full disks and lost races of serialization do; broken
constraints, wrong statements and missing rights do not.
"""

from collections.abc import Iterator

import psycopg
from sqlalchemy import exc

# https://www.postgresql.org/docs/current/errcodes-appendix.html
PASSING_CLASSES = frozenset({"08", "53", "57", "58"})
PASSING_STATES = frozenset(
    {
        "25006",  # read_only_sql_transaction: we are talking to a standby during a failover
        "25P03",  # idle_in_transaction_session_timeout
        "25P04",  # transaction_timeout
        "28000",  # the server takes nobody in yet
        "28P01",  # the password is being changed
        "3D000",  # the database is being restored
        "40001",  # serialization_failure
        "40P01",  # deadlock_detected
        "55P03",  # lock_not_available
    }
)
RECONNECT_REFUSED = "8s2b"
FLUSH_FAILED = "7s2a"
LONGEST_CHAIN = 10


def is_outage(error: BaseException) -> bool:
    """Whether this failure, or the one that it stems from, is the database being away or overloaded."""
    return any(_passes_by(link) for link in _chain(error))


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    pending: list[BaseException | None] = [error]
    while pending and len(seen) < LONGEST_CHAIN:
        link = pending.pop()
        if link is None or id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        pending += [link.__cause__, getattr(link, "orig", None)]
        if isinstance(link, BaseExceptionGroup):
            pending += link.exceptions
        if isinstance(link, exc.PendingRollbackError):
            pending.append(link.__context__)


def _passes_by(error: BaseException) -> bool:
    if isinstance(error, exc.DBAPIError):
        return error.connection_invalidated
    if isinstance(error, exc.PendingRollbackError):
        return error.code == RECONNECT_REFUSED or (
            error.code == FLUSH_FAILED and "OperationalError" in str(error)
        )
    if isinstance(error, psycopg.Error):
        return _state_passes_by(error)
    return isinstance(error, exc.TimeoutError | ConnectionError)


def _state_passes_by(error: psycopg.Error) -> bool:
    """An error without a state comes from the client library: the connection broke or never was."""
    if error.sqlstate is None:
        return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return error.sqlstate in PASSING_STATES or error.sqlstate[:2] in PASSING_CLASSES
