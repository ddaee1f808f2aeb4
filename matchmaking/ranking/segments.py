"""A part of the text index: candidates that were read together, their passages in columns, never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaking.ranking.counting import counted
from matchmaking.ranking.fusion import Whole
from matchmaking.ranking.passages import Passage
from matchmaking.ranking.postings import Postings, merged, postings_of
from matchmaking.ranking.vectors import Rows, VectorColumns, columns_of, joined
from schemas.vocabulary import CapabilityText

KINDS = tuple(CapabilityText)
SHORTEST_USUAL = 100
# Counting takes some 50 bytes for each character of a passage: so many at once take about a third of a GiB.
PASSAGES_AT_ONCE = 65_536
ENTRIES_AT_ONCE = 8_192


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """A candidate to be read. `vectors` has a row per passage, zeros where there is none; None for none."""

    key: str
    passages: tuple[Passage, ...]
    vectors: Rows | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """`starts` tells where the passages of each key begin, with the number of passages at the end.

    `live` is per key, whether it still stands. `kinds` are places in `KINDS`.
    """

    keys: tuple[str, ...]
    starts: Whole
    kinds: NDArray[np.int8]
    postings: Postings
    vectors: VectorColumns | None
    live: NDArray[np.bool_]

    @property
    def standing(self) -> NDArray[np.bool_]:
        """By passage, whether its candidate still stands."""
        return np.repeat(self.live, np.diff(self.starts))

    @property
    def bytes(self) -> int:
        columns = self.starts.nbytes + self.kinds.nbytes + self.live.nbytes
        return columns + self.postings.bytes + (self.vectors.bytes if self.vectors else 0)


def kinds_of(passages: Sequence[Passage]) -> NDArray[np.int8]:
    return np.array([KINDS.index(passage.text) for passage in passages], dtype=np.int8)


def usual_lengths_of(kinds: NDArray[np.int8], lengths: Whole) -> dict[CapabilityText, int]:
    """Mean terms of the passages of each kind, in hundredths, at least one term."""
    held = np.bincount(kinds, minlength=len(KINDS)).tolist()
    total = np.bincount(kinds, lengths, len(KINDS)).astype(np.int64).tolist()
    return {
        kind: max(SHORTEST_USUAL, 100 * total[place] // max(1, held[place]))
        for place, kind in enumerate(KINDS)
    }


def segment_of(
    entries: Sequence[IndexEntry],
    words: dict[str, int],
    dimension: int,
    usual_lengths: Mapping[CapabilityText, int] | None = None,
) -> tuple[Segment, Mapping[CapabilityText, int]]:
    """With what is usual in length, measured here unless it is given; new words get numbers."""
    passages = [passage for entry in entries for passage in entry.passages]
    firsts = range(0, max(1, len(passages)), PASSAGES_AT_ONCE)
    parts = [counted(passages[first : first + PASSAGES_AT_ONCE], words) for first in firsts]
    kinds, lengths = kinds_of(passages), np.concatenate([part.lengths for part in parts])
    usual_lengths = usual_lengths or usual_lengths_of(kinds, lengths)
    usual = np.array([usual_lengths[kind] for kind in KINDS], dtype=np.int64)[kinds]
    postings = [
        postings_of(part, usual[first : first + PASSAGES_AT_ONCE])
        for part, first in zip(parts, firsts, strict=True)
    ]
    segment = Segment(
        keys=tuple(entry.key for entry in entries),
        starts=np.cumsum([0, *(len(entry.passages) for entry in entries)], dtype=np.int64),
        kinds=kinds,
        postings=postings[0] if len(postings) == 1 else merged(postings, firsts),
        vectors=_vectors(entries, dimension) if dimension else None,
        live=np.ones(len(entries), dtype=np.bool_),
    )
    return segment, usual_lengths


def _vectors(entries: Sequence[IndexEntry], dimension: int) -> VectorColumns:
    """Some at once, since they come four times as large as they are kept."""
    none = np.zeros((0, dimension), dtype=np.float32)
    firsts = range(0, max(1, len(entries)), ENTRIES_AT_ONCE)
    parts = (entries[first : first + ENTRIES_AT_ONCE] for first in firsts)
    return joined(
        [columns_of(np.concatenate([none, *(_rows(one, dimension) for one in part)])) for part in parts]
    )


def _rows(entry: IndexEntry, dimension: int) -> Rows:
    if entry.vectors is None:
        return np.zeros((len(entry.passages), dimension), dtype=np.float32)
    return entry.vectors


def without(segment: Segment, rows: NDArray[np.int64]) -> Segment:
    """The same with candidates struck out, by their places."""
    if not len(rows):
        return segment
    live = segment.live.copy()
    live[rows] = False
    return Segment(segment.keys, segment.starts, segment.kinds, segment.postings, segment.vectors, live)


def living(segment: Segment) -> Segment:
    """Without those that no longer stand."""
    if segment.live.all():
        return segment
    standing = segment.standing
    sizes = np.diff(segment.starts)[segment.live]
    return Segment(
        keys=tuple(key for key, live in zip(segment.keys, segment.live, strict=True) if live),
        starts=np.concatenate(([0], np.cumsum(sizes))),
        kinds=segment.kinds[standing],
        postings=segment.postings.kept(standing),
        vectors=segment.vectors and segment.vectors.chosen(np.flatnonzero(standing)),
        live=np.ones(len(sizes), dtype=np.bool_),
    )


def one_of(segments: Sequence[Segment]) -> Segment:
    """One segment with the candidates of all, in their order."""
    sizes = [len(segment.kinds) for segment in segments]
    offsets = [sum(sizes[:place]) for place in range(len(sizes))]
    starts = [one.starts[:-1] + first for one, first in zip(segments, offsets, strict=True)]
    vectors = [segment.vectors for segment in segments if segment.vectors is not None]
    return Segment(
        keys=tuple(key for segment in segments for key in segment.keys),
        starts=np.concatenate([*starts, np.array([sum(sizes)], dtype=np.int64)]),
        kinds=np.concatenate([segment.kinds for segment in segments]),
        postings=merged([segment.postings for segment in segments], offsets),
        vectors=joined(vectors) if vectors else None,
        live=np.concatenate([segment.live for segment in segments]),
    )
