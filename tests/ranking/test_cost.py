"""Two costs: equal to pyxirr, the corner cases, and what must hold for every loan."""

import secrets
from dataclasses import replace
from math import inf, isnan, nan
from random import Random

import numpy as np
import pytest
import pyxirr

from matchmaking.ranking.cash_flows import flow_table
from matchmaking.ranking.cost import (
    UNKNOWN,
    annual_cost,
    effective,
    monthly_rate,
    whole_basis_points,
    whole_millionths,
)
from schemas.vocabulary import GuaranteeFeePayment, RepaymentMethod
from tests.ranking.loans import (
    METHODS,
    Grant,
    Loan,
    columns,
    granted,
    naive_flows,
    random_grant,
    random_loan,
)

LOANS = 2_500
WITHIN = 1e-6
ROUNDING = 1e-11


@pytest.fixture
def random() -> Random:
    seed = secrets.randbelow(2**32)
    print(f"seed {seed}")  # noqa: T201 - a random test tells its seed
    return Random(seed)  # noqa: S311 - cases, not secrets


def cost(loan: Loan, grant: Grant | None = None) -> float:
    return float(annual_cost(columns(loan), None if grant is None else granted(grant))[0])


def judged(flows: list[float], near: float) -> float | None:
    """What pyxirr says, from a guess nearby: it finds one root of several."""
    monthly = pyxirr.irr(flows, guess=near)
    return None if monthly is None else (1 + monthly) ** 12 - 1


def test_an_unknown_rate_has_no_cost() -> None:
    found = annual_cost(columns(Loan(rate=nan, guarantee=100.0), Loan(rate=0.0)))
    assert isnan(found[0])
    assert found[1] == 0.0
    assert whole_millionths(found).tolist() == [UNKNOWN, 0]
    assert whole_basis_points(found).tolist() == [UNKNOWN, 0]
    assert isnan(cost(Loan(rate=nan), Grant(points=100.0)))


def test_no_rate_is_told_where_none_exists() -> None:
    """Fees take the principal, or more is granted than is ever paid back."""
    assert isnan(cost(Loan(once=10_000.0)))
    assert isnan(cost(Loan(principal=1_000, once_fen=2_000.0)))
    assert isnan(cost(Loan(months=1, rate=0.0), Grant(points=120_000.0)))


def test_costs_are_those_of_pyxirr(random: Random) -> None:
    loans = [random_loan(random) for _ in range(LOANS)]
    grants = [random_grant(random) for _ in range(LOANS)]
    by_contract = annual_cost(columns(*loans))
    subsidised = annual_cost(columns(*loans), granted(*grants))
    for loan, grant, contract, if_granted in zip(loans, grants, by_contract, subsidised, strict=True):
        near = loan.rate / 120_000
        found = judged(naive_flows(loan), near)
        assert found is not None
        assert abs(found - contract) < WITHIN, loan
        flows = naive_flows(loan, grant)
        found = judged(flows, (1 + float(if_granted)) ** (1 / 12) - 1)
        assert found is not None
        assert abs(found - if_granted) < WITHIN, (loan, grant)


def test_flows_are_those_reckoned_naively(random: Random) -> None:
    for _ in range(500):
        loan, grant = random_loan(random), random_grant(random)
        for one in (None, grant):
            table = flow_table(columns(loan), None if one is None else granted(one))
            found = (table[:, 0] * loan.principal).tolist()
            expected = naive_flows(loan, one)
            assert found == pytest.approx(expected, abs=1e-6 * loan.principal / 100), (loan, one)


def test_a_loan_has_the_same_cost_alone_and_in_company(random: Random) -> None:
    loans = [random_loan(random) for _ in range(300)] + [Loan(rate=nan), Loan(once=10_000.0)]
    grants = [random_grant(random) for _ in loans]
    together = annual_cost(columns(*loans, *loans))
    assert np.array_equal(together[: len(loans)], together[len(loans) :], equal_nan=True)
    assert np.array_equal(together[: len(loans)], [cost(loan) for loan in loans], equal_nan=True)
    subsidised = annual_cost(columns(*loans), granted(*grants))
    alone = [cost(loan, grant) for loan, grant in zip(loans, grants, strict=True)]
    assert np.array_equal(subsidised, alone, equal_nan=True)


def test_nobody_is_merged_with_another_when_hashes_collide(monkeypatch: pytest.MonkeyPatch) -> None:
    loans = [Loan(guarantee=100.0), Loan(guarantee=200.0), Loan(guarantee=100.0)]
    expected = [cost(loan) for loan in loans]
    unique = np.unique

    def colliding(key: np.ndarray, **asked: bool) -> object:
        return unique(np.zeros_like(key), **asked)

    monkeypatch.setattr("matchmaking.ranking.cost.np.unique", colliding)
    assert annual_cost(columns(*loans)).tolist() == expected


def test_lesson_seven_of_the_domain() -> None:
    """CNY 5 million, 36 months, 3.45 %, guarantee fee of 1 % a year.

    4.61 % and 3.35 % come out where interest is paid monthly and the principal at the end, the guarantee fee
    for all three years is paid at settlement, and 2 points on 60 % of the loan are taken off each payment of
    interest; both are cut down, not rounded.
    """
    loan = Loan(guarantee=100.0, paid=GuaranteeFeePayment.WHOLE_TERM_IN_ADVANCE)
    both = np.array([cost(loan), cost(loan, Grant(points=200 * 0.6))])
    assert whole_millionths(both).tolist() == [46_161, 33_521]
    assert whole_basis_points(both).tolist() == [461, 335]
    afterwards = cost(loan, Grant(points=200 * 0.6, every=12, after=6))
    assert whole_basis_points(np.array([afterwards])).tolist() == [339]
    yearly = replace(loan, paid=GuaranteeFeePayment.YEARLY)
    assert whole_basis_points(np.array([cost(yearly)])).tolist() == [456]


@pytest.mark.parametrize("method", METHODS)
def test_corner_cases(method: RepaymentMethod) -> None:
    assert cost(Loan(rate=0.0, method=method)) == 0.0
    one_month = Loan(rate=360.0, months=1, method=method)
    assert cost(one_month) == pytest.approx(1.003**12 - 1, abs=1e-12)
    above_interest = Loan(rate=100.0, months=12, once=500.0, method=method)
    assert cost(above_interest) == pytest.approx(judged(naive_flows(above_interest), 0.005), abs=1e-10)
    assert cost(above_interest) > 0.06
    assert cost(Loan(rate=100.0, method=method), Grant(points=200.0)) < 0
    free = Loan(rate=0.0, guarantee=100.0, method=method)
    assert cost(free, Grant(fee_share=10_000.0)) == pytest.approx(0.0, abs=1e-12)


def test_without_fees_monthly_methods_cost_their_rate(random: Random) -> None:
    for method in METHODS:
        loan = Loan(rate=float(random.randint(0, 2_400)), months=random.randint(2, 360), method=method)
        twelfth = effective(np.array([loan.rate / 120_000]))[0]
        if method is RepaymentMethod.ALL_AT_MATURITY:
            assert cost(loan) <= twelfth
            continue
        assert cost(loan) == twelfth
        solved = monthly_rate(flow_table(columns(loan)), np.array([0.99]))[0]
        assert solved == pytest.approx(loan.rate / 120_000, abs=1e-12)


def test_equal_instalments_are_equal_and_pay_all_back(random: Random) -> None:
    for _ in range(100):
        loan = Loan(
            months=random.randint(2, 360),
            rate=float(random.randint(0, 2_400)),
            method=RepaymentMethod.EQUAL_INSTALMENTS,
        )
        paid = -flow_table(columns(loan))[1:, 0]
        assert paid.tolist() == pytest.approx([paid[0]] * loan.months, rel=1e-9)
        worth = sum(each / (1 + loan.rate / 120_000) ** month for month, each in enumerate(paid, start=1))
        assert worth == pytest.approx(1.0, rel=1e-9)


def test_a_higher_rate_or_fee_never_costs_less(random: Random) -> None:
    loans = [random_loan(random) for _ in range(LOANS)]
    base = annual_cost(columns(*loans))
    twelfths = effective(np.array([loan.rate / 120_000 for loan in loans]))
    monthly = np.array([loan.method is not RepaymentMethod.ALL_AT_MATURITY for loan in loans])
    assert np.all(base[monthly] >= twelfths[monthly] - ROUNDING)
    for dearer in (
        [replace(loan, rate=loan.rate + 1) for loan in loans],
        [replace(loan, guarantee=loan.guarantee + 1) for loan in loans],
        [replace(loan, once=loan.once + 1) for loan in loans],
        [replace(loan, once_fen=loan.once_fen + 100) for loan in loans],
    ):
        assert np.all(annual_cost(columns(*dearer)) > base)


def test_more_subsidy_never_costs_more(random: Random) -> None:
    """Nor does a sooner one, unless the borrower gains anyhow: below zero, later money is better."""
    loans = [random_loan(random) for _ in range(LOANS)]
    grants = [random_grant(random) for _ in range(LOANS)]

    def helped_by(changed: list[Grant]) -> np.ndarray:
        return np.nan_to_num(annual_cost(columns(*loans), granted(*changed)), nan=-1.0)

    helped = helped_by(grants)
    assert np.all(helped <= annual_cost(columns(*loans)) + ROUNDING)
    for more in (
        [replace(grant, points=grant.points + 10, share=grant.share + 10) for grant in grants],
        [replace(grant, cap=inf, fee_cap=inf) for grant in grants],
        [replace(grant, months=360) for grant in grants],
        [replace(grant, fee_share=min(grant.fee_share + 100, 10_000)) for grant in grants],
        [replace(grant, after=0) for grant in grants],
    ):
        better = helped_by(more)
        assert np.all((better <= helped + ROUNDING) | (better < 0))


def test_whole_basis_points_are_cut_from_whole_millionths() -> None:
    costs = np.array([0.046199999, 0.0461994, -0.00000001, -0.0001, 0.0499999999])
    assert whole_basis_points(costs).tolist() == [462, 461, 0, -1, 500]
