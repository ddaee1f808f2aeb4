"""Relevance reckoned a second time, naively, from published formulas and plain counts."""

import math
from collections.abc import Mapping, Sequence

Counts = Mapping[str, int]


def shares(
    questions: Sequence[Counts], passages: Sequence[tuple[str, Counts]], usual: Mapping[str, int]
) -> list[int]:
    """Basis points per passage, which is its kind and its counted terms; `usual` lengths in hundredths."""
    asked = [question for question in questions if question]
    found = []
    for kind, counts in passages:
        total = 0
        for term in dict.fromkeys(term for question in asked for term in question):
            if term in counts:
                length = 1.2 * (1 - 0.75 + 0.75 * (100 * sum(counts.values()) / usual[kind]))
                said = int(100 * 2.2 * counts[term] / (counts[term] + length) + 0.5)
                total += said * sum(_weight(question, term, passages, len(asked)) for question in asked)
        found.append(total // 1_000_000)
    return found


def _weight(question: Counts, term: str, passages: Sequence[tuple[str, Counts]], questions: int) -> int:
    own = sum(
        count * _rarity(each, passages) * int(100 * 2.2 * count / (count + 1.2) + 0.5)
        for each, count in question.items()
    )
    return question.get(term, 0) * _rarity(term, passages) * 10_000_000_000 // (max(1, own) * questions)


def _rarity(term: str, passages: Sequence[tuple[str, Counts]]) -> int:
    holding = sum(term in counts for _, counts in passages)
    return round(1_000 * math.log(1 + (len(passages) - holding + 0.5) / (holding + 0.5)))


def value(weighed: Sequence[int]) -> int:
    total = 0
    for place, one in enumerate(sorted(weighed, reverse=True)[:8]):
        total += one * int(10_000 * 0.75**place) // 10_000
    return 10_000 * total // (total + 2_500)
