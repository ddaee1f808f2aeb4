"""Records of agreements, their acknowledgement, and the facts of their fulfilment."""

from uuid import UUID

from fastapi import APIRouter, Response, status

from matchmaking.services import agreements, fulfilment_facts
from matchmaking.services.listings import PageRequest
from routers.answers import made, tagged
from routers.dependencies import CurrentActor, IdempotencyKey, KeyedRoute, Reads, Writes
from routers.documentation import answers, problems
from routers.paging import Paged
from routers.preconditions import IfMatch
from schemas.agreements import (
    AgreementAcknowledge,
    AgreementCreate,
    AgreementRead,
    AgreementTerminate,
    FulfilmentFactRead,
    FulfilmentFactState,
)
from schemas.operations import Operation
from schemas.paging import Page

router = APIRouter(prefix="/v1", tags=["agreements"], route_class=KeyedRoute)
CHANGED = problems(403, 404, 409) | answers(200, "ETag")


@router.post(
    "/agreements",
    status_code=status.HTTP_201_CREATED,
    responses=problems(403, 404, 409) | answers(201, "ETag", "Location"),
)
async def create_agreement(
    draft: AgreementCreate, session: Writes, actor: CurrentActor, _key: IdempotencyKey, response: Response
) -> AgreementRead:
    return made(response, "agreements", await agreements.create_agreement(session, actor, draft))


@router.get("/agreements", responses=problems(403) | answers(200, "Link"))
async def list_agreements(session: Reads, actor: CurrentActor, paging: Paged) -> Page[AgreementRead]:
    page = PageRequest(paging.limit, paging.after("agreements:newest"))
    return paging.page(await agreements.list_agreements(session, actor, page))


@router.get("/agreements/{agreement_id}", responses=problems(403, 404) | answers(200, "ETag"))
async def read_agreement(
    agreement_id: UUID, session: Reads, actor: CurrentActor, response: Response
) -> AgreementRead:
    return tagged(response, await agreements.read_agreement(session, actor, agreement_id))


@router.post("/agreements/{agreement_id}/acknowledge", responses=CHANGED)
async def acknowledge_agreement(
    agreement_id: UUID,
    signature: AgreementAcknowledge,
    session: Writes,
    actor: CurrentActor,
    seen: IfMatch,
    response: Response,
) -> AgreementRead:
    agreement = await agreements.acknowledge_agreement(session, actor, agreement_id, signature, seen)
    return tagged(response, agreement)


@router.post("/agreements/{agreement_id}/terminate", responses=CHANGED)
async def terminate_agreement(
    agreement_id: UUID,
    end: AgreementTerminate,
    session: Writes,
    actor: CurrentActor,
    seen: IfMatch,
    response: Response,
) -> AgreementRead:
    agreement = await agreements.terminate_agreement(session, actor, agreement_id, end.reason, seen)
    return tagged(response, agreement)


@router.post(
    "/agreements/{agreement_id}/fulfilment-facts",
    status_code=status.HTTP_201_CREATED,
    responses=problems(403, 404, 409) | answers(201, "ETag", "Location"),
)
async def state_fulfilment_fact(
    agreement_id: UUID,
    statement: FulfilmentFactState,
    session: Writes,
    actor: CurrentActor,
    _key: IdempotencyKey,
    response: Response,
) -> FulfilmentFactRead:
    fact = await fulfilment_facts.state_fact(session, actor, agreement_id, statement)
    return made(response, "fulfilment-facts", fact)


@router.get(
    "/agreements/{agreement_id}/fulfilment-facts", responses=problems(403, 404) | answers(200, "Link")
)
async def list_fulfilment_facts(
    agreement_id: UUID, session: Reads, actor: CurrentActor, paging: Paged
) -> Page[FulfilmentFactRead]:
    filters = {"agreement_id": agreement_id}
    page = PageRequest(paging.limit, paging.after("fulfilment_facts:newest", filters))
    return paging.page(await fulfilment_facts.list_facts(session, actor, agreement_id, page))


@router.get("/fulfilment-facts/{fact_id}", responses=problems(403, 404) | answers(200, "ETag"))
async def read_fulfilment_fact(
    fact_id: UUID, session: Reads, actor: CurrentActor, response: Response
) -> FulfilmentFactRead:
    return tagged(response, await fulfilment_facts.read_fact(session, actor, fact_id))


@router.post("/fulfilment-facts/{fact_id}/confirm", responses=CHANGED)
async def confirm_fulfilment_fact(
    fact_id: UUID, session: Writes, actor: CurrentActor, seen: IfMatch, response: Response
) -> FulfilmentFactRead:
    operation = Operation.FULFILMENT_FACTS_CONFIRM
    return tagged(response, await fulfilment_facts.answer_fact(session, actor, fact_id, operation, seen))


@router.post("/fulfilment-facts/{fact_id}/dispute", responses=CHANGED)
async def dispute_fulfilment_fact(
    fact_id: UUID, session: Writes, actor: CurrentActor, seen: IfMatch, response: Response
) -> FulfilmentFactRead:
    operation = Operation.FULFILMENT_FACTS_DISPUTE
    return tagged(response, await fulfilment_facts.answer_fact(session, actor, fact_id, operation, seen))
