"""Answers remembered by idempotency key, so that a repeated request has one effect and one answer.

Follows the IETF draft "The Idempotency-Key HTTP Header Field". A key belongs to its caller; the answer is
kept in the transaction of the effect for 72 hours, sealed (AES-256-GCM) under a key that needs both the
caller's key and the installation's secret.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import ColumnElement, delete, func, select
from sqlmodel import col
from uuid_utils.compat import uuid7

from matchmaking.access.actor import Actor
from matchmaking.db.inserts import insert_row
from matchmaking.db.session import WriteSession
from matchmaking.errors import Conflict, Invalid
from matchmaking.tables.followup import RememberedAnswer

KEPT_FOR = timedelta(hours=72)
NONCE_BYTES = 12


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
    def named(self) -> bytes:
        return f"{self.holder_id}:{self.key}".encode()


def keyed_request(actor: Actor, key: str, fingerprint: str) -> KeyedRequest:
    """A person keeps its keys across sign-ins; a machine has its own."""
    return KeyedRequest(actor.organization_id, actor.person_id or actor.credential_id, key, fingerprint)


async def recall(session: WriteSession, request: KeyedRequest) -> Answer | None:
    """The answer given before, or None when the request is the first under its key.

    Holds the key until the transaction ends. Conflict while another request holds it, Invalid when the key
    came with another request before. Repetitions of an answered request do not hold up each other.
    """
    locking = select(func.pg_try_advisory_xact_lock(func.hashtextextended(_kept_key(session, request), 0)))
    held = (await session.execute(locking)).scalar_one()
    found = await session.execute(select(RememberedAnswer).where(*_held_by(session, request)))
    row = found.scalar_one_or_none()
    outdated = row is not None and row.created_at + KEPT_FOR <= session.instant
    if row is None or outdated:
        if not held:
            raise Conflict("idempotency_key_in_flight", {"retry_after": 1})
        if outdated:
            await session.execute(delete(RememberedAnswer).where(*_held_by(session, request)))
        return None
    if row.request_sha256 != request.fingerprint:
        raise Invalid("idempotency_key_reused")
    return Answer(row.status, row.headers, _opened(session, request, row.body))


async def remember(session: WriteSession, request: KeyedRequest, answer: Answer) -> None:
    row = {
        "id": uuid7(),
        "created_at": session.instant,
        "version": 1,
        "organization_id": request.organization_id,
        "holder_id": request.holder_id,
        "key": _kept_key(session, request),
        "request_sha256": request.fingerprint,
        "status": answer.status,
        "headers": answer.headers,
        "body": _sealed(session, request, answer.body),
    }
    await insert_row(session, RememberedAnswer, row)


def _kept_key(session: WriteSession, request: KeyedRequest) -> str:
    return session.keyed(b"idempotency key " + request.named).hex()


def _cipher(session: WriteSession, request: KeyedRequest) -> AESGCM:
    return AESGCM(session.keyed(b"remembered answer " + request.named))


def _sealed(session: WriteSession, request: KeyedRequest, body: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + _cipher(session, request).encrypt(nonce, body, request.fingerprint.encode())


def _opened(session: WriteSession, request: KeyedRequest, sealed: bytes) -> bytes:
    nonce, text = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    return _cipher(session, request).decrypt(nonce, text, request.fingerprint.encode())


def _held_by(session: WriteSession, request: KeyedRequest) -> tuple[ColumnElement[bool], ...]:
    return (
        col(RememberedAnswer.organization_id) == request.organization_id,
        col(RememberedAnswer.holder_id) == request.holder_id,
        col(RememberedAnswer.key) == _kept_key(session, request),
    )
