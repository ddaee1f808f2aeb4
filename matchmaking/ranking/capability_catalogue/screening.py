"""What a match learns of all capabilities at once: who stands where, how many got which verdict, what lacks.

The same whole numbers as `rank_capabilities` finds one by one; that function then explains those shown.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaking.ranking.capability_catalogue.components import Totals
from matchmaking.ranking.capability_catalogue.constraints import VERDICTS, Marks, Verdicts
from matchmaking.ranking.catalogue.screening import Placed
from matchmaking.ranking.standing import DecisiveFact, in_decisive_order, tie_hash
from schemas.vocabulary import Verdict

# A place in the order as one number: whether ineligible, the total from above, the weight not known.
UNKNOWN_BITS = 10
TOTAL_BITS = 30
LARGEST_TOTAL = 1_000_000
OUT = np.iinfo(np.int64).max

INELIGIBLE = VERDICTS.index(Verdict.INELIGIBLE)
NEAR_MISS = VERDICTS.index(Verdict.NEAR_MISS)


@dataclass(frozen=True, slots=True, kw_only=True)
class CapabilityScreening:
    """An element per row of the catalogue; rows that are no candidates here have the key `OUT`."""

    demand_id: str
    ids: tuple[str, ...]
    verdicts: NDArray[np.uint8]
    weighted_totals: NDArray[np.int64]
    keys: NDArray[np.int64]
    counts: dict[Verdict, int]
    excluded: int
    decisive_facts: tuple[DecisiveFact, ...]

    def shown(self, first: int, near_misses: int) -> list[Placed]:
        """The first in order, and after them the nearest near misses if these are not among them."""
        beginning = self._first(self.keys, first)
        there = {placed.row for placed in beginning}
        keys = np.where(self.verdicts == NEAR_MISS, self.keys, OUT)
        nearest = self._first(keys, near_misses)
        return beginning + [
            Placed(self._position(near.row), near.row) for near in nearest if near.row not in there
        ]

    def _first(self, keys: NDArray[np.int64], count: int) -> list[Placed]:
        """Only who ties is hashed, as the published rule says."""
        count = min(count, int(np.count_nonzero(keys != OUT)))
        if not count:
            return []
        highest = np.partition(keys, count - 1)[count - 1]
        rows = sorted(np.flatnonzero(keys <= highest).tolist(), key=self._place)
        return [Placed(place, row) for place, row in enumerate(rows[:count], start=1)]

    def _position(self, row: int) -> int:
        before = int(np.count_nonzero(self.keys < self.keys[row]))
        tied = np.flatnonzero(self.keys == self.keys[row]).tolist()
        return before + 1 + sorted(tied, key=self._place).index(row)

    def _place(self, row: int) -> tuple[int, str]:
        return int(self.keys[row]), tie_hash(self.demand_id, self.ids[row])


def screening_of(
    demand_id: str, ids: tuple[str, ...], judged: Verdicts, totals: Totals, out: Marks, excluded: int
) -> CapabilityScreening:
    """`out` marks rows that are no candidates."""
    keys = (judged.verdicts == INELIGIBLE).astype(np.int64) << (TOTAL_BITS + UNKNOWN_BITS)
    keys |= (LARGEST_TOTAL - totals.weighted) << UNKNOWN_BITS
    keys |= totals.unknown
    keys[out] = OUT
    counts = np.bincount(judged.verdicts[~out], minlength=len(VERDICTS)).tolist()
    return CapabilityScreening(
        demand_id=demand_id,
        ids=ids,
        verdicts=judged.verdicts,
        weighted_totals=totals.weighted,
        keys=keys,
        counts=dict(zip(VERDICTS, counts, strict=True)),
        excluded=excluded,
        decisive_facts=_decisive(judged, out),
    )


def _decisive(judged: Verdicts, out: Marks) -> tuple[DecisiveFact, ...]:
    """As `decisive_among` finds them one by one."""
    incomplete = (judged.verdicts == VERDICTS.index(Verdict.INCOMPLETE)) & ~out
    lacking = np.sum(list(judged.missing.values()), axis=0) if judged.missing else 0
    found = []
    for answer, marks in judged.missing.items():
        hanging = marks & incomplete
        if count := int(np.count_nonzero(hanging)):
            alone = int(np.count_nonzero(hanging & (lacking == 1)))
            found.append(DecisiveFact(missing=answer, candidates=count, alone=alone))
    return in_decisive_order(found)
