"""Other ways to rank the same documents: BM25, vectors alone, reciprocal-rank fusion, tantivy.

BM25 is the library bm25s with its defaults over the whole text of a document, fusion is that of Cormack,
Clarke and Büttcher (2009) with their 60, and an expert's vector is the mean of those of the texts. The
libraries come with the development environment; what is not there is left out, and said.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaking.ranking.words import is_chinese, stem_of, words_of
from scripts.evaluation.collection import Collection, Document, Question
from scripts.evaluation.dense import Encoded

Figures = NDArray[np.float64]
Scoring = Callable[[int], Figures]
Cutting = Callable[[str], list[str]]

FUSION = 60
_STRETCH = re.compile("[\u3400-\u9fff]+|[^\\W_\u3400-\u9fff]+")
_MOST_TERMS = 1_000


def stretches(text: str) -> list[str]:
    return _STRETCH.findall(unicodedata.normalize("NFKC", text).lower())


def words(text: str) -> list[str]:
    """Chinese words as they are cut, and English stems; nothing is passed over."""
    return [
        word for run in stretches(text) for word in (words_of(run) if is_chinese(run) else [stem_of(run)])
    ]


def pairs(text: str) -> list[str]:
    """Pairs of Chinese characters, and English stems."""
    return [term for run in stretches(text) for term in (_pairs(run) if is_chinese(run) else [stem_of(run)])]


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(max(1, len(run) - 1))]


def asked(question: Question) -> str:
    """The whole demand, which repeats its title where the collection does."""
    return question.text.strip() or question.title.strip()


def text_of(document: Document) -> str:
    """All there is of it in one."""
    return document.whole or "\n".join(document.texts)


def peers(collection: Collection, encoded: Encoded | None) -> Iterator[tuple[str, Scoring]]:
    """Each is made when it is asked for."""
    by_pairs = None
    if find_spec("bm25s"):
        by_words, by_pairs = (Bm25(collection, cut) for cut in (words, pairs))
        yield "bm25_words", by_words.scores
        yield "bm25_bigrams", by_pairs.scores
    if encoded:
        dense = Dense(collection, encoded)
        yield "dense", dense.scores
        if by_pairs:
            yield "rrf", lambda place: fused([by_pairs.scores(place), dense.scores(place)])
            if any(len(question.texts) > 1 for question in collection.questions):
                yield "rrf_four_way", lambda place: fused([*by_pairs.each(place), *dense.each(place)])
    if find_spec("tantivy"):
        yield "tantivy", Tantivy(collection).scores


class Bm25:
    def __init__(self, collection: Collection, cut: Cutting) -> None:
        import bm25s  # noqa: PLC0415 - with the development environment only

        self._cut, self._questions = cut, collection.questions
        self._index = bm25s.BM25()
        documents = [cut(text_of(document)) or [""] for document in collection.documents]
        self._index.index(documents, show_progress=False)

    def scores(self, place: int) -> Figures:
        return self._of(asked(self._questions[place]))

    def each(self, place: int) -> list[Figures]:
        """For the title for itself and for the whole."""
        return [self._of(text) for text in self._questions[place].texts]

    def _of(self, text: str) -> Figures:
        terms = [term for term in self._cut(text) if term in self._index.vocab_dict]
        count = self._index.scores["num_docs"]
        return np.asarray(self._index.get_scores(terms), np.float64) if terms else np.zeros(count)


class Dense:
    def __init__(self, collection: Collection, encoded: Encoded) -> None:
        self._encoded = encoded
        self._rows = np.zeros((len(collection.documents), encoded.dimension), np.float32)
        for place, rows in enumerate(encoded.documents):
            if len(rows):
                mean = rows.mean(axis=0)
                self._rows[place] = mean / max(float(np.linalg.norm(mean)), 1e-9)

    def scores(self, place: int) -> Figures:
        return self.each(place)[-1]

    def each(self, place: int) -> list[Figures]:
        questions = self._encoded.questions[place]
        return [(self._rows @ row).astype(np.float64) for row in questions] or [np.zeros(len(self._rows))]


class Tantivy:
    """Its BM25 over words that were cut before, any of which may be there."""

    def __init__(self, collection: Collection) -> None:
        import tantivy  # noqa: PLC0415 - with the development environment only

        self._tantivy, self._questions = tantivy, collection.questions
        self._count = len(collection.documents)
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("text", tokenizer_name="whitespace")
        builder.add_integer_field("place", stored=True)
        self._schema = builder.build()
        index = tantivy.Index(self._schema)
        writer = index.writer(50_000_000, 1)
        for place, document in enumerate(collection.documents):
            writer.add_document(tantivy.Document(text=" ".join(words(text_of(document))), place=place))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self._searcher = index.searcher()
        everything = self._searcher.search(tantivy.Query.all_query(), limit=max(1, self._count)).hits
        self._places = {_at(found): self._searcher.doc(found)["place"][0] for _, found in everything}

    def scores(self, place: int) -> Figures:
        query, found = self._tantivy.Query, np.zeros(self._count)
        terms = words(asked(self._questions[place]))[:_MOST_TERMS]
        parts = [(self._tantivy.Occur.Should, query.term_query(self._schema, "text", term)) for term in terms]
        for score, address in self._searcher.search(query.boolean_query(parts), limit=self._count).hits:
            found[self._places[_at(address)]] = score
        return found


def _at(address: Any) -> tuple[int, int]:
    return address.segment_ord, address.doc


def fused(each: Sequence[Figures]) -> Figures:
    """Reciprocal-rank fusion; of equal scores the first stands first."""
    total = np.zeros(len(each[0]))
    for scores in each:
        ranks = np.empty(len(scores))
        ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
        total += 1 / (FUSION + ranks)
    return total
