"""What a bench found, as tables for people and as one JSON document for programs."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from matchmaking.messages import text
from scripts.benches import cases
from scripts.benches.machine import Machine
from scripts.benches.rounds import LayerCost, Row
from scripts.speaking import both_lines

# What issue and architecture promise on two cores, as ratios to the empty endpoint.
AIMS = {cases.READ: 0.09, cases.MATCH: 0.015}
COLUMNS = ("rate", "p50", "p99", "ratio", "range", "server", "clients")


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that one run found out, and where."""

    machine: Machine
    rounds: int
    seconds: float
    connections: int
    rows: list[Row]
    layers: list[LayerCost]

    def document(self) -> dict[str, Any]:
        return asdict(self) | {"aims": AIMS}


def show(report: Report, speaker: Console) -> None:
    speaker.print(_facts(report))
    speaker.print(_rows(report.rows))
    speaker.print(_layers(report.layers))
    for name, aim in AIMS.items():
        found = next(row.ratio for row in report.rows if row.name == name)
        verdict = "bench.aim_met" if found >= aim else "bench.aim_missed"
        case = {f"case_{language}": text(f"bench.case.{name}", language) for language in ("zh", "en")}
        speaker.print(both_lines(verdict, ratio=f"{found:.3f}", aim=f"{aim:.3f}", **case))


def _facts(report: Report) -> Table:
    table = Table(box=None, show_header=False)
    for name, value in report.machine.lines():
        table.add_row(name, value)
    table.add_row("bench", f"{report.rounds} x {report.seconds:g} s, {report.connections} keep-alive clients")
    return table


def _rows(rows: Sequence[Row]) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column(both_lines("bench.column.case"))
    for column in COLUMNS:
        table.add_column(both_lines(f"bench.column.{column}"), justify="right")
    for row in rows:
        table.add_row(
            both_lines(f"bench.case.{row.name}"),
            f"{row.rate:,.0f}",
            f"{row.p50_milliseconds:.2f}",
            f"{row.p99_milliseconds:.2f}",
            f"{row.ratio:.3f}",
            f"{row.lowest_ratio:.3f}-{row.highest_ratio:.3f}",
            f"{row.server_microseconds:,.0f}",
            f"{row.client_busy:.0%}",
        )
    return table


def _layers(layers: Sequence[LayerCost]) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column(both_lines("bench.column.layer"))
    for column in ("cost", "cost_range"):
        table.add_column(both_lines(f"bench.column.{column}"), justify="right")
    for layer in layers:
        span = f"{layer.lowest:.1f} - {layer.highest:.1f}"
        table.add_row(layer.name, f"{layer.microseconds:.1f}", span, end_section=layer is layers[-2])
    return table
