"""What is kept about the work itself: tasks, the journal, and answers remembered for a repeated request."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from matchmaking.tables.base import Instant, Row, text_enum
from matchmaking.tables.row_security import (
    ACTING_ORGANIZATION,
    OFFICIAL,
    OWN,
    Policy,
    RowSecurity,
    everything,
)
from schemas.vocabulary import LineOfDuty, TaskKind


class Task(Row, table=True):
    """What awaits somebody: one sentence (`kind`), one thing to act on, who waits for it.

    Addressed to an organization, or to the officials of a line of duty. `since` tells the occasion of a task
    that the clock gives, and not a state of its subject: there is one task for each.
    """

    __tablename__ = "task"
    __table_args__ = (
        Index("ix_task_subject", "subject_id", "done_at"),
        Index(
            "uq_task_occasion",
            "subject_id",
            "kind",
            "since",
            unique=True,
            postgresql_where=text("since IS NOT NULL"),
        ),
    )

    organization_id: UUID | None = Field(default=None, foreign_key="organization.id", index=True)
    unit_id: UUID | None = Field(default=None, foreign_key="unit.id")
    line_of_duty: LineOfDuty | None = Field(default=None, sa_type=text_enum(LineOfDuty))
    kind: TaskKind = Field(sa_type=text_enum(TaskKind))
    subject_type: str
    subject_id: UUID
    waiting_organization_id: UUID | None = Field(default=None, foreign_key="organization.id")
    since: datetime | None = Field(default=None, sa_type=Instant)
    due_at: datetime | None = Field(default=None, sa_type=Instant)
    done_at: datetime | None = Field(default=None, sa_type=Instant)


class JournalEntry(Row, table=True):
    """What somebody did, or was refused; appended in the transaction of the change and never altered.

    `body` is canonical JSON (RFC 8785) of the whole entry; ids and salted hashes stand for persons.
    """

    __tablename__ = "journal_entry"
    __table_args__ = (Index("ix_journal_entry_subject", "subject_id"),)

    organization_id: UUID | None = Field(default=None, index=True)
    unit_id: UUID | None = None
    action: str
    outcome: str
    subject_type: str
    subject_id: UUID | None = None
    body: str


class RememberedAnswer(Row, table=True):
    """The answer given to a request with an idempotency key, kept 72 hours for its repetitions.

    It may hold what is shown once (a password, an API key): `key` is a keyed hash of the caller's key, and
    `body` is sealed under a key derived from it, so that the database alone opens nothing.
    """

    __tablename__ = "remembered_answer"
    __table_args__ = (UniqueConstraint("organization_id", "holder_id", "key"),)

    organization_id: UUID = Field(foreign_key="organization.id")
    holder_id: UUID
    key: str
    request_sha256: str
    status: int
    headers: dict[str, Any] = Field(sa_type=JSONB)
    body: bytes = Field(sa_type=LargeBinary)


TO_ME = f"{OWN} OR ({OFFICIAL} AND line_of_duty IS NOT NULL)"
MINE_OR_AWAITED = f"{TO_ME} OR waiting_organization_id = {ACTING_ORGANIZATION}"


def _about(*tables: str) -> str:
    return " OR ".join(
        f"(subject_type = '{table}' AND EXISTS (SELECT FROM {table} s WHERE s.id = subject_id))"
        for table in tables
    )


# Whoever moves a thing on ends the tasks about it and gives the next ones, to whomever they belong.
ABOUT_A_SHARED_THING = _about(
    "financing_need", "research_demand", "introduction", "agreement", "fulfilment_fact"
)
# What has an occasion of its own tells of others who came: no provider learns that it is second.
FOLLOWING_A_SHARED_THING = f"since IS NULL AND ({ABOUT_A_SHARED_THING})"
ABOUT_A_LISTING = " OR ".join(
    f"(subject_type = '{table}' AND EXISTS (SELECT FROM {table} p WHERE p.id = subject_id"
    f" AND (p.organization_id = {ACTING_ORGANIZATION} OR {OFFICIAL})))"
    for table in ("credit_product", "capability", "project", "policy_measure")
)

ROW_SECURITY: RowSecurity = {
    "task": (
        Policy("app", "select", f"{MINE_OR_AWAITED} OR ({FOLLOWING_A_SHARED_THING})"),
        Policy("app", "insert", f"({FOLLOWING_A_SHARED_THING}) OR {ABOUT_A_LISTING}"),
        Policy(
            "app",
            "update",
            f"{MINE_OR_AWAITED} OR ({FOLLOWING_A_SHARED_THING})",
            columns=("done_at", "version"),
        ),
        *everything("select", "insert", "update"),
    ),
    "journal_entry": (
        Policy("app", "select", OWN),
        Policy("app", "insert", OWN),
        *everything("select", "insert"),
    ),
    "remembered_answer": (
        Policy("app", "select", OWN),
        Policy("app", "insert", OWN),
        Policy("app", "delete", OWN),
        *everything("select", "delete"),
    ),
}
