"""Reads a CSV file as Excel writes it in China: UTF-8 with or without a mark, or GB18030; bounded."""

import csv
import io
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.failures import ASKED_WRONGLY, CommandRefused
from scripts.importing.cells import Column
from scripts.importing.faults import Fault, FileRefused

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 20_000
LONGEST_NAME_SHOWN = 40
MOST_NAMES_SHOWN = 10
SHOWABLE = set(string.ascii_letters + string.digits + " _-().%")


@dataclass(frozen=True, slots=True)
class Line:
    """A row with its number in the file, and its cells by column; cells left empty are left out."""

    number: int
    cells: Mapping[Column, str]


@dataclass(frozen=True, slots=True)
class Heading:
    """How the file itself calls each column that it has."""

    columns: Sequence[Column]
    called: Mapping[tuple[str, ...], str]


def read_file(file: Path, known: Sequence[Column]) -> tuple[Heading, list[Line]]:
    """CommandRefused for a file that is no table of these columns, FileRefused for rows of another length."""
    rows = _rows(_decoded(_content(file)))
    number, names = next(rows, (0, []))
    if not any(name.strip() for name in names):
        raise CommandRefused("import.empty", exit_code=ASKED_WRONGLY)
    heading = _heading([name.strip() for name in names], known)
    lines, faults = [], []
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(names):
            counts = {"cells": len(cells), "columns": len(names)}
            faults.append(Fault(number, "", "import.row_length", counts))
            continue
        filled = zip(heading.columns, (cell.strip() for cell in cells), strict=True)
        lines.append(Line(number, {column: cell for column, cell in filled if cell}))
    if faults:
        raise FileRefused(faults)
    if not lines:
        raise CommandRefused("import.no_rows", exit_code=ASKED_WRONGLY)
    if len(lines) > MOST_ROWS:
        raise CommandRefused("import.too_many_rows", {"most": MOST_ROWS}, ASKED_WRONGLY)
    return heading, lines


def _content(file: Path) -> bytes:
    """Of a plain file only: a device or a pipe has no size that could be looked at first."""
    if not file.is_file():
        raise CommandRefused("import.no_file", exit_code=ASKED_WRONGLY)
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    except OSError:
        raise CommandRefused("import.unreadable", exit_code=ASKED_WRONGLY) from None
    if len(content) > MOST_BYTES:
        raise CommandRefused("import.too_large", {"most": MOST_BYTES // 1024**2}, ASKED_WRONGLY)
    if b"\x00" in content:
        raise CommandRefused("import.binary", exit_code=ASKED_WRONGLY)
    return content


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CommandRefused("import.encoding", exit_code=ASKED_WRONGLY)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows are numbered as a spreadsheet does, also where a cell has several lines."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            yield number, cells
    except csv.Error:
        raise CommandRefused("import.not_csv", {"row": number + 1}, ASKED_WRONGLY) from None


def _heading(names: Sequence[str], known: Sequence[Column]) -> Heading:
    by_name = {column.name: column for column in known} | {column.alias: column for column in known}
    unknown = [name for name in names if _plain(name) not in by_name]
    if unknown:
        listed: dict[str, str | int] = {
            "names": _shown(unknown),
            "known": ", ".join(column.name for column in known),
        }
        raise CommandRefused("import.column_unknown", listed, ASKED_WRONGLY)
    columns = [by_name[_plain(name)] for name in names]
    called: dict[tuple[str, ...], str] = {}
    repeated = []
    for name, column in zip(names, columns, strict=True):
        if column.path in called:
            repeated.append(name)
        called.setdefault(column.path, name)
    if repeated:
        raise CommandRefused("import.column_repeated", {"names": _shown(repeated)}, ASKED_WRONGLY)
    missing = [
        f"{column.name} {column.alias}" for column in known if column.required and column.path not in called
    ]
    if missing:
        raise CommandRefused("import.column_missing", {"names": ", ".join(missing)}, ASKED_WRONGLY)
    return Heading(columns, called)


def _plain(name: str) -> str:
    """Full-width brackets are as good as narrow ones."""
    return name.replace("(", "（").replace(")", "）")


def _shown(names: Sequence[str]) -> str:
    """As safe to print: letters of any script, no control characters, not without end."""
    clean = [
        "".join(sign if sign in SHOWABLE or sign.isalnum() or sign in "（）" else "?" for sign in name)
        for name in names[:MOST_NAMES_SHOWN]
    ]
    return ", ".join(f"“{name[:LONGEST_NAME_SHOWN]}”" for name in clean)
