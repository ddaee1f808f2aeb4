"""The passages of all candidates in columns: how much of a question each says, and how close each is to it.

An index is never changed: `changed` gives another that shares what stayed. It consists of segments, the first
large, the others of later changes; a candidate that was replaced or removed stays in its segment and counts
nowhere. `compacted` makes one segment again. What is usual in length is measured when an index is built and
stays as it is: a length that crept with every change would change every value.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matchmaking.ranking.counting import number_of
from matchmaking.ranking.fusion import Whole
from matchmaking.ranking.passages import WEIGHT_PERCENT
from matchmaking.ranking.segments import (
    KINDS,
    IndexEntry,
    Segment,
    living,
    one_of,
    segment_of,
    without,
)
from matchmaking.ranking.text_query import UNIT, Reading, TextStatistics, asked_terms, weights_of
from matchmaking.ranking.vectors import Rows
from matchmaking.ranking.words import term_counts
from schemas.vocabulary import CapabilityText

_WEIGHTS = np.array([WEIGHT_PERCENT.get(kind, 0) for kind in KINDS], dtype=np.int64)
# More segments than this cost each question more than making one of them.
MOST_SEGMENTS = 16


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns over all segments. By row: `keys`, `live`, and `starts`, where its passages begin (one more).

    By passage: `weights_percent` (0 when its candidate no longer stands), `standing`, and `held`, whether it
    stands and has a vector.
    """

    keys: tuple[str, ...]
    live: NDArray[np.bool_]
    starts: Whole
    weights_percent: Whole
    standing: NDArray[np.bool_]
    held: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class TextIndex:
    """Rows number candidates over all segments, in their order; so are passages numbered. Use `build`.

    `words` numbers stems and long words; it only grows, so that older indexes may go on reading it.
    """

    segments: tuple[Segment, ...]
    layout: Layout
    usual_lengths: Mapping[CapabilityText, int]
    rows: Mapping[str, int]
    words: dict[str, int]
    dimension: int

    @staticmethod
    def build(
        entries: Iterable[IndexEntry],
        usual_lengths: Mapping[CapabilityText, int] | None = None,
        dimension: int = 0,
    ) -> "TextIndex":
        """`dimension` is that of the vectors; with 0 there are none. Each key may stand once."""
        words: dict[str, int] = {}
        segment, usual = segment_of(list(entries), words, dimension, usual_lengths)
        rows = {key: row for row, key in enumerate(segment.keys)}
        return TextIndex((segment,), _layout((segment,)), usual, rows, words, dimension)

    def changed(self, entries: Iterable[IndexEntry], removed: Iterable[str] = ()) -> "TextIndex":
        """With `entries` added, or in place of those with their keys, and without those `removed`."""
        listed = list(entries)
        gone = {*removed, *(entry.key for entry in listed)} & self.rows.keys()
        added, _ = segment_of(listed, self.words, self.dimension, self.usual_lengths)
        rows = dict(self.rows)
        struck = sorted(rows.pop(key) for key in gone)
        rows |= {key: len(self.layout.keys) + place for place, key in enumerate(added.keys)}
        segments = (*self._without(struck), *((added,) if listed else ()))
        found = replace(self, segments=segments, layout=_layout(segments), rows=rows)
        return found.compacted() if len(segments) > MOST_SEGMENTS else found

    def compacted(self) -> "TextIndex":
        """The same candidates in one segment; rows are numbered anew, values stay."""
        segment = one_of([living(segment) for segment in self.segments])
        rows = {key: row for row, key in enumerate(segment.keys)}
        return replace(self, segments=(segment,), layout=_layout((segment,)), rows=rows)

    @property
    def bytes(self) -> int:
        """Of the columns; keys and terms are counted by the interpreter."""
        return sum(segment.bytes for segment in self.segments)

    def statistics(self, questions: Sequence[str], read: Reading = term_counts) -> TextStatistics:
        """What is usual among all that stands, for the terms of these questions."""
        asked = asked_terms(questions, read)
        numbers = self._numbers(asked)
        holding = np.zeros(len(asked), dtype=np.int64)
        for segment in self.segments:
            standing = None if segment.live.all() else segment.standing
            holding += segment.postings.holding(numbers, standing)
        return TextStatistics(
            passages=int(self.layout.standing.sum()),
            holding=dict(zip(asked, holding.tolist(), strict=True)),
            usual_lengths=self.usual_lengths,
        )

    def shares(
        self,
        questions: Sequence[str],
        statistics: TextStatistics | None = None,
        read: Reading = term_counts,
    ) -> Whole:
        """By passage, how much of the questions its words say, in basis points.

        A text shorter than is usual of its kind may say more than 10,000.
        """
        asked = weights_of(questions, statistics or self.statistics(questions, read), read)
        numbers, weights = self._numbers(asked), np.array(list(asked.values()), dtype=np.int64)
        added = [one.postings.shares(numbers, weights, len(one.kinds)) for one in self.segments]
        return np.concatenate(added) // UNIT

    def _numbers(self, terms: Iterable[str]) -> Whole:
        return np.array([number_of(term, self.words) for term in terms], dtype=np.int64)

    def similarities(self, questions: Rows) -> Whole:
        """By passage and question, basis points of the cosine; 0 where there is no vector."""
        return np.concatenate([one.vectors.similarities(questions) for one in self.segments if one.vectors])

    def _without(self, rows: Sequence[int]) -> list[Segment]:
        gone, first, kept = np.array(rows, dtype=np.int64), 0, []
        for segment in self.segments:
            last = first + len(segment.keys)
            kept.append(without(segment, gone[(gone >= first) & (gone < last)] - first))
            first = last
        return kept


def _layout(segments: Sequence[Segment]) -> Layout:
    standing = [segment.standing for segment in segments]
    sizes = np.concatenate([np.diff(segment.starts) for segment in segments])
    weights = [_WEIGHTS[one.kinds] * stands for one, stands in zip(segments, standing, strict=True)]
    held = [
        stands & one.vectors.held if one.vectors else np.zeros(len(stands), dtype=np.bool_)
        for one, stands in zip(segments, standing, strict=True)
    ]
    return Layout(
        keys=tuple(key for segment in segments for key in segment.keys),
        live=np.concatenate([segment.live for segment in segments]),
        starts=np.concatenate(([0], np.cumsum(sizes))).astype(np.int64),
        weights_percent=np.concatenate(weights),
        standing=np.concatenate(standing),
        held=np.concatenate(held),
    )
