"""Answers remembered by idempotency key, so that a repeated request has one effect and one answer.

Follows the IETF draft "The Idempotency-Key HTTP Header Field". A key belongs to its caller; the answer is
kept in the transaction of the effect for 72 hours.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, insert, select
from sqlmodel import col
from uuid_utils.compat import uuid7

from matchmaking.access.actor import Actor
from matchmaking.db.session import WriteSession
from matchmaking.errors import Conflict, Invalid
from matchmaking.tables.followup import RememberedAnswer

KEPT_FOR = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it was sent, to the byte."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request under a key; `fingerprint` is the SHA-256 of operation and body, hexadecimal."""

    organization_id: UUID
    holder_id: UUID
    key: str
    fingerprint: str

    @property
    def lock(self) -> str:
        return f"{self.holder_id}:{self.key}"


def keyed_request(actor: Actor, key: str, fingerprint: str) -> KeyedRequest:
    """A person keeps its keys across sign-ins; a machine has its own."""
    return KeyedRequest(actor.organization_id, actor.person_id or actor.credential_id, key, fingerprint)


async def recall(session: WriteSession, request: KeyedRequest) -> Answer | None:
    """The answer given before, or None when the request is the first under its key.

    Holds the key until the transaction ends. Conflict while another request holds it, Invalid when the key
    came with another request before.
    """
    locked = select(func.pg_try_advisory_xact_lock(func.hashtextextended(request.lock, 0)))
    if not (await session.execute(locked)).scalar_one():
        raise Conflict("idempotency_key_in_flight", {"retry_after": 1})
    found = await session.execute(select(RememberedAnswer).where(*_held_by(request)))
    if (row := found.scalar_one_or_none()) is None:
        return None
    if row.created_at + KEPT_FOR <= session.instant:
        await session.execute(delete(RememberedAnswer).where(*_held_by(request)))
        return None
    if row.request_sha256 != request.fingerprint:
        raise Invalid("idempotency_key_reused")
    return Answer(row.status, row.headers, row.body)


async def remember(session: WriteSession, request: KeyedRequest, answer: Answer) -> None:
    row = {
        "id": uuid7(),
        "created_at": session.instant,
        "version": 1,
        "organization_id": request.organization_id,
        "holder_id": request.holder_id,
        "key": request.key,
        "request_sha256": request.fingerprint,
        "status": answer.status,
        "headers": answer.headers,
        "body": answer.body,
    }
    await session.execute(insert(RememberedAnswer).values(row))


def _held_by(request: KeyedRequest) -> tuple[ColumnElement[bool], ...]:
    return (
        col(RememberedAnswer.organization_id) == request.organization_id,
        col(RememberedAnswer.holder_id) == request.holder_id,
        col(RememberedAnswer.key) == request.key,
    )
