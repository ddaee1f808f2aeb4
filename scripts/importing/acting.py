"""In whose name rows are loaded: the organization that the command names, from the command line.

Whoever runs this has the system role's address or the state folder, which is the right to do it. The services
hold it to what that organization may do over HTTP.
"""

from dataclasses import dataclass, field, replace
from typing import Literal
from uuid import UUID

from sqlalchemy import or_, select
from sqlmodel import col

from matchmaking.access.actor import Actor
from matchmaking.access.scoping import in_area
from matchmaking.db.session import WriteSession
from matchmaking.tables.identity import Organization, Unit
from schemas.permissions import RESEARCHERS
from schemas.vocabulary import LineOfDuty, OrganizationKind, Role
from scripts.failures import ASKED_WRONGLY, CommandRefused
from scripts.first_official import COMMAND_LINE

Outcome = Literal["added", "changed", "unchanged"]


@dataclass(slots=True)
class Tally:
    """How many rows were new, changed something, or said what was there before."""

    counts: dict[Outcome, int] = field(default_factory=lambda: {"added": 0, "changed": 0, "unchanged": 0})

    def add(self, outcome: Outcome) -> None:
        self.counts[outcome] += 1


async def organization_named(session: WriteSession, named: str) -> Organization:
    """By its unified social credit code, else by its Chinese name where only one bears it."""
    called = or_(col(Organization.credit_code) == named.upper(), col(Organization.name_zh) == named)
    found = list((await session.execute(select(Organization).where(called).limit(2))).scalars())
    if len(found) != 1:
        code = "import.organization_ambiguous" if found else "import.organization_unknown"
        raise CommandRefused(code, exit_code=ASKED_WRONGLY)
    return found[0]


async def provider_actor(session: WriteSession, organization: Organization) -> Actor:
    """As the product manager of a bank, or the secretary of an institution, at its top."""
    role = Role.SECRETARY if organization.kind in RESEARCHERS else Role.PRODUCT_MANAGER
    return await _at_top(session, organization, role)


async def stating_actor(session: WriteSession, organization: Organization) -> Actor:
    """As the owner of an enterprise, or as an official in the office with the widest area."""
    if organization.kind is not OrganizationKind.GOVERNMENT:
        return await _at_top(session, organization, Role.OWNER)
    statement = select(Unit).where(
        col(Unit.organization_id) == organization.id,
        col(Unit.area).is_not(None),
        col(Unit.line_of_duty) != LineOfDuty.PARTY_OFFICE,
    )
    offices = list((await session.execute(statement.order_by(col(Unit.id)))).scalars())
    if not offices:
        raise CommandRefused("import.no_office", exit_code=ASKED_WRONGLY)
    office = min(offices, key=lambda unit: not (unit.area or "").endswith("00"))
    actor = await _at_top(session, organization, Role.OFFICIAL)
    return replace(actor, unit_id=office.id, line_of_duty=office.line_of_duty, area=office.area)


async def enterprises_by_code(session: WriteSession, actor: Actor) -> dict[str, UUID]:
    """Of whom the actor may state something: an enterprise of itself, an office of those in its area."""
    statement = select(col(Organization.credit_code), col(Organization.id)).where(
        col(Organization.kind) == OrganizationKind.ENTERPRISE, col(Organization.credit_code).is_not(None)
    )
    if actor.official:
        statement = statement.where(in_area(actor, Organization.id))
    else:
        statement = statement.where(col(Organization.id) == actor.organization_id)
    return {code: enterprise for code, enterprise in await session.execute(statement) if code is not None}


async def _at_top(session: WriteSession, organization: Organization, role: Role) -> Actor:
    top = select(Unit).where(col(Unit.organization_id) == organization.id, col(Unit.parent_id).is_(None))
    unit = (await session.execute(top.order_by(col(Unit.id)).limit(1))).scalar_one_or_none()
    if unit is None:
        raise CommandRefused("import.no_office", exit_code=ASKED_WRONGLY)
    return Actor(
        credential_id=COMMAND_LINE,
        person_id=None,
        membership_id=None,
        organization_id=organization.id,
        organization_kind=organization.kind,
        unit_id=unit.id,
        role=role,
    )
