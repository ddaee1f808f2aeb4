"""Honours that enterprises hold."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response, status

from matchmaking.services import honours
from matchmaking.services.listings import PageRequest
from routers.answers import tagged
from routers.dependencies import CurrentActor, IdempotencyKey, KeyedRoute, Reads, Writes
from routers.documentation import answers, problems
from routers.paging import Paged
from schemas.honours import HonourRead, HonoursRecord, HonoursRecorded
from schemas.listing_queries import HonourQuery
from schemas.paging import Page

router = APIRouter(prefix="/v1/honours", tags=["honours"], route_class=KeyedRoute)


@router.post("", status_code=status.HTTP_201_CREATED, responses=problems(403, 409))
async def record_honours(
    statement: HonoursRecord, session: Writes, actor: CurrentActor, _key: IdempotencyKey
) -> HonoursRecorded:
    return await honours.record_honours(session, actor, statement)


@router.get("", responses=problems(403) | answers(200, "Link"))
async def list_honours(
    session: Reads, actor: CurrentActor, paging: Paged, query: Annotated[HonourQuery, Depends()]
) -> Page[HonourRead]:
    page = PageRequest(paging.limit, paging.after("honours", query))
    return paging.page(await honours.list_honours(session, actor, page, query))


@router.get("/{honour_id}", responses=problems(403, 404) | answers(200, "ETag"))
async def read_honour(honour_id: UUID, session: Reads, actor: CurrentActor, response: Response) -> HonourRead:
    return tagged(response, await honours.read_honour(session, actor, honour_id))
