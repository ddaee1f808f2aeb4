"""Policy measures: what an office grants, read by everybody who is signed in."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response, status

from matchmaking.services import policy_measures
from matchmaking.services.listings import PageRequest
from routers.answers import made, tagged
from routers.dependencies import CurrentActor, IdempotencyKey, KeyedRoute, Reads, Writes
from routers.documentation import answers, problems
from routers.paging import Paged
from routers.preconditions import IfMatch
from schemas.listing_queries import PolicyMeasureQuery
from schemas.operations import Operation
from schemas.paging import Page
from schemas.policy_measures import PolicyMeasureCreate, PolicyMeasureDescription, PolicyMeasureRead
from schemas.renewals import Renewal

router = APIRouter(prefix="/v1/policy-measures", tags=["policy measures"], route_class=KeyedRoute)
CHANGED = problems(403, 404, 409) | answers(200, "ETag")


@router.post(
    "", status_code=status.HTTP_201_CREATED, responses=problems(403, 409) | answers(201, "ETag", "Location")
)
async def create_policy_measure(
    draft: PolicyMeasureCreate, session: Writes, actor: CurrentActor, _key: IdempotencyKey, response: Response
) -> PolicyMeasureRead:
    return made(response, "policy-measures", await policy_measures.create_measure(session, actor, draft))


@router.get("", responses=problems(403) | answers(200, "Link"))
async def list_policy_measures(
    session: Reads, actor: CurrentActor, paging: Paged, query: Annotated[PolicyMeasureQuery, Depends()]
) -> Page[PolicyMeasureRead]:
    page = PageRequest(paging.limit, paging.after("policy_measures", query))
    return paging.page(await policy_measures.list_measures(session, actor, page, query))


@router.get("/{measure_id}", responses=problems(403, 404) | answers(200, "ETag"))
async def read_policy_measure(
    measure_id: UUID, session: Reads, actor: CurrentActor, response: Response
) -> PolicyMeasureRead:
    return tagged(response, await policy_measures.read_measure(session, actor, measure_id))


@router.put("/{measure_id}", responses=CHANGED)
async def change_policy_measure(
    measure_id: UUID,
    change: PolicyMeasureDescription,
    session: Writes,
    actor: CurrentActor,
    seen: IfMatch,
    response: Response,
) -> PolicyMeasureRead:
    return tagged(response, await policy_measures.change_measure(session, actor, measure_id, change, seen))


@router.post("/{measure_id}/open", responses=CHANGED)
async def open_policy_measure(
    measure_id: UUID, session: Writes, actor: CurrentActor, seen: IfMatch, response: Response
) -> PolicyMeasureRead:
    operation = Operation.POLICY_MEASURES_OPEN
    return tagged(response, await policy_measures.step_measure(session, actor, measure_id, operation, seen))


@router.post("/{measure_id}/renew", responses=CHANGED)
async def renew_policy_measure(
    measure_id: UUID,
    session: Writes,
    actor: CurrentActor,
    seen: IfMatch,
    response: Response,
    renewal: Renewal | None = None,
) -> PolicyMeasureRead:
    operation = Operation.POLICY_MEASURES_RENEW
    measure = await policy_measures.step_measure(session, actor, measure_id, operation, seen, renewal)
    return tagged(response, measure)


@router.post("/{measure_id}/withdraw", responses=CHANGED)
async def withdraw_policy_measure(
    measure_id: UUID, session: Writes, actor: CurrentActor, seen: IfMatch, response: Response
) -> PolicyMeasureRead:
    operation = Operation.POLICY_MEASURES_WITHDRAW
    return tagged(response, await policy_measures.step_measure(session, actor, measure_id, operation, seen))
