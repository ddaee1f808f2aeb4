"""What all candidates cost at once; `matchmaking.ranking.costing` says what is reckoned and what is assumed.

Loans that are alike are reckoned once: the cost hangs on the amount only where a fee is told in fen or a
subsidy is capped.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from matchmaking.ranking.cash_flows import GUARANTEE_FEE_PAYMENT, REPAYMENT, Loans
from matchmaking.ranking.catalogue.columns import MODE_BIT, NO_LIMIT, NONE, Columns, Vocabularies
from matchmaking.ranking.cost import UNKNOWN, annual_cost, whole_basis_points
from matchmaking.ranking.costing import (
    TAKING_A_FEE,
    WITH_A_FEE,
    Charges,
    paying_measures,
    wished_months,
)
from matchmaking.ranking.facts import FactsAtDate
from matchmaking.ranking.request import FinancingRequest, NeedFacts, PolicyMeasureFacts
from matchmaking.ranking.subsidies import granted_columns, measures_for
from matchmaking.ranking.terms import lightest_guarantee
from schemas.vocabulary import CostBasis, GuaranteeMode, PledgeKind, PolicyKind

Costs = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Assumed:
    """The loans that are reckoned with; `missing`: a guarantee fee is taken and not published."""

    loans: Loans
    missing: NDArray[np.bool_]


def cost_all(
    columns: Columns,
    known: Vocabularies,
    request: FinancingRequest,
    facts: FactsAtDate,
    cap_fen: NDArray[np.int64],
    highest_rate: NDArray[np.int32],
) -> Costs:
    """Whole basis points by which each candidate is ordered; `UNKNOWN` without a cost."""
    if request.cost_basis is CostBasis.CONTRACT and not any(one.once_fen for one in known.charges.things):
        return _by_kind(columns, known, request.need, cap_fen, highest_rate)
    return _each(columns, known, request, facts, cap_fen, highest_rate)


def _by_kind(
    columns: Columns,
    known: Vocabularies,
    need: NeedFacts,
    cap_fen: NDArray[np.int64],
    highest_rate: NDArray[np.int32],
) -> Costs:
    """Where no fee is told in fen, rate, charges, months and modes decide: one of each kind is reckoned."""
    charged, demanded = _fees_by_modes(need.pledges)
    months = _months(columns, need)
    lengths = int(months.max(initial=0)) + 1
    kinds = columns.rate.astype(np.int64) * len(known.charges) + columns.charges
    kinds = (kinds * lengths + months) * 4 + (charged + 2 * demanded)[columns.modes]
    one_of_kind = np.full(len(known.rates) * len(known.charges) * lengths * 4, NONE, dtype=np.int32)
    one_of_kind[kinds] = np.arange(len(columns), dtype=np.int32)
    there = np.flatnonzero(one_of_kind != NONE)
    rows = one_of_kind[there].astype(np.intp)
    assumed = _assumed(columns.take(rows), known, need, cap_fen[rows], highest_rate[rows])
    costs = np.empty(len(one_of_kind), dtype=np.int64)
    costs[there] = np.where(assumed.missing, UNKNOWN, _by_contract(assumed.loans))
    of_all: Costs = costs[kinds]
    return of_all


def _each(
    columns: Columns,
    known: Vocabularies,
    request: FinancingRequest,
    facts: FactsAtDate,
    cap_fen: NDArray[np.int64],
    highest_rate: NDArray[np.int32],
) -> Costs:
    assumed = _assumed(columns, known, request.need, cap_fen, highest_rate)
    costs = _by_contract(assumed.loans)
    if request.cost_basis is CostBasis.SUBSIDISED:
        granted = _granted(columns, known, request, facts, assumed)
        costs = np.where(granted == UNKNOWN, costs, granted)
    costs[assumed.missing] = UNKNOWN
    return costs


def _assumed(
    columns: Columns,
    known: Vocabularies,
    need: NeedFacts,
    cap_fen: NDArray[np.int64],
    highest_rate: NDArray[np.int32],
) -> Assumed:
    charges, number = known.charges.things, columns.charges
    covered = np.where(cap_fen == NO_LIMIT, need.amount_fen, np.minimum(cap_fen, need.amount_fen))
    fee = _parts(charges, lambda one: _published(one.guarantee_fee_basis_points))[number]
    charged, demanded = _fees_by_modes(need.pledges)
    loans = Loans(
        principal_fen=np.where(covered == 0, need.amount_fen, covered).astype(np.float64),
        months=_months(columns, need),
        rate_basis_points=np.where(highest_rate == NONE, np.nan, highest_rate.astype(np.float64)),
        repayment=_parts(charges, lambda one: REPAYMENT[one.repayment_method])[number].astype(np.int64),
        guarantee_fee_basis_points=np.where(charged[columns.modes], np.nan_to_num(fee), 0.0),
        guarantee_fee_payment=_parts(charges, lambda one: GUARANTEE_FEE_PAYMENT[one.guarantee_fee_payment])[
            number
        ].astype(np.int64),
        once_basis_points=_parts(charges, lambda one: one.once_basis_points)[number],
        once_fen=_parts(charges, lambda one: one.once_fen)[number],
    )
    return Assumed(loans, demanded[columns.modes] & np.isnan(fee))


def _months(columns: Columns, need: NeedFacts) -> NDArray[np.int64]:
    longest = np.where(columns.longest_months == NONE, np.iinfo(np.int32).max, columns.longest_months)
    months: NDArray[np.int64] = np.clip(wished_months(need), columns.shortest_months, longest).astype(
        np.int64
    )
    return months


def _published(fee: int | None) -> float:
    return np.nan if fee is None else fee


def _parts(charges: list[Charges], part: Callable[[Charges], float]) -> NDArray[np.float64]:
    return np.array([part(one) for one in charges], dtype=np.float64)


@lru_cache(maxsize=256)
def _fees_by_modes(pledges: tuple[PledgeKind, ...]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """For each set of modes, as bits: whether a published guarantee fee counts, and whether one is taken."""
    modes = [
        lightest_guarantee([mode for mode in GuaranteeMode if MODE_BIT[mode.value] & bits], pledges)
        for bits in range(1 << len(MODE_BIT))
    ]
    charged = np.array([mode is None or mode in WITH_A_FEE for mode in modes])
    return charged, np.array([mode in TAKING_A_FEE for mode in modes])


def _by_contract(loans: Loans) -> Costs:
    """Where no fee is told in fen, one amount is as good as the other, so that more loans are alike."""
    amounts = np.where(loans.once_fen == 0.0, 1.0, loans.principal_fen)
    return whole_basis_points(annual_cost(replace(loans, principal_fen=amounts)))


def _granted(
    columns: Columns, known: Vocabularies, request: FinancingRequest, facts: FactsAtDate, assumed: Assumed
) -> Costs:
    """With the measure that lowers the cost most; `UNKNOWN` where none is granted."""
    best = np.full(len(columns), np.iinfo(np.int64).max)
    for measure in paying_measures(measures_for(request, facts)):
        rows = np.flatnonzero(_takes_part(columns, known, measure, assumed))
        loans = assumed.loans.take(rows)
        costs = whole_basis_points(annual_cost(loans, granted_columns([measure] * len(rows), loans.months)))
        best[rows] = np.where(costs == UNKNOWN, best[rows], np.minimum(best[rows], costs))
    return np.where(best == np.iinfo(np.int64).max, UNKNOWN, best)


def _takes_part(
    columns: Columns, known: Vocabularies, measure: PolicyMeasureFacts, assumed: Assumed
) -> NDArray[np.bool_]:
    rows = ~np.isnan(assumed.loans.rate_basis_points) & ~assumed.missing
    if measure.bank_ids:
        banks = [known.organizations.find(bank) for bank in measure.bank_ids]
        rows &= np.isin(columns.organization, [bank for bank in banks if bank is not None])
    if measure.kind is PolicyKind.GUARANTEE_FEE_SUBSIDY:
        rows &= assumed.loans.guarantee_fee_basis_points > 0.0
    return rows
