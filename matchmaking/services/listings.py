"""What the list operations share: pages by key, filters and orders by published names, the end of a listing.

A noun declares once what its list can be narrowed and ordered by, as a `Catalogue`; the names are the fields
of its query in `schemas.listing_queries` and the members of its sort, so that nothing else can be asked.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, or_
from sqlalchemy.orm import InstrumentedAttribute, Mapped

from matchmaking.db.cursors import Key, Slice
from matchmaking.db.keyset import page_of, slice_of
from matchmaking.db.session import ReadSession
from matchmaking.errors import Invalid

Shape = TypeVar("Shape")
Column = Mapped[Any] | ColumnElement[Any]
Condition = Callable[[Any, date], ColumnElement[bool]]
LONGEST_LISTING = timedelta(days=366)
RENEWED_BY = timedelta(days=365)
WARNED_BEFORE = timedelta(days=30)
NO_FILTERS = frozenset({"q", "sort"})


@dataclass(frozen=True, slots=True)
class PageRequest:
    """At most `limit` rows behind the key `after`; None starts with the newest."""

    limit: int
    after: Key | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A published order: by `columns`, which are never null, and by the id where those are alike."""

    columns: tuple[Column, ...] = ()
    descending: bool = False


NEWEST = Order(descending=True)
OLDEST = Order()


@dataclass(frozen=True)
class Catalogue:
    """What one list can be narrowed and ordered by.

    `filters` make a condition of the value asked for and of today. `q` finds a part of one of the `searched`
    texts. Such a search reads every row that the actor may see: LIKE is not leakproof, so under row policies
    no index serves it; a catalogue of its own takes its place once lists are long.
    """

    identity: Column
    orders: Mapping[StrEnum, Order]
    filters: Mapping[str, Condition] = field(default_factory=dict)
    searched: tuple[Column, ...] = ()

    def narrowed(
        self, statement: Select[*tuple[Any, ...]], query: Any, today: date
    ) -> Select[*tuple[Any, ...]]:
        """`statement` with what `query` asks for; KeyError for a filter that has no meaning here."""
        asked = {one.name: getattr(query, one.name) for one in fields(query) if one.name not in NO_FILTERS}
        wanted = [self.filters[name](value, today) for name, value in asked.items() if value is not None]
        if (text := getattr(query, "q", None)) is not None:
            wanted.append(or_(*(column.icontains(text, autoescape=True) for column in self.searched)))
        return statement.where(*wanted)


async def browse(
    session: ReadSession,
    catalogue: Catalogue,
    statement: Select[*tuple[Any, ...]],
    query: Any,
    page: PageRequest,
    show: Callable[[Any], Shape],
) -> Slice[Shape]:
    """The page of `statement` that `query` asks for, in its order; `show` shapes a row."""
    order = catalogue.orders[query.sort]
    columns: tuple[Any, ...] = (*order.columns, catalogue.identity)
    narrowed = catalogue.narrowed(statement, query, session.instant.date()).add_columns(*columns)
    paged = page_of(narrowed, columns, page.after, page.limit, descending=order.descending)
    rows = (await session.execute(paged)).all()
    found = slice_of(rows, page.limit, lambda row: tuple(row[-len(columns) :]))
    return Slice([show(row) for row in found.rows], found.last)


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


def check_listing_end(session: ReadSession, end: date, pointer: str) -> None:
    """Invalid unless the end lies ahead, and at most twelve months: listings go stale."""
    today = session.instant.date()
    if not today < end <= today + LONGEST_LISTING:
        raise Invalid("listing_end_out_of_range", pointer=pointer)


def renewed_end(session: ReadSession, asked: date | None, pointer: str = "/valid_until") -> date:
    """The end that a renewal sets: as asked, or twelve months from today."""
    if asked is None:
        return session.instant.date() + RENEWED_BY
    check_listing_end(session, asked, pointer)
    return asked


def is_outdated(end: date, today: date) -> bool:
    """The last day of a listing still counts."""
    return end < today


def is_expiring(end: date, today: date) -> bool:
    """In its last thirty days: time to renew it."""
    return today <= end <= today + WARNED_BEFORE


def standing(session: ReadSession, end: date) -> dict[str, bool]:
    """The fields of `schemas.renewals.Standing`."""
    today = session.instant.date()
    return {"outdated": is_outdated(end, today), "expiring": is_expiring(end, today)}


def outdated(end: Column) -> Condition:
    """The filter `outdated` over the column in which a listing ends."""
    return lambda wanted, today: end < today if wanted else end >= today
