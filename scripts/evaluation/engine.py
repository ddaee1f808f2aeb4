"""The engine on a collection: the production function over its documents, whole and without each part."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from matchmaking.ranking import CapabilityCandidate
from matchmaking.ranking.passages import Passage, passages_of
from matchmaking.ranking.segments import IndexEntry
from matchmaking.ranking.text_index import TextIndex
from matchmaking.ranking.text_query import Reading
from matchmaking.ranking.text_scores import Nearness, nearness, score_texts
from matchmaking.ranking.words import SHORTEST_LONG_WORD, is_chinese, term_counts
from schemas.vocabulary import CapabilityKind, CapabilityText
from scripts.evaluation.collection import Collection, Document, Question
from scripts.evaluation.dense import Encoded

Figures = NDArray[np.float64]
Scoring = Callable[[int], Figures]

PAIR = 2


def capability_of(document: Document) -> CapabilityCandidate:
    """A document is a capability with a name and a description, an expert one with past works."""
    return CapabilityCandidate(
        candidate_id=document.name,
        organization_id=document.name,
        unit_id=document.name,
        capability_version=1,
        kind=CapabilityKind.ACHIEVEMENT,
        title_zh="" if document.texts else document.title,
        description="" if document.texts else document.text,
        past_work=document.texts,
        valid_until=date.max,
    )


@dataclass(frozen=True, slots=True)
class Engine:
    """The index over all documents, in their order, and the vectors of the questions."""

    questions: tuple[Question, ...]
    index: TextIndex
    vectors: tuple[NDArray[np.float32], ...] | None

    @staticmethod
    def over(collection: Collection, encoded: Encoded | None, change: "Change | None" = None) -> "Engine":
        entries = (
            IndexEntry(str(place), passages, rows)
            for place, (passages, rows) in enumerate(_read(collection, encoded, change or _unchanged))
        )
        index = TextIndex.build(entries, dimension=encoded.dimension if encoded else 0)
        return Engine(collection.questions, index, encoded.questions if encoded else None)

    def scores(self, place: int, read: Reading = term_counts) -> Figures:
        """Relevance of every document to a question, as a match run reckons it."""
        texts = self.questions[place].texts
        found = score_texts(self.index, texts, self._near(place), read=read)
        return found.values.astype(np.float64)

    def _near(self, place: int) -> Nearness | None:
        if self.vectors is None or not len(self.vectors[place]):
            return None
        return nearness(self.index, self.vectors[place])

    def whole_only(self) -> "Engine":
        """Asked with the whole demand alone."""
        questions = tuple(replace(question, title="") for question in self.questions)
        vectors = self.vectors and tuple(rows[-1:] for rows in self.vectors)
        return Engine(questions, self.index, vectors)


Passages = tuple[tuple[Passage, ...], NDArray[np.float32] | None]
Change = Callable[[tuple[Passage, ...], NDArray[np.float32] | None], Passages]


def _unchanged(passages: tuple[Passage, ...], rows: NDArray[np.float32] | None) -> Passages:
    return passages, rows


def _read(collection: Collection, encoded: Encoded | None, change: Change) -> Iterator[Passages]:
    for place, document in enumerate(collection.documents):
        rows = encoded.documents[place] if encoded else None
        yield change(passages_of(capability_of(document)), rows)


def _title_as_text(passages: tuple[Passage, ...], rows: NDArray[np.float32] | None) -> Passages:
    plain = (
        replace(one, parts=tuple((CapabilityText.DESCRIPTION, text) for _, text in one.parts))
        for one in passages
    )
    return tuple(plain), rows


def _in_one(passages: tuple[Passage, ...], rows: NDArray[np.float32] | None) -> Passages:
    """All texts of an expert as one, with the mean of their vectors."""
    if not passages:
        return passages, rows
    parts = tuple(part for one in passages for part in one.parts)
    mean = None if rows is None else rows.mean(axis=0, keepdims=True)
    length = None if mean is None else np.maximum(np.linalg.norm(mean), np.float32(1e-9))
    return (Passage(passages[0].text, 0, parts),), None if mean is None else mean / length


def _without(left_out: Callable[[str], bool]) -> Reading:
    def read(text: str) -> Mapping[str, int]:
        return {term: count for term, count in term_counts(text).items() if not left_out(term)}

    return read


_TERMS: Mapping[str, Callable[[str], bool]] = {
    "ours_minus_characters": lambda term: is_chinese(term) and len(term) < PAIR,
    "ours_minus_bigrams": lambda term: is_chinese(term) and len(term) == PAIR,
    "ours_minus_words": lambda term: is_chinese(term) and len(term) >= SHORTEST_LONG_WORD,
    "ours_minus_stems": lambda term: not is_chinese(term),
}


def engines(collection: Collection, encoded: Encoded | None) -> Iterator[tuple[str, Scoring]]:
    """The engine under `ours`, then what it is without each part that this collection uses."""
    ours = Engine.over(collection, encoded)
    yield "ours", ours.scores
    if encoded:
        yield "ours_minus_meaning", Engine(ours.questions, ours.index, None).scores
        yield "ours_minus_lexical", lambda place: ours.scores(place, _without(lambda _: True))
    asked = {
        term for question in collection.questions for text in question.texts for term in term_counts(text)
    }
    for name, left_out in _TERMS.items():
        if any(map(left_out, asked)) and not all(map(left_out, asked)):
            yield name, _reading(ours, _without(left_out))
    if any(len(question.texts) > 1 for question in collection.questions):
        yield "ours_minus_title_question", ours.whole_only().scores
    if any(document.title and document.text for document in collection.documents):
        yield "ours_minus_title_weight", Engine.over(collection, encoded, _title_as_text).scores
    if any(len(document.texts) > 1 for document in collection.documents):
        yield "ours_minus_single_texts", Engine.over(collection, encoded, _in_one).scores


def _reading(engine: Engine, read: Reading) -> Scoring:
    return lambda place: engine.scores(place, read)
