"""Policy measures: published by an office in its line of duty, read by everybody once they are open."""

from typing import Any
from uuid import UUID

from sqlalchemy import literal, or_, select
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
from matchmaking.errors import Conflict, Invalid, NotAllowed
from matchmaking.lifecycles.listings import POLICY_MEASURE
from matchmaking.services.listings import (
    NEWEST,
    OLDEST,
    Catalogue,
    Order,
    PageRequest,
    browse,
    check_listing_end,
    outdated,
    renewed_end,
    standing,
)
from matchmaking.services.tasks import Addressee
from matchmaking.services.transitions import Noun, Step, find_seen, take_step
from matchmaking.tables.identity import Organization
from matchmaking.tables.policy_measures import PolicyMeasure
from schemas.listing_queries import PolicyMeasureQuery, PolicyMeasureSort
from schemas.operations import Operation
from schemas.policy_measures import PolicyMeasureCreate, PolicyMeasureDescription, PolicyMeasureRead
from schemas.renewals import Renewal
from schemas.vocabulary import OrganizationKind, Side

OF_THE_ROW = set(PolicyMeasureRead.model_fields) & set(PolicyMeasure.model_fields)
AS_STORED = {"kind", "bank_ids", "valid_from", "valid_until", "as_of"}
CATALOGUE = Catalogue(
    identity=col(PolicyMeasure.id),
    orders={
        PolicyMeasureSort.NEWEST: NEWEST,
        PolicyMeasureSort.OLDEST: OLDEST,
        PolicyMeasureSort.TITLE: Order((col(PolicyMeasure.title_zh),)),
        PolicyMeasureSort.ENDING_FIRST: Order((col(PolicyMeasure.valid_until),)),
    },
    filters={
        "kind": lambda kind, _: col(PolicyMeasure.kind) == kind,
        "state": lambda state, _: col(PolicyMeasure.state) == state,
        "bank_id": lambda bank, _: or_(
            literal(bank) == col(PolicyMeasure.bank_ids).any_(),
            col(PolicyMeasure.bank_ids) == [],
        ),
        "outdated": outdated(col(PolicyMeasure.valid_until)),
    },
    searched=(col(PolicyMeasure.title_zh), col(PolicyMeasure.title_en), col(PolicyMeasure.description)),
)


def _addressees(measure: PolicyMeasure, _side: Side) -> tuple[Addressee, ...]:
    return (Addressee(measure.organization_id, measure.unit_id, line_of_duty=measure.line_of_duty),)


MEASURES = Noun(PolicyMeasure, POLICY_MEASURE, _addressees)


async def create_measure(
    session: WriteSession, actor: Actor, draft: PolicyMeasureCreate, *, invented: bool = False
) -> PolicyMeasureRead:
    """A draft of the actor's office. `invented` is for demonstrations and never asked for over HTTP."""
    require(actor, Operation.POLICY_MEASURES_CREATE)
    if actor.line_of_duty is None:
        raise NotAllowed("measure_of_another_office")
    await _check(session, actor, draft)
    measure = PolicyMeasure(
        id=uuid7(),
        created_at=session.instant,
        organization_id=actor.organization_id,
        unit_id=actor.unit_id,
        line_of_duty=actor.line_of_duty,
        area=actor.area,
        invented=invented,
        source=draft.source,
        external_id=draft.external_id,
        **_columns(draft),
    )
    if not await insert_unless_taken(session, measure):
        raise Conflict("external_id_taken", pointer="/external_id")
    await MEASURES.assign(session, measure)
    await journal.record(session, actor, Operation.POLICY_MEASURES_CREATE, MEASURES.name, measure.id)
    return _read(session, measure)


async def read_measure(session: ReadSession, actor: Actor, measure_id: UUID) -> PolicyMeasureRead:
    require(actor, Operation.POLICY_MEASURES_READ)
    return _read(session, await find(session, actor, PolicyMeasure, measure_id))


async def list_measures(
    session: ReadSession, actor: Actor, page: PageRequest, query: PolicyMeasureQuery
) -> Slice[PolicyMeasureRead]:
    require(actor, Operation.POLICY_MEASURES_LIST)
    statement = select(PolicyMeasure).where(visible_to(actor, PolicyMeasure))
    return await browse(session, CATALOGUE, statement, query, page, lambda row: _read(session, row[0]))


async def change_measure(
    session: WriteSession,
    actor: Actor,
    measure_id: UUID,
    change: PolicyMeasureDescription,
    seen_version: int,
) -> PolicyMeasureRead:
    """The description anew, also of an open one; Conflict once it is withdrawn. The kind stays."""
    require(actor, Operation.POLICY_MEASURES_CHANGE)
    measure = await _find_of_office(session, actor, measure_id, seen_version)
    if measure.state in POLICY_MEASURE.terminal:
        raise Conflict("measure_is_over")
    if change.kind is not measure.kind:
        raise Invalid("kind_stays", pointer="/kind")
    await _check(session, actor, change)
    seen = {"version": seen_version, "organization_id": actor.organization_id}
    values = {name: value for name, value in _columns(change).items() if name != "kind"}
    changed = await compare_and_set(session, PolicyMeasure, measure_id, seen, values)
    await journal.record(session, actor, Operation.POLICY_MEASURES_CHANGE, MEASURES.name, measure_id)
    return _read(session, changed)


async def step_measure(
    session: WriteSession,
    actor: Actor,
    measure_id: UUID,
    operation: Operation,
    seen_version: int,
    renewal: Renewal | None = None,
) -> PolicyMeasureRead:
    """Open, renew or withdraw, by the office that issues it. Renewing goes by `renewal`, or twelve months."""
    require(actor, operation)
    measure = await _find_of_office(session, actor, measure_id, seen_version)
    values: dict[str, Any] = {}
    if operation is Operation.POLICY_MEASURES_RENEW:
        end = renewed_end(session, renewal.valid_until if renewal else None)
        if end < measure.valid_from:
            raise Invalid("listing_end_out_of_range", pointer="/valid_until")
        values["valid_until"] = end
    step = Step(operation, operation.action, Side.OFFICIAL, seen_version)
    return _read(session, await take_step(session, actor, MEASURES, measure, step, values))


async def _find_of_office(
    session: WriteSession, actor: Actor, measure_id: UUID, seen_version: int
) -> PolicyMeasure:
    measure = await find_seen(session, actor, PolicyMeasure, measure_id, seen_version)
    if measure.organization_id != actor.organization_id:
        raise NotAllowed("not_your_organization")
    if measure.unit_id != actor.unit_id:
        raise NotAllowed("measure_of_another_office")
    return measure


async def _check(session: ReadSession, actor: Actor, draft: PolicyMeasureDescription) -> None:
    """Invalid for an end out of range, a publication of tomorrow, or an unknown bank."""
    check_listing_end(session, draft.valid_until, "/valid_until")
    if draft.as_of > session.instant.date():
        raise Invalid("fact_from_the_future", pointer="/as_of")
    if not draft.bank_ids:
        return
    statement = select(col(Organization.id)).where(
        col(Organization.id).in_(draft.bank_ids),
        col(Organization.kind) == OrganizationKind.BANK,
        visible_to(actor, Organization),
    )
    known = set((await session.execute(statement)).scalars())
    for index, bank_id in enumerate(draft.bank_ids):
        if bank_id not in known:
            raise Invalid("bank_unknown", pointer=f"/bank_ids/{index}")


def _columns(draft: PolicyMeasureDescription) -> dict[str, Any]:
    stored = {name: getattr(draft, name) for name in AS_STORED}
    described = draft.model_dump(mode="json", exclude=AS_STORED | {"source", "external_id"})
    return described | stored


def _read(session: ReadSession, measure: PolicyMeasure) -> PolicyMeasureRead:
    return PolicyMeasureRead(
        **measure.model_dump(include=OF_THE_ROW),
        **standing(session, measure.valid_until),
    )
