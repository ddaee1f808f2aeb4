"""Readers of cells: from what people type in spreadsheets to the values of the wire shapes.

A cell is data: one that looks like a formula is a text like any other.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from matchmaking.messages import word
from scripts.importing.faults import CellUnreadable

Reader = Callable[[str], Any]
FEN_PER_YUAN = 100
FEN_PER_WAN = 1_000_000
BASIS_POINTS_PER_PERCENT = 100
NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.(\d+))?", re.ASCII)
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
SEPARATORS = re.compile(r"[;；、|\n]")
TRUTHS = {"是": True, "true": True, "yes": True, "否": False, "false": False, "no": False}


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its English name, its Chinese alias, and where its value stands in the wire shape.

    Columns with the same path are the same thing in other units: a file has one of them.
    """

    name: str
    alias: str
    path: tuple[str, ...]
    read: Reader
    required: bool = False


def plain(cell: str) -> str:
    return cell


def whole(cell: str) -> int:
    return int(_scaled(cell, 1, 0, "import.not_whole"))


def yuan(cell: str) -> int:
    """Fen, from yuan with at most two decimals."""
    return int(_scaled(cell, FEN_PER_YUAN, 2, "import.not_yuan"))


def wan(cell: str) -> int:
    """Fen, from 万元 (CNY 10,000)."""
    return int(_scaled(cell, FEN_PER_WAN, 6, "import.not_wan"))


def percent(cell: str) -> int:
    """Basis points, from percent with at most two decimals."""
    bare = cell.removesuffix("%").removesuffix("％").strip()
    return int(_scaled(bare, BASIS_POINTS_PER_PERCENT, 2, "import.not_percent"))


def day(cell: str) -> str:
    """An ISO date; Excel's own forms 2026/11/5 and 2026年11月5日 are read as well."""
    found = DAY.fullmatch(cell)
    if found is None:
        raise CellUnreadable("import.not_day")
    year, month, number = found.groups()
    return f"{year}-{int(month):02d}-{int(number):02d}"


def truth(cell: str) -> bool:
    if cell.lower() not in TRUTHS:
        raise CellUnreadable("import.not_truth")
    return TRUTHS[cell.lower()]


def several(cell: str) -> list[str]:
    return [part for part in (piece.strip() for piece in SEPARATORS.split(cell)) if part]


def structure(cell: str) -> Any:
    """JSON, for what one cell cannot say in words."""
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        raise CellUnreadable("import.not_json") from None


def code_of(members: type[StrEnum]) -> Reader:
    """The code of a member, or what it is called in either language."""
    called = _called(members)

    def read(cell: str) -> str:
        if cell.lower() not in called:
            raise CellUnreadable("import.not_code", {"allowed": _allowed(members)})
        return called[cell.lower()]

    return read


def codes_of(members: type[StrEnum]) -> Reader:
    read = code_of(members)
    return lambda cell: [read(part) for part in several(cell)]


def _called(members: type[StrEnum]) -> Mapping[str, str]:
    named = {word(member, language).lower(): member.value for member in members for language in ("zh", "en")}
    return named | {member.value.lower(): member.value for member in members}


def _allowed(members: type[StrEnum]) -> str:
    return ", ".join(f"{member.value} {word(member, 'zh')}" for member in members)


def _scaled(cell: str, scale: int, decimals: int, code: str) -> Decimal:
    found = NUMBER.fullmatch(cell)
    if found is None or len((found.group(1) or "").rstrip("0")) > decimals:
        raise CellUnreadable(code)
    return Decimal(cell.replace(",", "")) * scale
