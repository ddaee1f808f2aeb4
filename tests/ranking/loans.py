"""Random loans with and without subsidies, and their cash flows reckoned naively, one month after another.

Nothing of the engine is used here but the columns in which it is asked.
"""

from dataclasses import dataclass
from math import inf, nan
from random import Random

import numpy as np

from matchmaking.ranking.cash_flows import GUARANTEE_FEE_PAYMENT, REPAYMENT, Loans, Subsidies
from schemas.vocabulary import GuaranteeFeePayment, RepaymentMethod

METHODS = tuple(REPAYMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    points: float = nan
    share: float = nan
    months: int = 360
    cap: float = inf
    fee_share: float = 0.0
    fee_cap: float = inf
    every: int = 1
    after: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    principal: int = 500_000_000
    months: int = 36
    rate: float = 345.0
    method: RepaymentMethod = RepaymentMethod.INTEREST_THEN_PRINCIPAL
    guarantee: float = 0.0
    paid: GuaranteeFeePayment = GuaranteeFeePayment.YEARLY
    once: float = 0.0
    once_fen: float = 0.0


def columns(*loans: Loan) -> Loans:
    return Loans(
        principal_fen=np.array([float(loan.principal) for loan in loans]),
        months=np.array([loan.months for loan in loans], dtype=np.int64),
        rate_basis_points=np.array([loan.rate for loan in loans]),
        repayment=np.array([int(REPAYMENT[loan.method]) for loan in loans], dtype=np.int64),
        guarantee_fee_basis_points=np.array([loan.guarantee for loan in loans]),
        guarantee_fee_payment=np.array([GUARANTEE_FEE_PAYMENT[loan.paid] for loan in loans], dtype=np.int64),
        once_basis_points=np.array([loan.once for loan in loans]),
        once_fen=np.array([float(loan.once_fen) for loan in loans]),
    )


def granted(*grants: Grant) -> Subsidies:
    return Subsidies(
        points_basis_points=np.array([grant.points for grant in grants]),
        interest_share_basis_points=np.array([grant.share for grant in grants]),
        months=np.array([grant.months for grant in grants], dtype=np.int64),
        interest_cap_fen=np.array([grant.cap for grant in grants]),
        guarantee_fee_share_basis_points=np.array([grant.fee_share for grant in grants]),
        guarantee_fee_cap_fen=np.array([grant.fee_cap for grant in grants]),
        paid_every_months=np.array([grant.every for grant in grants], dtype=np.int64),
        paid_after_months=np.array([grant.after for grant in grants], dtype=np.int64),
    )


def naive_flows(loan: Loan, grant: Grant | None = None) -> list[float]:
    """In fen from the borrower's side, month 0 first."""
    principal, rate = float(loan.principal), loan.rate / 10_000 / 12
    flows = [0.0] * (loan.months + (grant.after if grant else 0) + 1)
    flows[0] = principal - principal * loan.once / 10_000 - loan.once_fen
    fees: list[tuple[int, float]] = []
    balance, interest_left, accrued = principal, grant.cap if grant else 0.0, 0.0
    for month in range(1, loan.months + 1):
        if (month - 1) % 12 == 0:
            fees += guarantee_fee(loan, month - 1, balance)
        interest = balance * rate
        accrued += interest
        repaid = repayment(loan, month, balance, interest)
        if loan.method is not RepaymentMethod.ALL_AT_MATURITY or month == loan.months:
            flows[month] -= accrued + repaid
            accrued = 0.0
        if grant and month <= grant.months:
            earned = min(interest_subsidy(grant, balance, interest), interest_left)
            interest_left -= earned
            flows[payday(loan, grant, month)] += earned
        balance -= repaid
    fee_left = grant.fee_cap if grant else 0.0
    for month, fee in fees:
        flows[month] -= fee
        if grant:
            earned = min(fee * grant.fee_share / 10_000, fee_left)
            fee_left -= earned
            flows[month + grant.after] += earned
    return flows


def guarantee_fee(loan: Loan, month: int, balance: float) -> list[tuple[int, float]]:
    share = loan.guarantee / 10_000
    if loan.paid is GuaranteeFeePayment.YEARLY:
        return [(month, balance * share * min(12, loan.months - month) / 12)]
    if month:
        return []
    years = loan.months / 12 if loan.paid is GuaranteeFeePayment.WHOLE_TERM_IN_ADVANCE else 1
    return [(0, loan.principal * share * years)]


def repayment(loan: Loan, month: int, balance: float, interest: float) -> float:
    if month == loan.months:
        return balance
    if loan.method is RepaymentMethod.EQUAL_PRINCIPAL:
        return loan.principal / loan.months
    if loan.method is RepaymentMethod.EQUAL_INSTALMENTS:
        rate = loan.rate / 10_000 / 12
        if rate == 0:
            return loan.principal / loan.months
        return loan.principal * rate / (1 - (1 + rate) ** -loan.months) - interest
    return 0.0


def interest_subsidy(grant: Grant, balance: float, interest: float) -> float:
    named = [
        value
        for value in (balance * grant.points / 10_000 / 12, interest * grant.share / 10_000)
        if value == value  # noqa: PLR0124 - not NaN
    ]
    return min(named, default=0.0)


def payday(loan: Loan, grant: Grant, month: int) -> int:
    every = loan.months if loan.method is RepaymentMethod.ALL_AT_MATURITY else grant.every
    return min(-(-month // every) * every, loan.months) + grant.after


def random_loan(random: Random) -> Loan:
    return Loan(
        principal=random.choice((10_000_000, 300_000_000, 500_000_000, 12_345_678_901)),
        months=random.choice((1, 2, 3, 6, 11, 12, 13, 18, 24, 36, 60, 120, random.randint(1, 360))),
        rate=float(random.choice((0, 1, 100, 300, 345, 435, 600, 1_500, random.randint(0, 2_400)))),
        method=random.choice(METHODS),
        guarantee=float(random.choice((0, 0, 50, 100, 150, 300))),
        paid=random.choice(list(GuaranteeFeePayment)),
        once=float(random.choice((0, 0, 0, 10, 50, 200))),
        once_fen=float(random.choice((0, 0, 0, 100_000, 500_000))),
    )


def random_grant(random: Random) -> Grant:
    return Grant(
        points=random.choice((nan, 50.0, 100.0, 120.0, 200.0)),
        share=random.choice((nan, 3_000.0, 5_000.0, 10_000.0)),
        months=random.choice((6, 12, 24, 360)),
        cap=random.choice((inf, 500_000.0, 10_000_000.0)),
        fee_share=float(random.choice((0, 0, 5_000, 10_000))),
        fee_cap=random.choice((inf, 100_000.0)),
        every=random.choice((1, 3, 12, 360)),
        after=random.choice((0, 1, 6, 14)),
    )
