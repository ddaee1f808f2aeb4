"""Keeps a catalogue in memory as the database has it: loads it whole, then follows the noted changes.

A `CatalogueReader` says how one kind of catalogue is read; a `CatalogueFeed` decides when. What a feed holds
is never changed, only replaced by the next, so whoever has it may work on undisturbed.

The state of a catalogue is the PostgreSQL snapshot that it was read in: what has changed since are exactly
the noted changes whose transactions that snapshot does not show and the present one does. So a transaction
that took its number early and commits late is missed by nobody.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from time import monotonic
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import BindParameter, bindparam, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from matchmaking.db.patience import PatientConnection
from matchmaking.db.session import ReadSession
from matchmaking.log import logger
from matchmaking.tables.catalogue_changes import CatalogueSubject

POLL_SECONDS = 0.5
FOLLOWING_SECONDS = 5
LOADING_SECONDS = 300
# Changes are kept for a day; who has not looked for an hour reads everything anew.
FORGOTTEN_AFTER_HOURS = 24
TIDY_SECONDS = 3_600.0
ANEW_AFTER_SECONDS = 3_600.0
# Reading so many one by one takes longer than reading everything.
ANEW_AFTER_CHANGES = 5_000

Catalogue = TypeVar("Catalogue")
Changed = Mapping[CatalogueSubject, frozenset[UUID]]


@dataclass(frozen=True, slots=True)
class Size:
    rows: int
    bytes: int


class CatalogueReader(Protocol[Catalogue]):
    """Reads one kind of catalogue over a connection of the system role, in one snapshot of the database."""

    name: str
    subjects: frozenset[CatalogueSubject]

    async def load(self, connection: AsyncConnection) -> Catalogue:
        """Everything that is offered."""
        ...

    async def follow(self, connection: AsyncConnection, catalogue: Catalogue, changed: Changed) -> Catalogue:
        """The catalogue with what is offered now under the changed ids; `catalogue` itself stays."""
        ...

    def size(self, catalogue: Catalogue) -> Size: ...


@dataclass(frozen=True, slots=True)
class Held(Generic[Catalogue]):
    """A catalogue, the snapshot that it shows, the highest number of a change in it, and when it was read.

    `read_at` is of the monotonic clock, taken before the snapshot was.
    """

    catalogue: Catalogue
    size: Size
    snapshot: str
    number: int
    read_at: float


SINCE = """
    c.transaction_id >= pg_snapshot_xmin(CAST(:snapshot AS pg_snapshot))::text::bigint
    AND c.transaction_id < pg_snapshot_xmax(pg_current_snapshot())::text::bigint
    AND NOT pg_visible_in_snapshot(c.transaction_id::text::xid8, CAST(:snapshot AS pg_snapshot))
    AND c.subject IN :subjects
"""
SUBJECTS: BindParameter[str] = bindparam("subjects", expanding=True)
# The timeouts of requests do not apply; they end with the transaction.
STATE = text(
    "SELECT pg_current_snapshot()::text, (SELECT coalesce(max(number), 0) FROM catalogue_change),"
    " set_config('statement_timeout', :limit, true),"
    " set_config('idle_in_transaction_session_timeout', :limit, true)"
)
CHANGES = text(
    f"SELECT c.subject, c.subject_id FROM catalogue_change c WHERE {SINCE} GROUP BY 1, 2"  # noqa: S608
).bindparams(SUBJECTS)
IS_BEHIND = text(f"SELECT EXISTS (SELECT FROM catalogue_change c WHERE {SINCE})").bindparams(  # noqa: S608
    SUBJECTS
)
FORGET = text(
    "DELETE FROM catalogue_change WHERE noted_at < now() - make_interval(hours => :hours)"
).bindparams(hours=FORGOTTEN_AFTER_HOURS)


class CatalogueFeed(Generic[Catalogue]):
    """One catalogue of one process. `follow` keeps it fresh; `current` is exact for the transaction given."""

    def __init__(self, system: AsyncEngine, reader: CatalogueReader[Catalogue]) -> None:
        self.reader = reader
        self._system = system
        self._held: Held[Catalogue] | None = None
        self._turn = asyncio.Lock()
        self._subjects = [subject.value for subject in reader.subjects]
        self._log = logger("catalogue").bind(catalogue=reader.name)

    @property
    def held(self) -> Held[Catalogue] | None:
        """As last read; None before the first time."""
        return self._held

    @property
    def size(self) -> Size:
        return Size(0, 0) if self._held is None else self._held.size

    @property
    def age_seconds(self) -> float:
        """How long ago the database was last seen to have nothing newer; infinite before the first time."""
        return float("inf") if self._held is None else monotonic() - self._held.read_at

    async def current(self, session: ReadSession) -> Held[Catalogue]:
        """The catalogue with every change that a statement of `session` would see now.

        Raises as the database does when it cannot be reached.
        """
        asked_at = monotonic()
        held = self._held
        if held is not None:
            question = {"snapshot": held.snapshot, "subjects": self._subjects}
            if not (await session.execute(IS_BEHIND, question)).scalar_one():
                return held
        return await self.catch_up(asked_at)

    async def catch_up(self, asked_at: float | None = None) -> Held[Catalogue]:
        """Read what is missing, unless somebody else has begun to do so after `asked_at` (default: now)."""
        asked_at = monotonic() if asked_at is None else asked_at
        async with self._turn:
            held = self._held
            if held is None or held.read_at < asked_at:
                held = self._held = await self._read(held)
        return held

    async def follow(self) -> None:
        """Catch up for ever; while the database cannot be reached, what is held stays and its age grows."""
        failing, tidy_at = False, 0.0
        while True:
            try:
                await self.catch_up()
                if failing:
                    self._log.info("catalogue_followed_again")
                failing = False
                if monotonic() >= tidy_at:
                    await forget_old_changes(self._system)
                    tidy_at = monotonic() + TIDY_SECONDS
            except (SQLAlchemyError, OSError) as failure:
                if not failing:
                    self._log.warning("catalogue_not_followed", kind=type(failure).__name__)
                failing = True
            await asyncio.sleep(POLL_SECONDS)

    async def _read(self, held: Held[Catalogue] | None) -> Held[Catalogue]:
        begun = monotonic()
        if held is not None and begun - held.read_at < ANEW_AFTER_SECONDS:
            async with self._snapshot(FOLLOWING_SECONDS) as (connection, snapshot, number):
                changed = await self._changes(connection, held.snapshot)
                count = sum(len(ids) for ids in changed.values())
                if count <= ANEW_AFTER_CHANGES:
                    if not count:
                        return replace(held, snapshot=snapshot, number=number, read_at=begun)
                    catalogue = await self.reader.follow(connection, held.catalogue, changed)
                    return Held(catalogue, self.reader.size(catalogue), snapshot, number, begun)
        async with self._snapshot(LOADING_SECONDS) as (connection, snapshot, number):
            catalogue = await self.reader.load(connection)
            return Held(catalogue, self.reader.size(catalogue), snapshot, number, begun)

    async def _changes(self, connection: AsyncConnection, snapshot: str) -> Changed:
        question = {"snapshot": snapshot, "subjects": self._subjects}
        found: dict[CatalogueSubject, set[UUID]] = {}
        for subject, subject_id in await connection.execute(CHANGES, question):
            found.setdefault(CatalogueSubject(subject), set()).add(subject_id)
        return {subject: frozenset(ids) for subject, ids in found.items()}

    @asynccontextmanager
    async def _snapshot(self, seconds: int) -> AsyncIterator[tuple[AsyncConnection, str, int]]:
        """A connection whose statements all see one state of the database, and what names that state."""
        async with self._system.connect() as plain:
            connection = await plain.execution_options(isolation_level="REPEATABLE READ")
            driver = (await connection.get_raw_connection()).driver_connection
            if isinstance(driver, PatientConnection):
                driver.patient_until = monotonic() + seconds
            state = (await connection.execute(STATE, {"limit": f"{seconds}s"})).one()
            yield connection, state[0], state[1]


async def forget_old_changes(system: AsyncEngine) -> int:
    """Delete the changes of yesterday and earlier; how many they were."""
    async with system.begin() as connection:
        return (await connection.execute(FORGET)).rowcount
