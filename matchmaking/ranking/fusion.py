"""How words and meaning become one number: per passage, then per candidate. Whole numbers throughout.

A passage has a share, how much of the question its words say, and a closeness, how far its vector stands
above what is usual for the question. They are added, so that a passage needs one of them. A candidate's
passages are taken from the best down, each counting three quarters of the one before: evidence adds up, and
each further text tells less. docs/evaluation.md tells what the constants were chosen on.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]

FULL = 10_000
MOST_PASSAGES = 8
# Of unrelated texts one in six stands a standard deviation above the usual similarity: that tells nothing.
# Each further one counts as much as saying 6 % of the question.
CLOSENESS_PER_SPREAD = 600
# Similarities of few passages scatter by chance: less than this many basis points is never told apart.
LEAST_SPREAD = 50
# A candidate that says this much of the question, or is as close, reads as half.
HALF = 2_500
_COUNTS = tuple(int(FULL * 0.75**place) for place in range(MOST_PASSAGES))


def fused_hundredths(values: Sequence[int]) -> int:
    """From 0 to 10,000 for the weighed passages of one candidate."""
    best = sorted(values, reverse=True)[:MOST_PASSAGES]
    total = sum(value * counts // FULL for value, counts in zip(best, _COUNTS, strict=False))
    return FULL * total // (total + HALF)


def fused_all(values: Whole, starts: Whole) -> Whole:
    """`fused_hundredths` for many: passages of a candidate stand together, `starts` tells where each begins.

    `starts` has one entry more than there are candidates, the number of passages.
    """
    sizes = np.diff(starts)
    total = np.zeros(len(sizes), dtype=np.int64)
    for size in np.flatnonzero(np.bincount(sizes)).tolist():
        rows = np.flatnonzero(sizes == size)
        first = starts[rows]
        total[rows] = _totals([values[first + place] for place in range(size)], len(rows))
    fused: Whole = FULL * total // (total + HALF)
    return fused


def _totals(columns: list[Whole], candidates: int) -> Whole:
    """Of candidates with as many passages each, a column for each of these; the columns are spent.

    The largest left is brought to the front again and again: for few columns cheaper than sorting rows.
    """
    total = np.zeros(candidates, dtype=np.int64)
    for place, counts in enumerate(_COUNTS[: len(columns)]):
        best = columns[place]
        for other in range(place + 1, len(columns)):
            best, columns[other] = np.maximum(best, columns[other]), np.minimum(best, columns[other])
        total += best * counts // FULL
    return total


def closeness(similarities: Whole, usual: Whole, spread: Whole) -> Whole:
    """The mean over the questions, which count evenly, in basis points: shape (n, questions) to (n,).

    From similarities, their mean and their standard deviation in basis points of the cosine.
    """
    least = np.maximum(LEAST_SPREAD, spread)
    above = CLOSENESS_PER_SPREAD * (similarities - usual - least) // least
    mean: Whole = np.maximum(0, above).sum(axis=1) // similarities.shape[1]
    return mean
