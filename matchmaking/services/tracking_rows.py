"""What figures are counted from: one statement over all that an official may see, grouped finely.

Row-level security and the scoping door hold here as for single rows; facts of enterprises are not read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Uuid,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.types import Text
from sqlmodel import col

from matchmaking.access.actor import Actor
from matchmaking.access.scoping import visible_to
from matchmaking.db.session import ReadSession
from matchmaking.tables.agreements import Agreement, AgreementParty, FulfilmentFact
from matchmaking.tables.matching import Introduction
from matchmaking.tables.needs import FinancingNeed
from matchmaking.tables.research import ResearchDemand
from schemas.vocabulary import (
    AgreementNature,
    AgreementState,
    EvidenceGrade,
    FulfilmentKind,
    FulfilmentState,
    PartyRole,
)

ACKNOWLEDGED = (AgreementState.SIGNED, AgreementState.PERFORMING, AgreementState.FULFILLED)
AnySelect = Select[*tuple[object, ...]]
Expression = ColumnElement[Any]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of one code an enterprise has with a provider in a month (`2026-11`); the sum is in fen."""

    code: str
    organization_id: UUID
    provider_organization_id: UUID | None
    month: str
    count: int
    amount_fen: int


async def tallies_of(session: ReadSession, actor: Actor) -> list[Tally]:
    rows = union_all(
        *(statement(actor) for statement in (_submitted_needs, _opened_needs, _signed_needs, _drawn_needs)),
        *_demands(actor),
        _introductions(actor),
        _agreements(actor),
        _fulfilment(actor),
    ).subquery()
    keys = (rows.c.code, rows.c.organization_id, rows.c.provider_organization_id, rows.c.month)
    sums = (func.count(), func.coalesce(func.sum(rows.c.amount_fen), 0))
    found = await session.execute(select(*keys, *sums).group_by(*keys))
    return [
        Tally(code, enterprise, provider, month, int(count), int(amount))
        for code, enterprise, provider, month, count, amount in found
    ]


def _row(code: object, enterprise: object, provider: object, month: object, amount: object) -> AnySelect:
    """The columns that all parts of the statement share."""
    columns: Sequence[tuple[Any, Any, str]] = (
        (code, Text, "code"),
        (enterprise, Uuid, "organization_id"),
        (provider, Uuid, "provider_organization_id"),
        (month, Text, "month"),
        (amount, BigInteger, "amount_fen"),
    )
    return select(*(cast(value, kind).label(name) for value, kind, name in columns))


def _month_of(instant: object) -> Expression:
    """The month in UTC, as the service reckons days."""
    return func.to_char(func.timezone("UTC", instant), "YYYY-MM")


def _needs(actor: Actor, code: str, condition: Expression, amount: object) -> AnySelect:
    need = FinancingNeed
    month = _month_of(col(need.submitted_at))
    row = _row(literal(code), col(need.organization_id), null(), month, amount)
    return row.where(visible_to(actor, need), condition)


def _submitted_needs(actor: Actor) -> AnySelect:
    submitted = col(FinancingNeed.submitted_at).is_not(None)
    return _needs(actor, "needs_submitted", submitted, col(FinancingNeed.amount_fen))


def _opened_needs(actor: Actor) -> AnySelect:
    # Opened once counts for good: needs withdrawn or expired afterwards stay in the denominator.
    opened = col(FinancingNeed.opened_at).is_not(None)
    return _needs(actor, "needs_opened", opened, col(FinancingNeed.amount_fen))


def _signed_contracts() -> Expression:
    contract = (col(Agreement.nature) == AgreementNature.LOAN_CONTRACT) & (
        col(Agreement.need_id) == col(FinancingNeed.id)
    )
    return contract & col(Agreement.state).in_(ACKNOWLEDGED)


def _signed_needs(actor: Actor) -> AnySelect:
    """A need counts once, however many banks share it; all its contracts are added up."""
    contracts = select(func.sum(col(Agreement.amount_fen))).where(_signed_contracts())
    amount = contracts.correlate(FinancingNeed).scalar_subquery()
    return _needs(
        actor, "needs_signed", col(FinancingNeed.opened_at).is_not(None) & amount.is_not(None), amount
    )


def _drawn_needs(actor: Actor) -> AnySelect:
    drawn = (
        (col(FulfilmentFact.agreement_id) == col(Agreement.id))
        & (col(FulfilmentFact.kind) == FulfilmentKind.DISBURSEMENT)
        & (col(FulfilmentFact.state) == FulfilmentState.CONFIRMED)
    )
    money = (
        select(func.sum(func.coalesce(col(FulfilmentFact.amount_fen), 0)))
        .select_from(Agreement)
        .join(FulfilmentFact, drawn)
        .where(_signed_contracts())
    )
    amount = money.correlate(FinancingNeed).scalar_subquery()
    return _needs(
        actor, "needs_drawn", col(FinancingNeed.opened_at).is_not(None) & amount.is_not(None), amount
    )


def _demands(actor: Actor) -> tuple[AnySelect, AnySelect]:
    """What was compiled from public pages nobody here asked for."""
    demand = ResearchDemand
    month = _month_of(col(demand.submitted_at))
    asked = visible_to(actor, demand) & col(demand.compiled_from).is_(None)
    budget = func.coalesce(col(demand.largest_budget_fen), col(demand.smallest_budget_fen))

    def row(code: str) -> AnySelect:
        return _row(literal(code), col(demand.organization_id), null(), month, budget)

    submitted = row("demands_submitted").where(asked, col(demand.submitted_at).is_not(None))
    opened = row("demands_opened").where(asked, col(demand.opened_at).is_not(None))
    return submitted, opened


def _introductions(actor: Actor) -> AnySelect:
    introduction = Introduction
    return _row(
        literal("introductions.").concat(cast(col(introduction.state), Text)),
        col(introduction.organization_id),
        col(introduction.provider_organization_id),
        _month_of(col(introduction.created_at)),
        null(),
    ).where(visible_to(actor, introduction))


def _enterprise_of_agreement() -> Expression:
    need = select(col(FinancingNeed.organization_id)).where(col(FinancingNeed.id) == Agreement.need_id)
    demand = select(col(ResearchDemand.organization_id)).where(col(ResearchDemand.id) == Agreement.demand_id)
    return func.coalesce(
        need.correlate(Agreement).scalar_subquery(), demand.correlate(Agreement).scalar_subquery()
    )


def _agreements(actor: Actor) -> AnySelect:
    """By nature, and by the lowest grade of all parties but witnesses once the record is complete."""
    agreement = Agreement
    lowest = (
        select(func.min(cast(col(AgreementParty.grade), Text)))
        .where(
            col(AgreementParty.agreement_id) == agreement.id, col(AgreementParty.role) != PartyRole.WITNESS
        )
        .correlate(agreement)
        .scalar_subquery()
    )
    announced = EvidenceGrade.E0.value
    standing = case(
        (col(agreement.state) == AgreementState.TERMINATED, literal("terminated")),
        (col(agreement.state).in_(ACKNOWLEDGED), func.coalesce(lowest, announced)),
        else_=literal(announced),
    )
    nature = cast(col(agreement.nature), Text)
    return _row(
        literal("agreements.").concat(nature).concat(".").concat(standing),
        _enterprise_of_agreement(),
        col(agreement.provider_organization_id),
        _month_of(col(agreement.created_at)),
        col(agreement.amount_fen),
    ).where(visible_to(actor, agreement))


def _fulfilment(actor: Actor) -> AnySelect:
    """What a later fact corrected does not count; disputed facts count apart."""
    fact = FulfilmentFact
    kind, state = cast(col(fact.kind), Text), cast(col(fact.state), Text)
    return (
        _row(
            literal("fulfilment.").concat(kind).concat(".").concat(state),
            _enterprise_of_agreement(),
            col(Agreement.provider_organization_id),
            func.to_char(col(fact.happened_on), "YYYY-MM"),
            col(fact.amount_fen),
        )
        .select_from(fact)
        .join(Agreement, col(Agreement.id) == fact.agreement_id)
        .where(visible_to(actor, fact), col(fact.state) != FulfilmentState.CORRECTED)
    )
