"""Which texts of a capability and of a demand are read for their meaning, and how their vectors are kept.

A vector is kept as one signed byte for each number, scaled by its largest: cosines do not ask for lengths.
Nothing here encodes; that is slow, and done before anybody ranks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from matchmaking.ranking.passages import passages_of, queries_of
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


# Names of devices and numbers of patents mean little to an encoder.
READ_FOR_MEANING = frozenset({CapabilityText.TITLE, CapabilityText.PAST_WORK})


def meanings_of(candidate: CapabilityCandidate) -> tuple[Meant | None, ...]:
    """For each of `passages_of`, in its order, what an encoder is given; None for what it is not."""
    left = MOST_PASSAGES
    found: list[Meant | None] = []
    for passage in passages_of(candidate):
        read = passage.text in READ_FOR_MEANING and left > 0
        left -= read
        found.append(Meant(passage.whole) if read else None)
    return tuple(found)


def questions_of(demand: DemandFacts) -> tuple[Meant, ...]:
    """What a demand asks with, one for each of `queries_of`."""
    return tuple(Meant(text, sought=True) for text in queries_of(demand))


def abstract_of(demand: DemandFacts) -> Meant:
    """What laboratories may know of it."""
    return Meant(demand.public_abstract.strip(), sought=True)


def in_bytes(vectors: Floats) -> Bytes:
    """Rows of any length but zero as signed bytes, the largest number of each at 127."""
    if not len(vectors):
        return np.empty(vectors.shape, np.int8)
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    scaled = np.rint(vectors * (LARGEST / np.where(largest > 0, largest, 1)))
    return scaled.astype(np.int8)


def of_length_one(kept: Bytes) -> Floats:
    """As the encoder made it, but for what its bytes left out; nothing stays nothing."""
    vector = kept.astype(np.float32)
    length = float(np.linalg.norm(vector))
    return vector / np.float32(length) if length else vector


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


def vectors_of(texts: Sequence[Meant | None], known: Mapping[bytes, Bytes], dimension: int) -> Floats | None:
    """Of length one, in the order of the texts, zeros for what is not known; None when nothing is."""
    rows = np.zeros((len(texts), dimension), dtype=np.float32)
    found = False
    for place, text in enumerate(texts):
        kept = None if text is None else known.get(text.digest)
        if kept is not None and kept.size == dimension:
            rows[place], found = of_length_one(kept), True
    return rows if found else None
