"""Units: the tree under an organization, grown by its administrators."""

from collections.abc import Mapping
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
from matchmaking.errors import Invalid, NotAllowed, NotFound
from matchmaking.services.listings import PageRequest, listed
from matchmaking.tables.identity import Organization, Unit
from schemas.operations import Operation
from schemas.permissions import FINANCIERS, RESEARCHERS
from schemas.units import UnitCreate, UnitRead
from schemas.vocabulary import OrganizationKind, UnitKind

DEEPEST_TREE = 8
SUBJECT = "unit"
KINDS: Mapping[OrganizationKind, frozenset[UnitKind]] = {
    OrganizationKind.ENTERPRISE: frozenset({UnitKind.BRANCH, UnitKind.LABORATORY, UnitKind.DEPARTMENT}),
    OrganizationKind.GOVERNMENT: frozenset({UnitKind.GOVERNMENT_OFFICE, UnitKind.DEPARTMENT}),
    **{kind: frozenset({UnitKind.BRANCH, UnitKind.SUB_BRANCH, UnitKind.DEPARTMENT}) for kind in FINANCIERS},
    **{kind: frozenset({UnitKind.SCHOOL, UnitKind.LABORATORY, UnitKind.DEPARTMENT}) for kind in RESEARCHERS},
}


def root_unit(session: WriteSession, organization: Organization) -> Unit:
    """The unit at the top of a new organization's tree, named like it."""
    unit_id = uuid7()
    return Unit(
        id=unit_id,
        created_at=session.instant,
        organization_id=organization.id,
        kind=UnitKind.HEAD_OFFICE,
        name_zh=organization.name_zh,
        name_en=organization.name_en,
        lineage=[unit_id],
    )


async def create_unit(session: WriteSession, actor: Actor, draft: UnitCreate) -> UnitRead:
    """Add a unit below one that the actor administers; Invalid for a kind or duty that does not fit."""
    require(actor, Operation.UNITS_CREATE)
    parent = await find_own_unit(session, actor, draft.parent_id, "/parent_id")
    _check(actor.organization_kind, draft)
    if len(parent.lineage) >= DEEPEST_TREE:
        raise Invalid("unit_tree_too_deep", {"limit": DEEPEST_TREE}, "/parent_id")
    unit_id = uuid7()
    unit = Unit(
        id=unit_id,
        created_at=session.instant,
        organization_id=actor.organization_id,
        lineage=[*parent.lineage, unit_id],
        **draft.model_dump(),
    )
    session.add(unit)
    await session.flush()
    await journal.record(session, actor, Operation.UNITS_CREATE, SUBJECT, unit_id, kind=draft.kind)
    return UnitRead.model_validate(unit)


async def read_unit(session: ReadSession, actor: Actor, unit_id: UUID) -> UnitRead:
    require(actor, Operation.UNITS_READ)
    return UnitRead.model_validate(await find(session, actor, Unit, unit_id))


async def list_units(
    session: ReadSession, actor: Actor, organization_id: UUID | None, page: PageRequest
) -> Slice[UnitRead]:
    """The units of one organization, or of all that the actor knows."""
    require(actor, Operation.UNITS_LIST)
    statement = select(Unit).where(visible_to(actor, Unit))
    if organization_id is not None:
        statement = statement.where(col(Unit.organization_id) == organization_id)
    return await listed(session, statement, col(Unit.id), page, lambda row: UnitRead.model_validate(row[0]))


async def find_own_unit(session: ReadSession, actor: Actor, unit_id: UUID, pointer: str) -> Unit:
    """The actor's own unit or one below it, which is what it administers.

    Invalid at `pointer` for a unit that the actor does not know of, NotAllowed for one elsewhere.
    """
    try:
        unit = await find(session, actor, Unit, unit_id)
    except NotFound as reason:
        raise Invalid("unit_unknown", pointer=pointer) from reason
    if unit.organization_id != actor.organization_id:
        raise NotAllowed("not_your_organization")
    if actor.unit_id not in unit.lineage:
        raise NotAllowed("not_your_unit")
    return unit


def _check(kind: OrganizationKind, draft: UnitCreate) -> None:
    if draft.kind not in KINDS[kind]:
        raise Invalid("unit_kind_not_of_organization", {"kind": draft.kind}, "/kind")
    office = draft.kind is UnitKind.GOVERNMENT_OFFICE
    if office != (draft.line_of_duty is not None):
        raise Invalid("line_of_duty_of_offices_only", pointer="/line_of_duty")
    if (draft.line_of_duty is None) != (draft.area is None):
        raise Invalid("area_goes_with_duty", pointer="/area")
    if draft.territory and kind not in FINANCIERS:
        raise Invalid("territory_of_branches_only", pointer="/territory")
