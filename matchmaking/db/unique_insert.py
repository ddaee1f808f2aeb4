"""Inserting a row whose place may be taken: the unique constraints decide, not a look beforehand."""

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import SQLModel

from matchmaking.db.session import WriteSession


async def insert_unless_taken(session: WriteSession, row: SQLModel) -> bool:
    """Whether `row` was inserted; False when another row holds one of its unique values.

    The row does not become part of the session, and the transaction stays usable either way.
    """
    table = type(row)
    statement = (
        insert(table).values(**row.model_dump()).on_conflict_do_nothing().returning(table.__table__.c.id)  # type: ignore[attr-defined]
    )
    return (await session.execute(statement)).one_or_none() is not None
