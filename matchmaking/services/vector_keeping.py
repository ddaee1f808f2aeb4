"""Which listings have vectors, which wait for theirs, and whose are needed no more."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from matchmaking.db.changes import count_changed
from matchmaking.db.queue import TaskName, enqueue
from matchmaking.db.session import Database, ReadSession, be_patient
from matchmaking.lifecycles import CAPABILITY, NEED
from matchmaking.tables.research import Capability, ResearchDemand
from matchmaking.tables.vectors import ListingVectors, TextToEncode, VectorSubject

PATIENT_SECONDS = 600
WAITING: Any = TextToEncode.__table__  # type: ignore[attr-defined]
TABLES: Mapping[VectorSubject, type[Any]] = {
    VectorSubject.CAPABILITY: Capability,
    VectorSubject.RESEARCH_DEMAND: ResearchDemand,
}
ENDED: Mapping[VectorSubject, frozenset[Any]] = {
    VectorSubject.CAPABILITY: CAPABILITY.terminal,
    VectorSubject.RESEARCH_DEMAND: NEED.terminal,
}


async def note_unencoded(database: Database, model: str) -> int:
    """Let every listing wait that this encoder has not read, as after a change of encoders; how many.

    Whether there are any or not, asks for the task that serves them.
    """
    noted = 0
    async with database.as_system() as session:
        await be_patient(session, PATIENT_SECONDS)
        for subject, table in TABLES.items():
            known = select(col(ListingVectors.listing_id)).where(col(ListingVectors.model) == model)
            waiting = select(col(TextToEncode.listing_id))
            unread = select(literal(subject.value), table.id).where(
                table.state.not_in(ENDED[subject]), table.id.not_in(known), table.id.not_in(waiting)
            )
            adding = insert(WAITING).from_select(["subject", "listing_id"], unread)
            added = adding.returning(WAITING.c.number).cte("added")
            noted += (await session.execute(select(func.count()).select_from(added))).scalar_one()
        await enqueue(session, TaskName.ENCODE_TEXTS)
    return noted


async def forget_vectors_of_ended(database: Database) -> int:
    """What is over is not looked for any more; how many listings' vectors went away."""
    gone = 0
    async with database.as_system() as session:
        for subject, table in TABLES.items():
            ended = select(table.id).where(table.state.in_(ENDED[subject]))
            forgetting = delete(ListingVectors).where(col(ListingVectors.listing_id).in_(ended))
            gone += await count_changed(session, forgetting)
    return gone


async def count_waiting(session: ReadSession) -> int:
    """How many listings have a text without a vector."""
    counted = select(func.count(func.distinct(col(TextToEncode.listing_id))))
    return (await session.execute(counted)).scalar_one()


async def count_vectors(session: ReadSession, model: str) -> int:
    """How many listings this encoder has read."""
    counted = select(func.count()).select_from(ListingVectors).where(col(ListingVectors.model) == model)
    return (await session.execute(counted)).scalar_one()
