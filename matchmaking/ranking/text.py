"""Lexical relevance: how much of what a demand says is also said by each text of a candidate.

BM25 over the candidates at hand, divided by the score that the query would give itself, in basis points, so
that values of different demands can be compared. Pure and reproducible: no sum runs over a set, and the only
logarithm is rounded.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from matchmaking.ranking.words import is_chinese, runs_of, term_counts, terms_of
from schemas.vocabulary import CapabilityText

SATURATION = 1.2
LENGTH_SHARE = 0.75
FULL = 10_000

Texts = Mapping[CapabilityText, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Share:
    """How much of the query one text of a candidate says; `place` counts from 0 among texts of its kind."""

    text: CapabilityText
    place: int
    share_basis_points: int


@dataclass(frozen=True, slots=True)
class _Entry:
    """One text of a candidate, counted. `length` counts its terms."""

    text: CapabilityText
    place: int
    counts: Mapping[str, int]
    length: int


class TextCollection:
    """The texts of all candidates, and what is usual among them: how rare a term is, how long a text."""

    def __init__(self, candidates: Sequence[Texts]) -> None:
        self._candidates = [_entries(texts) for texts in candidates]
        self._holding: Counter[str] = Counter()
        lengths: dict[CapabilityText, list[int]] = {}
        for entries in self._candidates:
            self._holding.update({term for entry in entries for term in entry.counts})
            for entry in entries:
                lengths.setdefault(entry.text, []).append(entry.length)
        self._usual_length = {kind: (sum(found) or 1) / len(found) for kind, found in lengths.items()}
        self._rarity: dict[int, float] = {}

    def rarity(self, term: str) -> float:
        """BM25's inverse document frequency; a term that no candidate holds is the rarest."""
        holding = self._holding[term]
        known = self._rarity.get(holding)
        if known is None:
            absent = len(self._candidates) - holding
            known = self._rarity[holding] = round(math.log(1 + (absent + 0.5) / (holding + 0.5)), 6)
        return known

    def shares(self, queries: Sequence[tuple[str, int]]) -> list[list[Share]]:
        """For each candidate its texts that say anything of the queries, in the order of its texts.

        Each query comes with its weight in percent; together they weigh 100.
        """
        weighed = [(self._query(text), percent) for text, percent in queries]
        return [
            [
                Share(entry.text, entry.place, share)
                for entry in entries
                if (share := self._share(weighed, entry))
            ]
            for entries in self._candidates
        ]

    def _query(self, text: str) -> "_Query":
        counts = term_counts(text)
        weights = {term: count * self.rarity(term) for term, count in counts.items()}
        own = sum(weight * _saturated(counts[term], SATURATION) for term, weight in weights.items())
        return _Query(weights, own)

    def _share(self, queries: Sequence[tuple["_Query", int]], entry: _Entry) -> int:
        usual = self._usual_length[entry.text]
        damping = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * entry.length / usual)
        total = 0
        for query, percent in queries:
            score = sum(
                weight * _saturated(entry.counts[term], damping)
                for term, weight in _common(query.weights, entry.counts)
            )
            total += percent * min(FULL, int(FULL * score / query.own)) if score else 0
        return total // 100


@dataclass(frozen=True, slots=True)
class _Query:
    """What each term of a query adds per unit of saturation, and what the query scores against itself."""

    weights: Mapping[str, float]
    own: float


def _entries(texts: Texts) -> list[_Entry]:
    return [
        _Entry(kind, place, counts, sum(counts.values()))
        for kind, entries in texts.items()
        for place, counts in enumerate(term_counts(entry) for entry in entries)
    ]


def _common(weights: Mapping[str, float], counts: Mapping[str, int]) -> Iterable[tuple[str, float]]:
    """Weighed terms that are counted too, walking the shorter of the two."""
    if len(weights) <= len(counts):
        return ((term, weight) for term, weight in weights.items() if term in counts)
    return ((term, weights[term]) for term in counts if term in weights)


def _saturated(count: int, damping: float) -> float:
    """BM25: a term said again adds less each time, and less in a text longer than usual."""
    return count * (SATURATION + 1) / (count + damping)


class QueryPhrases:
    """The runs of a query, to be looked for in many texts."""

    def __init__(self, query: str) -> None:
        self._runs = list(dict.fromkeys(runs_of(query)))
        self._where: dict[str, list[int]] = {}
        for number, run in enumerate(self._runs):
            for term in terms_of(run):
                if term == run or len(term) > 1:
                    self._where.setdefault(term, []).append(number)

    def shared_with(self, text: str, collection: TextCollection, most: int) -> tuple[str, ...]:
        """What both say, the rarest first: stretches of at least two characters, and words."""
        held = term_counts(text)
        touched = sorted({number for term in held for number in self._where.get(term, ())})
        found = dict.fromkeys(
            phrase for number in touched for phrase in _held_stretches(self._runs[number], held)
        )
        return tuple(sorted(found, key=lambda phrase: (-_rarity_of(phrase, collection), phrase))[:most])


def _rarity_of(phrase: str, collection: TextCollection) -> float:
    return sum(collection.rarity(term) for term in terms_of(phrase))


def _held_stretches(run: str, held: Mapping[str, int]) -> Iterable[str]:
    """Longest stretches of a run whose every pair of neighbours the text holds; words whole."""
    if not is_chinese(run):
        return [run] if run in held else []
    found, start = [], 0
    for end in range(1, len(run) + 1):
        if end == len(run) or run[end - 1 : end + 1] not in held:
            if end - start > 1:
                found.append(run[start:end])
            start = end
    return found
