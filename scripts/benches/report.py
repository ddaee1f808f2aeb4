"""What a bench found, as tables for people and as one JSON document for programs."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from matchmaking.messages import Language, text
from scripts.benches import cases
from scripts.benches.machine import Machine
from scripts.benches.rounds import LayerCost, Row
from scripts.speaking import both_lines

LANGUAGES: tuple[Language, ...] = ("zh", "en")
# On two cores, as ratios to the empty endpoint.
AIMS = {cases.READ: 0.09, cases.MATCH: 0.025}
COLUMNS = ("rate", "p50", "p99", "ratio", "server", "clients")
# Our own start takes about half a core for some seconds.
QUIET_LOAD = 0.7


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that one run found out, and where."""

    machine: Machine
    rounds: int
    seconds: float
    connections: int
    offers: int
    rows: list[Row]
    layers: list[LayerCost]

    def document(self) -> dict[str, Any]:
        return asdict(self) | {"aims": AIMS}


def show(report: Report, speaker: Console) -> None:
    speaker.print(_facts(report))
    speaker.print(_rows(report.rows, report.offers))
    speaker.print(_layers(report.layers))
    for name, aim in AIMS.items():
        found = next(row.ratio for row in report.rows if row.name == name)
        verdict = "bench.aim_met" if found >= aim else "bench.aim_missed"
        zh, en = (text(f"bench.case.{name}", language, offers=report.offers) for language in LANGUAGES)
        speaker.print(both_lines(verdict, ratio=f"{found:.3f}", aim=f"{aim:.3f}", case_zh=zh, case_en=en))
    if report.machine.load_before > QUIET_LOAD:
        speaker.print(both_lines("bench.not_idle", load=f"{report.machine.load_before:.1f}"))


def _facts(report: Report) -> Table:
    table = Table(box=None, show_header=False)
    for name, value in report.machine.lines():
        table.add_row(name, value)
    table.add_row("bench", f"{report.rounds} x {report.seconds:g} s, {report.connections} keep-alive clients")
    return table


def _rows(rows: Sequence[Row], offers: int) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column(both_lines("bench.column.case"), no_wrap=True)
    for column in COLUMNS:
        table.add_column(both_lines(f"bench.column.{column}"), justify="right")
    for row in rows:
        table.add_row(
            both_lines(f"bench.case.{row.name}", offers=offers),
            f"{row.rate:,.0f}",
            f"{row.p50_milliseconds:.2f}",
            f"{row.p99_milliseconds:.2f}",
            f"{row.ratio:.3f}\n{row.lowest_ratio:.3f}-{row.highest_ratio:.3f}",
            f"{row.server_microseconds:,.0f}" if row.server_microseconds else "-",
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
