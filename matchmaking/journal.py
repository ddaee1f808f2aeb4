"""The journal: who did what to which thing, appended in the transaction of the change itself.

Persons appear only as salted hashes, so that erasing a person leaves the journal whole; never names, texts or
credentials. The body is canonical JSON (RFC 8785) from the first row on, ready to be sealed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import rfc8785
from uuid_utils.compat import uuid7

from matchmaking.access.actor import Actor
from matchmaking.db.inserts import insert_all, insert_row
from matchmaking.db.session import WriteSession
from matchmaking.tables.followup import JournalEntry

Detail = str | int | bool | None | list[str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One of many things done at once, as `record` takes them."""

    actor: Actor
    action: str
    subject_type: str
    subject_id: UUID | None
    details: Mapping[str, Detail] = field(default_factory=dict)


async def record(
    session: WriteSession,
    actor: Actor,
    action: str,
    subject_type: str,
    subject_id: UUID | None,
    **details: Detail,
) -> None:
    """Append what `actor` did; `details` hold codes, ids and counts, never personal data."""
    entry = Entry(actor, action, subject_type, subject_id, details)
    await insert_row(session, JournalEntry, _row(session, actor, _done(entry)))


async def record_all(session: WriteSession, entries: Sequence[Entry]) -> None:
    """Append what loads and imports did, in one statement."""
    await insert_all(session, JournalEntry, [_row(session, one.actor, _done(one)) for one in entries])


async def record_refusal(session: WriteSession, actor: Actor, action: str, code: str) -> None:
    """Append that `actor` was refused `action` for the reason `code`."""
    subject = {"type": "operation", "id": None}
    event = {"action": action, "outcome": "refused", "subject": subject, "details": {"code": code}}
    await insert_row(session, JournalEntry, _row(session, actor, event))


def _done(entry: Entry) -> dict[str, Any]:
    subject = {
        "type": entry.subject_type,
        "id": None if entry.subject_id is None else str(entry.subject_id),
    }
    return {"action": entry.action, "outcome": "done", "subject": subject, "details": dict(entry.details)}


def _row(session: WriteSession, actor: Actor, event: dict[str, Any]) -> dict[str, Any]:
    entry_id = uuid7()
    body = {
        "id": str(entry_id),
        "at": session.instant.isoformat(),
        "actor": _described(session, actor),
        **event,
    }
    return {
        "id": entry_id,
        "created_at": session.instant,
        "version": 1,
        "organization_id": actor.organization_id,
        "unit_id": actor.unit_id,
        "action": event["action"],
        "outcome": event["outcome"],
        "subject_type": event["subject"]["type"],
        "subject_id": event["subject"]["id"],
        "body": rfc8785.dumps(body).decode(),
    }


def _described(session: WriteSession, actor: Actor) -> dict[str, str | None]:
    person = None if actor.person_id is None else session.pseudonym(actor.person_id)
    return {
        "credential": str(actor.credential_id),
        "person": person,
        "organization": str(actor.organization_id),
        "unit": str(actor.unit_id),
        "role": actor.role.value,
    }
