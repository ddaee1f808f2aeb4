"""An encoder for tests: fast, the same vector for the same text, and a memory of all it was given."""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from matchmaking.encoding.encoder import EncoderFailed, EncoderFault, Vectors

DIMENSION = 16


@dataclass
class SpellingEncoder:
    """`broken` makes every call fail, `poison` one text; `seconds` is what a call takes."""

    model: str = "spelling"
    dimension: int = DIMENSION
    seconds: float = 0.0
    broken: EncoderFault | None = None
    poison: str | None = None
    passed: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def passages(self, texts: Sequence[str]) -> Vectors:
        self.passed += texts
        return np.stack([self._vector(text) for text in texts])

    def query(self, text: str) -> Vectors:
        self.asked.append(text)
        return self._vector(text)

    def _vector(self, text: str) -> Vectors:
        time.sleep(self.seconds)
        if self.broken is not None:
            raise EncoderFailed(self.broken)
        if self.poison is not None and self.poison in text:
            raise EncoderFailed(EncoderFault.GARBAGE)
        digest = hashlib.shake_256(text.encode("utf-8", "replace")).digest(self.dimension)
        vector = np.frombuffer(digest, np.uint8).astype(np.float32) - 127.5
        return np.asarray(vector / np.linalg.norm(vector), np.float32)
