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
from routers.steps import CHANGED, Steps
from schemas.capabilities import CapabilityChange, CapabilityCreate, CapabilityRead
from schemas.operations import Operation
from schemas.paging import Page
from schemas.research_queries import CapabilityQuery

router = APIRouter(prefix="/v1/capabilities", tags=["capabilities"], route_class=KeyedRoute)


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


STEPS = Steps("/{capability_id}", "capability", CapabilityRead, capabilities.step_capability)
STEPS.add_to(
    router,
    (
        Operation.CAPABILITIES_RETURN,
        Operation.CAPABILITIES_RENEW,
        Operation.CAPABILITIES_SUBMIT,
        Operation.CAPABILITIES_OPEN,
        Operation.CAPABILITIES_SUSPEND,
        Operation.CAPABILITIES_RESUME,
        Operation.CAPABILITIES_WITHDRAW,
    ),
)
