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
# One standard deviation above the usual similarity counts as much as saying 6 % of the question.
CLOSENESS_PER_SPREAD = 600
# Similarities of few passages scatter by chance: less than this many basis points is never told apart.
LEAST_SPREAD = 50
# A candidate that says this much of the question, or is as close, reads as half.
HALF = 2_500
_COUNTS = tuple(int(FULL * 0.75**place) for place in range(MOST_PASSAGES))
_DIGITS = 20


def closeness(similarity: int, usual: int, spread: int) -> int:
    """Basis points, from similarity, its mean and its standard deviation in basis points of the cosine."""
    return max(0, CLOSENESS_PER_SPREAD * (similarity - usual) // max(LEAST_SPREAD, spread))


def weighed(share: int, close: int, weight_percent: int) -> int:
    return (share + close) * weight_percent // 100


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
    if not len(values):
        return np.zeros(len(sizes), dtype=np.int64)
    owners = np.repeat(np.arange(len(sizes)), sizes)
    best = values if sizes.max() == 1 else _best_first(values, owners)
    places = np.arange(len(values)) - starts[:-1][owners]
    counts = np.array([*_COUNTS, 0], dtype=np.int64)[np.minimum(places, MOST_PASSAGES)]
    ends = np.concatenate(([0], np.cumsum(best * counts // FULL)))
    total = ends[starts[1:]] - ends[starts[:-1]]
    values_of_all: Whole = FULL * total // (total + HALF)
    return values_of_all


def _best_first(values: Whole, owners: Whole) -> Whole:
    """Sorted within each owner by one sort of numbers: owner above, what is missing to the most below."""
    most = (1 << _DIGITS) - 1
    ordered = np.sort((owners << _DIGITS) | (most - np.minimum(values, most)))
    best: Whole = most - (ordered & most)
    return best


def all_closeness(similarities: Whole, usual: Whole, spread: Whole) -> Whole:
    """The mean of `closeness` over the questions, which count evenly: shape (n, questions) to (n,)."""
    above = CLOSENESS_PER_SPREAD * (similarities - usual) // np.maximum(LEAST_SPREAD, spread)
    mean: Whole = np.maximum(0, above).sum(axis=1) // similarities.shape[1]
    return mean
