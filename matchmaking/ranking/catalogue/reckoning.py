"""Reckoned terms of all candidates at once; `matchmaking.ranking.terms` says what each of them means.

What few values decide is reckoned once per value, by the scalar functions themselves, and looked up.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from matchmaking.ranking.caps import limit_by
from matchmaking.ranking.catalogue.columns import MODE_BIT, NO_LIMIT, NONE, Columns, Vocabularies
from matchmaking.ranking.catalogue.conditions import marks_of
from matchmaking.ranking.catalogue.costs import cost_all
from matchmaking.ranking.components import BURDEN
from matchmaking.ranking.facts import FactsAtDate
from matchmaking.ranking.request import FinancingRequest, NeedFacts
from matchmaking.ranking.terms import (
    DAYS_A_WEEK,
    WEEKDAYS_A_WEEK,
    indicative_rate,
    lightest_guarantee,
)
from schemas.vocabulary import GuaranteeMode, PledgeKind

WANTED = 1 << 63


@dataclass(frozen=True, slots=True)
class Reckoned:
    """As `ReckonedTerms`, an element per candidate; `NONE` where a term is None.

    `cap_fen` is `NO_LIMIT` when no limit is known. `cap_missing` has a bit for each answer that a formula
    waits for. `cost_basis_points` are those of the order, `UNKNOWN` without a cost. `burden` is that of the
    lightest mode, `NONE` when modes are published and none can be offered.
    """

    cap_fen: NDArray[np.int64]
    cap_missing: NDArray[np.uint64]
    share_basis_points: NDArray[np.int64]
    highest_rate: NDArray[np.int32]
    cost_basis_points: NDArray[np.int64]
    burden: NDArray[np.int32]
    late: NDArray[np.bool_]


def reckon_all(
    columns: Columns, known: Vocabularies, request: FinancingRequest, facts: FactsAtDate
) -> Reckoned:
    cap, missing = _caps(columns, known, request.need, facts)
    rate = _highest_rates(known, request)[columns.rate]
    return Reckoned(
        cap,
        missing,
        _shares(cap, (missing != 0) | ~columns.largest_published, request.need.amount_fen),
        rate,
        cost_all(columns, known, request, facts, cap, rate),
        _burdens(request.need.pledges)[columns.modes],
        _late(columns.days, (request.need.needed_by - request.reference_date).days),
    )


def _highest_rates(known: Vocabularies, request: FinancingRequest) -> NDArray[np.int32]:
    rates = [
        indicative_rate(rate, request.reference_rates, request.reference_date).highest_basis_points
        for rate in known.rates.things
    ]
    return np.array([NONE if rate is None else rate for rate in rates] or [NONE], dtype=np.int32)


def _caps(
    columns: Columns, known: Vocabularies, need: NeedFacts, facts: FactsAtDate
) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    limits = np.full(len(known.formulas), NO_LIMIT, dtype=np.int64)
    marks = np.zeros(len(known.formulas), dtype=np.uint64)
    for place, formula in enumerate(known.formulas.things):
        if formula is None:
            continue
        limit = limit_by(formula, need, facts)
        if limit is None:
            continue
        if limit.fen is not None:
            limits[place] = min(limit.fen, NO_LIMIT)
        elif limit.missing is not None:
            marks[place] = marks_of((limit.missing,))
    cap = np.minimum(columns.fixed_cap_fen, columns.formulas.least(limits))
    return cap, columns.formulas.united(marks)


def _shares(cap: NDArray[np.int64], bounded: NDArray[np.bool_], amount_fen: int) -> NDArray[np.int64]:
    """The share of the asked amount below the cap, in basis points, rounded down."""
    shares = np.minimum(cap, amount_fen) * 10_000 // amount_fen
    shares[bounded | (cap == NO_LIMIT)] = NONE
    return shares


@lru_cache(maxsize=256)
def _burdens(pledges: tuple[PledgeKind, ...]) -> NDArray[np.int32]:
    """For each set of modes, as bits, the burden of the lightest that these pledges allow."""
    found = np.full(1 << len(MODE_BIT), NONE, dtype=np.int32)
    for bits in range(len(found)):
        modes = [mode for mode in GuaranteeMode if MODE_BIT[mode.value] & bits]
        lightest = lightest_guarantee(modes, pledges)
        if lightest is not None:
            found[bits] = BURDEN[lightest]
    return found


def _late(days: NDArray[np.int32], days_left: int) -> NDArray[np.bool_]:
    """Unknown days are not late."""
    calendar_days = -(-days * DAYS_A_WEEK // WEEKDAYS_A_WEEK)
    late: NDArray[np.bool_] = (calendar_days > days_left) & (days != NONE)
    return late
