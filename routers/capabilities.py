"""Capabilities of universities, colleges and institutes."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response, status

from matchmaking.services import capabilities
from matchmaking.services.listings import PageRequest
from routers.answers import made, tagged
from routers.dependencies import CurrentActor, IdempotencyKey, KeyedRoute, Reads, Writes
from routers.documentation import answers, problems
from routers.paging import Paged
from routers.preconditions import IfMatch
from schemas.capabilities import CapabilityChange, CapabilityCreate, CapabilityRead, CapabilityReturn
from schemas.operations import Operation
from schemas.paging import Page
from schemas.renewals import Renewal
from schemas.research_queries import CapabilityQuery

router = APIRouter(prefix="/v1/capabilities", tags=["capabilities"], route_class=KeyedRoute)
CHANGED = problems(403, 404, 409) | answers(200, "ETag")


@router.post(
    "", status_code=status.HTTP_201_CREATED, responses=problems(403, 409) | answers(201, "ETag", "Location")
)
async def create_capability(
    draft: CapabilityCreate,
    session: Writes,
    actor: CurrentActor,
    _key: IdempotencyKey,
    response: Response,
) -> CapabilityRead:
    created = await capabilities.create_capability(session, actor, draft)
    return made(response, "capabilities", created)


@router.get("", responses=problems(403) | answers(200, "Link"))
async def list_capabilities(
    session: Reads,
    actor: CurrentActor,
    paging: Paged,
    query: Annotated[CapabilityQuery, Depends()],
) -> Page[CapabilityRead]:
    page = PageRequest(paging.limit, paging.after("capabilities", query))
    return paging.page(await capabilities.list_capabilities(session, actor, page, query))


@router.get("/{capability_id}", responses=problems(403, 404) | answers(200, "ETag"))
async def read_capability(
    capability_id: UUID, session: Reads, actor: CurrentActor, response: Response
) -> CapabilityRead:
    found = await capabilities.read_capability(session, actor, capability_id)
    return tagged(response, found)


@router.put("/{capability_id}", responses=CHANGED)
async def change_capability(
    capability_id: UUID,
    change: CapabilityChange,
    session: Writes,
    actor: CurrentActor,
    seen: IfMatch,
    response: Response,
) -> CapabilityRead:
    changed = await capabilities.change_capability(session, actor, capability_id, change, seen)
    return tagged(response, changed)


@router.post("/{capability_id}/return", responses=CHANGED)
async def return_capability(
    capability_id: UUID,
    verdict: CapabilityReturn,
    session: Writes,
    actor: CurrentActor,
    seen: IfMatch,
    response: Response,
) -> CapabilityRead:
    operation = Operation.CAPABILITIES_RETURN
    step = capabilities.step_capability(session, actor, capability_id, operation, seen, verdict.defects)
    return tagged(response, await step)


@router.post("/{capability_id}/renew", responses=CHANGED)
async def renew_capability(
    capability_id: UUID,
    session: Writes,
    actor: CurrentActor,
    seen: IfMatch,
    response: Response,
    renewal: Renewal | None = None,
) -> CapabilityRead:
    operation = Operation.CAPABILITIES_RENEW
    step = capabilities.step_capability(session, actor, capability_id, operation, seen, renewal=renewal)
    return tagged(response, await step)


STEPS = {
    "submit": Operation.CAPABILITIES_SUBMIT,
    "open": Operation.CAPABILITIES_OPEN,
    "suspend": Operation.CAPABILITIES_SUSPEND,
    "resume": Operation.CAPABILITIES_RESUME,
    "withdraw": Operation.CAPABILITIES_WITHDRAW,
}


def _add_step(name: str, operation: Operation) -> None:
    async def step(
        capability_id: UUID,
        session: Writes,
        actor: CurrentActor,
        seen: IfMatch,
        response: Response,
    ) -> CapabilityRead:
        moved = capabilities.step_capability(session, actor, capability_id, operation, seen)
        return tagged(response, await moved)

    router.add_api_route(
        f"/{{capability_id}}/{name}", step, methods=["POST"], responses=CHANGED, name=f"{name}_capability"
    )


for _name, _operation in STEPS.items():
    _add_step(_name, _operation)
