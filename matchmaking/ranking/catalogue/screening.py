"""What a match learns of all candidates at once: verdicts, totals, counts, and who stands at which place.

The same integers as `rank` finds one by one; `rank` then explains those who are shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaking.ranking.catalogue.columns import Columns, Vocabularies
from matchmaking.ranking.catalogue.components import Scene, totals
from matchmaking.ranking.catalogue.conditions import marked
from matchmaking.ranking.catalogue.reckoning import reckon_all
from matchmaking.ranking.catalogue.verdicts import INCOMPLETE, Judged, judge_all
from matchmaking.ranking.facts import FactsAtDate
from matchmaking.ranking.reasons import Missing
from matchmaking.ranking.reliability import Reliabilities
from matchmaking.ranking.request import FinancingRequest
from matchmaking.ranking.standing import DecisiveFact, in_decisive_order, tie_hash
from matchmaking.ranking.variety import FIRST_PAGE, MOST_PER_BANK, varied_head
from schemas.vocabulary import Verdict

UNKNOWN_BITS = 10
LARGEST_TOTAL = 1_000_000
OUT = len(Verdict)


@dataclass(frozen=True, slots=True)
class Placed:
    """`position` counts from 1 among all candidates; `row` is the candidate's in the catalogue.

    `moved_from` is the place by points alone, where variety among banks made it another.
    """

    position: int
    row: int
    moved_from: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """An element per candidate of the catalogue; those who are no candidates here have the verdict `OUT`.

    `keys` order the candidates of one verdict: the total from above, then the weight that is not known.
    """

    need_id: str
    ids: NDArray[np.object_]
    verdicts: NDArray[np.uint8]
    weighted_totals: NDArray[np.int32]
    unknown_weights: NDArray[np.int32]
    keys: NDArray[np.int32]
    organizations: NDArray[np.int32]
    counts: dict[Verdict, int]
    excluded: int
    decisive_facts: tuple[DecisiveFact, ...]

    @property
    def ranked(self) -> int:
        """How many candidates have a place."""
        return sum(self.counts.values())

    def shown(self, first: int, near_misses: int) -> list[Placed]:
        """The first in order, and the nearest near misses where these are not among them."""
        beginning = self.placed(0, first)
        shown = {each.row for each in beginning}
        nearest = [each for each in self._nearest(near_misses) if each.row not in shown]
        return beginning + nearest

    def _nearest(self, near_misses: int) -> list[Placed]:
        """The first near misses in order, which variety may have sent behind the first page."""
        before = self.counts[Verdict.ELIGIBLE] + self.counts[Verdict.INCOMPLETE]
        misses = self.counts[Verdict.NEAR_MISS]
        place = list(Verdict).index(Verdict.NEAR_MISS)
        head = self._head()
        moved = [each for each in head if self.verdicts[each.row] == place]
        start = max(before, len(head))
        return (moved + self._by_points(start, min(start + near_misses, before + misses)))[:near_misses]

    def placed(self, start: int, stop: int) -> list[Placed]:
        """Positions from `start` + 1 to `stop`, as `variety` has them."""
        head = self._head()
        behind = self._by_points(max(start, len(head)), stop)
        return head[start:stop] + behind

    def _head(self) -> list[Placed]:
        """As far as variety moves anybody; longer and longer heads are looked at until a page is full."""
        movable = self.ranked - self.counts[Verdict.INELIGIBLE]
        reach = FIRST_PAGE * MOST_PER_BANK
        while True:
            rows = [each.row for each in self._by_points(0, min(reach, movable))]
            order, reached = varied_head(self.organizations[rows].tolist())
            if reached < len(rows) or len(rows) == movable:
                break
            reach *= 4
        return [
            Placed(place, rows[index], None if index + 1 == place else index + 1)
            for place, index in enumerate(order, start=1)
        ]

    def _by_points(self, start: int, stop: int) -> list[Placed]:
        """Before variety. Only who ties there is hashed, as the published rule says."""
        found: list[Placed] = []
        before = 0
        for place, count in enumerate(self.counts.values()):
            first, last = max(start - before, 0), min(stop - before, count)
            if first < last:
                rows = self._ordered(np.flatnonzero(self.verdicts == place), first, last)
                found += [Placed(before + at, row) for at, row in enumerate(rows, start=first + 1)]
            before += count
        return found

    def _ordered(self, rows: NDArray[np.intp], start: int, stop: int) -> list[int]:
        """Of the rows of one verdict those at these places."""
        keys = self.keys[rows]
        low, high = np.partition(keys, (start, stop - 1))[[start, stop - 1]]
        near = rows[(keys >= low) & (keys <= high)]
        before = int(np.count_nonzero(keys < low))
        return sorted(near.tolist(), key=self._place)[start - before : stop - before]

    def _place(self, row: int) -> tuple[int, str]:
        return int(self.keys[row]), tie_hash(self.need_id, self.ids[row])


def screen(
    columns: Columns,
    known: Vocabularies,
    ids: NDArray[np.object_],
    request: FinancingRequest,
    listed: NDArray[np.bool_] | None = None,
) -> Screening:
    """All candidates for a request that names none; `listed` marks those that are candidates at all."""
    facts = FactsAtDate(request.facts, request.reference_date)
    terms = reckon_all(columns, known, request, facts)
    judged = judge_all(columns, known, request, facts, terms)
    reliabilities = Reliabilities(request.records, request.city_record)
    total, unknown = totals(Scene(request.need, facts, columns, known, terms, reliabilities), request.weights)
    excluded = _excluded(columns, known, request)
    out = excluded if listed is None else excluded | ~listed
    verdicts = np.where(out, np.uint8(OUT), judged.verdicts)
    counts = np.bincount(verdicts, minlength=OUT + 1)[:OUT]
    return Screening(
        need_id=request.need.need_id,
        ids=ids,
        verdicts=verdicts,
        weighted_totals=total,
        unknown_weights=unknown,
        keys=(LARGEST_TOTAL - total << UNKNOWN_BITS) | unknown,
        organizations=columns.organization,
        counts={verdict: int(count) for verdict, count in zip(Verdict, counts, strict=True)},
        excluded=int(np.count_nonzero(excluded if listed is None else excluded & listed)),
        decisive_facts=_decisive(columns, judged, out),
    )


def _excluded(columns: Columns, known: Vocabularies, request: FinancingRequest) -> NDArray[np.bool_]:
    out = np.zeros(len(columns), dtype=np.bool_)
    need = request.need
    for column, names, excluded in (
        (columns.organization, known.organizations, need.excluded_organization_ids),
        (columns.unit, known.units, need.excluded_unit_ids),
    ):
        numbers = [number for name in excluded if (number := names.find(name)) is not None]
        if numbers:
            out |= np.isin(column, numbers)
    return out


def _decisive(columns: Columns, judged: Judged, out: NDArray[np.bool_]) -> tuple[DecisiveFact, ...]:
    """As `decisive_among` finds them one by one."""
    rows = np.flatnonzero(judged.verdicts == INCOMPLETE)
    here = ~out[rows]
    missing, asked = judged.missing[here], columns.in_words[rows[here]]
    combined, counts = np.unique(missing << np.uint64(1) | asked, return_counts=True)
    return in_decisive_order(_counted(combined.tolist(), counts.tolist()))


def _counted(combined: list[int], counts: list[int]) -> Iterator[DecisiveFact]:
    """From sets of missing answers, as bits above one that says whether the bank is to be asked as well."""
    hanging: dict[Missing, int] = {}
    alone: dict[Missing, int] = {}
    for value, count in zip(combined, counts, strict=True):
        names = marked(value >> 1)
        for name in names:
            hanging[name] = hanging.get(name, 0) + count
            alone[name] = alone.get(name, 0) + count * (len(names) == 1 and not value & 1)
    for name, candidates in hanging.items():
        yield DecisiveFact(missing=name, candidates=candidates, alone=alone[name])
