"""Counts the terms of many passages at once, the same as `Passage.counts` does for one.

A character is its own number and a pair is those of both, so that neither is looked up; stems and long words
get the next number when they are met first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaking.ranking.fusion import Whole
from matchmaking.ranking.passages import TITLE_TIMES, Passage
from matchmaking.ranking.words import is_chinese, read_text
from schemas.vocabulary import CapabilityText

PAIR = 2
CHARACTER_BITS = 21
FIRST_WORD = 1 << (PAIR * CHARACTER_BITS + 1)

Numbers = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Counted:
    """Each term of each passage once, by term and then passage; `lengths` are terms per passage."""

    terms: Whole
    passages: Numbers
    counts: Numbers
    lengths: Whole


def number_of(term: str, words: Mapping[str, int]) -> int:
    """-1 for a word that was never met."""
    if len(term) <= PAIR and is_chinese(term):
        return ord(term) if len(term) == 1 else ord(term[0]) << CHARACTER_BITS | ord(term[1])
    return words.get(term, -1)


def counted(passages: Sequence[Passage], words: dict[str, int]) -> Counted:
    """New words get numbers in `words`."""
    stretches: list[str] = []
    stretched: list[tuple[int, int]] = []
    terms: list[int] = []
    met: list[tuple[int, int]] = []
    for place, passage in enumerate(passages):
        for kind, text in passage.parts:
            read, said = read_text(text), (place, TITLE_TIMES if kind is CapabilityText.TITLE else 1)
            stretches += read.stretches
            stretched += [said] * len(read.stretches)
            terms += [words.setdefault(word, FIRST_WORD + len(words)) for word in read.words]
            met += [said] * len(read.words)
    characters, where = _characters(stretches, np.array(stretched, dtype=np.int32).reshape(-1, 2))
    found = np.array(met, dtype=np.int32).reshape(-1, 2)
    return _each_once(
        np.concatenate([characters, np.array(terms, dtype=np.int64)]),
        np.concatenate([where, found]),
        len(passages),
    )


def _characters(stretches: Sequence[str], said: Numbers) -> tuple[Whole, Numbers]:
    """Characters and pairs of all stretches, with passage and times of each."""
    codes = np.frombuffer("\0".join([*stretches, ""]).encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    where = np.repeat(said, [len(stretch) + 1 for stretch in stretches], axis=0)
    single = codes > 0
    both = single[:-1] & single[1:]
    pairs = codes[:-1][both] << CHARACTER_BITS | codes[1:][both]
    return np.concatenate([codes[single], pairs]), np.concatenate([where[single], where[:-1][both]])


def _each_once(terms: Whole, said: Numbers, passages: int) -> Counted:
    lengths = np.bincount(said[:, 0], said[:, 1], passages).astype(np.int64)
    order = np.argsort(terms, kind="stable")
    ordered, places, times = terms[order], said[order, 0], said[order, 1]
    new = (np.diff(ordered, prepend=-1) != 0) | (np.diff(places, prepend=-1) != 0)
    begins = np.flatnonzero(new)
    counts = np.add.reduceat(times, begins) if len(begins) else times
    return Counted(ordered[begins], places[begins], counts.astype(np.int32), lengths)
