"""PostgreSQL's full text search as a peer: words cut before, any of them, ranked by `ts_rank`."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import psycopg
from numpy.typing import NDArray

from matchmaking.db.cluster import Cluster
from scripts.benches.surroundings import driver_address
from scripts.evaluation.collection import Collection
from scripts.evaluation.peers import asked, text_of, words

Figures = NDArray[np.float64]

MOST_TERMS = 500
# What PostgreSQL takes of one document: a lexeme of 2 KiB, a vector of 1 MiB.
_PLAIN = re.compile(r"\w+")
_LONGEST = 100
_MOST_WORDS = 20_000


class FullText:
    """A table of all documents in a throw-away database of its own, which may lose data and does not wait."""

    def __init__(self, collection: Collection, connection: psycopg.Connection) -> None:
        self._connection, self._questions = connection, collection.questions
        self._count = len(collection.documents)
        connection.execute("create table document (place integer primary key, found tsvector)")
        rows = [
            (place, " ".join(_plain(text_of(document))[:_MOST_WORDS]))
            for place, document in enumerate(collection.documents)
        ]
        with connection.cursor() as cursor:
            cursor.executemany("insert into document values (%s, to_tsvector('simple', %s))", rows)
        connection.execute("create index on document using gin (found)")
        connection.execute("analyze document")

    def scores(self, place: int) -> Figures:
        found = np.zeros(self._count)
        terms = list(dict.fromkeys(_plain(asked(self._questions[place]))))[:MOST_TERMS]
        rows = self._connection.execute(
            "select place, ts_rank(found, query) from document, to_tsquery('simple', %s) query"
            " where found @@ query",
            (" | ".join(terms),),
        )
        for at, score in rows:
            found[at] = score
        return found


@contextmanager
def full_text(collection: Collection) -> Iterator[FullText]:
    """LocalFailed when the embedded PostgreSQL cannot start."""
    with (
        TemporaryDirectory() as folder,
        Cluster(Path(folder)) as cluster,
        psycopg.connect(driver_address(cluster.dsn("superuser")), autocommit=True) as connection,
    ):
        connection.execute("set synchronous_commit = off")
        yield FullText(collection, connection)


def _plain(text: str) -> list[str]:
    return [word[:_LONGEST] for word in words(text.replace("\0", " ")) if _PLAIN.fullmatch(word)]
