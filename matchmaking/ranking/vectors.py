"""Vectors of passages as whole numbers of eight bits, and how similar each is to a question.

An eighth of the memory of double precision and one pass of whole-number products; the scale of each row is
kept, so that a cosine is right to about a thousandth.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numkong
import numpy as np
from numpy.typing import NDArray

from matchmaking.ranking.fusion import FULL, Whole

LARGEST = 127
Rows = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class VectorColumns:
    """Rows in the order of passages. `scales` times `rows` is the vector; 0 for a passage that has none."""

    rows: NDArray[np.int8]
    scales: NDArray[np.float32]

    @property
    def dimension(self) -> int:
        return int(self.rows.shape[1])

    @property
    def held(self) -> NDArray[np.bool_]:
        """Which passages have a vector."""
        return self.scales > 0

    @property
    def bytes(self) -> int:
        return self.rows.nbytes + self.scales.nbytes

    def similarities(self, questions: Rows) -> Whole:
        """Cosines in basis points, shape (passages, questions); those without a vector read 0."""
        asked = columns_of(np.atleast_2d(questions))
        if not len(self.rows):
            return np.zeros((0, len(asked.rows)), dtype=np.int64)
        products = np.asarray(numkong.cdist(asked.rows, self.rows, "dot"))
        scale = asked.scales.astype(np.float64)[:, None] * self.scales.astype(np.float64)
        return np.rint(FULL * products * scale).astype(np.int64).T

    def chosen(self, places: NDArray[np.int64]) -> "VectorColumns":
        return VectorColumns(self.rows[places], self.scales[places])


def columns_of(vectors: Rows) -> VectorColumns:
    """From vectors of length one, shape (n, d); a row of zeros stands for no vector."""
    largest = np.abs(vectors).max(axis=1, initial=0).astype(np.float32)
    divisors = np.where(largest > 0, largest, 1)[:, None]
    rows = np.rint(vectors / divisors * LARGEST).astype(np.int8)
    return VectorColumns(rows, largest / np.float32(LARGEST))


def joined(columns: Sequence[VectorColumns]) -> VectorColumns:
    return VectorColumns(
        np.concatenate([one.rows for one in columns]), np.concatenate([one.scales for one in columns])
    )


@dataclass(frozen=True, slots=True)
class Usual:
    """Mean and standard deviation of the similarities to each question, basis points of the cosine."""

    mean: tuple[int, ...]
    spread: tuple[int, ...]


def usual_of(similarities: Whole, held: NDArray[np.bool_]) -> Usual:
    if not held.any():
        return Usual((0,) * similarities.shape[1], (0,) * similarities.shape[1])
    # A question after the other: numbers that stand together are added several times as fast.
    found = np.ascontiguousarray(similarities.T)
    found = found if held.all() else found[:, held]
    return Usual(
        tuple(int(value) for value in np.rint(found.mean(axis=1))),
        tuple(int(value) for value in np.rint(found.std(axis=1))),
    )
