"""What of a demand a capability says: each of its passages for itself, the best first, all in one number.

Every number is a whole number beside those it came from, so that everybody can recompute it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matchmaking.ranking.fusion import MOST_PASSAGES
from matchmaking.ranking.passages import WEIGHT_PERCENT, Passage, passages_of, queries_of
from matchmaking.ranking.phrases import QueryPhrases, rarest_first
from matchmaking.ranking.research_request import CapabilityCandidate, DemandFacts, Similarities
from matchmaking.ranking.segments import KINDS, IndexEntry
from matchmaking.ranking.text_index import TextIndex
from matchmaking.ranking.text_query import TextStatistics
from matchmaking.ranking.text_scores import Nearness, TextScores, score_texts
from matchmaking.ranking.vectors import Usual
from matchmaking.ranking.words import says_anything
from schemas.vocabulary import CapabilityText, RelevanceBasis

MOST_PHRASES = 3
_TEXT_ORDER = {text: place for place, text in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class TextMatch:
    """A text that says something of the demand. `phrases` are said by both, the rarest first.

    The share is of the passage: name, description and fields are one, told by the text that has the phrases.
    `closeness_basis_points` is what its meaning adds; None when it was not compared.
    """

    text: CapabilityText
    place: int
    share_basis_points: int
    weight_percent: int
    phrases: tuple[str, ...] = ()
    closeness_basis_points: int | None = None

    @property
    def weighed(self) -> int:
        return (self.share_basis_points + (self.closeness_basis_points or 0)) * self.weight_percent // 100


@dataclass(frozen=True, slots=True)
class Relevance:
    """`value_hundredths` from 0 to 10,000; None when the demand says nothing that could be compared.

    `basis` says whether any of its texts was compared in meaning.
    """

    value_hundredths: int | None
    matches: tuple[TextMatch, ...]
    basis: RelevanceBasis = RelevanceBasis.WORDS


class CapabilityTexts:
    """The texts of all capabilities at hand, read once, and then compared with any number of demands.

    `statistics` are those of a larger collection that they are a part of, frozen with the run.
    """

    def __init__(
        self, candidates: Sequence[CapabilityCandidate], statistics: TextStatistics | None = None
    ) -> None:
        self._keys = [candidate.candidate_id for candidate in candidates]
        self._passages = [passages_of(candidate) for candidate in candidates]
        self._statistics = statistics
        entries = (IndexEntry(*each) for each in zip(self._keys, self._passages, strict=True))
        self._index = TextIndex.build(entries, statistics.usual_lengths if statistics else None)

    def to_demand(self, demand: DemandFacts, similarities: Similarities | None = None) -> list[Relevance]:
        """For each candidate, from the title for itself and from the demand as a whole, each half."""
        return self._to(queries_of(demand), similarities)

    def to_abstract(self, public_abstract: str, similarities: Similarities | None = None) -> list[Relevance]:
        """For each candidate, from what strangers may read of a demand and nothing else."""
        return self._to((public_abstract,), similarities)

    def _to(self, questions: Sequence[str], similarities: Similarities | None) -> list[Relevance]:
        if not any(map(says_anything, questions)):
            return [Relevance(None, ()) for _ in self._keys]
        statistics = self._statistics or self._index.statistics(questions)
        near = _near(self._keys, self._passages, similarities) if similarities else None
        scores = score_texts(self._index, questions, near, statistics)
        phrases = QueryPhrases(questions)
        starts = self._index.layout.starts.tolist()
        return [
            _told(own, scores, place, starts[place], phrases, statistics)
            for place, own in enumerate(self._passages)
        ]


def _near(keys: Sequence[str], passages: Sequence[Sequence[Passage]], similarities: Similarities) -> Nearness:
    """Frozen numbers in the order of the passages; a passage without numbers has none."""
    none = (0,) * len(similarities.usual)
    rows: list[tuple[int, ...]] = []
    held: list[bool] = []
    for key, own in zip(keys, passages, strict=True):
        given = similarities.of_candidates.get(key, ())
        found = [given[place] if place < len(given) else None for place in range(len(own))]
        rows += [one or none for one in found]
        held += [one is not None for one in found]
    table = np.array(rows, dtype=np.int64).reshape(len(rows), len(none))
    return Nearness(table, np.array(held, dtype=np.bool_), Usual(similarities.usual, similarities.spread))


def _told(
    own: Sequence[Passage],
    scores: TextScores,
    row: int,
    start: int,
    phrases: QueryPhrases,
    statistics: TextStatistics,
) -> Relevance:
    matches = [
        (_match(passage, scores, number), passage)
        for number, passage in enumerate(own, start=start)
        if scores.weighed[number] > 0
    ]
    matches.sort(key=lambda each: (-each[0].weighed, _TEXT_ORDER[each[0].text], each[0].place))
    best = [match for match, _ in matches[:MOST_PASSAGES]]
    if matches:
        best[0] = _with_phrases(*matches[0], phrases, statistics)
    compared = scores.held[start : start + len(own)].any()
    basis = RelevanceBasis.WORDS_AND_MEANING if compared else RelevanceBasis.WORDS
    return Relevance(int(scores.values[row]), tuple(best), basis)


def _match(passage: Passage, scores: TextScores, number: int) -> TextMatch:
    close = int(scores.closeness[number]) if scores.held[number] else None
    return TextMatch(
        passage.text,
        passage.place,
        int(scores.shares[number]),
        WEIGHT_PERCENT[passage.text],
        closeness_basis_points=close,
    )


def _with_phrases(
    match: TextMatch, passage: Passage, phrases: QueryPhrases, statistics: TextStatistics
) -> TextMatch:
    """Told by the first of its texts that says the rarest phrase, with the phrases of that text."""
    parts = [(text, rarest_first(phrases.shared_with(said), statistics)) for text, said in passage.parts]
    rarest = next(iter(rarest_first((told[0] for _, told in parts if told), statistics)), None)
    text, told = next(((text, told) for text, told in parts if rarest in told[:1]), (match.text, []))
    return TextMatch(
        text,
        match.place,
        match.share_basis_points,
        match.weight_percent,
        tuple(told[:MOST_PHRASES]),
        match.closeness_basis_points,
    )
