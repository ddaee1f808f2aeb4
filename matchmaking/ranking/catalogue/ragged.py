"""Lists of numbers of different lengths, one a row, in two arrays. Every list has at least one number."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", bound=np.integer[Any])


@dataclass(frozen=True, slots=True)
class Ragged:
    """Row r has the numbers `values[starts[r]:starts[r + 1]]`; the last start is the end of all."""

    starts: NDArray[np.int32]
    values: NDArray[np.int32]

    @staticmethod
    def of(rows: Iterable[Sequence[int]]) -> "Ragged":
        """ValueError for an empty row, over which nothing can be reduced."""
        listed = list(rows)
        lengths = np.fromiter(map(len, listed), dtype=np.int32, count=len(listed))
        if listed and not lengths.all():
            raise ValueError("ragged_row_empty: put in the number that stands for nothing")
        values = np.fromiter((each for row in listed for each in row), dtype=np.int32)
        return Ragged(_starts(lengths), values)

    @property
    def nbytes(self) -> int:
        return self.starts.nbytes + self.values.nbytes

    def summed(self, amounts: NDArray[np.uint32]) -> NDArray[np.uint32]:
        """For each row the sum of what `amounts` has at its numbers, below 2^32.

        As the difference of running sums, which may wrap around: several times faster than row by row.
        """
        found = amounts[self.values]
        running = np.zeros(len(found) + 1, dtype=np.uint32)
        np.cumsum(found, dtype=np.uint32, out=running[1:])
        return np.diff(running[self.starts])

    def least(self, amounts: NDArray[Number]) -> NDArray[Number]:
        """For each row the least of what `amounts` has at its numbers."""
        return self._reduced(np.minimum, amounts)

    def united(self, marks: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """For each row the union of the bits that `marks` has at its numbers."""
        return self._reduced(np.bitwise_or, marks)

    def _reduced(self, how: np.ufunc, amounts: NDArray[Number]) -> NDArray[Number]:
        found = amounts[self.values]
        # As no row is empty, so many numbers as rows are one a row.
        if len(found) == len(self):
            return found
        reduced: NDArray[Number] = how.reduceat(found, self.starts[:-1])
        return reduced

    def take(self, rows: NDArray[np.intp]) -> "Ragged":
        lengths = np.diff(self.starts)[rows]
        starts = _starts(lengths)
        places = np.arange(starts[-1], dtype=np.int64) + np.repeat(
            self.starts[:-1][rows] - starts[:-1], lengths
        )
        return Ragged(starts, self.values[places])

    @staticmethod
    def joined(parts: Sequence["Ragged"]) -> "Ragged":
        """The rows of all, one part after the other."""
        lengths = np.concatenate([np.diff(part.starts) for part in parts])
        return Ragged(_starts(lengths), np.concatenate([part.values for part in parts]))

    def __len__(self) -> int:
        return len(self.starts) - 1


def _starts(lengths: NDArray[np.int32]) -> NDArray[np.int32]:
    starts = np.zeros(len(lengths) + 1, dtype=np.int32)
    np.cumsum(lengths, out=starts[1:])
    return starts
