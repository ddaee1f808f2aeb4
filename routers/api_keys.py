"""API keys of the caller's organization."""

from uuid import UUID

from fastapi import APIRouter, Response, status

from matchmaking.services import api_keys
from matchmaking.services.listings import PageRequest
from routers.answers import tagged
from routers.dependencies import CurrentActor, IdempotencyKey, KeyedRoute, Reads, Writes
from routers.documentation import answers, problems
from routers.paging import Paged
from routers.preconditions import IfMatch
from schemas.api_keys import ApiKeyCreate, ApiKeyCreated, ApiKeyRead
from schemas.paging import Page

router = APIRouter(prefix="/v1/api-keys", tags=["API keys"], route_class=KeyedRoute)


@router.post("", status_code=status.HTTP_201_CREATED, responses=problems(403) | answers(201, "ETag"))
async def create_api_key(
    draft: ApiKeyCreate, session: Writes, actor: CurrentActor, _key: IdempotencyKey, response: Response
) -> ApiKeyCreated:
    """Make a key for a machine; the key itself stands in this answer alone."""
    return tagged(response, await api_keys.create_api_key(session, actor, draft))


@router.get("", responses=problems(403) | answers(200, "Link"))
async def list_api_keys(session: Reads, actor: CurrentActor, paging: Paged) -> Page[ApiKeyRead]:
    page = PageRequest(paging.limit, paging.after("api_keys:newest"))
    return paging.page(await api_keys.list_api_keys(session, actor, page))


@router.post("/{key_id}/revoke", responses=problems(403, 404, 409) | answers(200, "ETag"))
async def revoke_api_key(
    key_id: UUID, session: Writes, actor: CurrentActor, seen: IfMatch, response: Response
) -> ApiKeyRead:
    """End a key; it does not count from the next request on."""
    return tagged(response, await api_keys.revoke_api_key(session, actor, key_id, seen))
