"""Introductions: the enterprise picks, the provider's unit answers, both go on until agreed or told why."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col
from uuid_utils.compat import uuid7

from matchmaking import journal
from matchmaking.access.actor import Actor
from matchmaking.access.permissions import require
from matchmaking.access.scoping import find, visible_to
from matchmaking.db.cursors import Slice
from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.errors import Conflict
from matchmaking.lifecycles.introductions import ENDED
from matchmaking.services.listings import PageRequest, listed
from matchmaking.services.nouns import INTRODUCTIONS
from matchmaking.services.talks import end_record, follow_talks, hold_need
from matchmaking.services.transitions import Step, find_seen, side_of, take_step
from matchmaking.tables.matching import Introduction, MatchCandidate, MatchRun
from matchmaking.tables.needs import FinancingNeed
from matchmaking.tables.offers import CreditProduct, ProductAdoption
from schemas.introductions import IntroductionCreate, IntroductionRead
from schemas.permissions import Operation
from schemas.vocabulary import (
    IntroductionRoute,
    IntroductionState,
    ListingState,
    NeedState,
    Verdict,
)

PICKABLE = (NeedState.OPEN, NeedState.IN_TALKS)


async def pick_candidate(session: WriteSession, actor: Actor, pick: IntroductionCreate) -> IntroductionRead:
    """Put the enterprise's need before the unit that offers the picked product."""
    require(actor, Operation.INTRODUCTIONS_CREATE)
    candidate = await find(session, actor, MatchCandidate, pick.candidate_id)
    run = await find(session, actor, MatchRun, candidate.run_id)
    need = await find(session, actor, FinancingNeed, run.need_id)
    need = await hold_need(session, need.id)
    # The candidate stands for its offer: the door to it may have closed since, as when the bank withdrew it.
    adoption = await session.get_one(ProductAdoption, candidate.adoption_id)
    product = await session.get_one(CreditProduct, candidate.product_id)
    if not adoption.state == product.state == ListingState.OPEN:
        raise Conflict("offer_not_open")
    await _check_pick(session, candidate, need)
    introduction = Introduction(
        id=uuid7(),
        created_at=session.instant,
        organization_id=actor.organization_id,
        need_id=need.id,
        provider_organization_id=candidate.provider_organization_id,
        provider_unit_id=adoption.unit_id,
        adoption_id=adoption.id,
        product_version_id=candidate.product_version_id,
        candidate_id=candidate.id,
        route=IntroductionRoute.PICK,
    )
    session.add(introduction)
    await session.flush()
    await INTRODUCTIONS.assign(session, introduction)
    await journal.record(session, actor, Operation.INTRODUCTIONS_CREATE, INTRODUCTIONS.name, introduction.id)
    return _read(introduction)


async def read_introduction(session: ReadSession, actor: Actor, introduction_id: UUID) -> IntroductionRead:
    require(actor, Operation.INTRODUCTIONS_READ)
    return _read(await find(session, actor, Introduction, introduction_id))


async def list_introductions(
    session: ReadSession, actor: Actor, page: PageRequest, state: IntroductionState | None = None
) -> Slice[IntroductionRead]:
    require(actor, Operation.INTRODUCTIONS_LIST)
    statement = select(Introduction).where(visible_to(actor, Introduction))
    if state is not None:
        statement = statement.where(col(Introduction.state) == state)
    return await listed(session, statement, col(Introduction.id), page, lambda row: _read(row[0]))


async def step_introduction(
    session: WriteSession,
    actor: Actor,
    introduction_id: UUID,
    operation: Operation,
    seen_version: int,
    values: dict[str, Any] | None = None,
) -> IntroductionRead:
    """Accept, decline, contact, begin diligence, offer, withdraw or not take; the need follows."""
    require(actor, operation)
    row = await find_seen(session, actor, Introduction, introduction_id, seen_version)
    need = await hold_need(session, row.need_id)
    before = row.state
    step = Step(operation, operation.value.split(".")[1], side_of(actor, row.organization_id), seen_version)
    codes = {name: str(value) for name, value in (values or {}).items() if name != "decline_note"}
    moved = await take_step(session, actor, INTRODUCTIONS, row, step, values, **codes)
    if moved.state in ENDED:
        await end_record(session, moved.id)
    await follow_talks(session, need, before, moved.state)
    return _read(moved)


async def _check_pick(session: WriteSession, candidate: MatchCandidate, need: FinancingNeed) -> None:
    if need.state not in PICKABLE:
        raise Conflict("need_not_open", {"state": need.state})
    if candidate.verdict is Verdict.INELIGIBLE:
        raise Conflict("candidate_ineligible")
    if candidate.provider_organization_id in need.excluded_organization_ids:
        raise Conflict("provider_excluded")
    same = select(col(Introduction.state)).where(
        col(Introduction.need_id) == need.id, col(Introduction.adoption_id) == candidate.adoption_id
    )
    states = (await session.execute(same)).scalars()
    if any(state not in ENDED for state in states):
        raise Conflict("introduced_already")


def _read(introduction: Introduction) -> IntroductionRead:
    return IntroductionRead.model_validate(introduction)
