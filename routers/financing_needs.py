"""Financing needs and the facts about the enterprise that asks."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response, status

from matchmaking.services import enterprise_facts, financing_needs
from matchmaking.services.listings import PageRequest
from routers.answers import made, tagged
from routers.dependencies import CurrentActor, IdempotencyKey, KeyedRoute, Reads, Writes
from routers.documentation import answers, problems
from routers.paging import Paged
from routers.preconditions import IfMatch
from routers.steps import CHANGED, Steps
from schemas.enterprise_facts import EnterpriseFactRead, EnterpriseFactsRecord, EnterpriseFactsRecorded
from schemas.financing_needs import FinancingNeedChange, FinancingNeedCreate, FinancingNeedRead
from schemas.listing_queries import FinancingNeedQuery
from schemas.operations import Operation
from schemas.paging import Page

router = APIRouter(prefix="/v1", tags=["financing needs"], route_class=KeyedRoute)


@router.post("/enterprise-facts", status_code=status.HTTP_201_CREATED, responses=problems(403, 409))
async def record_enterprise_facts(
    statement: EnterpriseFactsRecord, session: Writes, actor: CurrentActor, _key: IdempotencyKey
) -> EnterpriseFactsRecorded:
    return await enterprise_facts.record_facts(session, actor, statement)


@router.get("/enterprise-facts", responses=problems(403) | answers(200, "Link"))
async def list_enterprise_facts(
    session: Reads, actor: CurrentActor, paging: Paged
) -> Page[EnterpriseFactRead]:
    page = PageRequest(paging.limit, paging.after("enterprise_facts:newest"))
    return paging.page(await enterprise_facts.list_facts(session, actor, page))


@router.post(
    "/financing-needs",
    status_code=status.HTTP_201_CREATED,
    responses=problems(403, 409) | answers(201, "ETag", "Location"),
)
async def create_financing_need(
    draft: FinancingNeedCreate, session: Writes, actor: CurrentActor, _key: IdempotencyKey, response: Response
) -> FinancingNeedRead:
    return made(response, "financing-needs", await financing_needs.create_need(session, actor, draft))


@router.get("/financing-needs", responses=problems(403) | answers(200, "Link"))
async def list_financing_needs(
    session: Reads,
    actor: CurrentActor,
    paging: Paged,
    query: Annotated[FinancingNeedQuery, Depends()],
) -> Page[FinancingNeedRead]:
    page = PageRequest(paging.limit, paging.after("financing_needs", query))
    return paging.page(await financing_needs.list_needs(session, actor, page, query))


@router.get("/financing-needs/{need_id}", responses=problems(403, 404) | answers(200, "ETag"))
async def read_financing_need(
    need_id: UUID, session: Reads, actor: CurrentActor, response: Response
) -> FinancingNeedRead:
    return tagged(response, await financing_needs.read_need(session, actor, need_id))


@router.patch("/financing-needs/{need_id}", responses=CHANGED)
async def change_financing_need(
    need_id: UUID,
    change: FinancingNeedChange,
    session: Writes,
    actor: CurrentActor,
    seen: IfMatch,
    response: Response,
) -> FinancingNeedRead:
    return tagged(response, await financing_needs.change_need(session, actor, need_id, change, seen))


STEPS = Steps("/financing-needs/{need_id}", "financing_need", FinancingNeedRead, financing_needs.step_need)
STEPS.add_to(
    router,
    (
        Operation.FINANCING_NEEDS_SUBMIT,
        Operation.FINANCING_NEEDS_OPEN,
        Operation.FINANCING_NEEDS_RETURN,
        Operation.FINANCING_NEEDS_WITHDRAW,
        Operation.FINANCING_NEEDS_RENEW,
    ),
)
