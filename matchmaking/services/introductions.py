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
from matchmaking.lifecycles.introductions import ENDED
from matchmaking.services.listings import PageRequest, listed
from matchmaking.services.nouns import INTRODUCTIONS, introductions_about
from matchmaking.services.picks import (
    Pick,
    pick_of_capability,
    pick_of_interest,
    pick_of_product,
    pick_of_recommendation,
)
from matchmaking.services.talks import end_record, follow_talks, hold_wish_of
from matchmaking.services.transitions import Step, find_seen, side_of, take_step
from matchmaking.tables.matching import Introduction
from schemas.introductions import IntroductionCreate, IntroductionRead
from schemas.operations import Operation
from schemas.vocabulary import IntroductionState


async def pick_candidate(
    session: WriteSession, system: ReadSession, actor: Actor, pick: IntroductionCreate
) -> IntroductionRead:
    """Put the enterprise's need or demand before the unit that offers what was picked.

    By whichever route it was found, the introduction goes the same way: a recommendation may be declined
    like any other, with the same codes, and nothing in a provider's record tells the routes apart.
    """
    require(actor, Operation.INTRODUCTIONS_CREATE)
    picked = await _picked(session, system, actor, pick)
    introduction = Introduction(
        id=uuid7(),
        created_at=session.instant,
        organization_id=actor.organization_id,
        provider_organization_id=picked.provider_organization_id,
        **picked.columns,
    )
    session.add(introduction)
    await session.flush()
    await introductions_about(introduction).assign(session, introduction)
    operation, route = Operation.INTRODUCTIONS_CREATE, introduction.route.value
    await journal.record(session, actor, operation, INTRODUCTIONS.name, introduction.id, route=route)
    return _read(introduction)


async def _picked(session: WriteSession, system: ReadSession, actor: Actor, pick: IntroductionCreate) -> Pick:
    """What the one id that is given names."""
    match pick.named:
        case "candidate_id":
            return await pick_of_product(session, actor, pick.picked_id)
        case "capability_candidate_id":
            return await pick_of_capability(session, actor, pick.picked_id)
        case "interest_id":
            return await pick_of_interest(session, system, actor, pick.picked_id)
        case "recommendation_offer_id":
            return await pick_of_recommendation(session, actor, pick.picked_id)


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
    """Any step of an introduction but its end in an agreement; the need or demand follows."""
    require(actor, operation)
    row = await find_seen(session, actor, Introduction, introduction_id, seen_version)
    wish = await hold_wish_of(session, row)
    before = row.state
    step = Step(operation, operation.action, side_of(actor, row.organization_id), seen_version)
    codes = {name: str(value) for name, value in (values or {}).items() if name != "decline_note"}
    moved = await take_step(session, actor, introductions_about(row), row, step, values, **codes)
    if moved.state in ENDED:
        await end_record(session, moved.id)
    if wish is not None:
        await follow_talks(session, wish, before, moved.state)
    return _read(moved)


def _read(introduction: Introduction) -> IntroductionRead:
    return IntroductionRead.model_validate(introduction)
