"""Introductions: pick, answer, go on, end with a reason."""

from uuid import UUID

from fastapi import APIRouter, Response, status

from matchmaking.services import introductions
from matchmaking.services.listings import PageRequest
from routers.answers import made, tagged
from routers.dependencies import CurrentActor, IdempotencyKey, KeyedRoute, Reads, SystemWrites, Writes
from routers.documentation import answers, problems
from routers.paging import Paged
from routers.preconditions import IfMatch
from schemas.introductions import (
    IntroductionCreate,
    IntroductionDecline,
    IntroductionNotTaken,
    IntroductionRead,
)
from schemas.operations import Operation
from schemas.paging import Page
from schemas.vocabulary import IntroductionState

router = APIRouter(prefix="/v1/introductions", tags=["introductions"], route_class=KeyedRoute)
CHANGED = problems(403, 404, 409) | answers(200, "ETag")


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses=problems(403, 404, 409) | answers(201, "ETag", "Location"),
)
async def create_introduction(
    pick: IntroductionCreate,
    session: Writes,
    system: SystemWrites,
    actor: CurrentActor,
    _key: IdempotencyKey,
    response: Response,
) -> IntroductionRead:
    """Pick a candidate of a run, an interest that has become visible, or what an official recommended."""
    picked = await introductions.pick_candidate(session, system, actor, pick)
    return made(response, "introductions", picked)


@router.get("", responses=problems(403) | answers(200, "Link"))
async def list_introductions(
    session: Reads, actor: CurrentActor, paging: Paged, state: IntroductionState | None = None
) -> Page[IntroductionRead]:
    page = PageRequest(paging.limit, paging.after("introductions:newest", {"state": state}))
    return paging.page(await introductions.list_introductions(session, actor, page, state))


@router.get("/{introduction_id}", responses=problems(403, 404) | answers(200, "ETag"))
async def read_introduction(
    introduction_id: UUID, session: Reads, actor: CurrentActor, response: Response
) -> IntroductionRead:
    return tagged(response, await introductions.read_introduction(session, actor, introduction_id))


@router.post("/{introduction_id}/propose", responses=CHANGED)
async def propose_research(
    introduction_id: UUID, session: Writes, actor: CurrentActor, seen: IfMatch, response: Response
) -> IntroductionRead:
    """Of research: the institution has put its proposal before the enterprise."""
    operation = Operation.INTRODUCTIONS_PROPOSE
    step = introductions.step_introduction(session, actor, introduction_id, operation, seen)
    return tagged(response, await step)


@router.post("/{introduction_id}/shortlist", responses=CHANGED)
async def shortlist_proposal(
    introduction_id: UUID, session: Writes, actor: CurrentActor, seen: IfMatch, response: Response
) -> IntroductionRead:
    """Of research: the enterprise goes on with this proposal towards a contract."""
    operation = Operation.INTRODUCTIONS_SHORTLIST
    step = introductions.step_introduction(session, actor, introduction_id, operation, seen)
    return tagged(response, await step)


@router.post("/{introduction_id}/accept", responses=CHANGED)
async def accept_introduction(
    introduction_id: UUID, session: Writes, actor: CurrentActor, seen: IfMatch, response: Response
) -> IntroductionRead:
    operation = Operation.INTRODUCTIONS_ACCEPT
    step = introductions.step_introduction(session, actor, introduction_id, operation, seen)
    return tagged(response, await step)


@router.post("/{introduction_id}/decline", responses=CHANGED)
async def decline_introduction(
    introduction_id: UUID,
    decline: IntroductionDecline,
    session: Writes,
    actor: CurrentActor,
    seen: IfMatch,
    response: Response,
) -> IntroductionRead:
    values = {"decline_code": decline.code, "decline_note": decline.note}
    operation = Operation.INTRODUCTIONS_DECLINE
    step = introductions.step_introduction(session, actor, introduction_id, operation, seen, values)
    return tagged(response, await step)


@router.post("/{introduction_id}/contact", responses=CHANGED)
async def contact_enterprise(
    introduction_id: UUID, session: Writes, actor: CurrentActor, seen: IfMatch, response: Response
) -> IntroductionRead:
    operation = Operation.INTRODUCTIONS_CONTACT
    step = introductions.step_introduction(session, actor, introduction_id, operation, seen)
    return tagged(response, await step)


@router.post("/{introduction_id}/begin-diligence", responses=CHANGED)
async def begin_diligence(
    introduction_id: UUID, session: Writes, actor: CurrentActor, seen: IfMatch, response: Response
) -> IntroductionRead:
    operation = Operation.INTRODUCTIONS_BEGIN_DILIGENCE
    step = introductions.step_introduction(session, actor, introduction_id, operation, seen)
    return tagged(response, await step)


@router.post("/{introduction_id}/offer", responses=CHANGED)
async def offer_to_enterprise(
    introduction_id: UUID, session: Writes, actor: CurrentActor, seen: IfMatch, response: Response
) -> IntroductionRead:
    operation = Operation.INTRODUCTIONS_OFFER
    step = introductions.step_introduction(session, actor, introduction_id, operation, seen)
    return tagged(response, await step)


@router.post("/{introduction_id}/withdraw", responses=CHANGED)
async def withdraw_introduction(
    introduction_id: UUID, session: Writes, actor: CurrentActor, seen: IfMatch, response: Response
) -> IntroductionRead:
    operation = Operation.INTRODUCTIONS_WITHDRAW
    step = introductions.step_introduction(session, actor, introduction_id, operation, seen)
    return tagged(response, await step)


@router.post("/{introduction_id}/not-take", responses=CHANGED)
async def not_take_offer(
    introduction_id: UUID,
    answer: IntroductionNotTaken,
    session: Writes,
    actor: CurrentActor,
    seen: IfMatch,
    response: Response,
) -> IntroductionRead:
    operation = Operation.INTRODUCTIONS_NOT_TAKE
    values = {"not_taken_reason": answer.reason}
    step = introductions.step_introduction(session, actor, introduction_id, operation, seen, values)
    return tagged(response, await step)
