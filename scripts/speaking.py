"""How the command line speaks: Chinese first, English beside it, plain lines where there is no terminal."""

import io
import sys
from typing import TextIO

from rich.console import Console
from rich.text import Text

from matchmaking.messages import text

WIDTH_WITHOUT_TERMINAL = 100
# People read at this width; a wider window does not make tables better.
WIDEST = 120


def console(stream: TextIO, *, quiet: bool = False) -> Console:
    """UTF-8 whatever the locale says; without a terminal 100 columns and no control codes."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors="replace")
    terminal = stream.isatty()
    speaker = Console(
        file=stream,
        force_terminal=terminal,
        color_system="auto" if terminal else None,
        width=None if terminal else WIDTH_WITHOUT_TERMINAL,
        highlight=False,
        markup=False,
        emoji=False,
        quiet=quiet,
    )
    if terminal and speaker.width > WIDEST:
        speaker.width = WIDEST
    return speaker


def to_people(*, quiet: bool = False) -> Console:
    return console(sys.stdout, quiet=quiet)


def both(code: str, **parameters: object) -> Text:
    """The Chinese text and, dim, the English one on one line."""
    return Text.assemble(text(code, "zh", "", **parameters), " ", (text(code, "en", "", **parameters), "dim"))


def both_lines(code: str, **parameters: object) -> Text:
    """The Chinese text, and the English one, dim, on the next line."""
    return Text.assemble(
        text(code, "zh", "", **parameters), "\n", (text(code, "en", "", **parameters), "dim")
    )


def complain(*sentences: tuple[str, str]) -> None:
    """Say on standard error why something was not done: pairs of a Chinese and an English sentence."""
    speaker = console(sys.stderr)
    for chinese, english in sentences:
        speaker.print(Text(chinese, style="bold red"), soft_wrap=True)
        speaker.print(Text(english), soft_wrap=True)
