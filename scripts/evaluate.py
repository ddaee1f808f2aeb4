"""`matchmaking evaluate`: how well this engine and other ways rank a collection that experts judged."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from matchmaking.db.cluster_failures import LocalFailed
from matchmaking.encoding.choosing import encoder_of
from matchmaking.encoding.encoder import Encoder
from matchmaking.settings import Settings
from scripts.evaluation.collection import Collection, is_collection, read
from scripts.evaluation.dense import Encoded, encoded
from scripts.evaluation.engine import Scoring, engines
from scripts.evaluation.measures import Measured, interval, measured, ranks_of
from scripts.evaluation.peers import peers
from scripts.evaluation.postgresql import full_text
from scripts.speaking import both, both_lines, console, to_people

OURS = "ours"
NOT_THERE = 2


@dataclass(frozen=True, slots=True)
class Wishes:
    """`judged` ranks the lists of `candidates.tsv`; `encode` allows texts to be encoded now."""

    judged: bool = False
    as_json: bool = False
    encode: bool = True
    cache: Path | None = None


def evaluate(folder: Path, wishes: Wishes, encoder: Encoder | None = None) -> int:
    """Print what was measured; the exit status. Without a collection there it says so."""
    speaker = console(sys.stderr) if wishes.as_json else to_people()
    if not is_collection(folder):
        speaker.print(both("evaluate.absent", folder=folder))
        return NOT_THERE
    collection = read(folder)
    if wishes.judged and not collection.lists:
        speaker.print(both("evaluate.no_lists", folder=folder))
        return NOT_THERE
    if not collection.judged:
        speaker.print(both("evaluate.nothing_judged", folder=folder))
        return NOT_THERE
    found = encoded(
        collection,
        folder,
        encoder or encoder_of(Settings()),
        speaker,
        encode=wishes.encode,
        cache=wishes.cache,
    )
    rows = _compared(collection, found, wishes, speaker)
    if wishes.as_json:
        for row in rows:
            print(json.dumps(row, ensure_ascii=False))
    else:
        speaker.print(_table(collection, wishes, rows))
    return 0


def _compared(
    collection: Collection, found: Encoded | None, wishes: Wishes, speaker: Console
) -> list[dict[str, Any]]:
    figures = {
        name: _measured(collection, scoring, judged=wishes.judged)
        for name, scoring in _systems(collection, found, speaker)
    }
    surroundings = {
        "collection": collection.name,
        "mode": "judged" if wishes.judged else "corpus",
        "questions": len(collection.judged),
        "documents": len(collection.documents),
        "model": found.model if found else None,
    }
    return [_row(name, own, figures[OURS]) | surroundings for name, own in figures.items()]


def _systems(
    collection: Collection, found: Encoded | None, speaker: Console
) -> Iterator[tuple[str, Scoring]]:
    """Ours first, then the others, then ours without each part; one is measured before the next is made."""
    own = engines(collection, found)
    yield next(own)
    there = []
    for name, scoring in peers(collection, found):
        there.append(name)
        yield name, scoring
    for name, needed in (("bm25_words", "bm25s"), ("tantivy", "tantivy")):
        if name not in there:
            speaker.print(both("evaluate.peer_absent", peer=needed))
    with ExitStack() as stack:
        try:
            yield "postgresql_full_text", stack.enter_context(full_text(collection)).scores
        except LocalFailed as failed:
            speaker.print(both("evaluate.postgresql_absent", why=failed.code))
    yield from own


def _measured(collection: Collection, scoring: Scoring, *, judged: bool) -> Measured:
    ranks, gains = [], []
    for place in collection.judged:
        worth = collection.gains[collection.questions[place].name]
        useful = [document for document, gain in worth.items() if gain > 0]
        listed = collection.lists.get(collection.questions[place].name, ()) if judged else None
        among = None if listed is None else np.array(listed, dtype=np.int64)
        ranks.append(ranks_of(scoring(place), useful, among))
        gains.append(worth)
    return measured(ranks, gains)


def _row(name: str, own: Measured, ours: Measured) -> dict[str, Any]:
    """Intervals are of nDCG@10 unless they say otherwise; `ours_minus` is the paired difference."""
    low, high = interval(own.ndcg)
    row: dict[str, Any] = {
        "system": name,
        "ndcg10": float(own.ndcg.mean()),
        "recall20": float(own.recall.mean()),
        "mrr": float(own.reciprocal_rank.mean()),
        "low": low,
        "high": high,
        "recall20_interval": interval(own.recall),
        "mrr_interval": interval(own.reciprocal_rank),
    }
    if name != OURS:
        gained = ours.ndcg - own.ndcg
        row |= {"ours_minus": float(gained.mean()), "ours_minus_interval": interval(gained)}
    return row


def _table(collection: Collection, wishes: Wishes, rows: Sequence[dict[str, Any]]) -> Table:
    counts = {"questions": len(collection.judged), "documents": len(collection.documents)}
    title = both("evaluate.title_judged" if wishes.judged else "evaluate.title", **counts)
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    for column in ("system", "ndcg10", "recall20", "mrr", "difference"):
        heading = both_lines(f"evaluate.column.{column}")
        table.add_column(
            heading, justify="left" if column == "system" else "right", no_wrap=column != "system"
        )
    for row in rows:
        gained = row.get("ours_minus_interval")
        table.add_row(
            both(f"evaluate.row.{row['system']}"),
            f"{row['ndcg10']:.4f} {_span(row['low'], row['high'])}",
            f"{row['recall20']:.3f}",
            f"{row['mrr']:.3f}",
            f"{row['ours_minus']:+.4f} {_span(*gained)}" if gained else "",
        )
    return table


def _span(low: float, high: float) -> str:
    return f"({low:.3f}, {high:.3f})"
