"""What the list operations share: a page by key, newest first, of rows shaped for the caller."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute

from matchmaking.db.cursors import Key, Slice
from matchmaking.db.keyset import page_of, slice_of
from matchmaking.db.session import ReadSession

Shape = TypeVar("Shape")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """At most `limit` rows behind the key `after`; None starts with the newest."""

    limit: int
    after: Key | None = None


async def listed(
    session: ReadSession,
    statement: Select[*tuple[Any, ...]],
    identity: InstrumentedAttribute[Any] | Any,
    page: PageRequest,
    show: Callable[[Any], Shape],
) -> Slice[Shape]:
    """The page of `statement` by `identity`, the time-ordered id of its first entity; `show` shapes a row."""
    rows = (await session.execute(page_of(statement, (identity,), page.after, page.limit))).all()
    found = slice_of(rows, page.limit, lambda row: (row[0].id,))
    return Slice([show(row) for row in found.rows], found.last)
