"""The vectors of a collection: shipped, kept from an earlier run, or encoded now."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import Progress

from matchmaking.encoding.encoder import Encoder, EncoderFailed
from scripts.evaluation.collection import Collection, Document, rows_of_texts
from scripts.evaluation.vector_cache import PASSAGE, QUERY, VectorCache, opened
from scripts.speaking import both

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Encoded:
    """`documents` has rows per text of a document, `questions` per text of a question."""

    model: str
    dimension: int
    documents: tuple[Vectors, ...]
    questions: tuple[Vectors, ...]


def texts_of(document: Document) -> tuple[str, ...]:
    """What of a document has a vector: each text of an expert, otherwise title and text in one."""
    return document.texts or ((document.whole,) if document.whole else ())


def encoded(
    collection: Collection,
    folder: Path,
    encoder: Encoder,
    speaker: Console,
    *,
    encode: bool,
    cache: Path | None,
) -> Encoded | None:
    """None, and why, when there are texts without a vector that shall not or cannot be encoded."""
    with opened(encoder.model, cache) as kept:
        kept.take_shipped(folder, rows_of_texts(folder))
        wanted = {
            PASSAGE: [text for document in collection.documents for text in texts_of(document)],
            QUERY: [text for question in collection.questions for text in question.texts],
        }
        missing = {role: _missing(kept, role, texts) for role, texts in wanted.items()}
        if any(missing.values()) and not (encode and _made(kept, encoder, missing, speaker)):
            count = sum(map(len, missing.values()))
            speaker.print(both("evaluate.by_words_alone", count=count))
            return None
        passages, questions = (kept.known(role, texts) for role, texts in wanted.items())
    return Encoded(
        encoder.model,
        encoder.dimension,
        tuple(_rows(passages, texts_of(one), encoder.dimension) for one in collection.documents),
        tuple(_rows(questions, one.texts, encoder.dimension) for one in collection.questions),
    )


def _missing(kept: VectorCache, role: str, texts: Sequence[str]) -> list[str]:
    known = kept.known(role, texts)
    return [text for text in dict.fromkeys(texts) if text not in known]


def _made(kept: VectorCache, encoder: Encoder, missing: dict[str, list[str]], speaker: Console) -> bool:
    speaker.print(both("evaluate.to_encode", count=sum(map(len, missing.values()))))
    try:
        with Progress(console=speaker) as progress:
            for role, texts in missing.items():
                kept.encode(encoder, role, texts, progress)
    except EncoderFailed as failed:
        speaker.print(both("evaluate.encoder_failed", fault=str(failed)))
        return False
    return True


def _rows(known: dict[str, Vectors], texts: Sequence[str], dimension: int) -> Vectors:
    return np.stack([known[text] for text in texts]) if texts else np.zeros((0, dimension), dtype=np.float32)
