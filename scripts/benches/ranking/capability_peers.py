"""The same demands put to others: PostgreSQL's full text, BM25 beside a matrix of vectors, and the floor.

None of them judges constraints, none explains; each only finds the twenty texts that fit best.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numkong
import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg.sql import SQL, Identifier

from matchmaking.ranking import DemandFacts
from matchmaking.ranking.capability_catalogue import CapabilityCatalogue, ListedCapability
from matchmaking.ranking.counting import number_of
from matchmaking.ranking.passages import queries_of, whole_text
from matchmaking.ranking.vectors import columns_of
from matchmaking.ranking.words import term_counts
from scripts.benches.ranking.capabilities import Floats, whole_texts

FIRST = 20
RECIPROCAL = 60
TABLE = "bench_capability_text"
ENTER = "SELECT set_config('matchmaking.organization', gen_random_uuid()::text, false)"
# A row of the peer is as visible as an open capability is to everybody who is signed in.
MADE = f"""
CREATE TABLE {TABLE} (id integer PRIMARY KEY, state text NOT NULL, said tsvector NOT NULL);
CREATE INDEX ON {TABLE} USING gin (said);
ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY;
CREATE POLICY app_select ON {TABLE} FOR SELECT TO matchmaking_app USING (
    state = 'open' AND nullif(current_setting('matchmaking.organization', true), '')::uuid IS NOT NULL);
GRANT SELECT ON {TABLE} TO matchmaking_app;
"""
BEST = f"""
SELECT id FROM {TABLE}, to_tsquery('simple', %s) asked WHERE said @@ asked
ORDER BY ts_rank(said, asked, 1) DESC LIMIT {FIRST}
"""  # noqa: S608 - our own table


def terms_of_text(text: str) -> list[str]:
    """As our index reads it, repeated as often as said."""
    return [term for term, count in term_counts(text).items() for _ in range(count)]


class FullText:
    """PostgreSQL's text search over the terms that our index has, as the app role under a row policy."""

    def __init__(self, superuser_url: str, app_url: str, listed: Sequence[ListedCapability]) -> None:
        with psycopg.connect(superuser_url, autocommit=True) as connection:
            connection.execute(SQL("DROP TABLE IF EXISTS {}").format(Identifier(TABLE)))
            connection.execute(MADE.encode())
            _fill(connection, enumerate(whole_texts(listed)))
            connection.execute(SQL("VACUUM ANALYZE {}").format(Identifier(TABLE)))
        self._connection = psycopg.connect(app_url, autocommit=True)
        self._connection.execute(ENTER)

    def best(self, demand: DemandFacts) -> Any:
        asked = " | ".join(f"'{term}'" for term in term_counts(whole_text(demand)))
        return self._connection.execute(BEST.encode(), (asked,)).fetchall()

    def close(self) -> None:
        self._connection.close()


def _fill(connection: psycopg.Connection[Any], texts: Iterable[tuple[int, str]]) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy(SQL("COPY {} (id, state, said) FROM STDIN").format(Identifier(TABLE))) as copy,
    ):
        for number, text in texts:
            copy.write_row((number, "open", " ".join(f"'{term}'" for term in term_counts(text))))


class WordsAndMatrix:
    """bm25s over the same terms, a float32 matrix of the first passages, both by reciprocal ranks."""

    def __init__(self, listed: Sequence[ListedCapability]) -> None:
        import bm25s  # noqa: PLC0415 - not among the packages that run the service

        self._words = bm25s.BM25()
        texts = [terms_of_text(text) for text in whole_texts(listed)]
        self._words.index(texts, show_progress=False)
        self._matrix = np.stack([one.vectors[0] for one in listed if one.vectors is not None])

    def best(self, demand: DemandFacts, questions: Floats) -> NDArray[np.intp]:
        words = np.asarray(self._words.get_scores(terms_of_text(whole_text(demand))))
        meaning = self._matrix @ questions[-1]
        return np.argpartition(-(_reciprocal(words) + _reciprocal(meaning)), FIRST)[:FIRST]


def _reciprocal(scores: NDArray[Any]) -> NDArray[np.float64]:
    ranks = np.empty(len(scores))
    ranks[np.argsort(-scores)] = np.arange(len(scores))
    return 1 / (RECIPROCAL + ranks)


def floor(catalogue: CapabilityCatalogue, demand: DemandFacts, questions: Floats) -> Any:
    """One pass over the bytes that a match reads, and a first twenty; it knows no rules.

    Each vector is multiplied with each question, what stands under the words of the demand is added up, and
    each column is compared once.
    """
    asked = columns_of(questions).rows
    found: list[Any] = []
    said = term_counts(" ".join(queries_of(demand)))
    terms = np.array([number_of(term, catalogue.texts.words) for term in said], dtype=np.int64)
    for segment in catalogue.texts.segments:
        if segment.vectors is not None:
            found.append(np.asarray(numkong.cdist(asked, segment.vectors.rows, "dot"))[0])
        begins, ends = segment.postings.of(terms)
        for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
            found.append(segment.postings.saturations[begin:end].sum())
    columns = catalogue.columns
    compared = (columns.modes, columns.readiness_to, columns.smallest_contract, columns.valid_until)
    found += [np.count_nonzero(column > 0) for column in compared]
    return np.argpartition(found[0], FIRST)[:FIRST], found
