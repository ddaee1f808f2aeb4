"""The client's own patience with PostgreSQL: how long a request waits for a server that says nothing.

The server's timeouts end what takes long in it. None of them ends the wait for a server that is frozen,
overwhelmed or cut off, and a connection that was given up in the middle never returns to its pool.
"""

import asyncio
import select
from dataclasses import dataclass
from math import ceil
from time import monotonic
from typing import Any, Self, TypeVar, cast

import psycopg
from psycopg.abc import PQGen
from sqlalchemy import event, exc
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

# Whoever is late still gets a statement through, or a rollback, when the server is well.
LAST_WAIT_SECONDS = 0.3
LIBPQ_SECONDS = 2
CANCEL_SECONDS = 0.3
POLL_SECONDS = 0.1

Result = TypeVar("Result")


class ServerSilent(psycopg.OperationalError):
    """Nothing came in time. Nobody knows what became of the statement, least of all of a commit."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a new connection may take, and all that one request asks of it together."""

    connect_seconds: float
    request_seconds: float


class PatientConnection(psycopg.AsyncConnection[Any]):
    """Closes itself when the server is silent for too long.

    `patient_until` is a time of the monotonic clock; after it, each wait may take `LAST_WAIT_SECONDS`.
    """

    patience: Patience
    patient_until: float

    @classmethod
    async def arrive(cls, *arguments: Any, patience: Patience, **options: Any) -> Self:
        """Connect within `connect_seconds`, which all hosts share where an address names several.

        The attempt itself is never broken off, since that would leave a socket open and a server waiting for
        a password; it ends after libpq's shortest timeout, and is closed when nobody waits for it any more.
        """
        longest = max(LIBPQ_SECONDS, ceil(patience.connect_seconds))
        attempt = asyncio.ensure_future(cls.connect(*arguments, connect_timeout=longest, **options))
        try:
            async with asyncio.timeout(patience.connect_seconds):
                connection = await asyncio.shield(attempt)
        except TimeoutError as late:
            attempt.add_done_callback(_close)
            raise psycopg.errors.ConnectionTimeout("no connection in time") from late
        except asyncio.CancelledError:
            attempt.add_done_callback(_close)
            raise
        connection.patience = patience
        connection.renew()
        return connection

    def renew(self) -> None:
        self.patient_until = monotonic() + self.patience.request_seconds

    async def wait(
        self,
        gen: PQGen[Result],
        interval: float = POLL_SECONDS,
        timeout: float | None = None,  # noqa: ASYNC109 - the driver's signature
    ) -> Result:
        """Every statement, commit and rollback waits here for the server."""
        if timeout is None:
            timeout = max(self.patient_until - monotonic(), LAST_WAIT_SECONDS)
        try:
            return await super().wait(gen, interval, timeout)
        except psycopg.OperationalError as failure:
            # What the server said bears a state; without one the connection is lost, or the wait was over.
            if failure.sqlstate is not None or self.closed:
                raise
            self.pgconn.finish()
            raise ServerSilent("no answer in time") from failure

    async def cancel_safe(self, *, timeout: float = CANCEL_SECONDS) -> None:  # noqa: ASYNC109 - likewise
        """The driver asks a running statement to stop when its task is cancelled, and then waits for that.

        A server that does not even take the wish is not waited for: the connection is closed.
        """
        try:
            await super().cancel_safe(timeout=min(timeout, CANCEL_SECONDS))
        except psycopg.Error:
            self.pgconn.finish()
            raise

    def hung_up(self) -> bool:
        """Whether the server has gone while nobody used the connection. Costs no round trip.

        An idle server says nothing: whatever can be read is its farewell, or not worth keeping the
        connection for.
        """
        if self.closed:
            return True
        poll = select.poll()
        poll.register(self.pgconn.socket, select.POLLIN)
        return bool(poll.poll(0))


def _close(attempt: asyncio.Future[Any]) -> None:
    if not attempt.cancelled() and attempt.exception() is None:
        attempt.result().pgconn.finish()


def make_patient(engine: AsyncEngine) -> None:
    """For engines whose connections are patient ones: renew patience, replace the dead, keep the others."""
    event.listen(engine.sync_engine, "checkout", _check_out)
    event.listen(engine.sync_engine, "handle_error", _keep_others)


def patient_connection(connection: PoolProxiedConnection) -> PatientConnection:
    return cast("PatientConnection", connection.driver_connection)


def _check_out(_adapted: DBAPIConnection, _entry: ConnectionPoolEntry, proxy: PoolProxiedConnection) -> None:
    connection = patient_connection(proxy)
    if connection.hung_up():
        raise exc.DisconnectionError("the server has gone")
    connection.renew()


def _keep_others(context: ExceptionContext) -> None:
    """One slow statement says nothing about the other connections of the pool."""
    if isinstance(context.original_exception, ServerSilent):
        context.invalidate_pool_on_disconnect = False
