"""Freezes what a ranking reads of the asking side: the need, the enterprise's latest facts, the rates."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Date, Select, bindparam, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import col

from matchmaking.access.actor import Actor
from matchmaking.access.scoping import visible_to
from matchmaking.db.documents import rows_of
from matchmaking.db.session import ReadSession
from matchmaking.ranking import (
    FinancingRequest,
    NeedFacts,
    ReferenceRate,
)
from matchmaking.services.enterprise_facts import latest_facts
from matchmaking.services.frozen_measures import measures_of_today
from matchmaking.services.honours import honour_statements, honours_fact
from matchmaking.tables.honours import HeldHonour
from matchmaking.tables.identity import Organization
from matchmaking.tables.needs import FinancingNeed
from matchmaking.tables.offers import ReferenceRate as ReferenceRateRow
from schemas.eligibility import FactValue
from schemas.vocabulary import FactName, FactSource, LprTerm, PledgeKind

STATEMENTS_KEPT = 500


async def freeze_asking(session: ReadSession, actor: Actor, need: FinancingNeed) -> FinancingRequest:
    """A request without candidates, to be screened for in the catalogue. Asked of the database at once."""
    today = session.instant.date()
    asked = (await session.execute(_of_the_asker(actor), {"today": today})).one()
    facts = [FactValue.model_validate(fact) for fact in asked.facts]
    held = [HeldHonour.model_validate(honour) for honour in asked.honours]
    return FinancingRequest(
        need=_need_facts(need),
        facts=tuple(_completed(facts, held, asked.district, asked.created_at.date(), today)),
        candidates=(),
        reference_date=today,
        reference_rates=tuple(
            ReferenceRate(
                term=LprTerm(rate["term"]),
                published_on=date.fromisoformat(rate["published_on"]),
                basis_points=rate["basis_points"],
            )
            for rate in asked.rates
        ),
        measures=await measures_of_today(session, actor),
    )


@lru_cache(maxsize=STATEMENTS_KEPT)
def _of_the_asker(actor: Actor) -> Select[*tuple[Any, ...]]:
    """What the enterprise stated, its honours, how it is registered, and the rates in force."""
    return select(
        col(Organization.district),
        col(Organization.created_at),
        rows_of(latest_facts(actor), "facts").label("facts"),
        rows_of(honour_statements(actor.organization_id), "honours").label("honours"),
        rows_of(_rates_in_force(), "rates").label("rates"),
    ).where(col(Organization.id) == actor.organization_id, visible_to(actor, Organization))


def _rates_in_force() -> Select[*tuple[Any, ...]]:
    """Of each term what was published last by today."""
    return (
        select(
            col(ReferenceRateRow.term), col(ReferenceRateRow.published_on), col(ReferenceRateRow.basis_points)
        )
        .ext(distinct_on(col(ReferenceRateRow.term)))
        .where(col(ReferenceRateRow.published_on) <= bindparam("today", type_=Date))
        .order_by(col(ReferenceRateRow.term), col(ReferenceRateRow.published_on).desc())
    )


def _completed(
    stated: Sequence[FactValue], held: Sequence[HeldHonour], district: str, registered_on: date, today: date
) -> Iterator[FactValue]:
    """What was stated, with honours as listed, and the district as registered where none was stated."""
    own = next((fact for fact in stated if fact.name is FactName.HONOURS), None)
    listed = honours_fact(own, held, today)
    yield from (fact for fact in stated if listed is None or fact.name is not FactName.HONOURS)
    if listed is not None:
        yield listed
    if all(fact.name is not FactName.DISTRICT for fact in stated):
        yield FactValue(
            name=FactName.DISTRICT, value=district, as_of=registered_on, source=FactSource.OFFICIAL_LIST
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
