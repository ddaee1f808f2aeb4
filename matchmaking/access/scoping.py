"""Which rows an actor may know of: `visible_to(actor, Table)` is the only door services read through.

A row behind the door does not exist for the actor: asked for by id it is not found. Row-level security holds
the same line in the database, by organization; here units and areas narrow it further.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, literal, or_, select, true
from sqlmodel import SQLModel, col

from matchmaking.access.actor import Actor
from matchmaking.access.identity_scope import IDENTITY_SCOPE
from matchmaking.db.session import ReadSession
from matchmaking.errors import NotFound
from matchmaking.tables.agreements import Agreement, AgreementParty, FulfilmentFact
from matchmaking.tables.consents import Consent, Disclosure
from matchmaking.tables.followup import JournalEntry, Task
from matchmaking.tables.honours import HeldHonour
from matchmaking.tables.identity import Organization, Unit
from matchmaking.tables.interests import Interest
from matchmaking.tables.matching import Introduction, MatchCandidate, MatchRun
from matchmaking.tables.needs import EnterpriseFact, FinancingNeed
from matchmaking.tables.offers import CreditProduct, CreditProductVersion, ProductAdoption
from matchmaking.tables.policy_measures import PolicyMeasure
from matchmaking.tables.projects import Project
from matchmaking.tables.recommendations import Recommendation, RecommendationOffer
from matchmaking.tables.research import (
    Capability,
    CapabilityMatchCandidate,
    CapabilityMatchRun,
    ResearchDemand,
)
from matchmaking.tables.taxonomies import TaxonomyEntry
from schemas.vocabulary import ListingState

Condition = ColumnElement[bool]
RowType = TypeVar("RowType", bound=SQLModel)
# Building a condition takes as long as many a statement; it says the same as long as the actor is the same.
CONDITIONS_KEPT = 1_000
ANYBODY_READS = (ListingState.OPEN, ListingState.SUSPENDED, ListingState.EXPIRED)


@lru_cache(maxsize=CONDITIONS_KEPT)
def visible_to(actor: Actor, table: type[SQLModel]) -> Condition:
    """A condition over `table`; KeyError for a table that nobody reads by itself."""
    return SCOPE[table](actor)


async def find(session: ReadSession, actor: Actor, table: type[RowType], row_id: UUID) -> RowType:
    """The row of that id, if `actor` may know of it; NotFound alike for strangers' and for no rows."""
    statement = select(table).where(table.__table__.c.id == row_id, visible_to(actor, table))  # type: ignore[attr-defined]
    row = (await session.execute(statement)).scalar_one_or_none()
    if row is None:
        raise NotFound("not_found")
    return row


def units_below(actor: Actor) -> Condition:
    """Over `Unit`: the actor's own unit and all below it."""
    return literal(actor.unit_id) == col(Unit.lineage).any_()


def in_area(actor: Actor, organization_id: object) -> Condition:
    """The organization's district lies in the official's area; a code ending in 00 is a whole city."""
    if actor.area is None:
        return false()
    districts = select(col(Organization.id))
    if actor.area.endswith("00"):
        districts = districts.where(col(Organization.district).startswith(actor.area[:4], autoescape=True))
    else:
        districts = districts.where(col(Organization.district) == actor.area)
    return col(organization_id).in_(districts)


def _own(actor: Actor, table: type[SQLModel]) -> Condition:
    condition: Condition = table.__table__.c.organization_id == actor.organization_id  # type: ignore[attr-defined]
    return condition


def _products(actor: Actor) -> Condition:
    official = and_(literal(actor.official), col(CreditProduct.state) != ListingState.DRAFT)
    return or_(col(CreditProduct.state).in_(ANYBODY_READS), _own(actor, CreditProduct), official)


def _of_visible_products(actor: Actor, product_id: object) -> Condition:
    return col(product_id).in_(select(col(CreditProduct.id)).where(_products(actor)))


def _needs(actor: Actor) -> Condition:
    if actor.official:
        submitted = col(FinancingNeed.submitted_at).is_not(None)
        return and_(submitted, in_area(actor, FinancingNeed.organization_id))
    introduced = select(col(Introduction.need_id)).where(_introductions_to_unit(actor))
    return or_(_own(actor, FinancingNeed), col(FinancingNeed.id).in_(introduced))


def _demands(actor: Actor) -> Condition:
    if actor.official:
        submitted = col(ResearchDemand.submitted_at).is_not(None)
        return and_(submitted, in_area(actor, ResearchDemand.organization_id))
    introduced = select(col(Introduction.demand_id)).where(_introductions_to_unit(actor))
    return or_(_own(actor, ResearchDemand), col(ResearchDemand.id).in_(introduced))


def _capabilities(actor: Actor) -> Condition:
    official = and_(literal(actor.official), col(Capability.state) != ListingState.DRAFT)
    return or_(col(Capability.state).in_(ANYBODY_READS), _own(actor, Capability), official)


def _projects(actor: Actor) -> Condition:
    """The enterprise's own; an official's once one of its needs was submitted."""
    if not actor.official:
        return _own(actor, Project)
    submitted = select(col(FinancingNeed.project_id)).where(
        col(FinancingNeed.project_id).is_not(None), col(FinancingNeed.submitted_at).is_not(None)
    )
    return and_(in_area(actor, Project.organization_id), col(Project.id).in_(submitted))


def _policy_measures(actor: Actor) -> Condition:
    return or_(col(PolicyMeasure.state).in_(ANYBODY_READS), _own(actor, PolicyMeasure))


def _honours(actor: Actor) -> Condition:
    if actor.official:
        return in_area(actor, HeldHonour.organization_id)
    return _own(actor, HeldHonour)


def _introductions_to_unit(actor: Actor) -> Condition:
    return and_(
        col(Introduction.provider_organization_id) == actor.organization_id,
        col(Introduction.provider_unit_id).in_(select(col(Unit.id)).where(units_below(actor))),
    )


def _introductions(actor: Actor) -> Condition:
    if actor.official:
        return in_area(actor, Introduction.organization_id)
    return or_(_own(actor, Introduction), _introductions_to_unit(actor))


def _interests(actor: Actor) -> Condition:
    """Those of the actor's unit; the enterprise reads them behind the seal, through `interest_windows`."""
    here = select(col(Unit.id)).where(units_below(actor))
    return and_(_own(actor, Interest), col(Interest.unit_id).in_(here))


def _recommendations(actor: Actor) -> Condition:
    """Of the office that made them, and of the enterprise that they were made to."""
    if not actor.official:
        return col(Recommendation.enterprise_organization_id) == actor.organization_id
    here = select(col(Unit.id)).where(units_below(actor))
    return and_(_own(actor, Recommendation), col(Recommendation.unit_id).in_(here))


def _agreements(actor: Actor) -> Condition:
    """Parties, of the introduced provider only the unit that it went to, and officials of the need's area."""
    if actor.official:
        needs = select(col(FinancingNeed.id)).where(in_area(actor, FinancingNeed.organization_id))
        demands = select(col(ResearchDemand.id)).where(in_area(actor, ResearchDemand.organization_id))
        return or_(col(Agreement.need_id).in_(needs), col(Agreement.demand_id).in_(demands))
    party = literal(actor.organization_id) == col(Agreement.party_organization_ids).any_()
    elsewhere = col(Agreement.provider_organization_id).is_distinct_from(actor.organization_id)
    here = select(col(Unit.id)).where(units_below(actor))
    return and_(party, or_(elsewhere, col(Agreement.provider_unit_id).in_(here)))


def _of_visible_agreements(actor: Actor, agreement_id: object) -> Condition:
    return col(agreement_id).in_(select(col(Agreement.id)).where(_agreements(actor)))


def _tasks(actor: Actor) -> Condition:
    if actor.official:
        # A need is vetted where its enterprise is; a product, which serves the whole city, by any office.
        of_area = or_(
            col(Task.subject_type).not_in([FinancingNeed.__tablename__, ResearchDemand.__tablename__]),
            in_area(actor, Task.waiting_organization_id),
        )
        # What an office issued is its own work; what awaits a line of duty is that of every office of it.
        of_office = or_(col(Task.organization_id).is_(None), col(Task.unit_id) == actor.unit_id)
        return and_(col(Task.line_of_duty) == actor.line_of_duty, of_area, of_office)
    here = select(col(Unit.id)).where(units_below(actor))
    return and_(_own(actor, Task), or_(col(Task.unit_id).is_(None), col(Task.unit_id).in_(here)))


def _journal_entries(actor: Actor) -> Condition:
    """What was done in the units that the actor administers."""
    here = select(col(Unit.id)).where(units_below(actor))
    return and_(_own(actor, JournalEntry), col(JournalEntry.unit_id).in_(here))


SCOPE: Mapping[type[SQLModel], Callable[[Actor], Condition]] = {
    **IDENTITY_SCOPE,
    CreditProduct: _products,
    CreditProductVersion: lambda actor: _of_visible_products(actor, CreditProductVersion.product_id),
    ProductAdoption: lambda actor: _of_visible_products(actor, ProductAdoption.product_id),
    Project: _projects,
    PolicyMeasure: _policy_measures,
    HeldHonour: _honours,
    EnterpriseFact: lambda actor: _own(actor, EnterpriseFact),
    FinancingNeed: _needs,
    Consent: lambda actor: _own(actor, Consent),
    Disclosure: lambda actor: _own(actor, Disclosure),
    MatchRun: lambda actor: _own(actor, MatchRun),
    MatchCandidate: lambda actor: _own(actor, MatchCandidate),
    Capability: _capabilities,
    ResearchDemand: _demands,
    CapabilityMatchRun: lambda actor: _own(actor, CapabilityMatchRun),
    CapabilityMatchCandidate: lambda actor: _own(actor, CapabilityMatchCandidate),
    Interest: _interests,
    Recommendation: _recommendations,
    RecommendationOffer: lambda actor: col(RecommendationOffer.recommendation_id).in_(
        select(col(Recommendation.id)).where(_recommendations(actor))
    ),
    Introduction: _introductions,
    Agreement: _agreements,
    AgreementParty: lambda actor: _of_visible_agreements(actor, AgreementParty.agreement_id),
    FulfilmentFact: lambda actor: _of_visible_agreements(actor, FulfilmentFact.agreement_id),
    Task: _tasks,
    JournalEntry: _journal_entries,
    TaxonomyEntry: lambda _: true(),
}
