"""What the ranking bench found, as a table for people and as one JSON document for programs."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from scripts.benches.ranking.measuring import RankingReport, SizeResult, Timing
from scripts.speaking import both_lines

# Of the largest size, and for a tenfold growth.
AIM_FASTER = 10.0
AIM_FLOOR = 3.0
AIM_GROWTH = 10.0
JUDGED_FROM = 100_000
TIMES = ("screen", "explained", "floor", "postgresql", "to_floor", "faster")
KEEPING = ("load", "change", "memory", "peak")


def document(report: RankingReport) -> dict[str, Any]:
    sizes = [
        asdict(size) | {"to_floor": size.to_floor, "faster_than_postgresql": size.faster_than_postgresql}
        for size in report.sizes
    ]
    growth = {name: report.growth(figure) for name, figure in _GROWING.items()}
    return {"machine": asdict(report.machine), "needs": report.needs, "sizes": sizes, "growth": growth}


def show(report: RankingReport, speaker: Console) -> None:
    facts = Table(box=None, show_header=False)
    for name, value in report.machine.lines():
        facts.add_row(name, value)
    speaker.print(facts)
    speaker.print(_table(report, TIMES, _times))
    speaker.print(_table(report, KEEPING, _keeping))
    for name, figure in _GROWING.items():
        grown = ", ".join(f"{each:.1f}" for each in report.growth(figure)) or "-"
        speaker.print(both_lines(f"bench.growth.{name}", growth=grown))
    if report.sizes[-1].products >= JUDGED_FROM:
        _judge(report, speaker)


def _table(report: RankingReport, columns: Sequence[str], cells: Callable[[SizeResult], list[str]]) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False)
    for column in ("products", *columns):
        table.add_column(both_lines(f"bench.column.{column}"), justify="right")
    for size in report.sizes:
        table.add_row(f"{size.products:,}", *cells(size))
    return table


_GROWING = {
    "screen": lambda size: size.screen.p50,
    "load": lambda size: size.load_seconds,
    "memory": lambda size: size.megabytes,
}


def _times(size: SizeResult) -> list[str]:
    timings = [_timing(each) for each in (size.screen, size.explained, size.floor, size.postgresql)]
    return [*timings, f"{size.to_floor:.2f}", f"{size.faster_than_postgresql:.1f} x"]


def _keeping(size: SizeResult) -> list[str]:
    return [
        f"{size.load_seconds:.2f} s",
        f"{size.change_milliseconds:.0f} ms",
        f"{size.megabytes:.1f} MB",
        f"{size.process_megabytes:.0f} MB",
    ]


def _timing(timing: Timing) -> str:
    """p50, p99 and CPU time of our process."""
    return f"{timing.p50:.2f}\n{timing.p99:.2f}\n{timing.cpu:.2f}"


def _judge(report: RankingReport, speaker: Console) -> None:
    largest, growth = report.sizes[-1], max(report.growth(lambda size: size.screen.p50), default=0.0)
    faster = largest.faster_than_postgresql
    for code, met, figure, aim in (
        ("bench.faster", faster >= AIM_FASTER, faster, AIM_FASTER),
        ("bench.near_floor", largest.to_floor <= AIM_FLOOR, largest.to_floor, AIM_FLOOR),
        ("bench.linear", growth <= AIM_GROWTH, growth, AIM_GROWTH),
    ):
        shown = {"figure": f"{figure:.1f}", "aim": f"{aim:g}", "products": f"{largest.products:,}"}
        speaker.print(both_lines(f"{code}_{'met' if met else 'missed'}", **shown))
