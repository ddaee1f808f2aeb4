"""What providers came with for a need or a demand, as its enterprise sees it."""

from uuid import UUID

from fastapi import APIRouter

from matchmaking.services import interests
from routers.dependencies import CurrentActor, KeyedRoute, Reads, SystemWrites
from routers.documentation import problems
from schemas.interests import ReceivedInterests

router = APIRouter(prefix="/v1", tags=["interests"], route_class=KeyedRoute)


@router.get("/financing-needs/{need_id}/interests", responses=problems(403, 404))
async def read_financing_need_interests(
    need_id: UUID, session: Reads, system: SystemWrites, actor: CurrentActor
) -> ReceivedInterests:
    """Sealed for one working day from the first interest of a window on, then all of that window at once.

    In the published order, SHA-256 of `need_id:offer_id`. Up to three of each window may be picked.
    """
    return await interests.interests_in_need(session, system, actor, need_id)


@router.get("/research-demands/{demand_id}/interests", responses=problems(403, 404))
async def read_research_demand_interests(
    demand_id: UUID, session: Reads, system: SystemWrites, actor: CurrentActor
) -> ReceivedInterests:
    """As for a financing need, with the demand's id in the published order."""
    return await interests.interests_in_demand(session, system, actor, demand_id)
