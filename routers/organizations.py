"""Organizations."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response, status

from matchmaking.services import organizations
from matchmaking.services.listings import PageRequest
from routers.answers import made, tagged
from routers.dependencies import CurrentActor, Here, IdempotencyKey, KeyedRoute, Reads, Writes
from routers.documentation import answers, problems
from routers.paging import Paged
from routers.preconditions import IfMatch
from schemas.organizations import (
    OrganizationChange,
    OrganizationCreate,
    OrganizationRead,
    OrganizationRegistered,
)
from schemas.paging import Page
from schemas.vocabulary import OrganizationKind

router = APIRouter(prefix="/v1/organizations", tags=["organizations"], route_class=KeyedRoute)


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses=problems(403, 409) | answers(201, "ETag", "Location"),
)
async def create_organization(
    draft: OrganizationCreate,
    session: Writes,
    actor: CurrentActor,
    here: Here,
    _key: IdempotencyKey,
    response: Response,
) -> OrganizationRegistered:
    """Register an organization, by an official; with it, if known, the first person who acts for it."""
    organization = await organizations.create_organization(session, actor, draft, here.gate.passwords)
    return made(response, "organizations", organization)


@router.get("", responses=problems(403) | answers(200, "Link"))
async def list_organizations(
    session: Reads,
    actor: CurrentActor,
    paging: Paged,
    kind: Annotated[OrganizationKind | None, Query()] = None,
) -> Page[OrganizationRead]:
    """Those that the caller may know of: enterprises stay unnamed until they are introduced."""
    page = PageRequest(paging.limit, paging.after("organizations:newest", {"kind": kind}))
    return paging.page(await organizations.list_organizations(session, actor, kind, page))


@router.get("/{organization_id}", responses=problems(403, 404) | answers(200, "ETag"))
async def read_organization(
    organization_id: UUID, session: Reads, actor: CurrentActor, response: Response
) -> OrganizationRead:
    return tagged(response, await organizations.read_organization(session, actor, organization_id))


@router.patch("/{organization_id}", responses=problems(403, 404) | answers(200, "ETag"))
async def change_organization(
    organization_id: UUID,
    change: OrganizationChange,
    session: Writes,
    actor: CurrentActor,
    seen: IfMatch,
    response: Response,
) -> OrganizationRead:
    """Rename one's own organization."""
    changed = await organizations.change_organization(session, actor, organization_id, change, seen)
    return tagged(response, changed)
