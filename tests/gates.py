"""Named gates of docs/gates.md: which ran, with what figure, and whether any is missing.

A test is part of a gate by `@pytest.mark.gate("A3")`; `record_property("figure", text)` tells its figure.
`--gates FILE` appends what ran to FILE; `--require-gates` fails the run when FILE then lacks a quick gate.
"""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest

QUICK = (
    *("A2", "A3", "A4", "A5", "B4", "B5", "C1", "C6", "C9", "C10"),
    *("D1", "D3", "D4", "D6", "D7", "D8", "F3", "F4", "G1", "G8", "G9", "G10"),
)


@dataclass
class GateOutcome:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    figures: list[str] = field(default_factory=list)

    @property
    def state(self) -> str:
        if self.failed:
            return "failed"
        return "passed" if self.passed else "did not run"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("gates")
    group.addoption("--gates", type=Path, help="append the gates that ran, one JSON object a line")
    group.addoption("--require-gates", action="store_true", help="fail unless every quick gate ran")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for mark in item.iter_markers("gate"):
            item.user_properties.append(("gate", mark.args[0]))


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    rows = _rows(terminalreporter)
    file: Path | None = config.option.gates
    if file is not None:
        with file.open("a", encoding="utf-8") as stream:
            stream.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    outcomes = _outcomes(rows)
    if outcomes or config.option.require_gates:
        _print(terminalreporter, outcomes, required=config.option.require_gates)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The exit code must be known before the summary is written: missing gates are counted here too."""
    config = session.config
    if hasattr(config, "workerinput") or not config.option.require_gates:
        return
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    file: Path | None = config.option.gates
    earlier = file.read_text(encoding="utf-8").splitlines() if file is not None and file.exists() else []
    outcomes = _outcomes([*map(json.loads, earlier), *_rows(reporter)])
    if any(outcomes[gate].state != "passed" for gate in QUICK):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _rows(reporter: pytest.TerminalReporter) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for state in ("passed", "failed", "error", "skipped"):
        for report in reporter.stats.get(state, []):
            properties = getattr(report, "user_properties", [])
            figures = [value for name, value in properties if name == "figure"]
            rows += [
                {"gate": value, "state": state, "test": report.nodeid, "figures": figures}
                for name, value in properties
                if name == "gate"
            ]
    return rows


def _outcomes(rows: list[dict[str, object]]) -> dict[str, GateOutcome]:
    outcomes: dict[str, GateOutcome] = defaultdict(GateOutcome)
    for row in {(row["gate"], row["test"]): row for row in rows}.values():
        outcome = outcomes[str(row["gate"])]
        if row["state"] == "passed":
            outcome.passed += 1
        elif row["state"] == "skipped":
            outcome.skipped += 1
        else:
            outcome.failed += 1
        outcome.figures += list(row["figures"])  # type: ignore[call-overload]
    return outcomes


def _print(reporter: pytest.TerminalReporter, outcomes: dict[str, GateOutcome], *, required: bool) -> None:
    reporter.section("gates")
    names = sorted({*outcomes, *(QUICK if required else ())}, key=lambda name: (name[0], int(name[1:])))
    for name in names:
        outcome = outcomes[name]
        reporter.line(f"{name:>4} {outcome.state:<11} {outcome.passed} tests")
        for figure in outcome.figures:
            reporter.line(f"       {figure}")
