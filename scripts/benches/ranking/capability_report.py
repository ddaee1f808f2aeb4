"""What the bench of capabilities found, as a table for people and as one JSON document for programs."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from scripts.benches.ranking.capability_measuring import CapabilityResult
from scripts.speaking import both_lines

# Of the largest number, and for a tenfold growth.
AIM_FLOOR = 2.0
AIM_GROWTH = 10.0
JUDGED_FROM = 300_000
TIMES = ("screen", "by_words", "explained", "floor", "words_and_matrix", "full_text", "to_floor")
KEEPING = ("build", "change", "memory", "peak")
Figure = Callable[[CapabilityResult], float]
_GROWING: dict[str, Figure] = {
    "screen": lambda result: result.screen.p50,
    "build": lambda result: result.build_seconds,
    "memory": lambda result: result.megabytes,
}


def document(results: Sequence[CapabilityResult]) -> dict[str, Any]:
    sizes = [asdict(result) | {"to_floor": result.to_floor} for result in results]
    return {"sizes": sizes, "growth": {name: _growth(results, figure) for name, figure in _GROWING.items()}}


def show(results: Sequence[CapabilityResult], speaker: Console) -> None:
    speaker.print(_table(results, TIMES, _times))
    speaker.print(_table(results, KEEPING, _keeping))
    for name, figure in _GROWING.items():
        grown = ", ".join(f"{each:.1f}" for each in _growth(results, figure)) or "-"
        speaker.print(both_lines(f"bench.capabilities.growth.{name}", growth=grown))
    if results[-1].capabilities >= JUDGED_FROM:
        _judge(results, speaker)


def _growth(results: Sequence[CapabilityResult], figure: Figure) -> list[float]:
    return [later / before for before, later in pairwise(map(figure, results))]


def _table(
    results: Sequence[CapabilityResult],
    columns: Sequence[str],
    cells: Callable[[CapabilityResult], list[str]],
) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False)
    for column in ("number", *columns):
        table.add_column(both_lines(f"bench.capabilities.column.{column}"), justify="right")
    for result in results:
        table.add_row(f"{result.capabilities:,}", *cells(result))
    return table


def _times(result: CapabilityResult) -> list[str]:
    each = (result.screen, result.by_words, result.explained, result.floor, result.words_and_matrix)
    timings = [f"{one.p50:.2f}\n{one.p99:.2f}" for one in (*each, result.postgresql)]
    return [*timings, f"{result.to_floor:.2f}"]


def _keeping(result: CapabilityResult) -> list[str]:
    return [
        f"{result.build_seconds:.2f} s",
        f"{result.change_milliseconds:.0f} ms",
        f"{result.megabytes:.1f} MB",
        f"{result.process_megabytes:.0f} MB",
    ]


def _judge(results: Sequence[CapabilityResult], speaker: Console) -> None:
    largest = results[-1]
    growth = max(_growth(results, lambda result: result.screen.p50), default=0.0)
    for code, met, figure, aim in (
        ("near_floor", largest.to_floor <= AIM_FLOOR, largest.to_floor, AIM_FLOOR),
        ("linear", growth <= AIM_GROWTH, growth, AIM_GROWTH),
    ):
        shown = {"figure": f"{figure:.1f}", "aim": f"{aim:g}", "number": f"{largest.capabilities:,}"}
        speaker.print(both_lines(f"bench.capabilities.{code}_{'met' if met else 'missed'}", **shown))
