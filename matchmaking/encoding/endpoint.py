"""An encoder at an OpenAI-compatible `/v1/embeddings` address. Its answers are strangers' and are checked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import httpx
import numpy as np
import orjson
from numpy.typing import NDArray

from matchmaking.encoding.encoder import EncoderFailed, EncoderFault, Vectors, readable

# A number takes some 24 bytes in JSON; this is room for 256 vectors of 4,096.
MOST_ANSWER_BYTES = 32 * 1024 * 1024
SMALLEST_NORM = 1e-6
LARGEST_NUMBER = 1e18


@dataclass(frozen=True, slots=True)
class Address:
    """Where the endpoint is and how it wants to be asked. `url` is the whole address of `/v1/embeddings`.

    `seconds` bounds an exchange from first to last byte. Models that tell questions from passages by a prefix
    get `query_prefix` and `passage_prefix` before the text.
    """

    url: str
    model: str
    dimension: int
    seconds: float
    key: str | None = field(default=None, repr=False)
    query_prefix: str = ""
    passage_prefix: str = ""


class EndpointEncoder:
    """`transport` replaces the network in tests."""

    def __init__(self, address: Address, transport: httpx.BaseTransport | None = None) -> None:
        self._address = address
        headers = {"authorization": f"Bearer {address.key}"} if address.key else {}
        self._client = httpx.Client(
            headers=headers, timeout=address.seconds, transport=transport, trust_env=False
        )

    @property
    def model(self) -> str:
        return self._address.model

    @property
    def dimension(self) -> int:
        return self._address.dimension

    def passages(self, texts: Sequence[str]) -> Vectors:
        return self._vectors([self._address.passage_prefix + readable(text) for text in texts])

    def query(self, text: str) -> Vectors:
        vector: Vectors = self._vectors([self._address.query_prefix + readable(text)])[0]
        return vector

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        return _rows(self._answer(texts), len(texts), self.dimension)

    def _answer(self, texts: Sequence[str]) -> bytes:
        asked = {"model": self._address.model, "input": list(texts), "encoding_format": "float"}
        try:
            with self._client.stream("POST", self._address.url, json=asked) as response:
                if not response.is_success:
                    raise EncoderFailed(EncoderFault.REFUSED)
                return _within(response, monotonic() + self._address.seconds)
        except httpx.TimeoutException as failure:
            raise EncoderFailed(EncoderFault.SLOW) from failure
        except (httpx.HTTPError, httpx.InvalidURL) as failure:
            raise EncoderFailed(EncoderFault.DOWN) from failure


def _within(response: httpx.Response, deadline: float) -> bytes:
    """The body; httpx bounds each wait, and a body that drips would never end."""
    body = bytearray()
    for piece in response.iter_bytes():
        body += piece
        if monotonic() > deadline:
            raise EncoderFailed(EncoderFault.SLOW)
        if len(body) > MOST_ANSWER_BYTES:
            raise EncoderFailed(EncoderFault.GARBAGE)
    return bytes(body)


def _rows(body: bytes, count: int, dimension: int) -> Vectors:
    """The vectors in the order of the texts; an answer may name another order by `index`."""
    try:
        data: list[dict[str, Any]] = orjson.loads(body)["data"]
        placed = {entry.get("index", place): entry["embedding"] for place, entry in enumerate(data)}
        rows = [placed[place] for place in range(count)]
        if any(len(row) != dimension for row in rows):
            raise EncoderFailed(EncoderFault.WRONG_DIMENSION)
        found = np.array(rows, np.float64)
    except (ValueError, TypeError, KeyError, AttributeError) as failure:
        raise EncoderFailed(EncoderFault.GARBAGE) from failure
    if len(data) != count or found.shape != (count, dimension) or not np.abs(found).max() < LARGEST_NUMBER:
        raise EncoderFailed(EncoderFault.GARBAGE)
    return _of_length_one(found)


def _of_length_one(rows: NDArray[np.float64]) -> Vectors:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    if (norms < SMALLEST_NORM).any():
        raise EncoderFailed(EncoderFault.GARBAGE)
    return np.asarray(rows / norms, np.float32)
