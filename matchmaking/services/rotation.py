"""The life of refresh tokens: issued with a sign-in, each good for one rotation, reuse ends the sign-in.

Works inside the transaction of `sessions`, which decides what is answered.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, select, update
from sqlmodel import col
from uuid_utils.compat import uuid7

from matchmaking import journal
from matchmaking.access.refresh_tokens import Client, RefreshSecret, fresh_secret
from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.errors import NotSignedIn
from matchmaking.services.held_roles import actor_of, live_roles
from matchmaking.tables.identity import RefreshToken, RevocationReason, SignInSession
from schemas.sessions import HeldRole

RETRY_WITHIN = timedelta(seconds=10)
SUBJECT = "sign_in_session"
REUSED = "sessions.refresh"
Found = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Granted:
    """What a sign-in or a rotation gave: the refresh token in clear, its end, and in which role it counts."""

    secret: RefreshSecret
    expires_at: datetime
    session_id: UUID
    person_id: UUID
    role: HeldRole


async def begin(session: WriteSession, person_id: UUID, role: HeldRole, lifetime: timedelta) -> Granted:
    """A new sign-in with its first refresh token; all that descend from it end with it."""
    sign_in = SignInSession(
        id=uuid7(),
        created_at=session.instant,
        person_id=person_id,
        membership_id=role.membership_id,
        expires_at=session.instant + lifetime,
    )
    session.add(sign_in)
    await session.flush()
    secret = fresh_secret(uuid7())
    await _keep(session, sign_in.id, secret, sign_in.expires_at)
    return Granted(secret, sign_in.expires_at, sign_in.id, person_id, role)


async def rotate(
    session: WriteSession, presented: RefreshSecret, client: Client, key: bytes
) -> Granted | None:
    """The successor. None for reuse, which has ended the sign-in: commit that before refusing.

    The same client that asks again within ten seconds, before it used the successor, gets that successor.
    NotSignedIn for a token that is unknown, or whose sign-in does not count any more.
    """
    found = await _look_up(session, presented)
    role = await _role_of(session, found)
    successor = presented.successor(uuid7(), key)
    mark = client.mark(key)
    # Of concurrent rotations one wins here; the others wait for it and then find the token used.
    first_use = (
        update(RefreshToken)
        .where(col(RefreshToken.id) == presented.token_id, col(RefreshToken.used_at).is_(None))
        .values(used_at=session.instant, successor_id=successor.token_id, client_mark=mark)
        .returning(col(RefreshToken.id))
    )
    if (await session.execute(first_use)).one_or_none() is not None:
        await _keep(session, found.session_id, successor, found.session_expires_at)
    elif (again := await _successor_for_retry(session, presented, mark)) is not None:
        successor = presented.successor(again, key)
    else:
        await _end_for_reuse(session, found, role)
        return None
    return Granted(successor, found.session_expires_at, found.session_id, found.person_id, role)


async def revoke(session: WriteSession, belonging: ColumnElement[bool], reason: RevocationReason) -> bool:
    """End the sign-ins that `belonging` selects; whether there was one that had not ended."""
    statement = (
        update(SignInSession)
        .where(belonging, col(SignInSession.revoked_at).is_(None))
        .values(revoked_at=session.instant, reason=reason, version=col(SignInSession.version) + 1)
        .returning(col(SignInSession.id))
    )
    return bool((await session.execute(statement)).all())


async def _keep(session: WriteSession, session_id: UUID, secret: RefreshSecret, expires_at: datetime) -> None:
    row = RefreshToken(
        id=secret.token_id,
        created_at=session.instant,
        session_id=session_id,
        secret_hash=secret.hash,
        expires_at=expires_at,
    )
    session.add(row)
    await session.flush()


async def _look_up(session: ReadSession, presented: RefreshSecret) -> Found:
    """The token with its sign-in; NotSignedIn unless the secret is right and the sign-in still counts."""
    statement: Select[*tuple[Any, ...]] = (
        select(
            col(RefreshToken.secret_hash),
            col(RefreshToken.expires_at),
            col(SignInSession.id).label("session_id"),
            col(SignInSession.person_id),
            col(SignInSession.membership_id),
            col(SignInSession.revoked_at),
            col(SignInSession.expires_at).label("session_expires_at"),
        )
        .join(SignInSession, col(SignInSession.id) == col(RefreshToken.session_id))
        .where(col(RefreshToken.id) == presented.token_id)
    )
    found = (await session.execute(statement)).one_or_none()
    if found is None or not hmac.compare_digest(found.secret_hash, presented.hash):
        raise NotSignedIn("refresh_invalid")
    if found.revoked_at is not None or session.instant >= min(found.expires_at, found.session_expires_at):
        raise NotSignedIn("session_ended")
    return found


async def _role_of(session: ReadSession, found: Found) -> HeldRole:
    for role in await live_roles(session, found.person_id):
        if role.membership_id == found.membership_id:
            return role
    raise NotSignedIn("session_ended")


async def _successor_for_retry(session: ReadSession, presented: RefreshSecret, mark: str) -> UUID | None:
    """The successor's id, if the same client asks again in time and the successor is still unused."""
    used = col(RefreshToken.used_at)
    statement = select(used, col(RefreshToken.successor_id), col(RefreshToken.client_mark)).where(
        col(RefreshToken.id) == presented.token_id
    )
    found = (await session.execute(statement)).one()
    if not hmac.compare_digest(found.client_mark, mark) or session.instant > found.used_at + RETRY_WITHIN:
        return None
    unused = select(col(RefreshToken.id)).where(col(RefreshToken.id) == found.successor_id, used.is_(None))
    return (await session.execute(unused)).scalar_one_or_none()


async def _end_for_reuse(session: WriteSession, found: Found, role: HeldRole) -> None:
    belonging = col(SignInSession.id) == found.session_id
    if await revoke(session, belonging, RevocationReason.REFRESH_REUSED):
        actor = actor_of(found.session_id, found.person_id, role)
        reason = RevocationReason.REFRESH_REUSED
        await journal.record(session, actor, REUSED, SUBJECT, found.session_id, reason=reason)
