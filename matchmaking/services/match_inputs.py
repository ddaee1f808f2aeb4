"""Freezes what a ranking reads: the need, the enterprise's latest facts, every open offer of every branch."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Date, Select, bindparam, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import col

from matchmaking.access.actor import Actor
from matchmaking.access.scoping import find, visible_to
from matchmaking.db.session import ReadSession
from matchmaking.ranking import (
    Candidate,
    CapFormula,
    FinancingRequest,
    NeedFacts,
    Rate,
    ReferenceRate,
)
from matchmaking.services.enterprise_facts import latest_facts
from matchmaking.services.honours import honour_statements, honours_fact
from matchmaking.services.published_terms import terms_of
from matchmaking.tables.identity import Organization, Unit
from matchmaking.tables.needs import FinancingNeed
from matchmaking.tables.offers import CreditProduct, CreditProductVersion, ProductAdoption
from matchmaking.tables.offers import ReferenceRate as ReferenceRateRow
from schemas.eligibility import FactValue
from schemas.vocabulary import FactName, FactSource, ListingState, PledgeKind

STATEMENTS_KEPT = 500


@dataclass(frozen=True, slots=True)
class Offer:
    """A product as a branch offers it now, with the version published last and whose they are."""

    adoption: ProductAdoption
    product: CreditProduct
    version: CreditProductVersion
    bank: Organization
    unit: Unit


async def freeze_request(
    session: ReadSession, actor: Actor, need: FinancingNeed, offers: Sequence[Offer]
) -> FinancingRequest:
    return FinancingRequest(
        need=_need_facts(need),
        facts=await _facts(session, actor),
        candidates=tuple(_candidate(offer) for offer in offers),
        reference_date=session.instant.date(),
        reference_rates=await _reference_rates(session),
    )


async def open_offers(session: ReadSession, actor: Actor) -> list[Offer]:
    """Every open offer of every branch whose listing has not ended."""
    found = await session.execute(_open_offers(actor), {"today": session.instant.date()})
    return [Offer(*row) for row in found.all()]


@lru_cache(maxsize=STATEMENTS_KEPT)
def _open_offers(
    actor: Actor,
) -> Select[ProductAdoption, CreditProduct, CreditProductVersion, Organization, Unit]:
    return (
        select(ProductAdoption, CreditProduct, CreditProductVersion, Organization, Unit)
        .join(CreditProduct, col(CreditProduct.id) == ProductAdoption.product_id)
        .join(Organization, col(Organization.id) == CreditProduct.organization_id)
        .join(Unit, col(Unit.id) == ProductAdoption.unit_id)
        .join(CreditProductVersion, col(CreditProductVersion.product_id) == CreditProduct.id)
        .where(
            col(CreditProductVersion.number) == CreditProduct.latest_number,
            col(CreditProduct.state) == ListingState.OPEN,
            col(ProductAdoption.state) == ListingState.OPEN,
            visible_to(actor, CreditProduct),
            # What is past its end is read and never matched.
            col(CreditProduct.valid_until) >= bindparam("today", type_=Date),
        )
        .order_by(col(ProductAdoption.id))
    )


async def _facts(session: ReadSession, actor: Actor) -> tuple[FactValue, ...]:
    """What the enterprise stated, its honours as listed, its district as registered where it stated none."""
    rows = await latest_facts(session, actor, actor.organization_id)
    facts = [
        FactValue.model_validate(row.model_dump(include={"name", "value", "as_of", "source"})) for row in rows
    ]
    stated = next((fact for fact in facts if fact.name is FactName.HONOURS), None)
    held = await honour_statements(session, actor.organization_id)
    if (listed := honours_fact(stated, held, session.instant.date())) is not None:
        facts = [fact for fact in facts if fact.name is not FactName.HONOURS] + [listed]
    if all(fact.name is not FactName.DISTRICT for fact in facts):
        own = await find(session, actor, Organization, actor.organization_id)
        registered = FactValue(
            name=FactName.DISTRICT,
            value=own.district,
            as_of=own.created_at.date(),
            source=FactSource.OFFICIAL_LIST,
        )
        facts.append(registered)
    return tuple(facts)


async def _reference_rates(session: ReadSession) -> tuple[ReferenceRate, ...]:
    """Of each term the one in force: what was published last by today."""
    in_force = (
        select(ReferenceRateRow)
        .ext(distinct_on(col(ReferenceRateRow.term)))
        .where(col(ReferenceRateRow.published_on) <= session.instant.date())
        .order_by(col(ReferenceRateRow.term), col(ReferenceRateRow.published_on).desc())
    )
    rows = (await session.execute(in_force)).scalars()
    return tuple(
        ReferenceRate(term=row.term, published_on=row.published_on, basis_points=row.basis_points)
        for row in rows
    )


def _need_facts(need: FinancingNeed) -> NeedFacts:
    return NeedFacts(
        need_id=str(need.id),
        amount_fen=need.amount_fen,
        purpose=need.purpose,
        needed_by=need.needed_by,
        pledges=tuple(PledgeKind(pledge) for pledge in need.pledges),
        tenor_months=need.tenor_months,
        excluded_organization_ids=tuple(str(one) for one in need.excluded_organization_ids),
    )


def _candidate(offer: Offer) -> Candidate:
    """As enterprises may see it: rules that the bank keeps to itself are only known to be there."""
    published, adoption = terms_of(offer.version), offer.adoption
    terms = published.public
    return Candidate(
        candidate_id=str(adoption.id),
        organization_id=str(offer.product.organization_id),
        unit_id=str(adoption.unit_id),
        product_version_id=str(offer.version.id),
        smallest_amount_fen=terms.smallest_amount_fen,
        largest_amount_fen=terms.largest_amount_fen,
        shortest_tenor_months=terms.shortest_tenor_months,
        longest_tenor_months=terms.longest_tenor_months,
        purposes=tuple(terms.purposes),
        guarantee_modes=tuple(terms.guarantee_modes),
        territory=tuple(adoption.territory),
        rate=Rate(**terms.rate.model_dump()),
        rules=terms.rules,
        unpublished_rules=len(terms.rules.all_of) < len(published.own.rules.all_of),
        conditions_in_words=bool(terms.conditions_in_words),
        cap_formulas=tuple(CapFormula(**formula.model_dump()) for formula in terms.cap_formulas),
        days_to_money=terms.days_to_money,
        authority_limit_fen=adoption.authority_limit_fen,
        quota_left_fen=adoption.quota_fen,
        valid_until=offer.product.valid_until,
    )
