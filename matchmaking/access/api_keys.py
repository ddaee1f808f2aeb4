"""API keys: bearer credentials of machines, `mmk_<prefix>_<secret>`, and their look-up.

The prefix names the key in lists and logs; of the secret only the SHA-256 is kept. A look-up is remembered
for a minute by the hash of the whole credential; revocation counts at once all the same, because every
transaction asks for it when it begins.
"""

import hashlib
import hmac
import re
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, select, update
from sqlmodel import col

from matchmaking.access.actor import Actor
from matchmaking.db.session import Database
from matchmaking.errors import NotSignedIn
from matchmaking.tables.identity import ApiKey, ApiKeySecret, Organization, Unit

MARK = "mmk_"
FORM = re.compile(r"mmk_(?P<prefix>[0-9a-f]{12})_(?P<secret>[A-Za-z0-9_-]{43})", re.ASCII)
REMEMBERED_FOR = timedelta(seconds=60)
REMEMBERED_KEYS = 2_000


@dataclass(frozen=True, slots=True)
class FreshKey:
    """A new key's parts; `credential` is shown once and never kept."""

    prefix: str
    credential: str
    secret_hash: str


def fresh_key() -> FreshKey:
    """48 random bits of name and 256 of secret."""
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    return FreshKey(prefix, f"{MARK}{prefix}_{secret}", hash_of(secret))


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


class ApiKeys:
    """Tells which machine a credential speaks for."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._remembered: OrderedDict[bytes, tuple[Actor, datetime]] = OrderedDict()

    async def actor_of(self, credential: str) -> Actor:
        """NotSignedIn `api_key_invalid` for unknown, wrong, revoked and expired keys alike."""
        if (parts := FORM.fullmatch(credential)) is None:
            raise NotSignedIn("api_key_invalid")
        digest = hashlib.sha256(credential.encode()).digest()
        now = self._database.clock.now()
        remembered = self._remembered.get(digest)
        if remembered is not None and now < remembered[1]:
            self._remembered.move_to_end(digest)
            return remembered[0]
        actor = await self._looked_up(parts["prefix"], parts["secret"])
        self._remembered[digest] = (actor, now + REMEMBERED_FOR)
        if len(self._remembered) > REMEMBERED_KEYS:
            self._remembered.popitem(last=False)
        return actor

    async def _looked_up(self, prefix: str, secret: str) -> Actor:
        async with self._database.as_system() as session:
            found = (await session.execute(_key_named(prefix))).one_or_none()
            known = found is not None and hmac.compare_digest(found.secret_hash, hash_of(secret))
            if found is None or not known or not _live(found, session.instant):
                raise NotSignedIn("api_key_invalid")
            used = update(ApiKey).where(col(ApiKey.id) == found.id).values(last_used_at=session.instant)
            await session.execute(used)
        return _actor(found)


def _key_named(prefix: str) -> Select[*tuple[Any, ...]]:
    return (
        select(
            col(ApiKey.id),
            col(ApiKey.organization_id),
            col(ApiKey.unit_id),
            col(ApiKey.role),
            col(ApiKey.scopes),
            col(ApiKey.expires_at),
            col(ApiKey.revoked_at),
            col(ApiKeySecret.secret_hash),
            col(Organization.kind),
            col(Unit.line_of_duty),
            col(Unit.area),
        )
        .join(ApiKeySecret, col(ApiKeySecret.api_key_id) == col(ApiKey.id))
        .join(Organization, col(Organization.id) == col(ApiKey.organization_id))
        .join(Unit, col(Unit.id) == col(ApiKey.unit_id))
        .where(col(ApiKey.prefix) == prefix)
    )


def _live(found: Row[*tuple[Any, ...]], now: datetime) -> bool:
    return found.revoked_at is None and bool(now < found.expires_at)


def _actor(found: Row[*tuple[Any, ...]]) -> Actor:
    return Actor(
        credential_id=found.id,
        person_id=None,
        membership_id=None,
        organization_id=found.organization_id,
        organization_kind=found.kind,
        unit_id=found.unit_id,
        role=found.role,
        line_of_duty=found.line_of_duty,
        area=found.area,
        scopes=frozenset(found.scopes),
    )
