"""Memberships: the roles that people hold in units, given and ended by administrators.

What a person may do here is the sum of its memberships, of which it acts in one at a time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlmodel import col
from uuid_utils.compat import uuid7

from matchmaking import journal
from matchmaking.access.actor import Actor
from matchmaking.access.permissions import require
from matchmaking.access.scoping import find, visible_to
from matchmaking.db.changes import compare_and_set
from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.db.unique_insert import insert_unless_taken
from matchmaking.errors import Conflict, Invalid, NotAllowed, Stale
from matchmaking.services.units import find_own_unit
from matchmaking.tables.identity import Membership, Person, Unit
from schemas.operations import Operation
from schemas.people import MembershipCreate, MembershipRead
from schemas.permissions import ROLES
from schemas.vocabulary import OrganizationKind, Role

NAMED = "membership"
LONGEST_DELEGATION = timedelta(days=366)
ADMINISTERING = (Role.ADMINISTRATOR, Role.OWNER)
DUTY_BOUND = (Role.OFFICIAL, Role.OBSERVER)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is to hold a role."""

    unit: Unit
    kind: OrganizationKind


async def create_membership(
    session: WriteSession, actor: Actor, person_id: UUID, draft: MembershipCreate
) -> MembershipRead:
    """A further role for somebody whom the actor's organization enrolled; Conflict for one that is held."""
    require(actor, Operation.MEMBERSHIPS_CREATE)
    person = await find(session, actor, Person, person_id)
    if person.organization_id != actor.organization_id:
        raise NotAllowed("not_your_organization")
    unit = await find_own_unit(session, actor, draft.unit_id, "/unit_id")
    await refuse_self_made_owner(session, actor, draft.role)
    check_post(session, Place(unit, actor.organization_kind), draft.role, draft.ends_at)
    membership = Membership(
        id=uuid7(),
        created_at=session.instant,
        person_id=person_id,
        organization_id=actor.organization_id,
        **draft.model_dump(),
    )
    if not await insert_unless_taken(session, membership):
        raise Conflict("role_held_already", pointer="/role")
    about = {"role": draft.role, "unit": str(unit.id), "person": session.pseudonym(person_id)}
    await journal.record(session, actor, Operation.MEMBERSHIPS_CREATE, NAMED, membership.id, **about)
    return MembershipRead.model_validate(membership)


async def end_membership(
    session: WriteSession, actor: Actor, membership_id: UUID, seen_version: int
) -> MembershipRead:
    """End a role at once: its sign-ins do not count from the next request on.

    Conflict when it ended before, or when nobody would be left to administer the organization.
    """
    require(actor, Operation.MEMBERSHIPS_END)
    membership = await find(session, actor, Membership, membership_id)
    await find_own_unit(session, actor, membership.unit_id, "/unit_id")
    if membership.version != seen_version:
        raise Stale("version_stale")
    if membership.ended_at is not None:
        raise Conflict("membership_ended_already")
    if membership.role in ADMINISTERING:
        await _refuse_last(session, actor, membership)
    ended = await compare_and_set(
        session,
        Membership,
        membership_id,
        {"version": seen_version, "ended_at": None},
        {"ended_at": session.instant},
    )
    await journal.record(
        session, actor, Operation.MEMBERSHIPS_END, NAMED, membership_id, role=membership.role
    )
    return MembershipRead.model_validate(ended)


async def refuse_self_made_owner(session: ReadSession, actor: Actor, role: Role) -> None:
    """An owner consents for an enterprise: once there is one, only an owner makes another."""
    if role is not Role.OWNER or actor.role is Role.OWNER:
        return
    owners = select(col(Membership.id)).where(
        visible_to(actor, Membership),
        col(Membership.role) == Role.OWNER,
        col(Membership.ended_at).is_(None),
    )
    if (await session.execute(owners.limit(1))).first() is not None:
        raise NotAllowed("owners_by_owners_only")


def check_post(session: ReadSession, place: Place, role: Role, ends_at: datetime | None) -> None:
    """Invalid for a role that does not exist there, or a delegation that does not end in time."""
    if role not in ROLES[place.kind]:
        raise Invalid("role_not_of_kind", {"role": role}, "/role")
    if place.kind is OrganizationKind.GOVERNMENT and role in DUTY_BOUND and place.unit.line_of_duty is None:
        raise Invalid("official_needs_duty", pointer="/unit_id")
    if role is Role.HELPER and ends_at is None:
        raise Invalid("delegation_needs_end", pointer="/ends_at")
    now = session.instant
    if ends_at is not None and not now < ends_at <= now + LONGEST_DELEGATION:
        raise Invalid("delegation_end_out_of_range", pointer="/ends_at")


async def _refuse_last(session: WriteSession, actor: Actor, membership: Membership) -> None:
    """The rows are locked, so that two administrators who end each other at once cannot both succeed."""
    statement = (
        select(col(Membership.id))
        .where(
            visible_to(actor, Membership),
            col(Membership.role).in_(ADMINISTERING),
            col(Membership.ended_at).is_(None),
            or_(col(Membership.ends_at).is_(None), col(Membership.ends_at) > session.instant),
        )
        .order_by(col(Membership.id))
        .with_for_update()
    )
    others = set((await session.execute(statement)).scalars()) - {membership.id}
    if not others:
        raise Conflict("last_administrator")
