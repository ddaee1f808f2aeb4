"""Which texts of a capability and of a demand are read for their meaning, and how their vectors are kept.

A vector is kept as one signed byte for each number, scaled by its largest: cosines do not ask for lengths.
Nothing here encodes; that is slow, and done before anybody ranks.
"""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from matchmaking.ranking.research_request import CapabilityCandidate, DemandFacts
from schemas.vocabulary import CapabilityText

Bytes = NDArray[np.int8]
Floats = NDArray[np.float32]

MOST_PASSAGES = 8
DIGEST_BYTES = 16
LARGEST = 127
FULL = 10_000


@dataclass(frozen=True, slots=True)
class Meant:
    """A text to be encoded: as something that may be found, or as what is looked for."""

    content: str
    sought: bool = False

    @property
    def digest(self) -> bytes:
        """Names the text and how it is read, and tells nothing of it."""
        mark = b"query\0" if self.sought else b"passage\0"
        return blake2b(mark + self.content.encode("utf-8", "replace"), digest_size=DIGEST_BYTES).digest()


@dataclass(frozen=True, slots=True)
class Passage:
    """What of a capability a vector stands for; `place` counts from 0 among texts of its kind."""

    text: CapabilityText
    place: int
    content: str

    @property
    def meant(self) -> Meant:
        return Meant(self.content)


def passages_of(candidate: CapabilityCandidate) -> tuple[Passage, ...]:
    """What it is, in one: titles, description, fields. Then each piece of past work for itself."""
    said = (candidate.title_zh, candidate.title_en or "", candidate.description, *candidate.fields)
    done = candidate.past_work[: MOST_PASSAGES - 1]
    return (
        Passage(CapabilityText.TITLE, 0, "\n".join(filter(None, said))),
        *(Passage(CapabilityText.PAST_WORK, place, content) for place, content in enumerate(done)),
    )


Sought = Literal["whole", "title", "abstract"]
SOUGHT: tuple[Sought, ...] = ("whole", "title", "abstract")


def sought_of(demand: DemandFacts) -> dict[Sought, Meant]:
    """The demand as a whole and its title for its own match; its public abstract for laboratories."""
    texts: dict[Sought, str] = {
        "whole": "\n".join(
            (demand.title, demand.problem, demand.public_abstract, *demand.indicators)
        ).strip(),
        "title": demand.title.strip(),
        "abstract": demand.public_abstract.strip(),
    }
    return {name: Meant(text, sought=True) for name, text in texts.items()}


def in_bytes(vectors: Floats) -> Bytes:
    """Rows of any length but zero as signed bytes, the largest number of each at 127."""
    if not len(vectors):
        return np.empty(vectors.shape, np.int8)
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    scaled = np.rint(vectors * (LARGEST / np.where(largest > 0, largest, 1)))
    return scaled.astype(np.int8)


def similarity_basis_points(one: Bytes, other: Bytes) -> int:
    """The cosine of two vectors kept in bytes, from -10,000 to 10,000; 0 where one is nothing."""
    left, right = one.astype(np.int64), other.astype(np.int64)
    lengths = float(left @ left) * float(right @ right)
    return round(FULL * int(left @ right) / lengths**0.5) if lengths else 0


def taken_apart(digests: bytes, vectors: bytes) -> dict[bytes, Bytes]:
    """The vectors of one listing by the digests of their texts, as both are stored one after another."""
    count = len(digests) // DIGEST_BYTES
    rows = np.frombuffer(vectors, np.int8).reshape(count, -1) if count else ()
    return {digests[DIGEST_BYTES * place : DIGEST_BYTES * (place + 1)]: row for place, row in enumerate(rows)}
