"""Which passages hold a term and how much each occurrence says, in columns that are never changed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaking.ranking.counting import Counted, Numbers
from matchmaking.ranking.fusion import Whole
from matchmaking.ranking.text_query import LENGTH_SHARE, SATURATION

# A term that more passages hold is added by itself.
OFTEN = 2_000


@dataclass(frozen=True, slots=True)
class Postings:
    """`terms` ascend; those of `terms[i]` stand from `starts[i]` to `starts[i + 1]`, passages ascending.

    `saturations` are hundredths of `text_query.saturation`.
    """

    terms: Whole
    starts: Whole
    passages: Numbers
    saturations: NDArray[np.uint8]

    @property
    def bytes(self) -> int:
        return sum(one.nbytes for one in (self.terms, self.starts, self.passages, self.saturations))

    def of(self, terms: Whole) -> tuple[Whole, Whole]:
        """Where those of each term begin and end, both 0 for a term that nothing here holds."""
        if not len(self.terms):
            return np.zeros_like(terms), np.zeros_like(terms)
        places = np.minimum(np.searchsorted(self.terms, terms), len(self.terms) - 1)
        found = self.terms[places] == terms
        return self.starts[places] * found, self.starts[places + 1] * found

    def holding(self, terms: Whole, live: NDArray[np.bool_] | None) -> Whole:
        """How many passages hold each term; with `live`, only of those that still stand."""
        begins, ends = self.of(terms)
        if live is None:
            return ends - begins
        each = zip(begins.tolist(), ends.tolist(), strict=True)
        counted = [np.count_nonzero(live[self.passages[begin:end]]) for begin, end in each]
        return np.array(counted, dtype=np.int64)

    def shares(self, terms: Whole, weights: Whole, passages: int) -> Whole:
        """Weights times saturations, added up per passage; exact, since all sums stay below 2^53."""
        begins, ends = self.of(terms)
        sizes = ends - begins
        added = self._of_rare(begins, sizes, weights, passages)
        for place in np.flatnonzero(sizes > OFTEN).tolist():
            found = slice(begins[place], ends[place])
            added[self.passages[found]] += self.saturations[found] * weights[place]
        return added

    def _of_rare(self, begins: Whole, sizes: Whole, weights: Whole, passages: int) -> Whole:
        """Those that few hold, all at once: a call per term would cost more than its postings."""
        rare = (sizes > 0) & (sizes <= OFTEN)
        first, size, weight = begins[rare], sizes[rare], weights[rare]
        before = np.cumsum(size) - size
        each = np.arange(size.sum()) + np.repeat(first - before, size)
        products = self.saturations[each] * np.repeat(weight, size)
        return np.bincount(self.passages[each], products, passages).astype(np.int64)

    def kept(self, kept: NDArray[np.bool_]) -> "Postings":
        """Without the passages that fell away; those that stay are numbered anew in their order."""
        stays = kept[self.passages]
        renumbered = np.cumsum(kept, dtype=np.int32) - 1
        terms = np.repeat(self.terms, np.diff(self.starts))
        return _grouped(terms[stays], renumbered[self.passages[stays]], self.saturations[stays])


def postings_of(found: Counted, usual_lengths: Whole) -> Postings:
    """`usual_lengths` are per passage what is usual of its kind, in hundredths of a term."""
    damped = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * (100 * found.lengths / usual_lengths))
    saturations = 100 * (SATURATION + 1) * found.counts / (found.counts + damped[found.passages]) + 0.5
    return _grouped(found.terms, found.passages, saturations.astype(np.uint8))


def merged(parts: Sequence[Postings], offsets: Sequence[int]) -> Postings:
    """One after the other, the passages of each numbered from its offset."""
    return _grouped(
        np.concatenate([np.repeat(one.terms, np.diff(one.starts)) for one in parts]),
        np.concatenate([one.passages + np.int32(offset) for one, offset in zip(parts, offsets, strict=True)]),
        np.concatenate([one.saturations for one in parts]),
    )


def _grouped(terms: Whole, passages: Numbers, saturations: NDArray[np.uint8]) -> Postings:
    """Stable, so that passages ascend within a term; sorted parts one after the other are merged fast."""
    order = np.argsort(terms, kind="stable")
    grouped = terms[order]
    begins = np.flatnonzero(np.diff(grouped, prepend=-1))
    starts = np.append(begins, len(grouped)).astype(np.int64)
    return Postings(grouped[begins], starts, passages[order].astype(np.int32), saturations[order])
