"""The journal as its organization reads it."""

from typing import Any
from uuid import UUID

from schemas.base import Reading


class JournalEntryRead(Reading):
    action: str
    outcome: str
    subject_type: str
    subject_id: UUID | None
    body: dict[str, Any]
