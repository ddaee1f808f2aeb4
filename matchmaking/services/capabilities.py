"""Capabilities: described by a researcher, answered for by the secretary, opened by an official."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, literal, select
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
from matchmaking.errors import Conflict, Invalid, NotAllowed, NotFound
from matchmaking.lifecycles import CAPABILITY
from matchmaking.services.compiled import compiled_of
from matchmaking.services.listing_steps import Asked, step_offer
from matchmaking.services.listings import (
    NEWEST,
    OLDEST,
    Catalogue,
    Order,
    PageRequest,
    browse,
    check_listing_end,
    outdated,
    standing,
)
from matchmaking.services.tasks import Addressee
from matchmaking.services.transitions import Noun, find_seen
from matchmaking.tables.identity import Organization, Unit
from matchmaking.tables.research import Capability
from schemas.capabilities import CapabilityChange, CapabilityCreate, CapabilityRead
from schemas.operations import Operation
from schemas.renewals import Renewal
from schemas.research_queries import CapabilityQuery, CapabilitySort
from schemas.vocabulary import LineOfDuty, Side

OF_THE_ROW = set(CapabilityRead.model_fields) & set(Capability.model_fields) - {"returned_defects"}
CATALOGUE = Catalogue(
    identity=col(Capability.id),
    orders={
        CapabilitySort.NEWEST: NEWEST,
        CapabilitySort.OLDEST: OLDEST,
        CapabilitySort.TITLE: Order((col(Capability.title_zh),)),
        CapabilitySort.ENDING_FIRST: Order((col(Capability.valid_until),)),
    },
    filters={
        "kind": lambda kind, _: col(Capability.kind) == kind,
        "chain": lambda chain, _: literal(chain) == col(Capability.chains).any_(),
        "state": lambda state, _: col(Capability.state) == state,
        "organization_id": lambda institution, _: col(Capability.organization_id) == institution,
        "mode": lambda mode, _: literal(mode.value) == col(Capability.modes).any_(),
        "platform_level": lambda level, _: col(Capability.platform_level) == level,
        "outdated": outdated(col(Capability.valid_until)),
    },
    searched=(col(Capability.title_zh), col(Capability.title_en), col(Capability.description)),
)


def _addressees(capability: Capability, side: Side) -> tuple[Addressee, ...]:
    if side is Side.OFFICIAL:
        waiting = capability.organization_id
        return (Addressee(line_of_duty=LineOfDuty.SCIENCE, waiting_organization_id=waiting),)
    return (Addressee(capability.organization_id, capability.unit_id),)


CAPABILITIES = Noun(Capability, CAPABILITY, _addressees)


async def create_capability(session: WriteSession, actor: Actor, draft: CapabilityCreate) -> CapabilityRead:
    """A draft. Invalid for a unit that is not the actor's or below it, Conflict for a taken external id."""
    require(actor, Operation.CAPABILITIES_CREATE)
    check_listing_end(session, draft.valid_until, "/valid_until")
    await _check_unit(session, actor, draft.unit_id)
    capability = Capability(
        id=uuid7(),
        created_at=session.instant,
        organization_id=actor.organization_id,
        **draft.model_dump(),
    )
    if not await insert_unless_taken(session, capability):
        raise Conflict("external_id_taken", pointer="/external_id")
    await CAPABILITIES.assign(session, capability)
    await enqueue(session, TaskName.ENCODE_TEXTS)
    await journal.record(session, actor, Operation.CAPABILITIES_CREATE, CAPABILITIES.name, capability.id)
    return await _told(session, actor, capability)


async def read_capability(session: ReadSession, actor: Actor, capability_id: UUID) -> CapabilityRead:
    require(actor, Operation.CAPABILITIES_READ)
    statement = _named(actor).where(col(Capability.id) == capability_id)
    found = (await session.execute(statement)).one_or_none()
    if found is None:
        raise NotFound("not_found")
    return _read(session, actor, found[0], found[1])


async def list_capabilities(
    session: ReadSession,
    actor: Actor,
    page: PageRequest,
    query: CapabilityQuery,
) -> Slice[CapabilityRead]:
    require(actor, Operation.CAPABILITIES_LIST)

    def show(row: Any) -> CapabilityRead:
        return _read(session, actor, row[0], row[1])

    return await browse(session, CATALOGUE, _named(actor), query, page, show)


async def change_capability(
    session: WriteSession,
    actor: Actor,
    capability_id: UUID,
    change: CapabilityChange,
    seen_version: int,
) -> CapabilityRead:
    """The description anew; what was matched keeps the version that it was matched by."""
    require(actor, Operation.CAPABILITIES_CHANGE)
    capability = await find_seen(session, actor, Capability, capability_id, seen_version)
    if capability.organization_id != actor.organization_id:
        raise NotAllowed("not_your_organization")
    if capability.state in CAPABILITY.terminal:
        raise Conflict("capability_is_over", {"state": capability.state})
    seen = {"version": seen_version, "organization_id": actor.organization_id}
    values = change.model_dump()
    changed = await compare_and_set(session, Capability, capability.id, seen, values)
    await enqueue(session, TaskName.ENCODE_TEXTS)
    await journal.record(session, actor, Operation.CAPABILITIES_CHANGE, CAPABILITIES.name, capability.id)
    return await _told(session, actor, changed)


async def step_capability(
    session: WriteSession,
    actor: Actor,
    capability_id: UUID,
    operation: Operation,
    seen_version: int,
    defects: list[str] | None = None,
    renewal: Renewal | None = None,
) -> CapabilityRead:
    """Submit, open, return, suspend, resume, renew or withdraw: see `step_offer`."""
    asked = Asked(operation, seen_version, defects, renewal)
    return await _told(session, actor, await step_offer(session, actor, CAPABILITIES, capability_id, asked))


async def _check_unit(session: ReadSession, actor: Actor, unit_id: UUID) -> None:
    unit = select(col(Unit.lineage)).where(
        col(Unit.id) == unit_id, col(Unit.organization_id) == actor.organization_id, visible_to(actor, Unit)
    )
    found = (await session.execute(unit)).scalar_one_or_none()
    if found is None:
        raise Invalid("unit_unknown", pointer="/unit_id")
    if actor.unit_id not in found:
        raise Invalid("unit_not_below_yours", pointer="/unit_id")


def _named(actor: Actor) -> Select[Any, Any]:
    return (
        select(Capability, col(Organization.name_zh))
        .join(Organization, col(Organization.id) == Capability.organization_id)
        .where(visible_to(actor, Capability))
    )


async def _told(session: ReadSession, actor: Actor, capability: Capability) -> CapabilityRead:
    institution = await find(session, actor, Organization, capability.organization_id)
    return _read(session, actor, capability, institution.name_zh)


def _read(session: ReadSession, actor: Actor, capability: Capability, institution: str) -> CapabilityRead:
    own = actor.organization_id == capability.organization_id
    return CapabilityRead(
        **capability.model_dump(include=OF_THE_ROW),
        organization_name=institution,
        **standing(session, capability.valid_until),
        compiled=compiled_of(capability),
        returned_defects=capability.returned_defects if own else None,
    )
