"""Which loan is reckoned, which fee counts, which measure is granted, and what of it is said."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from matchmaking.ranking import (
    Candidate,
    FinancingRequest,
    PolicyMeasureFacts,
    RankedCandidate,
    Rate,
    ReasonCode,
    explain,
    rank,
)
from matchmaking.ranking.cost_list import cost_items
from matchmaking.ranking.costing import DEAREST_FIRST
from matchmaking.ranking.reckoned_cost import ReckonedCost
from schemas.vocabulary import (
    ComponentName,
    CostBasis,
    CostItemKind,
    FactName,
    GuaranteeFeePayment,
    GuaranteeMode,
    MethodBasis,
    PolicyKind,
    PurposeKind,
    RateKind,
    RepaymentMethod,
    TenorBasis,
)
from tests.ranking.cost_cases import measure
from tests.ranking.financing_cases import TODAY, WAN, candidate, fact, need, request, rules

RATE = Rate(kind=RateKind.FIXED_BAND, lowest_basis_points=300, highest_basis_points=345)
HERE = fact("district", "320602")
GUARANTEED = {"guarantee_modes": (GuaranteeMode.GUARANTEE_COMPANY,)}


def offered(candidate_id: str = "a", **changes: Any) -> Candidate:
    return candidate(candidate_id, **{"rate": RATE, "longest_tenor_months": 60, **changes})


def ranked(one: Candidate, *measures: PolicyMeasureFacts, **changes: Any) -> RankedCandidate:
    return rank(asked(one, *measures, **changes)).candidates[0]


def asked(*candidates: Candidate | PolicyMeasureFacts, **changes: Any) -> FinancingRequest:
    offers = [one for one in candidates if isinstance(one, Candidate)]
    measures = tuple(one for one in candidates if isinstance(one, PolicyMeasureFacts))
    return request(*offers, measures=measures, **{"need": need(tenor_months=36), **changes})


def cost(one: Candidate, *measures: PolicyMeasureFacts, **changes: Any) -> ReckonedCost:
    found = ranked(one, *measures, **changes).terms.cost
    assert found is not None
    return found


def codes(one: RankedCandidate) -> set[ReasonCode]:
    return {reason.code for reason in one.reasons}


def value(one: RankedCandidate) -> int | None:
    return next(part.value_hundredths for part in one.components if part.name is ComponentName.COST)


def test_a_guarantee_fee_that_is_not_told_buys_no_place() -> None:
    silent = ranked(offered(**GUARANTEED))
    assert silent.terms.cost is not None
    assert (silent.terms.cost.at_least, silent.terms.cost.contract_basis_points) == (True, 350)
    assert value(silent) is None
    assert ReasonCode.COST_AT_LEAST in codes(silent)
    assert cost(offered(**GUARANTEED), measure()).granted is None
    told = ranked(offered(**GUARANTEED, guarantee_fee_basis_points=0))
    assert (value(told), ReasonCode.COST_AT_LEAST in codes(told)) == (8_500, False)


@pytest.mark.parametrize(
    ("mode", "fee"),
    [
        (GuaranteeMode.UNSECURED, 0),
        (GuaranteeMode.MORTGAGE, 100),
        (GuaranteeMode.GUARANTEE_COMPANY, 100),
        (GuaranteeMode.GUARANTEE_INSURANCE, 100),
        (GuaranteeMode.RISK_COMPENSATION_POOL, 100),
    ],
)
def test_a_guarantee_fee_counts_where_the_guarantee_takes_one(mode: GuaranteeMode, fee: int) -> None:
    """A mortgage cannot be given here: by which mode the loan would come is not known, so the fee counts."""
    found = cost(offered(guarantee_modes=(mode,), guarantee_fee_basis_points=100))
    assert found.loan.guarantee_fee_basis_points == fee


@pytest.mark.parametrize(
    ("wished", "shortest", "longest", "months", "basis"),
    [
        (36, 6, 60, 36, TenorBasis.ASKED),
        (36, 6, 24, 24, TenorBasis.BOUNDED),
        (3, 6, 24, 6, TenorBasis.BOUNDED),
        (None, None, 60, 12, TenorBasis.ASSUMED),
        (None, 18, 60, 18, TenorBasis.ASSUMED),
        (None, None, None, 12, TenorBasis.ASSUMED),
    ],
)
def test_the_tenor_is_the_wish_within_what_is_offered(
    wished: int | None, shortest: int | None, longest: int | None, months: int, basis: TenorBasis
) -> None:
    one = offered(shortest_tenor_months=shortest, longest_tenor_months=longest)
    loan = cost(one, need=need(tenor_months=wished)).loan
    assert (loan.months, loan.tenor_basis) == (months, basis)


@pytest.mark.parametrize(
    ("published", "method", "basis"),
    [
        ((), RepaymentMethod.INTEREST_THEN_PRINCIPAL, MethodBasis.ASSUMED),
        ((RepaymentMethod.AGREED_SCHEDULE,), RepaymentMethod.INTEREST_THEN_PRINCIPAL, MethodBasis.ASSUMED),
        ((RepaymentMethod.ALL_AT_MATURITY,), RepaymentMethod.ALL_AT_MATURITY, MethodBasis.PUBLISHED),
        (
            (RepaymentMethod.REVOLVING, RepaymentMethod.EQUAL_INSTALMENTS),
            RepaymentMethod.EQUAL_INSTALMENTS,
            MethodBasis.DEAREST_OF_SEVERAL,
        ),
    ],
)
def test_the_method_is_the_published_one_or_said_to_be_assumed(
    published: tuple[RepaymentMethod, ...], method: RepaymentMethod, basis: MethodBasis
) -> None:
    loan = cost(offered(repayment_methods=published)).loan
    assert (loan.repayment_method, loan.method_basis) == (method, basis)


def test_the_dearest_method_comes_first_where_fees_are_paid() -> None:
    fees = {"guarantee_fee_basis_points": 100, "other_fees_basis_points": 50, **GUARANTEED}
    listed = [
        cost(offered(repayment_methods=(method,), **fees)).contract_millionths or 0
        for method in DEAREST_FIRST
    ]
    assert listed == sorted(listed, reverse=True)


@pytest.mark.parametrize(
    "changes",
    [
        {"valid_from": TODAY + timedelta(days=1)},
        {"valid_until": TODAY - timedelta(days=1)},
        {"bank_ids": ("bank-2",)},
        {"purposes": (PurposeKind.EQUIPMENT,)},
        {"area": "320100"},
        {"rules": rules({"fact": "headcount", "operator": "at_most", "unit": "count", "value": 9})},
        {"kind": PolicyKind.GUARANTEE_FEE_SUBSIDY, "share_basis_points": 5_000, "rate_basis_points": None},
        {"kind": PolicyKind.RISK_COMPENSATION_POOL, "share_basis_points": 5_000, "rate_basis_points": None},
    ],
)
def test_a_measure_that_does_not_concern_the_loan_lowers_nothing(changes: dict[str, Any]) -> None:
    facts = (HERE, fact("headcount", 10))
    found = cost(offered(), measure(**changes), facts=facts)
    assert (found.granted, found.undecided, found.pool) == (None, (), None)


def test_a_measure_on_an_unknown_fact_is_undecided_and_counts_for_nothing() -> None:
    small = rules({"fact": "headcount", "operator": "at_most", "unit": "count", "value": 9})
    found = ranked(offered(), measure(rules=small, area="320600"), cost_basis=CostBasis.SUBSIDISED)
    assert found.terms.cost is not None
    assert found.terms.cost.granted is None
    assert [one.missing for one in found.terms.cost.undecided] == [(FactName.HEADCOUNT,)]
    assert value(found) == 8_500
    nowhere = ranked(offered(), measure(area="320600"), facts=())
    assert nowhere.terms.cost is not None
    assert [one.missing for one in nowhere.terms.cost.undecided] == [(FactName.DISTRICT,)]


def test_lesson_seven_is_reckoned_and_told() -> None:
    """CNY 5 million, 36 months, 3.45 %, 1 % guarantee fee, 2 points on 60 % of the loan at settlement."""
    one = offered(
        **GUARANTEED,
        guarantee_fee_basis_points=100,
        guarantee_fee_payment=GuaranteeFeePayment.WHOLE_TERM_IN_ADVANCE,
        repayment_methods=(RepaymentMethod.INTEREST_THEN_PRINCIPAL,),
    )
    granted = measure(loan_share_basis_points=6_000, paid_every_months=1)
    wish = need(amount_fen=500 * WAN, tenor_months=36)
    found = ranked(one, granted, need=wish)
    assert found.terms.cost is not None
    assert found.terms.cost.contract_basis_points == 461
    assert found.terms.cost.granted is not None
    assert found.terms.cost.granted.cost_basis_points == 335
    said = [explain(reason, "zh") for reason in found.reasons]
    assert any("综合融资年化成本约4.61%" in one and "借款500万元" in one and "36个月" in one for one in said)
    assert any("设备贷款贴息" in one and "3.35%" in one and "由工业和信息化局支付" in one for one in said)
    assert value(found) == (1_200 - 461) * 10
    asked_for = ranked(one, granted, need=wish, cost_basis=CostBasis.SUBSIDISED)
    assert value(asked_for) == (1_200 - 335) * 10
    assert asked_for.terms == found.terms


def test_the_measure_can_turn_the_order_over() -> None:
    cheap = offered("cheap", organization_id="bank-2")
    dear = offered("dear", rate=replace(RATE, highest_basis_points=400))
    granted = measure(bank_ids=("bank-1",), paid_every_months=1)
    by_contract = rank(asked(cheap, dear, granted)).candidates
    assert [one.candidate_id for one in by_contract] == ["cheap", "dear"]
    if_granted = rank(asked(cheap, dear, granted, cost_basis=CostBasis.SUBSIDISED)).candidates
    assert [one.candidate_id for one in if_granted] == ["dear", "cheap"]


def test_of_several_measures_the_one_that_lowers_most_is_named() -> None:
    less, more = measure("less", rate_basis_points=50), measure("more", rate_basis_points=100)
    capped = measure("capped", rate_basis_points=200, cap_total_fen=100)
    granted = cost(offered(), less, more, capped).granted
    assert granted is not None
    assert granted.measure.measure_id == "more"
    twin = cost(offered(), measure("b"), measure("a")).granted
    assert twin is not None
    assert twin.measure.measure_id == "a"


def test_a_pool_bears_a_share_and_changes_no_cost() -> None:
    pooled = {"guarantee_modes": (GuaranteeMode.RISK_COMPENSATION_POOL,)}
    pool = measure(kind=PolicyKind.RISK_COMPENSATION_POOL, rate_basis_points=None, share_basis_points=8_000)
    found = ranked(offered(**pooled), pool)
    assert found.terms.cost is not None
    assert found.terms.cost.granted is None
    assert ReasonCode.POOL_SHARES_LOSS in codes(found)
    assert found.terms.cost.contract_millionths == cost(offered(**pooled)).contract_millionths


def test_items_add_up_to_the_whole() -> None:
    one = offered(
        **GUARANTEED,
        guarantee_fee_basis_points=100,
        appraisal_fee_fen=300_000,
        other_fees_basis_points=10,
        repayment_methods=(RepaymentMethod.EQUAL_INSTALMENTS,),
    )
    found = cost(one, measure(paid_every_months=12, paid_after_months=6))
    items = cost_items(found)
    assert [item.kind for item in items] == list(CostItemKind)
    assert found.granted is not None
    by_contract = sum(item.annual_millionths for item in items[:-1])
    assert by_contract == found.contract_millionths
    assert by_contract + items[-1].annual_millionths == found.granted.cost_millionths
    assert items[2].amount_fen == 300_000 + 300 * WAN // 1_000
    assert [item.paid_every_months for item in items] == [1, 12, 0, 12]
    interest = items[0].amount_fen
    assert interest is not None
    monthly = 0.0345 / 12
    instalment = 300 * WAN * monthly / (1 - (1 + monthly) ** -36)
    assert interest == round(36 * instalment - 300 * WAN)


def test_without_a_rate_there_is_no_list_of_costs() -> None:
    assert cost_items(cost(candidate())) == ()
    assert ReasonCode.COST_BY_CONTRACT not in codes(ranked(candidate()))


def test_an_earlier_run_reads_without_a_cost() -> None:
    document = rank(asked(offered())).to_document()
    for one in document["candidates"]:
        del one["terms"]["cost"]
    assert type(rank(asked(offered()))).from_document(document).candidates[0].terms.cost is None


def test_dates_of_a_measure_are_the_days_of_the_request() -> None:
    ends = measure(valid_from=TODAY, valid_until=TODAY)
    assert cost(offered(), ends).granted is not None
    assert cost(offered(), ends, reference_date=date(2025, 11, 21)).granted is None
