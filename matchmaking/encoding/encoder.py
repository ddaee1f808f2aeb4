"""What every encoder promises, what keeps one from its work, and what it is given of a text."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

# Some 2,800 Chinese or 4,500 English characters fill the window of the packaged model; 40,000 took it 31 s.
MOST_CHARACTERS = 4_000


class EncoderFault(StrEnum):
    """Why there is no vector. None of them stops a ranking: it goes by words alone, and says so."""

    ABSENT = "absent"
    DOWN = "down"
    SLOW = "slow"
    REFUSED = "refused"
    GARBAGE = "garbage"
    WRONG_DIMENSION = "wrong_dimension"


@dataclass
class EncoderFailed(Exception):
    """`fault` says what was wrong; nothing that was sent or answered is quoted."""

    fault: EncoderFault

    def __str__(self) -> str:
        return self.fault.value


class Encoder(Protocol):
    """Blocks while it works: call it in a thread. Vectors have length one, rows in the order of the texts.

    `model` names what made them, since vectors of two models do not compare; `dimension` is known before the
    first text is. EncoderFailed when there are none to be had.
    """

    @property
    def model(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def passages(self, texts: Sequence[str]) -> Vectors:
        """What may be found, shape (n, d)."""
        ...

    def query(self, text: str) -> Vectors:
        """What is looked for, shape (d,)."""
        ...


class NoEncoder:
    """The declared absence: an installation that ranks by words alone."""

    model = ""
    dimension = 0

    def passages(self, texts: Sequence[str]) -> Vectors:  # noqa: ARG002 - whatever they are
        raise EncoderFailed(EncoderFault.ABSENT)

    def query(self, text: str) -> Vectors:  # noqa: ARG002 - whatever it is
        raise EncoderFailed(EncoderFault.ABSENT)


def readable(text: str) -> str:
    """What an encoder is given: at most `MOST_CHARACTERS`, no NUL, which ends a text, no lone surrogate."""
    short = text[:MOST_CHARACTERS].replace("\0", " ")
    return short.encode("utf-8", "ignore").decode("utf-8")
