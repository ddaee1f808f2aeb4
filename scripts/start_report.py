"""What a person sees of a start: each phase with its time, and when the service is ready."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from scripts.speaking import both


@dataclass(slots=True)
class Phase:
    """A phase under way; `outcome` is what is said of it once it is done."""

    outcome: Text = field(default_factory=Text)


@dataclass(slots=True)
class StartReport:
    """`began` is on the clock of time.monotonic."""

    console: Console
    began: float

    def open(self, state: Path) -> None:
        self.console.print(Rule(both("start.title"), style="bold"))
        self.console.print(Text.assemble("  ", both("start.state"), f"  {state}"), soft_wrap=True)

    @contextmanager
    def phase(self, code: str) -> Iterator[Phase]:
        began = time.monotonic()
        phase = Phase()
        if self.console.is_terminal:
            with self.console.status(both(code)):
                yield phase
        else:
            yield phase
        seconds = f"{time.monotonic() - began:5.2f} s  "
        line = Text.assemble("  ", ("✓ ", "green"), (seconds, "dim"), both(code), "  ", phase.outcome)
        self.console.print(line, soft_wrap=True)

    def ready(self, url: str) -> None:
        seconds = f"{time.monotonic() - self.began:.1f}"
        said = Text.assemble("  ", both("start.ready", seconds=seconds), f"  {url}")
        said.stylize("bold")
        self.console.print(said, soft_wrap=True)
