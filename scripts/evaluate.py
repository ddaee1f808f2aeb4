"""Measures the lexical relevance of capabilities on a collection with experts' judgements, kept elsewhere.

Nothing of a collection is copied. The collection is a folder with `corpus.jsonl`, `queries.jsonl`,
`qrels.tsv` and `candidates.tsv` (the list to be ordered for each query).
"""

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from statistics import fmean
from typing import Any

from rich.table import Table

from matchmaking.ranking import CapabilityCandidate, DemandFacts
from matchmaking.ranking.relevance import CapabilityTexts
from schemas.vocabulary import CapabilityKind
from scripts.speaking import both, to_people

FILES = ("corpus.jsonl", "queries.jsonl", "qrels.tsv", "candidates.tsv")
DEPTH = 10
SAMPLES = 2_000
SEED = 20_251_120
SATURATION = 1.2
LENGTH_SHARE = 0.75

Scores = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Collection:
    """Texts by document id, queries as (id, title, whole text), judged gains and lists to order."""

    documents: Mapping[str, str]
    queries: tuple[tuple[str, str, str], ...]
    gains: Mapping[str, Mapping[str, int]]
    lists: Mapping[str, tuple[str, ...]]


def evaluate(folder: Path) -> None:
    """Print nDCG@10 of this engine's relevance and of plain BM25 over one text; skip visibly without data."""
    speaker = to_people()
    if not all((folder / name).is_file() for name in FILES):
        speaker.print(both("evaluate.absent", folder=folder))
        return
    collection = read(folder)
    plain = measured(collection, plain_scores(collection))
    lexical = measured(collection, lexical_scores(collection))
    speaker.print(_table(collection, plain, lexical))


def read(folder: Path) -> Collection:
    documents = {one["_id"]: f"{one.get('title') or ''}\n{one['text']}" for one in _lines(folder, FILES[0])}
    queries = tuple((one["_id"], one.get("title") or "", one["text"]) for one in _lines(folder, FILES[1]))
    gains: dict[str, dict[str, int]] = {}
    for row in (folder / FILES[2]).read_text(encoding="utf-8").splitlines()[1:]:
        query, document, gain = row.split("\t")
        gains.setdefault(query, {})[document] = int(gain)
    lists = dict(row.split("\t") for row in (folder / FILES[3]).read_text(encoding="utf-8").splitlines())
    return Collection(documents, queries, gains, {query: tuple(row.split()) for query, row in lists.items()})


def _lines(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]


def lexical_scores(collection: Collection) -> Callable[[str, str, str], Scores]:
    """As a match run reckons it: every document is a capability with a title."""
    names = list(collection.documents)
    texts = CapabilityTexts([_capability(name, collection.documents[name]) for name in names])

    def scores(query: str, title: str, whole: str) -> Scores:
        demand = DemandFacts(demand_id=query, title=title or whole, problem=whole.removeprefix(title))
        found = texts.to_demand(demand)
        return {name: float(one.value_hundredths or 0) for name, one in zip(names, found, strict=True)}

    return scores


def _capability(name: str, document: str) -> CapabilityCandidate:
    return CapabilityCandidate(
        candidate_id=name,
        organization_id=name,
        unit_id=name,
        capability_version=1,
        kind=CapabilityKind.ACHIEVEMENT,
        title_zh=document,
        valid_until=date.max,
    )


def plain_scores(collection: Collection) -> Callable[[str, str, str], Scores]:
    """The measure to beat, written for itself: BM25 over pairs of characters and words of one text."""
    counts = {name: Counter(_pairs(document)) for name, document in collection.documents.items()}
    usual = fmean(found.total() for found in counts.values())
    holding = Counter(term for found in counts.values() for term in found)
    size = len(counts)

    def scores(_query: str, _title: str, whole: str) -> Scores:
        asked = Counter(_pairs(whole))
        return {name: sum(_score(asked, found, holding, size, usual)) for name, found in counts.items()}

    return scores


def _score(
    asked: Counter[str], found: Counter[str], holding: Counter[str], size: int, usual: float
) -> list[float]:
    damping = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * found.total() / usual)
    return [
        asked[term]
        * math.log(1 + (size - holding[term] + 0.5) / (holding[term] + 0.5))
        * (count * (SATURATION + 1) / (count + damping))
        for term, count in found.items()
        if term in asked
    ]


def _pairs(document: str) -> list[str]:
    runs = re.findall(r"[\u4e00-\u9fff]+|[a-z0-9]+", document.lower())
    return [
        term
        for run in runs
        for term in ([run] if run.isascii() else [run[at : at + 2] for at in range(max(1, len(run) - 1))])
    ]


def measured(collection: Collection, scores: Callable[[str, str, str], Scores]) -> list[float]:
    """nDCG@10 of each query for which experts found anything of use; equal scores in the order of ids."""
    found = []
    for query, title, whole in collection.queries:
        gains = collection.gains.get(query, {})
        if any(gains.values()):
            given = scores(query, title, whole)
            listed = sorted(collection.lists[query], key=lambda name: (-given[name], name))
            found.append(normalized_gain(listed, gains))
    return found


def normalized_gain(listed: Sequence[str], gains: Mapping[str, int]) -> float:
    """Discounted gain of the first ten, divided by that of the best order possible."""
    reached = _discounted([gains.get(name, 0) for name in listed])
    return reached / _discounted(sorted(gains.values(), reverse=True))


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(place + 2) for place, gain in enumerate(gains[:DEPTH]))


def interval(values: Sequence[float]) -> tuple[float, float]:
    """95 % of the means of seeded resamples."""
    random = Random(SEED)  # noqa: S311 - resampling, not secrets
    means = sorted(fmean(random.choices(values, k=len(values))) for _ in range(SAMPLES))
    return means[SAMPLES // 40], means[-SAMPLES // 40 - 1]


def _table(collection: Collection, plain: list[float], lexical: list[float]) -> Table:
    title = both("evaluate.title", queries=len(lexical), documents=len(collection.documents))
    table = Table(title=title, title_justify="left")
    for column in ("measure", "value", "interval"):
        table.add_column(
            both(f"evaluate.column.{column}"), justify="left" if column == "measure" else "right"
        )
    gained = [ours - theirs for ours, theirs in zip(lexical, plain, strict=True)]
    for row, values in (("plain", plain), ("lexical", lexical), ("difference", gained)):
        lowest, highest = interval(values)
        table.add_row(both(f"evaluate.row.{row}"), f"{fmean(values):.4f}", f"{lowest:.4f} - {highest:.4f}")
    return table
