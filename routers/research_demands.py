"""Research demands of enterprises."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response, status

from matchmaking.services import research_demands
from matchmaking.services.listings import PageRequest
from routers.answers import made, tagged
from routers.dependencies import CurrentActor, IdempotencyKey, KeyedRoute, Reads, Writes
from routers.documentation import answers, problems
from routers.paging import Paged
from routers.preconditions import IfMatch
from routers.steps import CHANGED, Steps
from schemas.operations import Operation
from schemas.paging import Page
from schemas.research_demands import ResearchDemandChange, ResearchDemandCreate, ResearchDemandRead
from schemas.research_queries import ResearchDemandQuery

router = APIRouter(prefix="/v1/research-demands", tags=["research demands"], route_class=KeyedRoute)


@router.post(
    "", status_code=status.HTTP_201_CREATED, responses=problems(403, 409) | answers(201, "ETag", "Location")
)
async def create_research_demand(
    draft: ResearchDemandCreate,
    session: Writes,
    actor: CurrentActor,
    _key: IdempotencyKey,
    response: Response,
) -> ResearchDemandRead:
    created = await research_demands.create_demand(session, actor, draft)
    return made(response, "research-demands", created)


@router.get("", responses=problems(403) | answers(200, "Link"))
async def list_research_demands(
    session: Reads,
    actor: CurrentActor,
    paging: Paged,
    query: Annotated[ResearchDemandQuery, Depends()],
) -> Page[ResearchDemandRead]:
    page = PageRequest(paging.limit, paging.after("research_demands", query))
    return paging.page(await research_demands.list_demands(session, actor, page, query))


@router.get("/{demand_id}", responses=problems(403, 404) | answers(200, "ETag"))
async def read_research_demand(
    demand_id: UUID, session: Reads, actor: CurrentActor, response: Response
) -> ResearchDemandRead:
    return tagged(response, await research_demands.read_demand(session, actor, demand_id))


@router.put("/{demand_id}", responses=CHANGED)
async def change_research_demand(
    demand_id: UUID,
    change: ResearchDemandChange,
    session: Writes,
    actor: CurrentActor,
    seen: IfMatch,
    response: Response,
) -> ResearchDemandRead:
    changed = await research_demands.change_demand(session, actor, demand_id, change, seen)
    return tagged(response, changed)


STEPS = Steps("/{demand_id}", "research_demand", ResearchDemandRead, research_demands.step_demand)
STEPS.add_to(
    router,
    (
        Operation.RESEARCH_DEMANDS_RETURN,
        Operation.RESEARCH_DEMANDS_SUBMIT,
        Operation.RESEARCH_DEMANDS_OPEN,
        Operation.RESEARCH_DEMANDS_RENEW,
        Operation.RESEARCH_DEMANDS_WITHDRAW,
    ),
)
