"""Keyset pages: a page starts after the last key of the one before, so no row is shown twice or skipped.

The key must be unique and never null. Ids are UUIDv7, so descending ids are newest first.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from matchmaking.db.cursors import Key, Slice
from matchmaking.errors import Malformed

Columns = Sequence[ColumnElement[Any] | InstrumentedAttribute[Any]]
Found = TypeVar("Found", bound=tuple[Any, ...])
Row = TypeVar("Row")


def page_of(
    statement: Select[Found], columns: Columns, after: Key | None, limit: int, *, descending: bool = True
) -> Select[Found]:
    """`statement` in the order of `columns`, from behind `after`, with one row more than the page holds.

    All columns run in the same direction, so that PostgreSQL answers the row comparison from one index.
    """
    if after is not None:
        if len(after) != len(columns):
            raise Malformed("cursor_invalid")
        here = tuple_(*columns)
        bound = tuple_(*(literal(value, column.type) for value, column in zip(after, columns, strict=True)))
        statement = statement.where(here < bound if descending else here > bound)
    order = [column.desc() if descending else column.asc() for column in columns]
    return statement.order_by(None).order_by(*order).limit(limit + 1)


def slice_of(rows: Sequence[Row], limit: int, key: Callable[[Row], Key]) -> Slice[Row]:
    """What `page_of` found, cut to the page; `last` is set only when the surplus row was there."""
    page = rows[:limit]
    return Slice(page, key(page[-1]) if len(rows) > limit else None)
