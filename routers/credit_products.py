"""Credit products and their adoption by branches."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response, status

from matchmaking.services import adoptions, credit_products
from matchmaking.services.listings import PageRequest
from routers.answers import made, tagged
from routers.dependencies import CurrentActor, IdempotencyKey, KeyedRoute, Reads, Writes
from routers.documentation import answers, problems
from routers.paging import Paged
from routers.preconditions import IfMatch
from routers.steps import CHANGED, Steps
from schemas.credit_products import (
    AdoptionCreate,
    AdoptionRead,
    CreditProductChange,
    CreditProductCreate,
    CreditProductRead,
)
from schemas.listing_queries import CreditProductQuery
from schemas.operations import Operation
from schemas.paging import Page

router = APIRouter(prefix="/v1", tags=["credit products"], route_class=KeyedRoute)


@router.post(
    "/credit-products",
    status_code=status.HTTP_201_CREATED,
    responses=problems(403, 409) | answers(201, "ETag", "Location"),
)
async def create_credit_product(
    draft: CreditProductCreate, session: Writes, actor: CurrentActor, _key: IdempotencyKey, response: Response
) -> CreditProductRead:
    product = await credit_products.create_product(session, actor, draft)
    return made(response, "credit-products", product)


@router.get("/credit-products", responses=problems(403) | answers(200, "Link"))
async def list_credit_products(
    session: Reads,
    actor: CurrentActor,
    paging: Paged,
    query: Annotated[CreditProductQuery, Depends()],
) -> Page[CreditProductRead]:
    page = PageRequest(paging.limit, paging.after("credit_products", query))
    return paging.page(await credit_products.list_products(session, actor, page, query))


@router.get("/credit-products/{product_id}", responses=problems(403, 404) | answers(200, "ETag"))
async def read_credit_product(
    product_id: UUID, session: Reads, actor: CurrentActor, response: Response
) -> CreditProductRead:
    return tagged(response, await credit_products.read_product(session, actor, product_id))


@router.patch("/credit-products/{product_id}", responses=CHANGED | problems(429))
async def change_credit_product(
    product_id: UUID,
    change: CreditProductChange,
    session: Writes,
    actor: CurrentActor,
    seen: IfMatch,
    response: Response,
) -> CreditProductRead:
    return tagged(response, await credit_products.change_product(session, actor, product_id, change, seen))


Steps(
    "/credit-products/{product_id}", "credit_product", CreditProductRead, credit_products.step_product
).add_to(
    router,
    (
        Operation.CREDIT_PRODUCTS_SUBMIT,
        Operation.CREDIT_PRODUCTS_OPEN,
        Operation.CREDIT_PRODUCTS_RETURN,
        Operation.CREDIT_PRODUCTS_SUSPEND,
        Operation.CREDIT_PRODUCTS_RESUME,
        Operation.CREDIT_PRODUCTS_RENEW,
        Operation.CREDIT_PRODUCTS_WITHDRAW,
    ),
)


@router.post(
    "/credit-products/{product_id}/adoptions",
    status_code=status.HTTP_201_CREATED,
    responses=problems(403, 404, 409) | answers(201, "ETag", "Location"),
)
async def create_adoption(
    product_id: UUID,
    draft: AdoptionCreate,
    session: Writes,
    actor: CurrentActor,
    _key: IdempotencyKey,
    response: Response,
) -> AdoptionRead:
    adoption = await adoptions.create_adoption(session, actor, product_id, draft)
    return made(response, "adoptions", adoption)


@router.get("/credit-products/{product_id}/adoptions", responses=problems(403, 404) | answers(200, "Link"))
async def list_adoptions(
    product_id: UUID, session: Reads, actor: CurrentActor, paging: Paged
) -> Page[AdoptionRead]:
    page = PageRequest(paging.limit, paging.after("adoptions:newest", {"product_id": product_id}))
    return paging.page(await adoptions.list_adoptions(session, actor, product_id, page))


@router.get("/adoptions", responses=problems(403) | answers(200, "Link"))
async def list_own_adoptions(session: Reads, actor: CurrentActor, paging: Paged) -> Page[AdoptionRead]:
    """What the caller's unit and those below it offer; the ids are what `/v1/need-cards` is asked with."""
    page = PageRequest(paging.limit, paging.after("adoptions:own"))
    return paging.page(await adoptions.list_own_adoptions(session, actor, page))


@router.get("/adoptions/{adoption_id}", responses=problems(403, 404) | answers(200, "ETag"))
async def read_adoption(
    adoption_id: UUID, session: Reads, actor: CurrentActor, response: Response
) -> AdoptionRead:
    return tagged(response, await adoptions.read_adoption(session, actor, adoption_id))


@router.post("/adoptions/{adoption_id}/suspend", responses=CHANGED)
async def suspend_adoption(
    adoption_id: UUID, session: Writes, actor: CurrentActor, seen: IfMatch, response: Response
) -> AdoptionRead:
    return tagged(response, await adoptions.suspend_adoption(session, actor, adoption_id, seen))


@router.post("/adoptions/{adoption_id}/resume", responses=CHANGED)
async def resume_adoption(
    adoption_id: UUID, session: Writes, actor: CurrentActor, seen: IfMatch, response: Response
) -> AdoptionRead:
    return tagged(response, await adoptions.resume_adoption(session, actor, adoption_id, seen))
