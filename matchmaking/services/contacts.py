"""Whom to call about a wish: a member of the enterprise that asks, shown to those who may know of them."""

from uuid import UUID

from sqlalchemy import or_, select
from sqlmodel import col

from matchmaking.access.actor import Actor
from matchmaking.access.scoping import visible_to
from matchmaking.db.session import ReadSession
from matchmaking.errors import Invalid
from matchmaking.tables.identity import Membership, Person
from schemas.financing_needs import ContactRead


async def check_contact(session: ReadSession, actor: Actor, person_id: UUID) -> None:
    """Invalid for a person who is nobody in the actor's organization."""
    member = select(col(Membership.id)).where(
        col(Membership.person_id) == person_id,
        col(Membership.organization_id) == actor.organization_id,
        col(Membership.ended_at).is_(None),
        or_(col(Membership.ends_at).is_(None), col(Membership.ends_at) > session.instant),
    )
    if (await session.execute(member)).first() is None:
        raise Invalid("contact_not_a_member", pointer="/contact_person_id")


async def contact_of(session: ReadSession, actor: Actor, person_id: UUID | None) -> ContactRead | None:
    """None for whoever may not know that person."""
    statement = select(Person).where(col(Person.id) == person_id, visible_to(actor, Person))
    person = (await session.execute(statement)).scalar_one_or_none()
    return None if person is None else ContactRead.model_validate(person, from_attributes=True)
