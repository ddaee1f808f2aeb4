"""Whether a wish may be matched now: from the first draft until it is signed, and not too often a day.

An enterprise need not wait for an official to see who would take it; whom it can be introduced to is decided
only once the wish is open.
"""

from datetime import datetime, time, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from matchmaking.access.actor import Actor
from matchmaking.access.scoping import visible_to
from matchmaking.db.session import ReadSession
from matchmaking.errors import Conflict, NotFound, TooMany
from matchmaking.services.listings import is_outdated
from matchmaking.tables.matching import MatchRun
from matchmaking.tables.needs import FinancingNeed
from matchmaking.tables.research import CapabilityMatchRun, ResearchDemand
from schemas.vocabulary import NeedState

MATCHABLE = frozenset({NeedState.OPEN, NeedState.IN_TALKS})
"""Others than the enterprise itself match these alone."""
RANKED_FOR_ITSELF = MATCHABLE | {NeedState.DRAFT, NeedState.SUBMITTED, NeedState.RETURNED}
WishType = TypeVar("WishType", FinancingNeed, ResearchDemand)


async def matchable(
    session: ReadSession, actor: Actor, table: type[WishType], wish_id: UUID, limit: int
) -> WishType:
    """The wish, if it may be matched once more today: NotFound, Conflict or TooMany otherwise."""
    midnight = datetime.combine(session.instant.date(), time(), session.instant.tzinfo)
    runs: Any = MatchRun if table is FinancingNeed else CapabilityMatchRun
    about = MatchRun.need_id if table is FinancingNeed else CapabilityMatchRun.demand_id
    of_today = (
        select(func.count()).where(col(about) == wish_id, runs.created_at >= midnight).scalar_subquery()
    )
    wanted = select(table, of_today).where(col(table.id) == wish_id, visible_to(actor, table))
    found = (await session.execute(wanted)).one_or_none()
    if found is None:
        raise NotFound("not_found")
    wish: WishType = found[0]
    if wish.state not in RANKED_FOR_ITSELF:
        raise Conflict("need_not_open", {"state": wish.state})
    if is_outdated(wish.expires_on, session.instant.date()):
        raise Conflict("need_outdated")
    if found[1] >= limit:
        wait = midnight + timedelta(days=1) - session.instant
        raise TooMany("match_runs_capped", {"limit": limit, "retry_after": int(wait.total_seconds()) + 1})
    return wish
