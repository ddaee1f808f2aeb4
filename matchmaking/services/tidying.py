"""Deleting what has served its purpose: remembered answers, tries to sign in, sign-ins that ended long ago.

What somebody may still ask for is never touched: the journal, tasks, and everything that people made. Each
batch is a short transaction of its own, so that requests never wait for it; run again it goes on.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, or_, select
from sqlmodel import SQLModel, col

from matchmaking.access.throttle import WINDOW
from matchmaking.db.session import Database, WriteSession
from matchmaking.services.idempotency import KEPT_FOR
from matchmaking.tables.followup import RememberedAnswer
from matchmaking.tables.identity import RefreshToken, SignInAttempt, SignInSession

# Long enough to look into a sign-in that somebody complains of.
ENDED_KEPT_FOR = timedelta(days=30)
BATCH = 500


@dataclass(frozen=True, slots=True)
class Tidied:
    """How many rows went."""

    remembered_answers: int
    sign_in_attempts: int
    sign_ins: int


async def tidy(database: Database) -> Tidied:
    """Delete all that is past its time by now."""
    return Tidied(
        remembered_answers=await _in_batches(database, _answers),
        sign_in_attempts=await _in_batches(database, _attempts),
        sign_ins=await _in_batches(database, _sign_ins),
    )


async def _in_batches(database: Database, delete_some: Callable[[WriteSession], Awaitable[int]]) -> int:
    total = 0
    while True:
        async with database.as_system() as system:
            gone = await delete_some(system)
        total += gone
        if gone < BATCH:
            return total


async def _answers(system: WriteSession) -> int:
    past = col(RememberedAnswer.created_at) <= system.instant - KEPT_FOR
    return len(await _delete_some(system, RememberedAnswer, past))


async def _attempts(system: WriteSession) -> int:
    past = col(SignInAttempt.created_at) <= system.instant - WINDOW
    return len(await _delete_some(system, SignInAttempt, past))


async def _sign_ins(system: WriteSession) -> int:
    """With all refresh tokens that descended from them."""
    before = system.instant - ENDED_KEPT_FOR
    past = or_(col(SignInSession.expires_at) <= before, col(SignInSession.revoked_at) <= before)
    ended = list((await system.execute(select(col(SignInSession.id)).where(past).limit(BATCH))).scalars())
    await system.execute(delete(RefreshToken).where(col(RefreshToken.session_id).in_(ended)))
    return len(await _delete_some(system, SignInSession, col(SignInSession.id).in_(ended)))


async def _delete_some(system: WriteSession, table: type[SQLModel], past: ColumnElement[bool]) -> list[UUID]:
    identity = table.__table__.c.id  # type: ignore[attr-defined]
    some = select(identity).where(past).limit(BATCH)
    return list((await system.execute(delete(table).where(identity.in_(some)).returning(identity))).scalars())
