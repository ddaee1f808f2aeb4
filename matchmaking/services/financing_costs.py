"""The list of what the loans of a match run cost, told from what the run stored; nothing is reckoned anew.

As a shape, and as a table to print: one row an item, in yuan and per cent, with a heading in Chinese and
English and a mark at its begin by which spreadsheets know UTF-8.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from matchmaking.access.actor import Actor
from matchmaking.access.permissions import require
from matchmaking.access.scoping import find
from matchmaking.db.session import ReadSession
from matchmaking.messages import Language, text
from matchmaking.ranking import FinancingRanking, RankedCandidate
from matchmaking.ranking.cost_list import CostItem, cost_items
from matchmaking.ranking.explain import word
from matchmaking.ranking.reckoned_cost import GrantedCost, ReckonedCost
from matchmaking.services.match_views import BESIDE_THE_RANKING, MOST_SHOWN, named
from matchmaking.tables.identity import Organization
from matchmaking.tables.matching import MatchCandidate, MatchRun
from matchmaking.tables.offers import CreditProduct
from schemas.financing_costs import CostItemRead, CostMeasureRead, FinancingCostList, FinancingCostRead
from schemas.operations import Operation

Held = tuple[MatchCandidate, CreditProduct, Organization]
MARK = "\ufeff"
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = (
    *("provider", "product", "principal", "tenor", "method", "item", "payee"),
    *("amount", "paid", "annual", "remark"),
)


async def read_costs(
    session: ReadSession, actor: Actor, run_id: UUID, language: Language
) -> FinancingCostList:
    """Of runs by earlier rankers no candidate has a cost, and none is listed."""
    require(actor, Operation.FINANCING_COSTS_READ)
    run = await find(session, actor, MatchRun, run_id)
    held = await _held(session, run)
    stored = {name: value for name, value in run.summary.items() if name not in BESIDE_THE_RANKING}
    outcomes = [candidate.outcome for candidate, _, _ in held]
    ranking = FinancingRanking.from_document({**stored, "candidates": outcomes})
    return FinancingCostList(
        run_id=run.id,
        need_id=run.need_id,
        title=text("financing_costs.title", language),
        notice=text("financing_costs.notice", language),
        candidates=[
            _listed(row, ranked, ranked.terms.cost, language)
            for row, ranked in zip(held, ranking.candidates, strict=True)
            if ranked.terms.cost is not None
        ],
    )


async def _held(session: ReadSession, run: MatchRun) -> list[Held]:
    """The candidates of a run in order, with who offers what."""
    statement = (
        select(MatchCandidate, CreditProduct, Organization)
        .join(CreditProduct, col(CreditProduct.id) == MatchCandidate.product_id)
        .join(Organization, col(Organization.id) == MatchCandidate.provider_organization_id)
        .where(col(MatchCandidate.run_id) == run.id)
        .order_by(col(MatchCandidate.position))
        .limit(MOST_SHOWN)
    )
    return [(row[0], row[1], row[2]) for row in await session.execute(statement)]


def _listed(held: Held, ranked: RankedCandidate, cost: ReckonedCost, language: Language) -> FinancingCostRead:
    candidate, product, bank = held
    loan, granted = cost.loan, cost.granted
    return FinancingCostRead(
        candidate_id=candidate.id,
        position=ranked.position,
        verdict=ranked.verdict,
        provider_name=named(bank, language),
        product_name=named(product, language),
        principal_fen=loan.principal_fen,
        tenor_months=loan.months,
        tenor_basis=loan.tenor_basis,
        repayment_method=loan.repayment_method,
        method_basis=loan.method_basis,
        rate_basis_points=loan.rate_basis_points,
        guarantee_fee_payment=loan.guarantee_fee_payment,
        items=[_item(item, language) for item in cost_items(cost)],
        cost_millionths=cost.contract_millionths,
        cost_is_at_least=cost.at_least,
        subsidised_cost_millionths=granted.cost_millionths if granted else None,
        measure=_measure(granted, language) if granted else None,
    )


def _item(item: CostItem, language: Language) -> CostItemRead:
    return CostItemRead(
        kind=item.kind,
        kind_text=word(item.kind, language),
        payee=item.payee,
        payee_text=word(item.payee, language),
        amount_fen=item.amount_fen,
        paid_every_months=item.paid_every_months,
        annual_cost_millionths=item.annual_millionths,
    )


def _measure(granted: GrantedCost, language: Language) -> CostMeasureRead:
    measure = granted.measure
    return CostMeasureRead(
        measure_id=UUID(measure.measure_id),
        title=measure.title_en if language == "en" else measure.title_zh,
        payer=measure.payer_en if language == "en" else measure.payer_zh,
        paid=measure.paid,
        paid_every_months=granted.paid_every_months,
        paid_after_months=granted.paid_after_months,
    )


def printable(costs: FinancingCostList, language: Language) -> str:
    """The table as CSV."""
    written = io.StringIO()
    write = csv.writer(written).writerow
    write([costs.title])
    write([text(f"financing_costs.{column}", language) for column in COLUMNS])
    for candidate in costs.candidates:
        for row in _rows(candidate, language):
            write([_inert(cell) for cell in row])
    write([costs.notice])
    return MARK + written.getvalue()


def _rows(one: FinancingCostRead, language: Language) -> Iterator[Sequence[Any]]:
    loan = (
        one.provider_name,
        one.product_name,
        _yuan(one.principal_fen),
        one.tenor_months,
        word(one.repayment_method, language),
    )
    for item in one.items:
        remark = one.measure.title if one.measure and item.amount_fen is None else ""
        paid = text(
            f"financing_costs.{_rhythm(item, one.tenor_months)}", language, months=item.paid_every_months
        )
        amount = "" if item.amount_fen is None else _yuan(item.amount_fen)
        annual = _percent(item.annual_cost_millionths)
        yield (*loan, item.kind_text, item.payee_text, amount, paid, annual, remark)
    whole = text("financing_costs.whole", language)
    if one.cost_millionths is None:
        yield (*loan, whole, "", "", "", "", text("financing_costs.ask", language))
        return
    remark = text("financing_costs.at_least", language) if one.cost_is_at_least else ""
    yield (*loan, whole, "", "", "", _percent(one.cost_millionths), remark)
    if one.subsidised_cost_millionths is not None:
        granted = text("financing_costs.whole_if_granted", language)
        yield (*loan, granted, "", "", "", _percent(one.subsidised_cost_millionths), "")


def _rhythm(item: CostItemRead, months: int) -> str:
    if item.paid_every_months == 0:
        return "at_settlement"
    return "at_end" if item.paid_every_months >= months else "every"


def _yuan(fen: int) -> str:
    return f"{Decimal(fen) / 100:.2f}"


def _percent(millionths: int) -> str:
    return f"{Decimal(millionths) / 10_000:.4f}"


def _inert(cell: Any) -> Any:
    """A name that begins like a formula is told as text; numbers are ours."""
    if isinstance(cell, str) and cell.startswith(FORMULA_SIGNS) and not cell[1:].replace(".", "").isdigit():
        return f"'{cell}"
    return cell
