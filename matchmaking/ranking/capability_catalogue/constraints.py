"""Verdicts on all capabilities at once: `research_constraints`, a column for each constraint.

Each function has its scalar twin there, in the same order; tests compare the two.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from matchmaking.ranking.capability_catalogue.columns import NONE, CapabilityColumns, modes_mask
from matchmaking.ranking.eligibility import NEAR_MISS_RULES
from matchmaking.ranking.research_constraints import FORGIVEN_LEVELS, TOLERANCE_BASIS_POINTS
from matchmaking.ranking.research_request import DemandFacts
from schemas.vocabulary import DemandAnswer, Verdict

VERDICTS = tuple(Verdict)
FULL = 10_000
# A share of a bound beyond this is worth nothing and forgiven nowhere; sums stay in 64 bits.
LARGEST_SHARE = 1_000_000
LARGEST_FEN = 900_000_000_000_000

Marks = NDArray[np.bool_]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Asked:
    """One constraint: where it is unmet, where of these forgivable, where an answer of the demand lacks."""

    unmet: Marks
    forgivable: Marks
    unknown: Marks
    answer: DemandAnswer | None = None


@dataclass(frozen=True, slots=True)
class Verdicts:
    """`verdicts` are places in `VERDICTS`; `missing` has for each answer where it lacks."""

    verdicts: NDArray[np.uint8]
    missing: dict[DemandAnswer, Marks]


def judge_capabilities(demand: DemandFacts, columns: CapabilityColumns, reference_date: date) -> Verdicts:
    asked = (
        _modes(demand, columns),
        _readiness(demand, columns),
        _budget(demand, columns),
        _plain(columns.free_projects == 0),
        _plain(columns.valid_until < reference_date.toordinal()),
    )
    unmet = np.sum([one.unmet for one in asked], axis=0)
    unforgiven = np.any([one.unmet & ~one.forgivable for one in asked], axis=0)
    unknown = np.any([one.unknown for one in asked], axis=0)
    found = np.select(
        [(unmet > NEAR_MISS_RULES) | unforgiven, unmet > 0, unknown],
        [VERDICTS.index(each) for each in (Verdict.INELIGIBLE, Verdict.NEAR_MISS, Verdict.INCOMPLETE)],
        VERDICTS.index(Verdict.ELIGIBLE),
    )
    missing = {one.answer: one.unknown for one in asked if one.answer is not None}
    return Verdicts(found.astype(np.uint8), missing)


def reach_of(columns: CapabilityColumns) -> NDArray[np.int8]:
    return np.where(columns.readiness_to == NONE, columns.readiness_from, columns.readiness_to)


def budget_misses(demand: DemandFacts, columns: CapabilityColumns) -> Whole | None:
    """Shares of the bound missed, basis points rounded up; `NONE` where unknown; None for no budget."""
    if demand.smallest_budget_fen is None and demand.largest_budget_fen is None:
        return None
    most, least = demand.largest_budget_fen, demand.smallest_budget_fen or 0
    lowest, highest = np.maximum(columns.smallest_contract, 0), columns.largest_contract
    below = np.zeros(len(columns), dtype=np.bool_) if most is None else most < lowest
    above = ~below & (highest != NONE) & (least > highest)
    missed = np.where(below, lowest - (most or 0), np.where(above, least - highest, 0))
    bound = np.maximum(np.where(below, lowest, np.where(above, highest, 1)), 1)
    shares = -(-np.minimum(missed, LARGEST_FEN) * FULL // bound)
    return np.where(_has_contract(columns), np.minimum(shares, LARGEST_SHARE), NONE)


def _has_contract(columns: CapabilityColumns) -> Marks:
    has: Marks = (columns.smallest_contract != NONE) | (columns.largest_contract != NONE)
    return has


def _modes(demand: DemandFacts, columns: CapabilityColumns) -> Asked:
    offered, none = columns.modes != 0, np.zeros(len(columns), dtype=np.bool_)
    if not demand.modes:
        return Asked(none, none, offered, DemandAnswer.MODES)
    shared = (columns.modes & modes_mask(demand.modes)) != 0
    return Asked(offered & ~shared, none, none)


def _readiness(demand: DemandFacts, columns: CapabilityColumns) -> Asked:
    wanted, none = demand.readiness_wanted, np.zeros(len(columns), dtype=np.bool_)
    if wanted is None:
        return Asked(none, none, reach_of(columns) != NONE, DemandAnswer.READINESS_WANTED)
    short = wanted - columns.readiness_to.astype(np.int64)
    unmet = (columns.readiness_to != NONE) & (short > 0)
    return Asked(unmet, short <= FORGIVEN_LEVELS, none)


def _budget(demand: DemandFacts, columns: CapabilityColumns) -> Asked:
    none = np.zeros(len(columns), dtype=np.bool_)
    missed = budget_misses(demand, columns)
    if missed is None:
        return Asked(none, none, _has_contract(columns), DemandAnswer.LARGEST_BUDGET)
    return Asked(missed > 0, missed <= TOLERANCE_BASIS_POINTS, none)


def _plain(unmet: Marks) -> Asked:
    none = np.zeros(len(unmet), dtype=np.bool_)
    return Asked(unmet, none, none)
