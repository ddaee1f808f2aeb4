"""Advice on drafts and on what is to be vetted: what is missing, unclear, revealing or said before."""

from uuid import UUID

from fastapi import APIRouter

from matchmaking.services import intake_advice
from routers.dependencies import CurrentActor, InLanguage, KeyedRoute, Reads
from routers.documentation import problems
from schemas.intake_advice import IntakeAdviceRead

router = APIRouter(prefix="/v1", tags=["intake advice"], route_class=KeyedRoute)


@router.get("/financing-needs/{need_id}/advice", responses=problems(403, 404))
async def read_financing_need_advice(
    need_id: UUID, session: Reads, actor: CurrentActor, language: InLanguage
) -> IntakeAdviceRead:
    """What would help the need to be answered. Advice alone: whatever is listed here may be submitted."""
    return await intake_advice.advise_on_need(session, actor, need_id, language)


@router.get("/research-demands/{demand_id}/advice", responses=problems(403, 404))
async def read_research_demand_advice(
    demand_id: UUID, session: Reads, actor: CurrentActor, language: InLanguage
) -> IntakeAdviceRead:
    """What would help the demand to be answered, and what its public abstract may give away."""
    return await intake_advice.advise_on_demand(session, actor, demand_id, language)
