"""Verdicts of all candidates at once: the constraints of `matchmaking.ranking.constraints`, and the rules."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaking.ranking.catalogue.columns import NONE, PURPOSE_BIT, Columns, Vocabularies
from matchmaking.ranking.catalogue.conditions import COUNT_BITS, COUNT_MASK, COUNTED, marks_of
from matchmaking.ranking.catalogue.reckoning import Reckoned
from matchmaking.ranking.constraints import TOLERANCE_BASIS_POINTS
from matchmaking.ranking.eligibility import NEAR_MISS_RULES, covers
from matchmaking.ranking.facts import FactsAtDate
from matchmaking.ranking.request import FinancingRequest
from schemas.vocabulary import FactName, Verdict

PLACE = {verdict: place for place, verdict in enumerate(Verdict)}
ELIGIBLE, INCOMPLETE, NEAR_MISS, INELIGIBLE = (PLACE[verdict] for verdict in Verdict)

Truths = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Judged:
    """`verdicts` are places in `Verdict`; `missing` has the bits of what incomplete candidates wait for."""

    verdicts: NDArray[np.uint8]
    missing: NDArray[np.uint64]


def judge_all(
    columns: Columns, known: Vocabularies, request: FinancingRequest, facts: FactsAtDate, terms: Reckoned
) -> Judged:
    need, today = request.need, request.reference_date.toordinal()
    statuses, marks = known.conditions.evaluate(facts)
    counts = columns.conditions.summed(COUNTED[statuses])
    served, unknown_place = _territory(columns, known, facts)
    unmet, forgiven = _amount(columns, terms, need.amount_fen)
    too_long, long_forgiven = _tenor(columns, need.tenor_months)
    unmet |= too_long
    unmet |= counts >= 1 << 2 * COUNT_BITS
    unmet |= (columns.purposes != 0) & (columns.purposes & PURPOSE_BIT[need.purpose.value] == 0)
    unmet |= (columns.modes != 0) & (terms.burden == NONE)
    unmet |= ~served
    unmet |= (columns.valid_from > today) | (columns.valid_until < today)
    misses = (counts >> COUNT_BITS & COUNT_MASK).astype(np.uint8)
    misses += forgiven
    misses += long_forgiven
    unknown = (counts & COUNT_MASK != 0) | (terms.cap_missing != 0) | columns.in_words
    unknown |= bool(unknown_place)
    verdicts = np.where(unknown, np.uint8(INCOMPLETE), np.uint8(ELIGIBLE))
    verdicts[misses > 0] = NEAR_MISS
    verdicts[unmet | (misses > NEAR_MISS_RULES)] = INELIGIBLE
    return Judged(verdicts, _missing(columns, terms, marks, unknown_place, verdicts == INCOMPLETE))


def _amount(columns: Columns, terms: Reckoned, asked: int) -> tuple[Truths, Truths]:
    """Unmet for good, and missed within tolerance of the smallest amount."""
    smallest = columns.smallest_fen
    below = asked < smallest
    forgiven = below & ((smallest - asked) * 10_000 <= smallest * TOLERANCE_BASIS_POINTS)
    hopeless = terms.cap_fen < smallest
    return hopeless | (below & ~forgiven), forgiven & ~hopeless


def _tenor(columns: Columns, asked: int | None) -> tuple[Truths, Truths]:
    if asked is None:
        nothing = np.zeros(len(columns), dtype=np.bool_)
        return nothing, nothing
    longest, shortest = columns.longest_months, columns.shortest_months
    over = (longest != NONE) & (asked > longest)
    bound = np.where(over, longest, shortest)
    missed = over | (asked < shortest)
    forgiven = missed & (np.abs(asked - bound) * 10_000 <= bound * TOLERANCE_BASIS_POINTS)
    return missed & ~forgiven, forgiven


def _territory(columns: Columns, known: Vocabularies, facts: FactsAtDate) -> tuple[Truths, int]:
    """Whether the branch serves the district; while that is unknown all do, and what is missing, as bits."""
    reading = facts.read(FactName.DISTRICT)
    if reading.value is None:
        return np.ones(len(columns), dtype=np.bool_), marks_of(reading.to_supply)
    district = str(reading.value)
    serving = [
        any(covers(FactName.DISTRICT, listed, district) for listed in territory)
        for territory in known.territories.things
    ]
    return np.array(serving or [False], dtype=np.bool_)[columns.territory], 0


def _missing(
    columns: Columns, terms: Reckoned, marks: NDArray[np.uint64], unknown_place: int, incomplete: Truths
) -> NDArray[np.uint64]:
    """For the incomplete candidates only, in their order."""
    rows = np.flatnonzero(incomplete)
    if not len(rows):
        return np.zeros(0, dtype=np.uint64)
    of_rules = columns.conditions.take(rows).united(marks)
    return of_rules | terms.cap_missing[rows] | np.uint64(unknown_place)
