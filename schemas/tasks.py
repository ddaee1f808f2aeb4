"""Tasks: one sentence, one thing to act on, by when, and who waits."""

from datetime import datetime
from uuid import UUID

from schemas.base import Reading


class TaskRead(Reading):
    kind: str
    sentence: str
    subject_type: str
    subject_id: UUID
    path: str
    waiting_organization_id: UUID | None
    due_at: datetime | None
