"""Prints the main job: numbered steps, each call on a dim line, each check with a tick."""

import re
from dataclasses import dataclass, field

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from matchmaking.messages import Language, text
from scripts.main_job.caller import Call
from scripts.main_job.figures import short
from scripts.speaking import both, both_lines

INDENT = 3
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LANGUAGES: tuple[Language, ...] = ("zh", "en")


@dataclass
class CheckFailed(Exception):
    """A state that is not as the step says it should be; `code` names what was expected."""

    code: str
    parameters: dict[str, str | int] = field(default_factory=dict)


@dataclass(slots=True)
class Narrator:
    console: Console
    steps: int
    step: int = 0
    checks: int = 0

    def open(self) -> None:
        self.console.print()
        self.console.print(Rule(both("main_job.title"), style="bold"))
        self.say("main_job.preface")

    def begin(self, code: str) -> None:
        self.step += 1
        self.console.print()
        number = Text(f"[{self.step}/{self.steps}] ", style="bold cyan")
        self.console.print(number + Text(text(code, "zh"), style="bold"))
        self.console.print(Text(f"{' ' * len(number)}{text(code, 'en')}", style="dim"))

    def call(self, call: Call) -> None:
        path = ID.sub(lambda found: short(found.group()), call.path)
        line = f"→ {call.person}  {call.method} {path}  {call.status} · {call.milliseconds:.0f} ms"
        self.console.print(Text(" " * INDENT + line, style="dim"), soft_wrap=True)

    def say(self, code: str, **parameters: object) -> None:
        self.show(both_lines(code, **parameters))

    def show(self, what: RenderableType) -> None:
        self.console.print(Padding(what, (0, 0, 0, INDENT), expand=False))

    def check(self, holds: object, code: str, **parameters: str | int) -> None:
        """Say that it holds, or end the main job."""
        if not holds:
            raise CheckFailed(code, parameters)
        self.checks += 1
        self.show(Text.assemble(("✓ ", "green"), both(code, **parameters)))

    def fail_check(self, failed: CheckFailed) -> None:
        expected = {language: text(failed.code, language, "", **failed.parameters) for language in LANGUAGES}
        self.console.print()
        for language in LANGUAGES:
            said = text("main_job.failed_check", language, expected=expected[language])
            self.console.print(Text(said, style="bold red"), soft_wrap=True)

    def fail(self, code: str, **parameters: object) -> None:
        self.console.print()
        for language in LANGUAGES:
            self.console.print(Text(text(code, language, "", **parameters), style="bold red"), soft_wrap=True)
