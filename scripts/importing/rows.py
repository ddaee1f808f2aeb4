"""From rows to drafts: each checked by the same shape as over HTTP, its faults named by column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from matchmaking.errors import Refusal
from routers.validation import faults_of
from scripts.importing.faults import CellUnreadable, Fault
from scripts.importing.files import Heading, Line

Shape = TypeVar("Shape", bound=BaseModel)
Raw = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Draft(Generic[Shape]):
    """A row that is in order by itself."""

    row: int
    content: Shape


def raw_of(line: Line, heading: Heading) -> tuple[Raw, list[Fault]]:
    """The nested object that the cells spell, and the cells that spell nothing."""
    raw: Raw = {}
    faults = []
    for column in heading.columns:
        name = heading.called[column.path]
        if column not in line.cells:
            if column.required:
                faults.append(Fault(line.number, name, "import.cell_missing"))
            continue
        try:
            _put(raw, column.path, column.read(line.cells[column]))
        except CellUnreadable as unreadable:
            faults.append(Fault(line.number, name, unreadable.code, unreadable.parameters))
    return raw, faults


def checked(
    line: Line, heading: Heading, shape: type[Shape], raw: Raw, faults: Sequence[Fault]
) -> tuple[Draft[Shape] | None, list[Fault]]:
    """The draft, or its `faults` before it was looked at as a whole together with those found then."""
    try:
        content = shape.model_validate(raw)
    except ValidationError as invalid:
        found = _faults(line, heading, raw, invalid)
        if not faults:
            return None, found
        # What an unreadable cell leaves open is no fault of its own.
        others = set(heading.called.values()) - {fault.column for fault in faults}
        further = [one for one in found if one.column in others and one.code != "field_missing"]
        return None, [*faults, *further]
    return (None, list(faults)) if faults else (Draft(line.number, content), [])


def _faults(line: Line, heading: Heading, raw: Raw, invalid: ValidationError) -> list[Fault]:
    found = [{**one, "loc": ("body", *one["loc"])} for one in invalid.errors(include_url=False)]
    return [
        Fault(line.number, column_at(heading, fault.pointer), fault.code, fault.parameters)
        for fault in faults_of(RequestValidationError(found, body=raw))
    ]


def refusal_at(row: int, heading: Heading, refusal: Refusal) -> Fault:
    """What a service would not do, at the column that it points to."""
    return Fault(row, column_at(heading, refusal.pointer or ""), refusal.code, refusal.parameters)


def column_at(heading: Heading, pointer: str) -> str:
    """The column whose value stands at, above or, when there is but one, below the pointer."""
    steps = tuple(step for step in pointer.split("/") if step)
    above = [path for path in heading.called if path == steps[: len(path)]]
    below = [path for path in heading.called if path[: len(steps)] == steps and steps]
    if above:
        return heading.called[max(above, key=len)]
    return heading.called[below[0]] if len(below) == 1 else (steps[-1] if steps else "")


def repeated(drafts: Sequence[tuple[int, Any]], column: str) -> list[Fault]:
    """Rows whose key another row has had before."""
    first: dict[Any, int] = {}
    faults = []
    for row, key in drafts:
        if key in first:
            faults.append(Fault(row, column, "import.row_repeated", {"first": first[key]}))
        first.setdefault(key, row)
    return faults


def _put(raw: Raw, path: tuple[str, ...], value: Any) -> None:
    here: Any = raw
    for step in path[:-1]:
        here = here.setdefault(step, {})
    here[path[-1]] = value


def without(raw: Mapping[str, Any], *names: str) -> Raw:
    return {name: value for name, value in raw.items() if name not in names}
