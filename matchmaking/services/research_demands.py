"""Research demands: what is to be solved, vetted by an official of science, open until somebody is found."""

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
from matchmaking.db.queue import TaskName, enqueue
from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.db.unique_insert import insert_unless_taken
from matchmaking.errors import Conflict, Invalid
from matchmaking.services.compiled import compiled_of
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
from matchmaking.services.nouns import DEMANDS
from matchmaking.services.transitions import find_seen
from matchmaking.tables.research import ResearchDemand
from schemas.operations import Operation
from schemas.renewals import Renewal
from schemas.research_demands import (
    ResearchDemandChange,
    ResearchDemandCreate,
    ResearchDemandDescription,
    ResearchDemandRead,
)
from schemas.research_queries import ResearchDemandQuery, ResearchDemandSort
from schemas.vocabulary import NeedState

EDITABLE = (NeedState.DRAFT, NeedState.RETURNED)
OF_THE_ROW = set(ResearchDemandRead.model_fields) & set(ResearchDemand.model_fields)
CATALOGUE = Catalogue(
    identity=col(ResearchDemand.id),
    orders={
        ResearchDemandSort.NEWEST: NEWEST,
        ResearchDemandSort.OLDEST: OLDEST,
        ResearchDemandSort.NEEDED_FIRST: Order((col(ResearchDemand.needed_by),)),
    },
    filters={
        "chain": lambda chain, _: col(ResearchDemand.chain) == chain,
        "state": lambda state, _: col(ResearchDemand.state) == state,
        "outdated": outdated(col(ResearchDemand.expires_on)),
    },
    searched=(col(ResearchDemand.title), col(ResearchDemand.public_abstract)),
)


async def create_demand(
    session: WriteSession, actor: Actor, draft: ResearchDemandCreate
) -> ResearchDemandRead:
    require(actor, Operation.RESEARCH_DEMANDS_CREATE)
    await _check(session, actor, draft)
    demand = ResearchDemand(
        id=uuid7(),
        created_at=session.instant,
        organization_id=actor.organization_id,
        **_columns(session, draft),
    )
    if not await insert_unless_taken(session, demand):
        raise Conflict("external_id_taken", pointer="/external_id")
    await DEMANDS.assign(session, demand)
    await enqueue(session, TaskName.ENCODE_TEXTS)
    await journal.record(session, actor, Operation.RESEARCH_DEMANDS_CREATE, DEMANDS.name, demand.id)
    return await _told(session, actor, demand)


async def read_demand(session: ReadSession, actor: Actor, demand_id: UUID) -> ResearchDemandRead:
    require(actor, Operation.RESEARCH_DEMANDS_READ)
    return await _told(session, actor, await find(session, actor, ResearchDemand, demand_id))


async def list_demands(
    session: ReadSession,
    actor: Actor,
    page: PageRequest,
    query: ResearchDemandQuery,
) -> Slice[ResearchDemandRead]:
    require(actor, Operation.RESEARCH_DEMANDS_LIST)
    statement = select(ResearchDemand).where(visible_to(actor, ResearchDemand))

    def show(row: Any) -> ResearchDemandRead:
        return _read(session, actor, row[0])

    return await browse(session, CATALOGUE, statement, query, page, show)


async def change_demand(
    session: WriteSession,
    actor: Actor,
    demand_id: UUID,
    change: ResearchDemandChange,
    seen_version: int,
) -> ResearchDemandRead:
    """Only a demand that nobody has vetted yet changes; Conflict otherwise."""
    require(actor, Operation.RESEARCH_DEMANDS_CHANGE)
    demand = await find_seen(session, actor, ResearchDemand, demand_id, seen_version)
    if demand.state not in EDITABLE:
        raise Conflict("need_not_editable", {"state": demand.state})
    await _check(session, actor, change)
    seen = {"version": seen_version, "organization_id": actor.organization_id}
    changed = await compare_and_set(session, ResearchDemand, demand_id, seen, _columns(session, change))
    await enqueue(session, TaskName.ENCODE_TEXTS)
    await journal.record(session, actor, Operation.RESEARCH_DEMANDS_CHANGE, DEMANDS.name, demand_id)
    return await _told(session, actor, changed)


async def step_demand(
    session: WriteSession,
    actor: Actor,
    demand_id: UUID,
    operation: Operation,
    seen_version: int,
    defects: list[str] | None = None,
    renewal: Renewal | None = None,
) -> ResearchDemandRead:
    """Submit, open, return, renew or withdraw: see `step_wish`."""
    asked = Asked(operation, seen_version, defects, renewal)
    return await _told(session, actor, await step_wish(session, actor, DEMANDS, demand_id, asked))


def _columns(session: ReadSession, draft: ResearchDemandDescription) -> dict[str, Any]:
    expires_on = min(draft.needed_by, session.instant.date() + LONGEST_LISTING)
    return {**draft.model_dump(), "expires_on": expires_on}


async def _check(session: ReadSession, actor: Actor, draft: ResearchDemandDescription) -> None:
    if draft.needed_by <= session.instant.date():
        raise Invalid("needed_by_not_ahead", pointer="/needed_by")
    await check_contact(session, actor, draft.contact_person_id)


async def _told(session: ReadSession, actor: Actor, demand: ResearchDemand) -> ResearchDemandRead:
    contact = await contact_of(session, actor, demand.contact_person_id)
    return _read(session, actor, demand).model_copy(update={"contact": contact})


def _read(session: ReadSession, actor: Actor, demand: ResearchDemand) -> ResearchDemandRead:
    """Whom an enterprise excluded, and what officials asked it to mend, is its own business.

    Officials vet without the confidential part.
    """
    shown = ResearchDemandRead(
        **demand.model_dump(include=OF_THE_ROW),
        **standing(session, demand.expires_on),
        compiled=compiled_of(demand),
    )
    if actor.organization_id == demand.organization_id:
        return shown
    hidden: dict[str, Any] = {"excluded_organization_ids": [], "returned_defects": None}
    if actor.official:
        hidden["confidential_part"] = None
    return shown.model_copy(update=hidden)
