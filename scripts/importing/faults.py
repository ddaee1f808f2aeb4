"""What is wrong with which row and column, told in both languages, never with what a cell holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from matchmaking.messages import text
from routers.wording import is_documented, sentence
from scripts.failures import CommandRefused
from scripts.speaking import complain

MOST_TOLD = 20


@dataclass
class CellUnreadable(Exception):
    """A cell that is not of its column's form; `code` is one of `import.*`."""

    code: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """`row` counts as spreadsheets do, the heading being row 1; `column` is as the heading names it."""

    row: int
    column: str
    code: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def sentences(self) -> tuple[str, str]:
        place = "import.at_column" if self.column else "import.at_row"
        at: dict[str, Any] = {"row": self.row, "column": self.column}
        chinese = text(place, "zh", **at) + self._said("zh")
        return chinese, text(place, "en", **at) + self._said("en")

    def _said(self, language: Any) -> str:
        if is_documented(self.code):
            return sentence(self.code, language, {"field": text("import.value", language), **self.parameters})
        return text(self.code, language, **self.parameters)


class FileRefused(Exception):
    """Rows are at fault; nothing was stored."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__()
        self.faults = sorted(faults, key=lambda fault: fault.row)


def tell(refused: FileRefused) -> CommandRefused:
    """Say what is wrong with at most 20 cells, and give what to say of the file as a whole."""
    complain(*(fault.sentences() for fault in refused.faults[:MOST_TOLD]))
    more = len(refused.faults) - MOST_TOLD
    if more > 0:
        complain((text("import.more", "zh", more=more), text("import.more", "en", more=more)))
    return CommandRefused("import.nothing_stored", {"count": len(refused.faults)})
