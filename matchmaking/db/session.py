"""Sessions: one transaction, one actor. Whoever opens a session commits it; services never do.

The actor is told to PostgreSQL at every BEGIN, so that row-level security holds whatever statement follows,
and the same round trip answers whether the sign-in still counts.
"""

import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any, cast
from uuid import UUID

import psycopg
from sqlalchemy import Connection, event, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.util import await_only

from matchmaking.clock import Clock
from matchmaking.db.beginning import Entrance, begin
from matchmaking.db.patience import PatientConnection, patient_connection
from matchmaking.errors import NotSignedIn

CIRCUMSTANCES = "circumstances"


class ReadSession(AsyncSession):
    """A read-only transaction."""

    @property
    def instant(self) -> datetime:
        """The application's time at which this transaction was opened; one for all that is done in it."""
        return cast("Circumstances", self.info[CIRCUMSTANCES]).instant

    def pseudonym(self, person_id: UUID) -> str:
        """HMAC-SHA-256 of a person's id, 32 hexadecimal digits; without the secret it leads nowhere."""
        return self.keyed(person_id.bytes).hex()[:32]

    def keyed(self, content: bytes) -> bytes:
        """HMAC-SHA-256 (32 bytes) under the installation's secret, which the database does not know."""
        secret = cast("Circumstances", self.info[CIRCUMSTANCES]).pseudonym_secret
        return hmac.digest(secret, content, "sha256")


class WriteSession(ReadSession):
    """A transaction that may change rows. What is done in it stands once its opener committed."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a transaction knows of its surroundings; no entrance means that nobody in particular acts.

    `patient_until`, of the monotonic clock, counts from when it was asked for, so with the wait for a
    connection.
    """

    entrance: Entrance | None
    instant: datetime
    pseudonym_secret: bytes
    patient_until: float
    reads: bool


class _EnteringSession(Session):
    """The synchronous half, on which the begin hook listens."""


@event.listens_for(_EnteringSession, "after_begin")
def _enter(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    circumstances: Circumstances = session.info[CIRCUMSTANCES]
    driver = patient_connection(connection.connection)
    driver.patient_until = circumstances.patient_until
    if (entrance := circumstances.entrance) is None:
        return
    try:
        admitted = await_only(begin(driver, entrance, circumstances.instant, reads=circumstances.reads))
    except psycopg.Error as failure:
        # Whoever has it next must not find what is left of this.
        connection.invalidate(failure)
        raise
    if not admitted:
        raise NotSignedIn("session_ended")


LENIENT = text(
    "SELECT set_config('statement_timeout', :limit, true),"
    " set_config('idle_in_transaction_session_timeout', :limit, true)"
)


async def be_patient(session: ReadSession, seconds: int) -> None:
    """Let this transaction take `seconds`, for what is done in the background and not in a request."""
    await session.execute(LENIENT, {"limit": f"{seconds}s"})
    connection = await session.connection()
    driver = (await connection.get_raw_connection()).driver_connection
    cast("PatientConnection", driver).patient_until = monotonic() + seconds


@dataclass(frozen=True, slots=True)
class Database:
    """The two ways in during requests: as the actor (`app`), and as the system for what no actor may read."""

    app: AsyncEngine
    system: AsyncEngine
    clock: Clock
    pseudonym_secret: bytes
    patience_seconds: float

    @asynccontextmanager
    async def reading(self, entrance: Entrance) -> AsyncIterator[ReadSession]:
        async with ReadSession(self.app, **self._options(entrance, reads=True)) as session:
            yield session

    @asynccontextmanager
    async def writing(self, entrance: Entrance | None) -> AsyncIterator[WriteSession]:
        """Commit when the block ends well, roll back when it raises."""
        async with WriteSession(self.app, **self._options(entrance)) as session:
            yield session
            await session.commit()

    @asynccontextmanager
    async def as_system(self) -> AsyncIterator[WriteSession]:
        """Sign-in look-ups, the demo loader and jobs: what is done before there is an actor."""
        async with WriteSession(self.system, **self._options(None)) as session:
            yield session
            await session.commit()

    def _options(self, entrance: Entrance | None, *, reads: bool = False) -> dict[str, Any]:
        until = monotonic() + self.patience_seconds
        circumstances = Circumstances(entrance, self.clock.now(), self.pseudonym_secret, until, reads)
        return {
            "sync_session_class": _EnteringSession,
            "expire_on_commit": False,
            "autoflush": False,
            "info": {CIRCUMSTANCES: circumstances},
        }

    async def ping(self) -> None:
        """Return once PostgreSQL answered a request engine; raise as the driver does when it does not."""
        async with self.app.connect() as connection:
            await connection.exec_driver_sql("SELECT 1")

    async def dispose(self) -> None:
        await self.app.dispose()
        await self.system.dispose()
