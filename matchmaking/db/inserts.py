"""Inserting rows that nobody needs back: statements are built once, and rows do not join the session."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Insert, Table, bindparam, column, func, insert, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import SQLModel

from matchmaking.db.session import WriteSession


async def insert_row(session: WriteSession, table: type[SQLModel], row: Mapping[str, Any]) -> None:
    """Insert one row with a value for every column but those that may be null."""
    await session.execute(_plain(table), row)


async def insert_all(session: WriteSession, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert `rows`, each with a value for every column, by one parameter: a message a row costs more."""
    if rows:
        await session.execute(_of_records(table), {"rows": rows})


def _mapped(table: type[SQLModel]) -> Table:
    mapped: Table = table.__table__  # type: ignore[attr-defined]
    return mapped


@cache
def _plain(table: type[SQLModel]) -> Insert:
    return insert(_mapped(table))


@cache
def _of_records(table: type[SQLModel]) -> Insert:
    """`INSERT ... SELECT ... FROM jsonb_to_recordset(:rows) AS (...)`, by the columns of the table."""
    columns = _mapped(table).columns
    records = func.jsonb_to_recordset(bindparam("rows", type_=JSONB)).table_valued(
        *(column(each.name, each.type) for each in columns)
    )
    derived = records.render_derived("record", with_types=True)
    names = [each.name for each in columns]
    return insert(_mapped(table)).from_select(names, select(*(derived.c[name] for name in names)))
