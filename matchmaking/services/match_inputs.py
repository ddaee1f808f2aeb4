"""Freezes what a ranking reads of the asking side: the need, the enterprise's latest facts, the rates."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import col

from matchmaking.access.actor import Actor
from matchmaking.access.scoping import find
from matchmaking.db.session import ReadSession
from matchmaking.ranking import (
    FinancingRequest,
    NeedFacts,
    ReferenceRate,
)
from matchmaking.services.enterprise_facts import latest_facts
from matchmaking.services.honours import honour_statements, honours_fact
from matchmaking.tables.identity import Organization
from matchmaking.tables.needs import FinancingNeed
from matchmaking.tables.offers import ReferenceRate as ReferenceRateRow
from schemas.eligibility import FactValue
from schemas.vocabulary import FactName, FactSource, PledgeKind


async def freeze_asking(session: ReadSession, actor: Actor, need: FinancingNeed) -> FinancingRequest:
    """A request without candidates, to be screened for in the catalogue."""
    return FinancingRequest(
        need=_need_facts(need),
        facts=await _facts(session, actor),
        candidates=(),
        reference_date=session.instant.date(),
        reference_rates=await _reference_rates(session),
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
