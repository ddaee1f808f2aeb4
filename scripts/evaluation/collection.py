"""A folder with texts, questions and judgements, read liberally.

`corpus.jsonl` {_id, title, text} and `queries.jsonl` {_id, text[, title]}, where titles may be empty;
`qrels.tsv` query, document and gain, with or without a header and with TREC's second column or without it;
perhaps `candidates.tsv`, a query and the documents to be ranked for it, and `profile_docs.jsonl`
{expert, text}, when documents are experts with several texts.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CORPUS, QUERIES, GAINS = "corpus.jsonl", "queries.jsonl", "qrels.tsv"
LISTS, PROFILES = "candidates.tsv", "profile_docs.jsonl"
NEEDED = (CORPUS, QUERIES, GAINS)


@dataclass(frozen=True, slots=True)
class Document:
    """`texts` are those of an expert, read one by one; otherwise there are none beside title and text."""

    name: str
    title: str
    text: str
    texts: tuple[str, ...] = ()

    @property
    def whole(self) -> str:
        return "\n".join(part for part in (self.title, self.text) if part)


@dataclass(frozen=True, slots=True)
class Question:
    name: str
    title: str
    text: str

    @property
    def texts(self) -> tuple[str, ...]:
        """What is asked with: the title for itself, where there is one, and the whole."""
        return tuple(dict.fromkeys(text.strip() for text in (self.title, self.text) if text.strip()))


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents in an order that tells nothing: that of a hash, in which equal scores stand.

    `gains` are places of documents and what finding them is worth; `lists` are places to be ranked.
    """

    name: str
    documents: tuple[Document, ...]
    questions: tuple[Question, ...]
    gains: Mapping[str, Mapping[int, int]]
    lists: Mapping[str, tuple[int, ...]]

    @property
    def judged(self) -> tuple[int, ...]:
        """Places of the questions for which experts found anything of use."""
        return tuple(
            place
            for place, question in enumerate(self.questions)
            if any(gain > 0 for gain in self.gains.get(question.name, {}).values())
        )


def is_collection(folder: Path) -> bool:
    return all((folder / name).is_file() for name in NEEDED)


def read(folder: Path) -> Collection:
    """ValueError or KeyError when a line is not of the form that it should have."""
    texts = _texts_of_experts(folder)
    documents = sorted(
        (_document(row, texts) for row in _rows(folder / CORPUS)), key=lambda one: _scattered(one.name)
    )
    places = {document.name: place for place, document in enumerate(documents)}
    questions = tuple(
        Question(str(row["_id"]), _text(row, "title"), _text(row, "text")) for row in _rows(folder / QUERIES)
    )
    return Collection(
        folder.name, tuple(documents), questions, _gains(folder, places), _lists(folder, places)
    )


def rows_of_texts(folder: Path) -> dict[str, list[str]]:
    """The texts that vectors were shipped for, in the order of their rows."""
    corpus = [_document(row, {}).whole for row in _rows(folder / CORPUS)]
    questions = [
        Question(str(row["_id"]), _text(row, "title"), _text(row, "text")) for row in _rows(folder / QUERIES)
    ]
    profiles = _rows(folder / PROFILES) if (folder / PROFILES).is_file() else iter(())
    return {
        "docs": corpus,
        "queries": [question.text.strip() for question in questions],
        "query_titles": [question.title.strip() for question in questions],
        "profile_docs": list(dict.fromkeys(_text(row, "text") for row in profiles)),
    }


def _document(row: Mapping[str, Any], texts: Mapping[str, tuple[str, ...]]) -> Document:
    name = str(row["_id"])
    return Document(name, _text(row, "title").strip(), _text(row, "text").strip(), texts.get(name, ()))


def _texts_of_experts(folder: Path) -> dict[str, tuple[str, ...]]:
    if not (folder / PROFILES).is_file():
        return {}
    found: dict[str, dict[str, None]] = {}
    for row in _rows(folder / PROFILES):
        found.setdefault(str(row["expert"]), {})[_text(row, "text")] = None
    return {expert: tuple(texts) for expert, texts in found.items()}


def _gains(folder: Path, places: Mapping[str, int]) -> dict[str, dict[int, int]]:
    """Judgements of documents that are not in the corpus are passed over."""
    found: dict[str, dict[int, int]] = {}
    for line in _lines(folder / GAINS):
        cells = line.split("\t") if "\t" in line else line.split()
        query, document, gain = cells[0], cells[-2], cells[-1].strip()
        if _is_number(gain) and document in places:
            found.setdefault(query, {})[places[document]] = int(float(gain))
    return found


def _lists(folder: Path, places: Mapping[str, int]) -> dict[str, tuple[int, ...]]:
    if not (folder / LISTS).is_file():
        return {}
    parted = (line.partition("\t") for line in _lines(folder / LISTS))
    return {
        query: tuple(sorted({places[name] for name in names.split() if name in places}))
        for query, _, names in parted
    }


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in _lines(path))


def _lines(path: Path) -> Iterator[str]:
    """JSON may hold separators that `splitlines` takes for ends of lines."""
    with path.open(encoding="utf-8-sig", newline="\n") as file:
        for line in file:
            if line.strip():
                yield line.rstrip("\r\n")


def _text(row: Mapping[str, Any], name: str) -> str:
    return str(row.get(name) or "")


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit()


def _scattered(name: str) -> bytes:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()
