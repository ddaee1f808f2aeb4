"""How good an order is: nDCG@10 with linear gain, Recall@20, MRR; what is not judged is worth nothing.

Intervals are 95 % of the means of seeded resamples over the questions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2

import numpy as np
from numpy.typing import NDArray

DEPTH = 10
RECALL_DEPTH = 20
SAMPLES = 2_000
SEED = 20_251_120
_CHUNK = 250

Figures = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure for each judged question."""

    ndcg: Figures
    recall: Figures
    reciprocal_rank: Figures


def measured(ranks: Sequence[Mapping[int, int]], gains: Sequence[Mapping[int, int]]) -> Measured:
    """Per question the ranks from 1 of its useful documents, and what each is worth."""
    pairs = list(zip(ranks, gains, strict=True))
    return Measured(
        np.array([normalized_gain(found, worth) for found, worth in pairs]),
        np.array([_recall(found, worth) for found, worth in pairs]),
        np.array([1 / min(found.values(), default=np.inf) for found, _ in pairs]),
    )


def ranks_of(
    scores: Figures, useful: Sequence[int], listed: NDArray[np.int64] | None = None
) -> dict[int, int]:
    """Ranks from 1 of useful documents; of equal scores the first stands first, NaN stands last.

    With `listed` only these places are ranked; what is useful and not among them has no rank.
    """
    clean = np.nan_to_num(scores, nan=-np.inf, neginf=-np.inf)
    places = np.arange(len(clean)) if listed is None else listed
    among = clean[places]
    found = {}
    for place in useful:
        if listed is None or place in listed:
            before = int(np.count_nonzero(among > clean[place]))
            found[place] = 1 + before + int(np.count_nonzero((among == clean[place]) & (places < place)))
    return found


def normalized_gain(ranks: Mapping[int, int], gains: Mapping[int, int]) -> float:
    """Discounted gain of the first ten, divided by that of the best order possible."""
    reached = sum(gains[place] / log2(rank + 1) for place, rank in ranks.items() if rank <= DEPTH)
    best = sorted((gain for gain in gains.values() if gain > 0), reverse=True)[:DEPTH]
    return reached / sum(gain / log2(rank + 1) for rank, gain in enumerate(best, start=1))


def _recall(ranks: Mapping[int, int], gains: Mapping[int, int]) -> float:
    return sum(rank <= RECALL_DEPTH for rank in ranks.values()) / sum(gain > 0 for gain in gains.values())


def interval(values: Figures) -> tuple[float, float]:
    random = np.random.default_rng(SEED)
    chunks = [
        values[random.integers(0, len(values), (_CHUNK, len(values)))].mean(axis=1)
        for _ in range(SAMPLES // _CHUNK)
    ]
    low, high = np.percentile(np.concatenate(chunks), [2.5, 97.5])
    return float(low), float(high)
