"""Cash flows of loans as the borrower sees them, month by month, for one loan or a whole catalogue.

Columns are numpy arrays with one entry a loan; tables have one row a month from 0, the settlement, and one
column a loan, per 1 of principal: positive is received, negative is paid. Only sums, products and quotients
are used, so that every machine and every length of array reckons the same number for the same loan.

Interest is simple within a month, a twelfth of the yearly rate. What is solved from the flows stands in
`cost`; which measures apply to whom in `subsidies`.
"""

from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Self

import numpy as np
from numpy.typing import NDArray

from schemas.vocabulary import GuaranteeFeePayment, RepaymentMethod

Numbers = NDArray[np.float64]
Counts = NDArray[np.int64]

MONTHS_A_YEAR = 12
BASIS_POINTS = 10_000


class Repayment(IntEnum):
    """How principal and interest come back, as a column of numbers holds it."""

    INTEREST_FIRST = 0
    EQUAL_INSTALMENTS = 1
    EQUAL_PRINCIPAL = 2
    ALL_AT_MATURITY = 3


# A revolving line is reckoned as drawn in full from the first day to the last: that is the amount asked for,
# an undrawn line bears no interest, and a shorter use costs less money at the same yearly cost.
REPAYMENT: dict[RepaymentMethod, Repayment] = {
    RepaymentMethod.INTEREST_THEN_PRINCIPAL: Repayment.INTEREST_FIRST,
    RepaymentMethod.REVOLVING: Repayment.INTEREST_FIRST,
    RepaymentMethod.EQUAL_INSTALMENTS: Repayment.EQUAL_INSTALMENTS,
    RepaymentMethod.EQUAL_PRINCIPAL: Repayment.EQUAL_PRINCIPAL,
    RepaymentMethod.ALL_AT_MATURITY: Repayment.ALL_AT_MATURITY,
}
GUARANTEE_FEE_PAYMENT: dict[GuaranteeFeePayment, int] = {
    payment: number for number, payment in enumerate(GuaranteeFeePayment)
}
_YEARLY = GUARANTEE_FEE_PAYMENT[GuaranteeFeePayment.YEARLY]
_WHOLE_TERM = GUARANTEE_FEE_PAYMENT[GuaranteeFeePayment.WHOLE_TERM_IN_ADVANCE]


class _Columns:
    """Arrays of one length; `take` picks loans."""

    def take(self, chosen: NDArray[np.intp]) -> Self:
        columns = {field.name: getattr(self, field.name)[chosen] for field in fields(self)}  # type: ignore[arg-type]
        return type(self)(**columns)

    def arrays(self) -> tuple[NDArray[np.generic], ...]:
        return tuple(getattr(self, field.name) for field in fields(self))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Loans(_Columns):
    """`rate_basis_points` a year, NaN: not known; `repayment` and `guarantee_fee_payment` by number.

    `once_basis_points` of the principal and `once_fen` are fees paid at settlement: appraisal and others.
    """

    principal_fen: Numbers
    months: Counts
    rate_basis_points: Numbers
    repayment: Counts
    guarantee_fee_basis_points: Numbers
    guarantee_fee_payment: Counts
    once_basis_points: Numbers
    once_fen: Numbers


@dataclass(frozen=True, slots=True)
class Subsidies(_Columns):
    """What somebody else pays of a loan's cost, and when it comes.

    Interest: `points_basis_points` a year on the balance and at most `interest_share_basis_points` of the
    interest (NaN: not named; neither named: nothing), for the first `months`, together at most
    `interest_cap_fen` (infinite: no cap). What was earned is paid every `paid_every_months` of the loan and
    at its end, `paid_after_months` later; 1 and 0: with each payment of interest. Where interest is due at
    maturity, it is paid from then on. Guarantee fee: a share of each fee, together at most
    `guarantee_fee_cap_fen`, paid `paid_after_months` after the fee.
    """

    points_basis_points: Numbers
    interest_share_basis_points: Numbers
    months: Counts
    interest_cap_fen: Numbers
    guarantee_fee_share_basis_points: Numbers
    guarantee_fee_cap_fen: Numbers
    paid_every_months: Counts
    paid_after_months: Counts


def flow_table(loans: Loans, subsidies: Subsidies | None = None) -> Numbers:
    """Shape (months + 1, loans), up to the last payment of the longest loan; NaN where the rate is."""
    longest = int(loans.months.max(initial=0))
    later = 0 if subsidies is None else int(subsidies.paid_after_months.max(initial=0))
    table = np.zeros((longest + later + 1, len(loans.months)))
    balances = _balances(loans, longest)
    table[1 : longest + 1] = -_payments(loans, balances)
    table[0] = 1.0 - loans.once_basis_points / BASIS_POINTS - loans.once_fen / loans.principal_fen
    fees = _guarantee_fees(loans, balances)
    table[: MONTHS_A_YEAR * len(fees) : MONTHS_A_YEAR] -= fees
    if subsidies is not None:
        _grant_interest(table, loans, subsidies, balances)
        _grant_guarantee(table, loans, subsidies, fees)
    return table


def _monthly(loans: Loans) -> Numbers:
    return loans.rate_basis_points / float(BASIS_POINTS * MONTHS_A_YEAR)


def _balances(loans: Loans, longest: int) -> Numbers:
    """At the begin of each month, and a last row of nothing; zero from the end of a loan on.

    Equal instalments leave (g^n - g^t) / (g^n - 1) after t of n months, where g is 1 and the monthly rate.
    """
    month = np.arange(longest + 1)[:, None]
    left = 1.0 - month / loans.months
    growth = powers(1.0 + _monthly(loans), longest + 1)
    whole = growth[loans.months, np.arange(len(loans.months))]
    gained = np.where(whole == 1.0, 1.0, whole - 1.0)
    instalments = np.where(whole == 1.0, left, (whole - growth) / gained)
    balances = np.select(
        [loans.repayment == Repayment.EQUAL_INSTALMENTS, loans.repayment == Repayment.EQUAL_PRINCIPAL],
        [instalments, left],
        1.0,
    )
    return np.where(month < loans.months, balances, 0.0)


def powers(base: Numbers, count: int) -> Numbers:
    """Rows base^0 to base^(count - 1), each block made of the one before: the same for every count."""
    rows = np.ones((count, len(base)))
    done, factor = 1, base
    while done < count:
        some = min(done, count - done)
        np.multiply(rows[:some], factor, out=rows[done : done + some])
        done, factor = done + some, factor * factor
    return rows


def _payments(loans: Loans, balances: Numbers) -> Numbers:
    """Interest and principal at the end of each month."""
    month = np.arange(1, len(balances))[:, None]
    monthly = balances[:-1] - balances[1:] + balances[:-1] * _monthly(loans)
    at_once = np.where(month == loans.months, 1.0 + loans.months * _monthly(loans), 0.0)
    return np.where(loans.repayment == Repayment.ALL_AT_MATURITY, at_once, monthly)


def _guarantee_fees(loans: Loans, balances: Numbers) -> Numbers:
    """One row a year, paid at its begin: on the balance of that day, by months in the last year.

    What is paid once, for one year or for the whole term, stands in the first row.
    """
    month = np.arange(0, len(balances) - 1, MONTHS_A_YEAR)[:, None]
    share = loans.guarantee_fee_basis_points / BASIS_POINTS
    years = np.where(loans.guarantee_fee_payment == _WHOLE_TERM, loans.months / MONTHS_A_YEAR, 1.0)
    lasting = np.clip(loans.months - month, 0, MONTHS_A_YEAR) / MONTHS_A_YEAR
    yearly = share * balances[:-1:MONTHS_A_YEAR] * lasting
    at_once = np.where(month == 0, share * years, 0.0)
    return np.where(loans.guarantee_fee_payment == _YEARLY, yearly, at_once)


def _grant_interest(table: Numbers, loans: Loans, subsidies: Subsidies, balances: Numbers) -> None:
    month, balance = np.arange(1, len(balances))[:, None], balances[:-1]
    points = subsidies.points_basis_points / float(BASIS_POINTS * MONTHS_A_YEAR)
    share = subsidies.interest_share_basis_points / BASIS_POINTS
    # fmin passes over what is not named.
    earned = np.fmin(points * balance, share * (balance * _monthly(loans)))
    counts = (month <= subsidies.months) & ~np.isnan(earned)
    earned = _up_to(np.where(counts, earned, 0.0), subsidies.interest_cap_fen / loans.principal_fen)
    at_maturity = loans.repayment == Repayment.ALL_AT_MATURITY
    every = np.where(at_maturity, loans.months, subsidies.paid_every_months)
    due = np.minimum(-(-month // every) * every, loans.months) + subsidies.paid_after_months
    np.add.at(table, (due, np.arange(len(loans.months))), earned)


def _grant_guarantee(table: Numbers, loans: Loans, subsidies: Subsidies, fees: Numbers) -> None:
    month = np.minimum(np.arange(len(fees))[:, None] * MONTHS_A_YEAR, loans.months)
    share = subsidies.guarantee_fee_share_basis_points / BASIS_POINTS
    earned = _up_to(share * fees, subsidies.guarantee_fee_cap_fen / loans.principal_fen)
    np.add.at(table, (month + subsidies.paid_after_months, np.arange(len(loans.months))), earned)


def _up_to(earned: Numbers, cap: Numbers) -> Numbers:
    """The same in order of time until the cap is reached."""
    before = np.cumsum(earned, axis=0) - earned
    return np.minimum(earned, np.maximum(cap - before, 0.0))
