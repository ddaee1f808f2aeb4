"""Which facts were stated otherwise since the verdict before: advice is to be followed, and not gamed."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from matchmaking.db.session import ReadSession
from matchmaking.ranking import FinancingRequest
from matchmaking.tables.matching import MatchRun
from schemas.vocabulary import FactName

FACTS = "facts"


def changed_facts(before: Iterable[Mapping[str, Any]], now: Iterable[Mapping[str, Any]]) -> list[FactName]:
    """Names of facts, as requests store them, whose value is another, was added, or is gone, in their order.

    A later date or a better source for the same value changes nothing.
    """
    earlier = {fact["name"]: fact["value"] for fact in before}
    later = {fact["name"]: fact["value"] for fact in now}
    return [
        name
        for name in FactName
        if (name in earlier) != (name in later) or earlier.get(name) != later.get(name)
    ]


async def changed_since_previous_run(
    session: ReadSession, need_id: UUID, request: FinancingRequest
) -> list[FactName]:
    """Against the last run for the same need, which the caller may read; none for the first."""
    statement = (
        select(col(MatchRun.request)[FACTS])
        .where(col(MatchRun.need_id) == need_id)
        .order_by(col(MatchRun.id).desc())
        .limit(1)
    )
    before = (await session.execute(statement)).scalar_one_or_none()
    if before is None:
        return []
    return changed_facts(before, [fact.model_dump(mode="json") for fact in request.facts])
