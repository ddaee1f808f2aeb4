"""The journal as an organization reads its own."""

import orjson
from sqlalchemy import select
from sqlmodel import col

from matchmaking.access.actor import Actor
from matchmaking.access.permissions import require
from matchmaking.access.scoping import visible_to
from matchmaking.db.cursors import Slice
from matchmaking.db.session import ReadSession
from matchmaking.services.listings import PageRequest, listed
from matchmaking.tables.followup import JournalEntry
from schemas.journal import JournalEntryRead
from schemas.operations import Operation


async def list_entries(session: ReadSession, actor: Actor, page: PageRequest) -> Slice[JournalEntryRead]:
    require(actor, Operation.JOURNAL_LIST)
    statement = select(JournalEntry).where(visible_to(actor, JournalEntry))
    return await listed(session, statement, col(JournalEntry.id), page, lambda row: _read(row[0]))


def _read(entry: JournalEntry) -> JournalEntryRead:
    values = entry.model_dump(exclude={"body", "organization_id", "unit_id"})
    return JournalEntryRead(**values, body=orjson.loads(entry.body))
