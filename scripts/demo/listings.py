"""In full what files hold in short: lines of capabilities.csv and needs.csv, published reference rates.

Several entries in a cell stand apart by semicolons. Empty cells are left out: they are unknown.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from schemas.vocabulary import LprTerm
from scripts.demo.enterprises import FEN_A_WAN

TERMS = (LprTerm.ONE_YEAR, LprTerm.FIVE_YEARS)
LISTS = ("fields", "chains", "equipment", "past_work", "modes", "pledges")
NUMBERS = ("readiness_from", "readiness_to", "free_projects", "needed_in_days", "tenor_months")


def capability_of(line: Mapping[str, str]) -> dict[str, Any]:
    """The content of a DemoCapability; of intellectual property there are numbers alone."""
    values = _values(line)
    numbers = values.pop("intellectual_property", "")
    owned = [{"number": number} for number in numbers.split(";") if number]
    return {**values, "intellectual_property": owned}


def need_of(line: Mapping[str, str]) -> dict[str, Any]:
    return _values(line)


def rates_of(publications: Iterable[tuple[str, int, int]]) -> list[dict[str, Any]]:
    """Each publication gives one rate for each term."""
    return [
        {"term": term, "published_on": day, "basis_points": rate}
        for day, *rates in publications
        for term, rate in zip(TERMS, rates, strict=True)
    ]


def _values(line: Mapping[str, str]) -> dict[str, Any]:
    return dict(_value(column, cell) for column, cell in line.items() if cell)


def _value(column: str, cell: str) -> tuple[str, Any]:
    if column.endswith("_wan"):
        return f"{column.removesuffix('_wan')}_fen", int(cell) * FEN_A_WAN
    if column in LISTS:
        return column, cell.split(";")
    if column in NUMBERS:
        return column, int(cell)
    return column, cell
