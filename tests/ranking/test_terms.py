"""Constraints of the pair and the terms reckoned from it: cap, coverage, rate, security, days."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from matchmaking.ranking import (
    Candidate,
    CapFormula,
    NeedFacts,
    RankedCandidate,
    Rate,
    ReasonCode,
    ReferenceRate,
    rank,
)
from matchmaking.ranking.terms import is_late, lightest_guarantee
from schemas.eligibility import FactValue
from schemas.vocabulary import (
    CapBasis,
    ComponentName,
    FactName,
    GuaranteeMode,
    Honour,
    LprTerm,
    PledgeKind,
    PurposeKind,
    RateKind,
    RemedyCode,
    Verdict,
)
from tests.ranking.financing_cases import LPR, TODAY, WAN, candidate, fact, need, request

HERE = fact("district", "320602")


def ranked(
    one: Candidate | None = None, *facts: FactValue, asked: NeedFacts | None = None, **changes: Any
) -> RankedCandidate:
    changed = {"need": asked or need(), **changes}
    return rank(request(one or candidate(), facts=facts or (HERE,), **changed)).candidates[0]


def codes(found: RankedCandidate) -> set[ReasonCode]:
    return {reason.code for reason in found.reasons}


def value(found: RankedCandidate, name: ComponentName) -> int | None:
    return next(one.value_hundredths for one in found.components if one.name is name)


UNMET: dict[str, tuple[dict[str, Any], dict[str, Any], ReasonCode, Verdict]] = {
    "purpose": ({}, {"purpose": PurposeKind.REFINANCING}, ReasonCode.PURPOSE_NOT_SERVED, Verdict.INELIGIBLE),
    "security": (
        {"guarantee_modes": (GuaranteeMode.MORTGAGE, GuaranteeMode.PLEDGE)},
        {},
        ReasonCode.GUARANTEE_NOT_AVAILABLE,
        Verdict.INELIGIBLE,
    ),
    "place": ({"territory": ("320100",)}, {}, ReasonCode.TERRITORY_NOT_SERVED, Verdict.INELIGIBLE),
    "not yet": ({"valid_from": TODAY + timedelta(days=1)}, {}, ReasonCode.NOT_VALID_YET, Verdict.INELIGIBLE),
    "no more": (
        {"valid_until": TODAY - timedelta(days=1)},
        {},
        ReasonCode.NOT_VALID_ANY_MORE,
        Verdict.INELIGIBLE,
    ),
    "quota gone": ({"quota_left_fen": 0}, {}, ReasonCode.QUOTA_USED_UP, Verdict.INELIGIBLE),
    "quota below minimum": (
        {"quota_left_fen": 99 * WAN, "smallest_amount_fen": 100 * WAN},
        {},
        ReasonCode.QUOTA_USED_UP,
        Verdict.INELIGIBLE,
    ),
    "authority below minimum": (
        {"authority_limit_fen": 50 * WAN, "smallest_amount_fen": 100 * WAN},
        {},
        ReasonCode.CAP_BELOW_MINIMUM,
        Verdict.INELIGIBLE,
    ),
    "a little too small": (
        {"smallest_amount_fen": 100 * WAN},
        {"amount_fen": 80 * WAN},
        ReasonCode.AMOUNT_BELOW_MINIMUM,
        Verdict.NEAR_MISS,
    ),
    "far too small": (
        {"smallest_amount_fen": 100 * WAN},
        {"amount_fen": 80 * WAN - 1},
        ReasonCode.AMOUNT_BELOW_MINIMUM,
        Verdict.INELIGIBLE,
    ),
    "a little too long": ({}, {"tenor_months": 14}, ReasonCode.TENOR_TOO_LONG, Verdict.NEAR_MISS),
    "far too long": ({}, {"tenor_months": 15}, ReasonCode.TENOR_TOO_LONG, Verdict.INELIGIBLE),
    "a little too short": (
        {"shortest_tenor_months": 6},
        {"tenor_months": 5},
        ReasonCode.TENOR_TOO_SHORT,
        Verdict.NEAR_MISS,
    ),
    "far too short": (
        {"shortest_tenor_months": 6},
        {"tenor_months": 4},
        ReasonCode.TENOR_TOO_SHORT,
        Verdict.INELIGIBLE,
    ),
}


@pytest.mark.parametrize("case", list(UNMET))
def test_a_constraint_that_is_not_met_is_said(case: str) -> None:
    product, asked, code, verdict = UNMET[case]
    found = ranked(candidate(**product), asked=need(**asked))
    assert (found.verdict, code in codes(found)) == (verdict, True)
    assert found.reasons[0].code is code
    adjustable = {ReasonCode.AMOUNT_BELOW_MINIMUM, ReasonCode.TENOR_TOO_LONG, ReasonCode.TENOR_TOO_SHORT}
    assert (ReasonCode.REMEDY in codes(found)) == (verdict is Verdict.NEAR_MISS)
    assert (verdict is Verdict.NEAR_MISS) <= (code in adjustable)


def test_what_can_be_changed_names_its_remedy() -> None:
    found = ranked(asked=need(tenor_months=14))
    remedy = next(reason for reason in found.reasons if reason.code is ReasonCode.REMEDY)
    assert remedy.parameters == {"remedy": RemedyCode.ADJUST_TENOR, "helper": "enterprise"}


def test_the_edges_of_a_constraint_are_met() -> None:
    product = candidate(
        valid_from=TODAY,
        valid_until=TODAY,
        shortest_tenor_months=6,
        smallest_amount_fen=300 * WAN,
        quota_left_fen=300 * WAN,
        authority_limit_fen=300 * WAN,
    )
    for tenor in (6, 12, None):
        found = ranked(product, asked=need(tenor_months=tenor))
        assert found.verdict is Verdict.ELIGIBLE
        assert (ReasonCode.TENOR_FITS in codes(found)) == (tenor is not None)


def test_an_unknown_district_makes_it_incomplete() -> None:
    found = ranked(candidate(), fact("headcount", 5))
    assert (found.verdict, ReasonCode.TERRITORY_UNKNOWN in codes(found)) == (Verdict.INCOMPLETE, True)


@pytest.mark.parametrize(
    ("changes", "cap"),
    [
        ({}, 500 * WAN),
        ({"authority_limit_fen": 200 * WAN}, 200 * WAN),
        ({"quota_left_fen": 100 * WAN, "authority_limit_fen": 200 * WAN}, 100 * WAN),
        ({"cap_formulas": (CapFormula(basis=CapBasis.TAX_PAID, share_basis_points=40_000),)}, 240 * WAN),
        (
            {
                "cap_formulas": (
                    CapFormula(basis=CapBasis.TAX_PAID, share_basis_points=100_000),
                    CapFormula(basis=CapBasis.CONTRACT_AMOUNT, share_basis_points=8_500),
                    CapFormula(basis=CapBasis.INTELLECTUAL_PROPERTY_APPRAISAL, share_basis_points=3_000),
                )
            },
            120 * WAN,
        ),
    ],
)
def test_the_cap_is_the_least_of_its_limits(changes: dict[str, Any], cap: int) -> None:
    asked = need(contract_amount_fen=200 * WAN, intellectual_property_appraisal_fen=400 * WAN)
    found = ranked(candidate(**changes), HERE, fact("tax_paid_last_12_months", 60 * WAN), asked=asked)
    terms = found.terms
    assert (terms.cap_fen, terms.cap_is_upper_bound) == (cap, False)
    assert min(limit.fen for limit in terms.cap_limits if limit.fen is not None) == cap
    assert terms.covered_share_basis_points == min(cap, 300 * WAN) * 10_000 // (300 * WAN)
    covered = ReasonCode.COVERED_IN_FULL if cap >= 300 * WAN else ReasonCode.COVERED_IN_PART
    assert covered in codes(found)


@pytest.mark.parametrize(
    ("basis", "missing"),
    [
        (CapBasis.TAX_PAID, FactName.TAX_PAID_LAST_12_MONTHS),
        (CapBasis.CONTRACT_AMOUNT, CapBasis.CONTRACT_AMOUNT),
        (CapBasis.INTELLECTUAL_PROPERTY_APPRAISAL, CapBasis.INTELLECTUAL_PROPERTY_APPRAISAL),
    ],
)
def test_a_cap_on_something_unknown_is_an_upper_bound(basis: CapBasis, missing: Any) -> None:
    product = candidate(cap_formulas=(CapFormula(basis=basis, share_basis_points=8_500),))
    ranking = rank(request(product))
    found = ranking.candidates[0]
    assert found.verdict is Verdict.INCOMPLETE
    assert (found.terms.cap_fen, found.terms.cap_is_upper_bound) == (500 * WAN, True)
    assert found.terms.covered_share_basis_points is None
    assert value(found, ComponentName.COVERAGE) is None
    assert ranking.decisive_facts[0].missing is missing


def test_no_tax_is_no_credit_but_unknown_tax_is_not() -> None:
    product = candidate(cap_formulas=(CapFormula(basis=CapBasis.TAX_PAID, share_basis_points=40_000),))
    paid_nothing = ranked(product, HERE, fact("tax_paid_last_12_months", 0))
    assert (paid_nothing.verdict, paid_nothing.terms.cap_fen) == (Verdict.INELIGIBLE, 0)
    assert ReasonCode.CAP_BELOW_MINIMUM in codes(paid_nothing)


SPREAD = Rate(
    kind=RateKind.LPR_SPREAD, lpr_term=LprTerm.ONE_YEAR, lowest_basis_points=-30, highest_basis_points=40
)


def test_a_spread_stands_on_the_rate_last_published_by_the_day() -> None:
    rate = ranked(candidate(rate=SPREAD)).terms.rate
    assert (rate.lowest_basis_points, rate.highest_basis_points) == (270, 340)
    assert (rate.lpr_basis_points, rate.lpr_published_on) == (300, date(2025, 5, 20))
    earlier = ranked(candidate(rate=SPREAD), reference_date=date(2025, 5, 19)).terms.rate
    assert earlier.lpr_basis_points == 310
    assert ReasonCode.RATE_FROM_REFERENCE in codes(ranked(candidate(rate=SPREAD)))


@pytest.mark.parametrize(
    ("rate", "published"),
    [
        (Rate(), LPR),
        (replace(SPREAD, highest_basis_points=None), LPR),
        (replace(SPREAD, kind=RateKind.UNKNOWN), LPR),
        (SPREAD, ()),
        (SPREAD, (ReferenceRate(term=LprTerm.FIVE_YEARS, published_on=TODAY, basis_points=350),)),
        (
            SPREAD,
            (ReferenceRate(term=LprTerm.ONE_YEAR, published_on=TODAY + timedelta(days=1), basis_points=300),),
        ),
    ],
)
def test_an_unknown_rate_stays_unknown(rate: Rate, published: tuple[ReferenceRate, ...]) -> None:
    found = ranked(candidate(rate=rate), reference_rates=published)
    assert found.terms.rate.kind is RateKind.UNKNOWN
    assert found.terms.rate.lowest_basis_points is None
    assert value(found, ComponentName.COST) is None
    assert ReasonCode.RATE_UNKNOWN in codes(found)


def fixed(lowest: int, highest: int) -> Candidate:
    rate = Rate(kind=RateKind.FIXED_BAND, lowest_basis_points=lowest, highest_basis_points=highest)
    return candidate(rate=rate)


@pytest.mark.parametrize(
    ("highest", "cost"), [(100, 10_000), (199, 10_000), (345, 8_500), (1_138, 10), (1_200, 0), (2_400, 0)]
)
def test_cost_falls_with_the_upper_end_of_the_band(highest: int, cost: int) -> None:
    """Without fees a rate of 3.45 % costs 3.505 % a year, of which 350 basis points count."""
    found = ranked(fixed(100, highest))
    assert value(found, ComponentName.COST) == cost
    assert ReasonCode.RATE_FIXED in codes(found)


@pytest.mark.parametrize(
    ("modes", "pledges", "lightest"),
    [
        (
            {GuaranteeMode.MORTGAGE, GuaranteeMode.UNSECURED},
            {PledgeKind.REAL_ESTATE},
            GuaranteeMode.UNSECURED,
        ),
        ({GuaranteeMode.MORTGAGE}, {PledgeKind.REAL_ESTATE}, GuaranteeMode.MORTGAGE),
        ({GuaranteeMode.MORTGAGE}, {PledgeKind.EQUIPMENT}, GuaranteeMode.MORTGAGE),
        ({GuaranteeMode.MORTGAGE}, {PledgeKind.RECEIVABLES}, None),
        ({GuaranteeMode.MORTGAGE, GuaranteeMode.PLEDGE}, {PledgeKind.RECEIVABLES}, GuaranteeMode.PLEDGE),
        ({GuaranteeMode.THIRD_PARTY_GUARANTEE}, {PledgeKind.NONE}, None),
        (
            {GuaranteeMode.THIRD_PARTY_GUARANTEE},
            {PledgeKind.THIRD_PARTY_GUARANTEE},
            GuaranteeMode.THIRD_PARTY_GUARANTEE,
        ),
        ({GuaranteeMode.GUARANTEE_COMPANY}, {PledgeKind.NONE}, GuaranteeMode.GUARANTEE_COMPANY),
        (set(), {PledgeKind.REAL_ESTATE}, None),
    ],
)
def test_the_lightest_security_that_both_can_use(
    modes: set[GuaranteeMode], pledges: set[PledgeKind], lightest: GuaranteeMode | None
) -> None:
    assert lightest_guarantee(modes, pledges) is lightest


def test_burden_rises_with_the_mode() -> None:
    everything = need(pledges=tuple(PledgeKind))
    burdens = [
        value(ranked(candidate(guarantee_modes=(mode,)), asked=everything), ComponentName.COLLATERAL_BURDEN)
        for mode in (GuaranteeMode.UNSECURED, GuaranteeMode.GUARANTEE_COMPANY, GuaranteeMode.MORTGAGE)
    ]
    assert burdens == [10_000, 6_000, 2_500]
    nothing = ranked(candidate(guarantee_modes=(GuaranteeMode.MORTGAGE,)))
    assert value(nothing, ComponentName.COLLATERAL_BURDEN) == 0


@pytest.mark.parametrize(
    ("days", "needed_in", "late"),
    [(None, 1, None), (0, 0, False), (5, 7, False), (5, 6, True), (1, 2, False), (1, 1, True), (3, 5, False)],
)
def test_working_days_are_five_a_week(days: int | None, needed_in: int, *, late: bool | None) -> None:
    assert is_late(days, TODAY + timedelta(days=needed_in), TODAY) is late


def test_speed_falls_with_days_and_is_nothing_when_late() -> None:
    speeds = [
        value(ranked(candidate(days_to_money=days)), ComponentName.SPEED) for days in (0, 3, 30, 60, 90)
    ]
    assert speeds == [10_000, 9_500, 5_000, 0, 0]
    late = ranked(candidate(days_to_money=5), asked=need(needed_by=TODAY + timedelta(days=6)))
    assert value(late, ComponentName.SPEED) == 0
    assert ReasonCode.MONEY_MAY_BE_LATE in codes(late)
    assert ReasonCode.MONEY_IN_DAYS in codes(ranked(candidate(days_to_money=5)))
    unknown = ranked(candidate())
    assert value(unknown, ComponentName.SPEED) is None
    assert ReasonCode.SPEED_UNKNOWN in codes(unknown)


@pytest.mark.parametrize(
    ("targets", "facts", "fit"),
    [
        ({}, (), 7_000),
        ({"target_chains": ("ships",)}, (), 5_500),
        ({"target_chains": ("ships",)}, (fact("chains", ["ships", "chips"]),), 8_500),
        ({"target_chains": ("ships",)}, (fact("chains", ["chips"]),), 5_500),
        (
            {"target_chains": ("ships",), "target_honours": (Honour.LITTLE_GIANT,)},
            (fact("chains", ["ships"]), fact("honours", ["little_giant"])),
            10_000,
        ),
    ],
)
def test_fit_counts_purpose_chain_and_honour(
    targets: dict[str, Any], facts: tuple[FactValue, ...], fit: int
) -> None:
    assert value(ranked(candidate(**targets), HERE, *facts), ComponentName.FIT) == fit


def test_fit_without_the_purpose() -> None:
    found = ranked(asked=need(purpose=PurposeKind.REFINANCING))
    assert value(found, ComponentName.FIT) == 3_000
