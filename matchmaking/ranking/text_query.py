"""What is asked, in whole numbers: what each term adds, so that a text that says all of it has said 10,000.

The formula is BM25 (Robertson and Zaragoza 2009) with the rarity of Lucene, which is never negative, divided
by what the question would score against itself: so values of different demands compare. Every sum is of whole
numbers, in any order the same.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from matchmaking.ranking.words import term_counts
from schemas.vocabulary import CapabilityText

# How a question is read; an evaluation may leave a part of it out.
Reading = Callable[[str], Mapping[str, int]]

SATURATION = 1.2
LENGTH_SHARE = 0.75
FULL = 10_000
RARITIES_KEPT = 20_000
# A weight times a saturation in hundredths, divided by this, is basis points of the question.
UNIT = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TextStatistics:
    """What is usual among the texts that a question was put to, frozen with the run.

    `passages` counts them, `holding` those that hold a term of the question, and `usual_lengths` are terms
    per passage of a kind, in hundredths.
    """

    passages: int
    holding: Mapping[str, int]
    usual_lengths: Mapping[CapabilityText, int]


@lru_cache(maxsize=RARITIES_KEPT)
def rarity(passages: int, holding: int) -> int:
    """Inverse document frequency in thousandths; the only logarithm, rounded."""
    return round(1_000 * math.log(1 + (passages - holding + 0.5) / (holding + 0.5)))


def damping(length: int, usual_length: int) -> float:
    """The longer a text of its kind, the less each word says. Lengths are terms, usual ones in hundredths."""
    return SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * (100 * length / usual_length))


def saturation(count: int, damped: float) -> int:
    """A term said again adds less each time. Hundredths, at most 220."""
    return int(100 * (SATURATION + 1) * count / (count + damped) + 0.5)


def asked_terms(texts: Sequence[str], read: Reading = term_counts) -> list[str]:
    """Every term of the question once, in the order of its texts."""
    return list(dict.fromkeys(term for text in texts for term in read(text)))


def weights_of(
    texts: Sequence[str], statistics: TextStatistics, read: Reading = term_counts
) -> dict[str, int]:
    """What a term adds per hundredth of saturation; texts that say anything count evenly."""
    told = [counts for text in texts if (counts := read(text))]
    weights: dict[str, int] = {}
    for counts in told:
        rare = {
            term: count * rarity(statistics.passages, statistics.holding.get(term, 0))
            for term, count in counts.items()
        }
        own = sum(value * saturation(counts[term], SATURATION) for term, value in rare.items())
        for term, value in rare.items():
            weights[term] = weights.get(term, 0) + value * UNIT * FULL // (max(1, own) * len(told))
    return weights
