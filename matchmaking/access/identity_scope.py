"""Which organizations, units, people, memberships and API keys an actor may know of.

Conditions only; `scoping.visible_to` is the door through which they are used.
"""

from collections.abc import Callable, Mapping

from sqlalchemy import ColumnElement, and_, literal, or_, select, true
from sqlmodel import SQLModel, col

from matchmaking.access.actor import Actor
from matchmaking.tables.identity import ApiKey, Membership, Organization, Person, Unit
from matchmaking.tables.matching import Introduction
from matchmaking.tables.needs import FinancingNeed
from matchmaking.tables.research import ResearchDemand
from schemas.vocabulary import OrganizationKind

Condition = ColumnElement[bool]


def organization_visible(actor: Actor) -> Condition:
    """Enterprises are known to themselves, officials and providers they were introduced to; others to all."""
    if actor.official:
        return true()
    introduced = select(col(Introduction.organization_id)).where(_introduced_to(actor))
    return or_(
        col(Organization.id) == actor.organization_id,
        col(Organization.kind) != OrganizationKind.ENTERPRISE,
        col(Organization.id).in_(introduced),
    )


def unit_visible(actor: Actor) -> Condition:
    if actor.official:
        return true()
    known = select(col(Organization.id)).where(organization_visible(actor))
    return col(Unit.organization_id).in_(known)


def person_visible(actor: Actor) -> Condition:
    """Colleagues, oneself, and whom to call about a wish that was introduced to the actor's unit."""
    colleagues = select(col(Membership.person_id)).where(membership_visible(actor))
    of_needs = (
        select(col(FinancingNeed.contact_person_id))
        .join(Introduction, col(Introduction.need_id) == col(FinancingNeed.id))
        .where(_introduced_to(actor))
    )
    of_demands = (
        select(col(ResearchDemand.contact_person_id))
        .join(Introduction, col(Introduction.demand_id) == col(ResearchDemand.id))
        .where(_introduced_to(actor))
    )
    return or_(
        col(Person.id) == actor.person_id,
        col(Person.id).in_(colleagues),
        col(Person.id).in_(of_needs),
        col(Person.id).in_(of_demands),
    )


def membership_visible(actor: Actor) -> Condition:
    return col(Membership.organization_id) == actor.organization_id


def api_key_visible(actor: Actor) -> Condition:
    return col(ApiKey.organization_id) == actor.organization_id


def _introduced_to(actor: Actor) -> Condition:
    """Over `Introduction`: it went to the actor's unit or to one below it."""
    here = select(col(Unit.id)).where(
        col(Unit.organization_id) == actor.organization_id, literal(actor.unit_id) == col(Unit.lineage).any_()
    )
    return and_(
        col(Introduction.provider_organization_id) == actor.organization_id,
        col(Introduction.provider_unit_id).in_(here),
    )


IDENTITY_SCOPE: Mapping[type[SQLModel], Callable[[Actor], Condition]] = {
    Organization: organization_visible,
    Unit: unit_visible,
    Person: person_visible,
    Membership: membership_visible,
    ApiKey: api_key_visible,
}
