"""The yearly cost of loans from their real cash flows, for one loan or a whole catalogue.

Cost is the effective annual rate, (1 + m) ^ 12 - 1, of the monthly rate m at which all that is paid is worth
what is received (internal rate of return). Nothing is imputed: without a rate there is no cost.
"""

import numpy as np
from numpy.typing import NDArray

from matchmaking.ranking.cash_flows import Loans, Numbers, Repayment, Subsidies, flow_table, powers

MILLIONTHS = 1_000_000
MILLIONTHS_A_BASIS_POINT = 100
LOANS_AT_ONCE = 4_096
MOST_STEPS = 100
NARROW = 1e-14
# Discount factors beyond which no root is looked for: the lender would pay half of the balance each month.
WIDEST = 2.0
WIDER = 1.01


def annual_cost(loans: Loans, subsidies: Subsidies | None = None) -> Numbers:
    """As a fraction: 0.0461 is 4.61 %. NaN where the rate is unknown, or none makes the flows even.

    The second is so when fees take the whole principal, or when more is granted than is ever paid. Loans
    that are alike are solved once. A loan gets the same number alone and in any company.
    """
    known = np.isfinite(loans.rate_basis_points)
    monthly = np.full(len(loans.months), np.nan)
    plain = known & _is_plain(loans) if subsidies is None else np.zeros(len(known), dtype=bool)
    monthly[plain] = loans.rate_basis_points[plain] / 120_000.0
    hard = np.flatnonzero(known & ~plain)
    if len(hard):
        first, place = _alike(loans, subsidies, hard)
        monthly[hard] = _solved(loans, subsidies, hard[first])[place]
    return effective(monthly)


def effective(monthly: Numbers) -> Numbers:
    """The twelfth power less one, by products alone."""
    square = (1.0 + monthly) * (1.0 + monthly)
    fourth = square * square
    return fourth * fourth * fourth - 1.0


def whole_millionths(cost: Numbers) -> NDArray[np.int64]:
    """To the nearest; the smallest integer stands where there is no cost."""
    rounded = np.rint(cost * MILLIONTHS)
    return np.where(np.isfinite(cost), rounded, np.float64(UNKNOWN)).astype(np.int64)


UNKNOWN = int(np.iinfo(np.int64).min)


def whole_basis_points(cost: Numbers) -> NDArray[np.int64]:
    """The published rule: millionths to the nearest, and of these the whole basis points, cut down."""
    millionths = whole_millionths(cost)
    return np.where(millionths == UNKNOWN, UNKNOWN, millionths // MILLIONTHS_A_BASIS_POINT)


def _is_plain(loans: Loans) -> NDArray[np.bool_]:
    """No fee, and interest paid each month: the monthly rate is the contract's."""
    fees = loans.guarantee_fee_basis_points + loans.once_basis_points + loans.once_fen
    at_once = (loans.repayment != Repayment.ALL_AT_MATURITY) | (loans.months == 1)
    plain: NDArray[np.bool_] = (fees == 0.0) & at_once
    return plain


def _alike(
    loans: Loans, subsidies: Subsidies | None, chosen: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Of the chosen, one of each kind, and for each of the chosen the place of its kind.

    By a hash of all columns, checked afterwards: should two kinds share one, nobody is merged.
    """
    columns = [column[chosen] for column in (*loans.arrays(), *(subsidies.arrays() if subsidies else ()))]
    key = np.zeros(len(chosen), dtype=np.uint64)
    for column in columns:
        bits = column.view(np.uint64)
        key = (key ^ bits ^ (key >> np.uint64(29))) * np.uint64(0x9E3779B97F4A7C15)
    _, first, place = np.unique(key, return_index=True, return_inverse=True)
    if all(np.array_equal(column[first][place], column, equal_nan=True) for column in columns):
        return first, place
    everyone = np.arange(len(chosen))
    return everyone, everyone


def _solved(loans: Loans, subsidies: Subsidies | None, chosen: NDArray[np.intp]) -> Numbers:
    """Monthly rates of the chosen loans, those of like length together, so that short ones stay short."""
    order = np.argsort(loans.months[chosen], kind="stable")
    found = np.empty(len(chosen))
    for start in range(0, len(chosen), LOANS_AT_ONCE):
        part = order[start : start + LOANS_AT_ONCE]
        picked = chosen[part]
        some = loans.take(picked)
        table = flow_table(some, None if subsidies is None else subsidies.take(picked))
        found[part] = monthly_rate(table, 1.0 / (1.0 + some.rate_basis_points / 120_000.0))
    return found


def monthly_rate(table: Numbers, guess: Numbers) -> Numbers:
    """The internal rate of each column, by Newton's steps inside a bracket, halved where a step leaves it.

    `guess` is a discount factor for each column. Of several roots the one of the highest rate is found:
    the bracket begins where all later flows are worth nothing. NaN where there is none.
    """
    factor, lowest, highest = guess.copy(), np.zeros_like(guess), _upper_end(table, guess)
    factor[np.isnan(highest) | (table[0] <= 0.0)] = np.nan
    going = np.flatnonzero(~np.isnan(factor))
    for _ in range(MOST_STEPS):
        if not len(going):
            break
        at, some = factor[going], table if len(going) == len(factor) else table[:, going]
        value, slope = _worth(some, at)
        low = lowest[going] = np.where(value > 0.0, at, lowest[going])
        high = highest[going] = np.where(value < 0.0, at, highest[going])
        step = np.divide(value, slope, out=np.full_like(value, np.inf), where=slope < 0.0)
        near = np.abs(step) <= NARROW
        inside = (at - step > low) & (at - step < high)
        factor[going] = np.where(near | inside, at - step, (low + high) / 2.0)
        going = going[~near]
    return 1.0 / factor - 1.0


def _upper_end(table: Numbers, guess: Numbers) -> Numbers:
    """A factor at which the flows are worth less than nothing, at most `WIDEST`; NaN: there is none."""
    end = np.where(_worth(table, guess)[0] < 0.0, guess, np.nan)
    factor = 1.0
    while factor <= WIDEST:
        open_ends = np.flatnonzero(np.isnan(end))
        if not len(open_ends):
            break
        value, _ = _worth(table[:, open_ends], np.full(len(open_ends), factor))
        end[open_ends] = np.where(value < 0.0, factor, np.nan)
        factor *= WIDER
    return end


def _worth(table: Numbers, factor: Numbers) -> tuple[Numbers, Numbers]:
    """Each column as a polynomial of its factor, and its slope.

    Two columns at least, so that numpy adds the rows one after another, as it does for many columns.
    """
    if len(factor) == 1:
        value, slope = _worth(np.repeat(table, 2, axis=1), np.repeat(factor, 2))
        return value[:1], slope[:1]
    terms = powers(factor, len(table)) * table
    value = terms.sum(axis=0)
    terms *= np.arange(len(table))[:, None]
    return value, terms.sum(axis=0) / factor
