"""Financing needs: five answers, vetted by an official, open until a provider is found or time is over."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col
from uuid_utils.compat import uuid7

from matchmaking import journal
from matchmaking.access.actor import Actor
from matchmaking.access.permissions import require
from matchmaking.access.scoping import find, visible_to
from matchmaking.db.changes import compare_and_set
from matchmaking.db.cursors import Slice
from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.db.unique_insert import insert_unless_taken
from matchmaking.errors import Conflict, Invalid
from matchmaking.services.contacts import check_contact, contact_of
from matchmaking.services.listing_steps import Asked, step_wish
from matchmaking.services.listings import (
    LONGEST_LISTING,
    NEWEST,
    OLDEST,
    Catalogue,
    Order,
    PageRequest,
    browse,
    outdated,
    standing,
)
from matchmaking.services.nouns import NEEDS
from matchmaking.services.present_lenders import resolve_present_lenders
from matchmaking.services.transitions import find_seen
from matchmaking.tables.needs import FinancingNeed
from matchmaking.tables.projects import Project
from schemas.financing_needs import FinancingNeedChange, FinancingNeedCreate, FinancingNeedRead
from schemas.listing_queries import FinancingNeedQuery, FinancingNeedSort
from schemas.operations import Operation
from schemas.renewals import Renewal
from schemas.vocabulary import NeedState, ProjectState

EDITABLE = (NeedState.DRAFT, NeedState.RETURNED)
OF_THE_ROW = set(FinancingNeedRead.model_fields) & set(FinancingNeed.model_fields)
CATALOGUE = Catalogue(
    identity=col(FinancingNeed.id),
    orders={
        FinancingNeedSort.NEWEST: NEWEST,
        FinancingNeedSort.OLDEST: OLDEST,
        FinancingNeedSort.LARGEST: Order((col(FinancingNeed.amount_fen),), descending=True),
        FinancingNeedSort.SMALLEST: Order((col(FinancingNeed.amount_fen),)),
        FinancingNeedSort.NEEDED_FIRST: Order((col(FinancingNeed.needed_by),)),
        FinancingNeedSort.ENDING_FIRST: Order((col(FinancingNeed.expires_on),)),
    },
    filters={
        "state": lambda state, _: col(FinancingNeed.state) == state,
        "purpose": lambda purpose, _: col(FinancingNeed.purpose) == purpose,
        "project_id": lambda project, _: col(FinancingNeed.project_id) == project,
        "amount_from_fen": lambda amount, _: col(FinancingNeed.amount_fen) >= amount,
        "amount_to_fen": lambda amount, _: col(FinancingNeed.amount_fen) <= amount,
        "needed_before": lambda day, _: col(FinancingNeed.needed_by) < day,
        "outdated": outdated(col(FinancingNeed.expires_on)),
    },
    searched=(col(FinancingNeed.summary),),
)


async def create_need(session: WriteSession, actor: Actor, draft: FinancingNeedCreate) -> FinancingNeedRead:
    require(actor, Operation.FINANCING_NEEDS_CREATE)
    values = draft.model_dump()
    await resolve_present_lenders(session, actor, values)
    await _check(session, actor, values)
    await _check_project(session, actor, draft.project_id)
    need = FinancingNeed(
        id=uuid7(),
        created_at=session.instant,
        organization_id=actor.organization_id,
        expires_on=min(draft.needed_by, session.instant.date() + LONGEST_LISTING),
        **values,
    )
    if not await insert_unless_taken(session, need):
        raise Conflict("external_id_taken", pointer="/external_id")
    await NEEDS.assign(session, need)
    await journal.record(session, actor, Operation.FINANCING_NEEDS_CREATE, NEEDS.name, need.id)
    return await _told(session, actor, need)


async def read_need(session: ReadSession, actor: Actor, need_id: UUID) -> FinancingNeedRead:
    require(actor, Operation.FINANCING_NEEDS_READ)
    return await _told(session, actor, await find(session, actor, FinancingNeed, need_id))


async def list_needs(
    session: ReadSession, actor: Actor, page: PageRequest, query: FinancingNeedQuery
) -> Slice[FinancingNeedRead]:
    require(actor, Operation.FINANCING_NEEDS_LIST)
    statement = select(FinancingNeed).where(visible_to(actor, FinancingNeed))
    return await browse(
        session, CATALOGUE, statement, query, page, lambda row: _shown(session, actor, row[0])
    )


async def change_need(
    session: WriteSession, actor: Actor, need_id: UUID, change: FinancingNeedChange, seen_version: int
) -> FinancingNeedRead:
    """Only a need that nobody has vetted yet changes; Conflict otherwise."""
    require(actor, Operation.FINANCING_NEEDS_CHANGE)
    need = await find_seen(session, actor, FinancingNeed, need_id, seen_version)
    if need.state not in EDITABLE:
        raise Conflict("need_not_editable", {"state": need.state})
    values = change.model_dump(exclude_none=True)
    if change.exclude_present_lenders and change.excluded_organization_ids is None:
        values["excluded_organization_ids"] = need.excluded_organization_ids
    await resolve_present_lenders(session, actor, values)
    await _check(session, actor, values)
    await _check_project(session, actor, change.project_id)
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
    renewal: Renewal | None = None,
) -> FinancingNeedRead:
    """Submit, open, return, renew or withdraw: see `step_wish`."""
    asked = Asked(operation, seen_version, defects, renewal)
    return await _told(session, actor, await step_wish(session, actor, NEEDS, need_id, asked))


async def _check_project(session: ReadSession, actor: Actor, project_id: UUID | None) -> None:
    """Invalid unless it is a project of the enterprise, Conflict when that is closed."""
    if project_id is None:
        return
    statement = select(col(Project.state)).where(
        col(Project.id) == project_id, col(Project.organization_id) == actor.organization_id
    )
    state = (await session.execute(statement)).scalar_one_or_none()
    if state is None:
        raise Invalid("project_unknown", pointer="/project_id")
    if state is ProjectState.CLOSED:
        raise Conflict("project_closed", pointer="/project_id")


async def _check(session: ReadSession, actor: Actor, values: dict[str, Any]) -> None:
    """Invalid where an answer cannot be true: a day gone by, a contact who is nobody here."""
    if "needed_by" in values and values["needed_by"] <= session.instant.date():
        raise Invalid("needed_by_not_ahead", pointer="/needed_by")
    if "pledges" in values and len(values["pledges"]) > 1 and "none" in values["pledges"]:
        raise Invalid("pledges_contradict", pointer="/pledges")
    if "contact_person_id" in values:
        await check_contact(session, actor, values["contact_person_id"])


async def _told(session: ReadSession, actor: Actor, need: FinancingNeed) -> FinancingNeedRead:
    """With whom to call, for those who may know that person."""
    contact = await contact_of(session, actor, need.contact_person_id)
    return _shown(session, actor, need).model_copy(update={"contact": contact})


def _shown(session: ReadSession, actor: Actor, need: FinancingNeed) -> FinancingNeedRead:
    """Whom an enterprise excluded is its own business: nobody else reads that list."""
    shown = FinancingNeedRead(
        **need.model_dump(include=OF_THE_ROW),
        **standing(session, need.expires_on),
    )
    if actor.organization_id == need.organization_id:
        return shown
    return shown.model_copy(update={"excluded_organization_ids": [], "returned_defects": None})
