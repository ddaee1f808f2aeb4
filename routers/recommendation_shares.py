"""The standing report on officials' recommendations."""

from typing import Annotated

from fastapi import APIRouter, Query

from matchmaking.services import recommendation_shares
from routers.dependencies import CurrentActor, InLanguage, KeyedRoute, Reads, SystemWrites
from routers.documentation import problems
from schemas.recommendation_shares import RecommendationSharesRead, Year

router = APIRouter(prefix="/v1", tags=["recommendations"], route_class=KeyedRoute)


@router.get("/recommendation-shares", responses=problems(403))
async def read_recommendation_shares(
    session: Reads,
    system: SystemWrites,
    actor: CurrentActor,
    language: InLanguage,
    year: Annotated[Year | None, Query(description="A calendar year (UTC); left out: this year")] = None,
) -> RecommendationSharesRead:
    """How often each official of the area named each provider, out of all that the official recommended.

    Beside it stands the same of all other officials of that line of duty.
    """
    return await recommendation_shares.read_shares(session, system, actor, year, language)
