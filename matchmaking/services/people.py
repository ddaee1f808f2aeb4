"""People: enrolled with a first role in a unit, and listed to their colleagues."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from matchmaking import journal
from matchmaking.access.actor import Actor
from matchmaking.access.passwords import Passwords
from matchmaking.access.permissions import require
from matchmaking.access.scoping import find, visible_to
from matchmaking.db.cursors import Slice
from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.errors import Invalid, NotAllowed, NotFound
from matchmaking.services.enrolment import Post, claim, enrol
from matchmaking.services.listings import PageRequest, listed
from matchmaking.services.memberships import ADMINISTERING, Place, check_post, refuse_self_made_owner
from matchmaking.services.units import find_own_unit
from matchmaking.tables.identity import Membership, Organization, Person, Unit
from schemas.operations import Operation
from schemas.organizations import OrganizationState
from schemas.people import MembershipRead, PersonCreate, PersonEnrolled, PersonRead
from schemas.vocabulary import OrganizationKind, Role


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
        await refuse_self_made_owner(session, actor, draft.role)
    check_post(session, Place(unit, kind), draft.role, draft.ends_at)
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
