"""Changing a row by compare-and-set: the writer names what it has seen, and a faster writer wins."""

from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import CursorResult, Executable, update
from sqlmodel import SQLModel

from matchmaking.db.session import WriteSession
from matchmaking.errors import Stale

RowType = TypeVar("RowType", bound=SQLModel)


async def compare_and_set(
    session: WriteSession,
    table: type[RowType],
    row_id: UUID,
    seen: Mapping[str, Any],
    values: Mapping[str, Any],
) -> RowType:
    """Set `values` where the row still is as `seen`, raise its version, answer the row; Stale when it is not.

    One statement decides among concurrent writers, whatever each of them read before.
    """
    columns = table.__table__.c  # type: ignore[attr-defined]
    statement = (
        update(table)
        .where(columns.id == row_id, *(columns[name] == value for name, value in seen.items()))
        .values(**values, version=columns.version + 1)
        .returning(table)
        .execution_options(populate_existing=True, synchronize_session=False)
    )
    row = (await session.execute(statement)).scalar_one_or_none()
    if row is None:
        raise Stale("version_stale")
    return row


async def count_changed(session: WriteSession, statement: Executable) -> int:
    """How many rows an INSERT, UPDATE or DELETE touched."""
    return cast("CursorResult[Any]", await session.execute(statement)).rowcount
