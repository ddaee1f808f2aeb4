"""How much meaning counts beside words, chosen on all folders but one and shown on that one.

    python -m scripts.evaluation.closeness FOLDER FOLDER ...

`CLOSENESS_PER_SPREAD` is the only constant of the fusion that collections were looked at for. Vectors must be
shipped or kept from an earlier `matchmaking evaluate`.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from rich.table import Table

from matchmaking.encoding.choosing import encoder_of
from matchmaking.ranking.fusion import CLOSENESS_PER_SPREAD, fused_all
from matchmaking.ranking.text_scores import nearness, score_texts
from matchmaking.settings import Settings
from scripts.evaluation.collection import read
from scripts.evaluation.dense import encoded
from scripts.evaluation.engine import Engine
from scripts.evaluation.measures import normalized_gain, ranks_of
from scripts.speaking import console, to_people

TRIED = (0, 200, 300, 400, 500, 600, 700, 800, 1_000, 1_500, 2_000)


def quality(folder: Path) -> dict[int, float]:
    """Mean nDCG@10 of a collection for each constant tried."""
    collection = read(folder)
    found = encoded(collection, folder, encoder_of(Settings()), console(sys.stderr), encode=False, cache=None)
    if found is None:
        raise SystemExit(2)
    engine = Engine.over(collection, found)
    reached: dict[int, list[float]] = {tried: [] for tried in TRIED}
    for place in collection.judged:
        question = collection.questions[place]
        gains = collection.gains[question.name]
        useful = [document for document, gain in gains.items() if gain > 0]
        near = nearness(engine.index, found.questions[place])
        scores = score_texts(engine.index, question.texts, near)
        for tried in TRIED:
            close = scores.closeness * tried // CLOSENESS_PER_SPREAD
            values = fused_all(scores.shares + close, engine.index.layout.starts)
            reached[tried].append(normalized_gain(ranks_of(values.astype(np.float64), useful), gains))
    return {tried: float(np.mean(each)) for tried, each in reached.items()}


def chosen(found: Mapping[str, Mapping[int, float]]) -> int:
    """The constant with the best mean of what each collection reaches, as a part of its own best."""
    return max(TRIED, key=lambda tried: sum(each[tried] / max(each.values()) for each in found.values()))


def main(folders: Sequence[Path]) -> None:
    found = {folder.name: quality(folder) for folder in folders}
    table = Table("folder", *map(str, TRIED), "chosen on the others", "reached", "own best")
    for name, own in found.items():
        others = {other: each for other, each in found.items() if other != name}
        constant = chosen(others) if others else CLOSENESS_PER_SPREAD
        figures = (f"{own[tried]:.4f}" for tried in TRIED)
        table.add_row(name, *figures, str(constant), f"{own[constant]:.4f}", f"{max(own.values()):.4f}")
    speaker = to_people()
    speaker.width = 200
    speaker.print(table)


if __name__ == "__main__":
    main([Path(folder) for folder in sys.argv[1:]])
