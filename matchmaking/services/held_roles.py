"""The roles that a person may act in, and the actor that each of them makes."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlmodel import col

from matchmaking.access.actor import Actor
from matchmaking.db.session import ReadSession
from matchmaking.tables.identity import Membership, Organization, Unit
from schemas.sessions import ActingIn, HeldRole

NAMES: tuple[ColumnElement[Any], ...] = (
    col(Organization.id).label("organization_id"),
    col(Organization.kind).label("organization_kind"),
    col(Organization.name_zh).label("organization_name_zh"),
    col(Organization.name_en).label("organization_name_en"),
    col(Unit.id).label("unit_id"),
    col(Unit.name_zh).label("unit_name_zh"),
    col(Unit.name_en).label("unit_name_en"),
    col(Unit.line_of_duty).label("line_of_duty"),
    col(Unit.area).label("area"),
)


async def live_roles(session: ReadSession, person_id: UUID) -> list[HeldRole]:
    """What has not ended by now, the oldest first."""
    statement = (
        select(
            *NAMES,
            col(Membership.id).label("membership_id"),
            col(Membership.role),
            col(Membership.ends_at),
        )
        .join(Unit, col(Unit.id) == col(Membership.unit_id))
        .join(Organization, col(Organization.id) == col(Membership.organization_id))
        .where(
            col(Membership.person_id) == person_id,
            col(Membership.ended_at).is_(None),
            or_(col(Membership.ends_at).is_(None), col(Membership.ends_at) > session.instant),
        )
        .order_by(col(Membership.id))
    )
    rows = await session.execute(statement)
    return [HeldRole.model_validate(row, from_attributes=True) for row in rows]


async def acting_in(session: ReadSession, actor: Actor) -> ActingIn:
    """The place that `actor` acts in, with its names."""
    statement = (
        select(*NAMES)
        .join(Unit, col(Unit.organization_id) == col(Organization.id))
        .where(col(Unit.id) == actor.unit_id, col(Organization.id) == actor.organization_id)
    )
    place = (await session.execute(statement)).mappings().one()
    return ActingIn(**place, role=actor.role)


def actor_of(session_id: UUID, person_id: UUID, role: HeldRole) -> Actor:
    """Who acts in `role` under the sign-in `session_id`."""
    return Actor(
        credential_id=session_id,
        person_id=person_id,
        membership_id=role.membership_id,
        organization_id=role.organization_id,
        organization_kind=role.organization_kind,
        unit_id=role.unit_id,
        role=role.role,
        line_of_duty=role.line_of_duty,
        area=role.area,
    )
