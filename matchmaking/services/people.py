"""People: enrolled with a role in a unit, listed to their colleagues, their roles ended by administrators."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlmodel import col

from matchmaking import journal
from matchmaking.access.actor import Actor
from matchmaking.access.passwords import Passwords
from matchmaking.access.permissions import require
from matchmaking.access.scoping import find, visible_to
from matchmaking.db.changes import compare_and_set
from matchmaking.db.cursors import Slice
from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from matchmaking.services.enrolment import Post, claim, enrol
from matchmaking.services.listings import PageRequest, listed
from matchmaking.services.units import find_own_unit
from matchmaking.tables.identity import Membership, Organization, Person, Unit
from schemas.operations import Operation
from schemas.organizations import OrganizationState
from schemas.people import MembershipRead, PersonCreate, PersonEnrolled, PersonRead
from schemas.permissions import ROLES
from schemas.vocabulary import OrganizationKind, Role

LONGEST_DELEGATION = timedelta(days=366)
ADMINISTERING = (Role.ADMINISTRATOR, Role.OWNER)
DUTY_BOUND = (Role.OFFICIAL, Role.OBSERVER)


async def create_person(
    session: WriteSession, actor: Actor, draft: PersonCreate, passwords: Passwords
) -> PersonEnrolled:
    """Enrol a person in a unit that the actor administers; Conflict for a login that is taken.

    An official enrols the first person of an organization that nobody acts for yet, and nobody else.
    """
    require(actor, Operation.PEOPLE_CREATE)
    if actor.role is Role.OFFICIAL:
        unit, kind = await _unclaimed(session, actor, draft)
    else:
        unit = await find_own_unit(session, actor, draft.unit_id, "/unit_id")
        kind = actor.organization_kind
        await _refuse_self_made_owner(session, actor, draft)
    _check_post(session, draft, kind, unit)
    post = Post(unit.organization_id, unit.id, draft.role, draft.ends_at)
    enrolled = await enrol(session, passwords, post, draft)
    if actor.role is Role.OFFICIAL:
        await claim(session, unit.organization_id)
    await journal.record(
        session,
        actor,
        Operation.PEOPLE_CREATE,
        "membership",
        enrolled.memberships[0].id,
        role=draft.role,
        unit=str(unit.id),
        person=session.pseudonym(enrolled.id),
    )
    return enrolled


async def list_people(session: ReadSession, actor: Actor, page: PageRequest) -> Slice[PersonRead]:
    """Everybody who holds or held a role in the actor's organization."""
    require(actor, Operation.PEOPLE_LIST)
    colleagues = select(col(Membership.person_id)).where(visible_to(actor, Membership))
    statement = select(Person).where(visible_to(actor, Person), col(Person.id).in_(colleagues))
    found = await listed(session, statement, col(Person.id), page, lambda row: row[0])
    held = await _memberships_of(session, actor, found.rows)
    shown = [
        PersonRead(**person.model_dump(include=set(PersonRead.model_fields)), memberships=held[person.id])
        for person in found.rows
    ]
    return Slice(shown, found.last)


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
        session, actor, Operation.MEMBERSHIPS_END, "membership", membership_id, role=membership.role
    )
    return MembershipRead.model_validate(ended)


async def _unclaimed(
    session: ReadSession, actor: Actor, draft: PersonCreate
) -> tuple[Unit, OrganizationKind]:
    """The root unit of an organization that has a credit code and nobody who acts for it."""
    try:
        unit = await find(session, actor, Unit, draft.unit_id)
    except NotFound as reason:
        raise Invalid("unit_unknown", pointer="/unit_id") from reason
    organization = await find(session, actor, Organization, unit.organization_id)
    if organization.state is not OrganizationState.UNCLAIMED or draft.role not in ADMINISTERING:
        raise NotAllowed("not_your_organization")
    if organization.credit_code is None:
        raise Invalid("administrator_needs_credit_code", pointer="/unit_id")
    return unit, organization.kind


async def _refuse_self_made_owner(session: ReadSession, actor: Actor, draft: PersonCreate) -> None:
    """An owner consents for an enterprise: once there is one, only an owner makes another."""
    if draft.role is not Role.OWNER or actor.role is Role.OWNER:
        return
    owners = select(col(Membership.id)).where(
        visible_to(actor, Membership),
        col(Membership.role) == Role.OWNER,
        col(Membership.ended_at).is_(None),
    )
    if (await session.execute(owners.limit(1))).first() is not None:
        raise NotAllowed("owners_by_owners_only")


def _check_post(session: ReadSession, draft: PersonCreate, kind: OrganizationKind, unit: Unit) -> None:
    if draft.role not in ROLES[kind]:
        raise Invalid("role_not_of_kind", {"role": draft.role}, "/role")
    if kind is OrganizationKind.GOVERNMENT and draft.role in DUTY_BOUND and unit.line_of_duty is None:
        raise Invalid("official_needs_duty", pointer="/unit_id")
    if draft.role is Role.HELPER and draft.ends_at is None:
        raise Invalid("delegation_needs_end", pointer="/ends_at")
    now = session.instant
    if draft.ends_at is not None and not now < draft.ends_at <= now + LONGEST_DELEGATION:
        raise Invalid("delegation_end_out_of_range", pointer="/ends_at")


async def _memberships_of(
    session: ReadSession, actor: Actor, people: Sequence[Person]
) -> dict[UUID, list[MembershipRead]]:
    statement = (
        select(Membership)
        .where(visible_to(actor, Membership), col(Membership.person_id).in_([person.id for person in people]))
        .order_by(col(Membership.id))
    )
    held: dict[UUID, list[MembershipRead]] = defaultdict(list)
    for membership in (await session.execute(statement)).scalars():
        held[membership.person_id].append(MembershipRead.model_validate(membership))
    return held


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
