"""Financing needs: five answers, vetted by an official, open until a provider is found or time is over."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlmodel import col
from uuid_utils.compat import uuid7

from matchmaking import journal
from matchmaking.access.actor import Actor
from matchmaking.access.permissions import require
from matchmaking.access.scoping import find, visible_to
from matchmaking.db.changes import compare_and_set
from matchmaking.db.cursors import Slice
from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.errors import Conflict, Invalid
from matchmaking.services.listings import PageRequest, listed
from matchmaking.services.nouns import NEEDS
from matchmaking.services.talks import end_introductions, hold_need
from matchmaking.services.transitions import Step, find_seen, side_of, take_step
from matchmaking.tables.identity import Membership, Person
from matchmaking.tables.needs import FinancingNeed
from schemas.financing_needs import ContactRead, FinancingNeedChange, FinancingNeedCreate, FinancingNeedRead
from schemas.permissions import Operation
from schemas.vocabulary import NeedState

LONGEST_LISTING = timedelta(days=366)
EDITABLE = (NeedState.DRAFT, NeedState.RETURNED)


async def create_need(session: WriteSession, actor: Actor, draft: FinancingNeedCreate) -> FinancingNeedRead:
    require(actor, Operation.FINANCING_NEEDS_CREATE)
    values = draft.model_dump()
    await _check(session, actor, values)
    need = FinancingNeed(
        id=uuid7(),
        created_at=session.instant,
        organization_id=actor.organization_id,
        expires_on=min(draft.needed_by, session.instant.date() + LONGEST_LISTING),
        **values,
    )
    session.add(need)
    await session.flush()
    await NEEDS.assign(session, need)
    await journal.record(session, actor, Operation.FINANCING_NEEDS_CREATE, NEEDS.name, need.id)
    return await _told(session, actor, need)


async def read_need(session: ReadSession, actor: Actor, need_id: UUID) -> FinancingNeedRead:
    require(actor, Operation.FINANCING_NEEDS_READ)
    return await _told(session, actor, await find(session, actor, FinancingNeed, need_id))


async def list_needs(
    session: ReadSession, actor: Actor, page: PageRequest, state: NeedState | None = None
) -> Slice[FinancingNeedRead]:
    require(actor, Operation.FINANCING_NEEDS_LIST)
    statement = select(FinancingNeed).where(visible_to(actor, FinancingNeed))
    if state is not None:
        statement = statement.where(col(FinancingNeed.state) == state)
    return await listed(session, statement, col(FinancingNeed.id), page, lambda row: _shown(actor, row[0]))


async def change_need(
    session: WriteSession, actor: Actor, need_id: UUID, change: FinancingNeedChange, seen_version: int
) -> FinancingNeedRead:
    """Only a need that nobody has vetted yet changes; Conflict otherwise."""
    require(actor, Operation.FINANCING_NEEDS_CHANGE)
    need = await find_seen(session, actor, FinancingNeed, need_id, seen_version)
    if need.state not in EDITABLE:
        raise Conflict("need_not_editable", {"state": need.state})
    values = change.model_dump(exclude_none=True)
    await _check(session, actor, values)
    if change.needed_by is not None:
        values["expires_on"] = min(change.needed_by, session.instant.date() + LONGEST_LISTING)
    seen = {"version": seen_version, "organization_id": actor.organization_id}
    changed = await compare_and_set(session, FinancingNeed, need_id, seen, values)
    await journal.record(
        session, actor, Operation.FINANCING_NEEDS_CHANGE, NEEDS.name, need_id, fields=sorted(values)
    )
    return await _told(session, actor, changed)


async def step_need(
    session: WriteSession,
    actor: Actor,
    need_id: UUID,
    operation: Operation,
    seen_version: int,
    defects: list[str] | None = None,
) -> FinancingNeedRead:
    """Submit, open, return or withdraw, as the life-cycle and the permission table say.

    With a need that is withdrawn end its introductions, and the records that awaited signatures.
    """
    require(actor, operation)
    need = await find_seen(session, actor, FinancingNeed, need_id, seen_version)
    step = Step(operation, operation.value.split(".")[1], side_of(actor, need.organization_id), seen_version)
    values: dict[str, Any] = {"returned_defects": defects} | _moments(session, operation)
    details: dict[str, journal.Detail] = {}
    if operation is Operation.FINANCING_NEEDS_WITHDRAW:
        NEEDS.lifecycle.after(need.state, step.action, step.side)
        details["introductions"] = await end_introductions(session, await hold_need(session, need_id))
    moved = await take_step(session, actor, NEEDS, need, step, values, **details)
    return await _told(session, actor, moved)


def _moments(session: ReadSession, operation: Operation) -> dict[str, Any]:
    """When officials first saw it, and when it was last opened: both outlast the state."""
    columns = {
        Operation.FINANCING_NEEDS_SUBMIT: "submitted_at",
        Operation.FINANCING_NEEDS_OPEN: "opened_at",
    }
    return {columns[operation]: session.instant} if operation in columns else {}


async def _check(session: ReadSession, actor: Actor, values: dict[str, Any]) -> None:
    """Invalid where an answer cannot be true: a day gone by, a contact who is nobody here."""
    if "needed_by" in values and values["needed_by"] <= session.instant.date():
        raise Invalid("needed_by_not_ahead", pointer="/needed_by")
    if "pledges" in values and len(values["pledges"]) > 1 and "none" in values["pledges"]:
        raise Invalid("pledges_contradict", pointer="/pledges")
    if "contact_person_id" in values:
        member = select(col(Membership.id)).where(
            col(Membership.person_id) == values["contact_person_id"],
            col(Membership.organization_id) == actor.organization_id,
            col(Membership.ended_at).is_(None),
            or_(col(Membership.ends_at).is_(None), col(Membership.ends_at) > session.instant),
        )
        if (await session.execute(member)).first() is None:
            raise Invalid("contact_not_a_member", pointer="/contact_person_id")


def _read(need: FinancingNeed) -> FinancingNeedRead:
    return FinancingNeedRead.model_validate(need)


async def _told(session: ReadSession, actor: Actor, need: FinancingNeed) -> FinancingNeedRead:
    """With whom to call, for those who may know that person."""
    statement = select(Person).where(col(Person.id) == need.contact_person_id, visible_to(actor, Person))
    person = (await session.execute(statement)).scalar_one_or_none()
    contact = None if person is None else ContactRead.model_validate(person, from_attributes=True)
    return _shown(actor, need).model_copy(update={"contact": contact})


def _shown(actor: Actor, need: FinancingNeed) -> FinancingNeedRead:
    """Whom an enterprise excluded is its own business: nobody else reads that list."""
    if actor.organization_id == need.organization_id:
        return _read(need)
    return _read(need).model_copy(update={"excluded_organization_ids": [], "returned_defects": None})
