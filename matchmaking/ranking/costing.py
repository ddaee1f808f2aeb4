"""From need, product and measures to the two costs of each candidate of a request.

All candidates are reckoned in one go, and their pairs with measures in another; a single one is reckoned by
the same functions and gets the same numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np

from matchmaking.ranking.cash_flows import GUARANTEE_FEE_PAYMENT, REPAYMENT, Loans
from matchmaking.ranking.cost import UNKNOWN, annual_cost, whole_basis_points, whole_millionths
from matchmaking.ranking.facts import FactsAtDate
from matchmaking.ranking.reckoned_cost import (
    GrantedCost,
    LoanAssumed,
    NamedMeasure,
    ReckonedCost,
    UndecidedMeasure,
)
from matchmaking.ranking.request import Candidate, FinancingRequest, NeedFacts, PolicyMeasureFacts
from matchmaking.ranking.subsidies import (
    JudgedMeasure,
    cap_of,
    granted_columns,
    measures_for,
    named,
    takes_part,
)
from matchmaking.ranking.terms import ReckonedTerms
from schemas.vocabulary import (
    CostBasis,
    GuaranteeFeePayment,
    GuaranteeMode,
    MethodBasis,
    PolicyKind,
    RepaymentMethod,
    TenorBasis,
)

USUAL_MONTHS = 12
USUAL_METHOD = RepaymentMethod.INTEREST_THEN_PRINCIPAL
# Fees weigh most on the loan that is paid back soonest: of several methods the first of these is reckoned,
# so that the cost is not understated. An agreed schedule is no schedule yet.
DEAREST_FIRST = (
    RepaymentMethod.EQUAL_PRINCIPAL,
    RepaymentMethod.EQUAL_INSTALMENTS,
    RepaymentMethod.INTEREST_THEN_PRINCIPAL,
    RepaymentMethod.REVOLVING,
    RepaymentMethod.ALL_AT_MATURITY,
)
TAKING_A_FEE = frozenset({GuaranteeMode.GUARANTEE_COMPANY, GuaranteeMode.GUARANTEE_INSURANCE})
WITH_A_FEE = TAKING_A_FEE | {GuaranteeMode.RISK_COMPENSATION_POOL}
# Other fees that are not published are reckoned as none: what a bank does not tell it may not take (notice
# 银保监发〔2020〕18号 on fees of lending, which bids banks to publish theirs).
FEES = (
    *("guarantee_fee_basis_points", "guarantee_fee_payment", "appraisal_fee_fen"),
    *("appraisal_fee_basis_points", "other_fees_fen", "other_fees_basis_points"),
)
Pair = tuple[int, PolicyMeasureFacts]
Reckoned = tuple[int, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Charges:
    """What the terms of a product say of its cost beside the rate; no guarantee fee: not published."""

    repayment_method: RepaymentMethod
    method_basis: MethodBasis
    guarantee_fee_basis_points: int | None
    guarantee_fee_payment: GuaranteeFeePayment
    once_basis_points: int
    once_fen: int


def reckon_costs(
    request: FinancingRequest,
    candidates: Sequence[Candidate],
    terms: Sequence[ReckonedTerms],
    facts: FactsAtDate,
) -> list[ReckonedCost]:
    """One for each candidate, in their order; `terms` are theirs."""
    loans = [loan_of(request.need, one, its) for one, its in zip(candidates, terms, strict=True)]
    by_contract = _reckoned(loans, [])
    measures = measures_for(request, facts)
    granted = _granted(candidates, loans, measures)
    return [
        ReckonedCost(
            loan=loan,
            contract_millionths=None if cost is None else cost[0],
            contract_basis_points=None if cost is None else cost[1],
            at_least=cost is not None and loan.guarantee_fee_missing,
            granted=best,
            undecided=_undecided(candidate, loan, measures),
            pool=_pool(candidate, loan, measures),
        )
        for candidate, loan, cost, best in zip(candidates, loans, by_contract, granted, strict=True)
    ]


def ranked_cost(cost: ReckonedCost | None, basis: CostBasis) -> int | None:
    """The whole basis points that give a place in the order; None: not known, or only a lower bound."""
    if cost is None or cost.at_least:
        return None
    if basis is CostBasis.SUBSIDISED and cost.granted is not None:
        return cost.granted.cost_basis_points
    return cost.contract_basis_points


def loan_of(need: NeedFacts, candidate: Candidate, terms: ReckonedTerms) -> LoanAssumed:
    months, tenor_basis = _tenor(need, candidate)
    charges = _charges(candidate)
    fee, missing = _guarantee_fee(charges.guarantee_fee_basis_points, terms.guarantee_mode)
    return LoanAssumed(
        principal_fen=terms.covered_fen or need.amount_fen,
        months=months,
        tenor_basis=tenor_basis,
        repayment_method=charges.repayment_method,
        method_basis=charges.method_basis,
        rate_basis_points=terms.rate.highest_basis_points,
        guarantee_fee_basis_points=fee,
        guarantee_fee_payment=charges.guarantee_fee_payment,
        guarantee_fee_missing=missing,
        once_basis_points=charges.once_basis_points,
        once_fen=charges.once_fen,
    )


def _tenor(need: NeedFacts, candidate: Candidate) -> tuple[int, TenorBasis]:
    """As asked, else a year, within what the product lends for."""
    wished = wished_months(need)
    months = max(wished, candidate.shortest_tenor_months or wished)
    months = min(months, candidate.longest_tenor_months or months)
    if need.tenor_months is None:
        return months, TenorBasis.ASSUMED
    return months, TenorBasis.ASKED if months == wished else TenorBasis.BOUNDED


def wished_months(need: NeedFacts) -> int:
    return need.tenor_months or USUAL_MONTHS


def charges_of(
    *,
    methods: Sequence[RepaymentMethod],
    guarantee_fee_basis_points: int | None = None,
    guarantee_fee_payment: GuaranteeFeePayment = GuaranteeFeePayment.YEARLY,
    appraisal_fee_fen: int = 0,
    appraisal_fee_basis_points: int = 0,
    other_fees_fen: int = 0,
    other_fees_basis_points: int = 0,
) -> Charges:
    method, basis = _method(methods)
    return Charges(
        repayment_method=method,
        method_basis=basis,
        guarantee_fee_basis_points=guarantee_fee_basis_points,
        guarantee_fee_payment=GuaranteeFeePayment(guarantee_fee_payment),
        once_basis_points=appraisal_fee_basis_points + other_fees_basis_points,
        once_fen=appraisal_fee_fen + other_fees_fen,
    )


def _charges(candidate: Candidate) -> Charges:
    fees = {name: fee for name in FEES if (fee := getattr(candidate, name)) is not None}
    return charges_of(methods=candidate.repayment_methods, **fees)


def _method(published: Sequence[RepaymentMethod]) -> tuple[RepaymentMethod, MethodBasis]:
    known = [method for method in DEAREST_FIRST if method in published]
    if not known:
        return USUAL_METHOD, MethodBasis.ASSUMED
    return known[0], MethodBasis.PUBLISHED if len(known) == 1 else MethodBasis.DEAREST_OF_SEVERAL


def _guarantee_fee(fee: int | None, mode: GuaranteeMode | None) -> tuple[int, bool]:
    """The published fee where the mode takes one or is not known; whether one is taken and not published."""
    if fee is None:
        return 0, mode in TAKING_A_FEE
    return (fee if mode is None or mode in WITH_A_FEE else 0), False


def loan_columns(loans: Sequence[LoanAssumed]) -> Loans:
    rates = [nan if loan.rate_basis_points is None else float(loan.rate_basis_points) for loan in loans]
    payments = [GUARANTEE_FEE_PAYMENT[loan.guarantee_fee_payment] for loan in loans]
    return Loans(
        principal_fen=np.array([loan.principal_fen for loan in loans], dtype=np.float64),
        months=np.array([loan.months for loan in loans], dtype=np.int64),
        rate_basis_points=np.array(rates, dtype=np.float64),
        repayment=np.array([REPAYMENT[loan.repayment_method] for loan in loans], dtype=np.int64),
        guarantee_fee_basis_points=np.array(
            [loan.guarantee_fee_basis_points for loan in loans], dtype=np.float64
        ),
        guarantee_fee_payment=np.array(payments, dtype=np.int64),
        once_basis_points=np.array([loan.once_basis_points for loan in loans], dtype=np.float64),
        once_fen=np.array([loan.once_fen for loan in loans], dtype=np.float64),
    )


def _reckoned(loans: Sequence[LoanAssumed], measures: Sequence[PolicyMeasureFacts]) -> list[Reckoned]:
    """Millionths and whole basis points of each loan, by contract or with the measure of the same place."""
    if not loans:
        return []
    columns = loan_columns(loans)
    subsidies = granted_columns(measures, columns.months) if measures else None
    costs = annual_cost(columns, subsidies)
    millionths, basis_points = whole_millionths(costs).tolist(), whole_basis_points(costs).tolist()
    return [
        None if fine == UNKNOWN else (fine, whole)
        for fine, whole in zip(millionths, basis_points, strict=True)
    ]


def _granted(
    candidates: Sequence[Candidate], loans: Sequence[LoanAssumed], measures: Sequence[JudgedMeasure]
) -> list[GrantedCost | None]:
    """For each candidate the measure that lowers its cost most; of equal ones the first by id."""
    paying = paying_measures(measures)
    pairs: list[Pair] = [
        (place, measure)
        for place, (candidate, loan) in enumerate(zip(candidates, loans, strict=True))
        if loan.rate_basis_points is not None and not loan.guarantee_fee_missing
        for measure in paying
        if takes_part(measure, candidate, loan)
    ]
    found: list[GrantedCost | None] = [None] * len(loans)
    costs = _reckoned([loans[place] for place, _ in pairs], [measure for _, measure in pairs])
    for (place, measure), cost in zip(pairs, costs, strict=True):
        if cost is not None:
            found[place] = _better(found[place], _granted_cost(measure, *cost))
    return found


def paying_measures(measures: Sequence[JudgedMeasure]) -> list[PolicyMeasureFacts]:
    """Those that lower a cost, for an enterprise of which all is known that they ask."""
    return [one.terms for one in measures if not one.missing and _pays(one.terms)]


def _pays(measure: PolicyMeasureFacts) -> bool:
    return measure.kind is not PolicyKind.RISK_COMPENSATION_POOL


def _better(one: GrantedCost | None, other: GrantedCost) -> GrantedCost:
    if one is None:
        return other
    return min(one, other, key=lambda each: (each.cost_millionths, each.measure.measure_id))


def _granted_cost(measure: PolicyMeasureFacts, millionths: int, basis_points: int) -> GrantedCost:
    return GrantedCost(
        measure=named(measure),
        cost_millionths=millionths,
        cost_basis_points=basis_points,
        rate_basis_points=measure.rate_basis_points,
        loan_share_basis_points=measure.loan_share_basis_points,
        most_months=measure.most_months,
        cap_fen=cap_of(measure),
        paid_every_months=measure.paid_every_months,
        paid_after_months=measure.paid_after_months,
    )


def _undecided(
    candidate: Candidate, loan: LoanAssumed, measures: Sequence[JudgedMeasure]
) -> tuple[UndecidedMeasure, ...]:
    return tuple(
        UndecidedMeasure(measure=named(one.terms), missing=one.missing)
        for one in measures
        if one.missing and takes_part(one.terms, candidate, loan)
    )


def _pool(candidate: Candidate, loan: LoanAssumed, measures: Sequence[JudgedMeasure]) -> NamedMeasure | None:
    """Of several pools the one that bears most."""
    pools = [
        named(one.terms)
        for one in measures
        if not one.missing and not _pays(one.terms) and takes_part(one.terms, candidate, loan)
    ]
    return max(pools, key=lambda each: (each.share_basis_points or 0, each.measure_id), default=None)
