"""The journal: who did what to which thing, appended in the transaction of the change itself.

Persons appear only as salted hashes, so that erasing a person leaves the journal whole; never names, texts or
credentials. The body is canonical JSON (RFC 8785) from the first row on, ready to be sealed.
"""

from typing import Any
from uuid import UUID

import rfc8785
from uuid_utils.compat import uuid7

from matchmaking.access.actor import Actor
from matchmaking.db.inserts import insert_row
from matchmaking.db.session import WriteSession
from matchmaking.tables.followup import JournalEntry

Detail = str | int | bool | None | list[str]


async def record(
    session: WriteSession,
    actor: Actor,
    action: str,
    subject_type: str,
    subject_id: UUID | None,
    **details: Detail,
) -> None:
    """Append what `actor` did; `details` hold codes, ids and counts, never personal data."""
    subject = {"type": subject_type, "id": None if subject_id is None else str(subject_id)}
    await _append(
        session, actor, {"action": action, "outcome": "done", "subject": subject, "details": details}
    )


async def record_refusal(session: WriteSession, actor: Actor, action: str, code: str) -> None:
    """Append that `actor` was refused `action` for the reason `code`."""
    subject = {"type": "operation", "id": None}
    await _append(
        session,
        actor,
        {"action": action, "outcome": "refused", "subject": subject, "details": {"code": code}},
    )


async def _append(session: WriteSession, actor: Actor, event: dict[str, Any]) -> None:
    entry_id = uuid7()
    body = {
        "id": str(entry_id),
        "at": session.instant.isoformat(),
        "actor": _described(session, actor),
        **event,
    }
    row = {
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
    await insert_row(session, JournalEntry, row)


def _described(session: WriteSession, actor: Actor) -> dict[str, str | None]:
    person = None if actor.person_id is None else session.pseudonym(actor.person_id)
    return {
        "credential": str(actor.credential_id),
        "person": person,
        "organization": str(actor.organization_id),
        "unit": str(actor.unit_id),
        "role": actor.role.value,
    }
