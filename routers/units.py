"""Units of organizations."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response, status

from matchmaking.services import units
from matchmaking.services.listings import PageRequest
from routers.answers import made, tagged
from routers.dependencies import CurrentActor, IdempotencyKey, KeyedRoute, Reads, Writes
from routers.documentation import answers, problems
from routers.paging import Paged
from schemas.paging import Page
from schemas.units import UnitCreate, UnitRead

router = APIRouter(prefix="/v1/units", tags=["units"], route_class=KeyedRoute)


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses=problems(403) | answers(201, "ETag", "Location"),
)
async def create_unit(
    draft: UnitCreate, session: Writes, actor: CurrentActor, _key: IdempotencyKey, response: Response
) -> UnitRead:
    """Add a unit below one that the caller administers."""
    return made(response, "units", await units.create_unit(session, actor, draft))


@router.get("", responses=problems(403) | answers(200, "Link"))
async def list_units(
    session: Reads,
    actor: CurrentActor,
    paging: Paged,
    organization_id: Annotated[UUID | None, Query(description="Only the units of this organization")] = None,
) -> Page[UnitRead]:
    page = PageRequest(paging.limit, paging.after("units:newest", {"organization_id": organization_id}))
    return paging.page(await units.list_units(session, actor, organization_id, page))


@router.get("/{unit_id}", responses=problems(403, 404) | answers(200, "ETag"))
async def read_unit(unit_id: UUID, session: Reads, actor: CurrentActor, response: Response) -> UnitRead:
    return tagged(response, await units.read_unit(session, actor, unit_id))
