"""Organizations: registered by officials, renamed by their administrators."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import col
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError
from uuid_utils.compat import uuid7

from matchmaking import journal
from matchmaking.access.actor import Actor
from matchmaking.access.passwords import Passwords
from matchmaking.access.permissions import require
from matchmaking.access.scoping import find, visible_to
from matchmaking.db.changes import compare_and_set
from matchmaking.db.cursors import Slice
from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.db.unique_insert import insert_unless_taken
from matchmaking.errors import Conflict, Invalid, NotAllowed, Stale
from matchmaking.services.enrolment import Post, claim, enrol
from matchmaking.services.listings import PageRequest, listed
from matchmaking.services.units import root_unit
from matchmaking.tables.identity import Organization, Unit
from schemas.operations import Operation
from schemas.organizations import (
    OrganizationChange,
    OrganizationCreate,
    OrganizationRead,
    OrganizationRegistered,
)
from schemas.people import PersonEnrolled
from schemas.permissions import ROLES
from schemas.vocabulary import OrganizationKind

SUBJECT = "organization"


async def create_organization(
    session: WriteSession, actor: Actor, draft: OrganizationCreate, passwords: Passwords
) -> OrganizationRegistered:
    """Register an organization, its root unit and, if named, the first person who acts for it.

    Invalid for a wrong credit code, Conflict for one that is registered already.
    """
    require(actor, Operation.ORGANIZATIONS_CREATE)
    organization = Organization(
        id=uuid7(),
        created_at=session.instant,
        kind=draft.kind,
        name_zh=draft.name_zh,
        name_en=draft.name_en,
        credit_code=None if draft.credit_code is None else valid_credit_code(draft.credit_code),
        district=draft.district,
    )
    if not await insert_unless_taken(session, organization):
        raise Conflict("credit_code_taken", pointer="/credit_code")
    unit = root_unit(session, organization)
    session.add(unit)
    await session.flush()
    administrator = await _appoint(session, passwords, unit, draft)
    await journal.record(
        session,
        actor,
        Operation.ORGANIZATIONS_CREATE,
        SUBJECT,
        organization.id,
        kind=draft.kind,
        claimed=administrator is not None,
    )
    shown = await session.get_one(Organization, organization.id, populate_existing=True)
    return OrganizationRegistered(
        **OrganizationRead.model_validate(shown).model_dump(),
        root_unit_id=unit.id,
        administrator=administrator,
    )


async def read_organization(session: ReadSession, actor: Actor, organization_id: UUID) -> OrganizationRead:
    require(actor, Operation.ORGANIZATIONS_READ)
    return OrganizationRead.model_validate(await find(session, actor, Organization, organization_id))


async def list_organizations(
    session: ReadSession, actor: Actor, kind: OrganizationKind | None, page: PageRequest
) -> Slice[OrganizationRead]:
    require(actor, Operation.ORGANIZATIONS_LIST)
    statement = select(Organization).where(visible_to(actor, Organization))
    if kind is not None:
        statement = statement.where(col(Organization.kind) == kind)
    return await listed(
        session, statement, col(Organization.id), page, lambda row: OrganizationRead.model_validate(row[0])
    )


async def change_organization(
    session: WriteSession,
    actor: Actor,
    organization_id: UUID,
    change: OrganizationChange,
    seen_version: int,
) -> OrganizationRead:
    """Rename the actor's own organization; Stale when its version is not `seen_version` any more."""
    require(actor, Operation.ORGANIZATIONS_CHANGE)
    organization = await find(session, actor, Organization, organization_id)
    if organization.id != actor.organization_id:
        raise NotAllowed("not_your_organization")
    if organization.version != seen_version:
        raise Stale("version_stale")
    values = change.model_dump(exclude_unset=True)
    if "name_zh" in values and change.name_zh is None:
        raise Invalid("not_null", pointer="/name_zh")
    seen = {"version": seen_version}
    changed = await compare_and_set(session, Organization, organization_id, seen, values)
    await journal.record(
        session,
        actor,
        Operation.ORGANIZATIONS_CHANGE,
        SUBJECT,
        organization_id,
        fields=sorted(change.model_fields_set),
    )
    return OrganizationRead.model_validate(changed)


def valid_credit_code(given: str) -> str:
    """The code as the standard writes it (GB 32100-2015, 18 characters); Invalid for a wrong one."""
    try:
        return str(uscc.validate(given))
    except ValidationError as reason:
        raise Invalid("credit_code_wrong", pointer="/credit_code") from reason


async def _appoint(
    session: WriteSession, passwords: Passwords, unit: Unit, draft: OrganizationCreate
) -> PersonEnrolled | None:
    if draft.administrator is None:
        return None
    if draft.credit_code is None:
        raise Invalid("administrator_needs_credit_code", pointer="/credit_code")
    if draft.administrator.role not in ROLES[draft.kind]:
        raise Invalid("role_not_of_kind", {"role": draft.administrator.role}, "/administrator/role")
    post = Post(unit.organization_id, unit.id, draft.administrator.role)
    enrolled = await enrol(session, passwords, post, draft.administrator, "/administrator")
    await claim(session, unit.organization_id)
    return enrolled
