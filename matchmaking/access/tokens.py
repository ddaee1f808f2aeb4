"""Access tokens: short-lived JWTs (RFC 9068, EdDSA over Ed25519) that carry an `Actor`, strictly checked.

Nothing here reads the database: whether the sign-in behind a token still counts is asked when its transaction
begins. Refresh tokens are no JWTs and live in `services/sessions.py`.
"""

import hashlib
import json
import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Literal
from uuid import UUID

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.algorithms import OKPAlgorithm
from pydantic import BaseModel, ConfigDict, ValidationError
from uuid_utils.compat import uuid7

from matchmaking.access.actor import Actor
from matchmaking.clock import Clock
from matchmaking.errors import NotSignedIn
from schemas.vocabulary import LineOfDuty, OrganizationKind, Role

ALGORITHM: Literal["EdDSA"] = "EdDSA"
TOKEN_TYPE = "at+jwt"  # noqa: S105 - the media type of RFC 9068, no secret
AUDIENCE = "matchmaking"
LARGEST_TOKEN = 4096
LEEWAY = timedelta(seconds=30)
LONGEST_LIFETIME = timedelta(hours=1)
COMPACT_FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)
REMEMBERED_TOKENS = 20_000


class Claims(BaseModel):
    """All claims of an access token, each required, and no other; times in whole seconds since 1970."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    iss: str
    aud: str
    sub: UUID
    sid: UUID
    jti: UUID
    iat: int
    exp: int
    membership: UUID
    organization: UUID
    kind: OrganizationKind
    unit: UUID
    role: Role
    duty: LineOfDuty | None
    area: str | None

    def actor(self) -> Actor:
        return Actor(
            credential_id=self.sid,
            person_id=self.sub,
            membership_id=self.membership,
            organization_id=self.organization,
            organization_kind=self.kind,
            unit_id=self.unit,
            role=self.role,
            line_of_duty=self.duty,
            area=self.area,
        )


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """A public key under its RFC 7638 thumbprint."""

    key_id: str
    public: Ed25519PublicKey

    required: ClassVar[tuple[str, ...]] = ("crv", "kty", "x")

    @classmethod
    def of(cls, private: Ed25519PrivateKey) -> "VerifyingKey":
        public = private.public_key()
        jwk = _jwk(public)
        members = json.dumps({name: jwk[name] for name in cls.required}, separators=(",", ":"))
        thumbprint = jwt.utils.base64url_encode(hashlib.sha256(members.encode()).digest())
        return cls(thumbprint.decode(), public)

    def jwk(self) -> dict[str, str]:
        return {**_jwk(self.public), "kid": self.key_id, "use": "sig", "alg": ALGORITHM}


def _jwk(public: Ed25519PublicKey) -> dict[str, str]:
    members: dict[str, str] = OKPAlgorithm.to_jwk(public, as_dict=True)
    return members


def read_signing_key(pem: str) -> Ed25519PrivateKey:
    """ValueError unless `pem` is an unencrypted Ed25519 private key."""
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as reason:
        message = "the signing key is no unencrypted PEM private key"
        raise ValueError(message) from reason
    if not isinstance(key, Ed25519PrivateKey):
        message = "the signing key must be of the type Ed25519"
        raise ValueError(message)  # noqa: TRY004 - a setting of the wrong value, not a wrong call
    return key


@dataclass(frozen=True, slots=True)
class IssuedToken:
    token: str
    expires_at: datetime


class TokenIssuer:
    """Issues tokens under the current key, accepts those of the current and the previous one.

    `lifetime` is capped at one hour, since a role in a token is only as fresh as the token.
    """

    def __init__(
        self,
        signing_key_pem: str,
        previous_key_pem: str | None,
        issuer: str,
        lifetime: timedelta,
        clock: Clock,
    ) -> None:
        if not timedelta() < lifetime <= LONGEST_LIFETIME:
            message = f"an access token lives longer than nothing and at most {LONGEST_LIFETIME}"
            raise ValueError(message)
        self._signing_key = read_signing_key(signing_key_pem)
        keys = [VerifyingKey.of(self._signing_key)]
        if previous_key_pem is not None:
            keys.append(VerifyingKey.of(read_signing_key(previous_key_pem)))
        self._keys: Mapping[str, VerifyingKey] = {key.key_id: key for key in keys}
        self._current = keys[0]
        self._issuer = issuer
        self._lifetime = lifetime
        self._clock = clock
        self._signatures = jwt.PyJWS(algorithms=[ALGORITHM])
        self._remembered = RememberedTokens(REMEMBERED_TOKENS)

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The public keys, as `/.well-known/jwks.json` shows them (RFC 7517)."""
        return {"keys": [key.jwk() for key in self._keys.values()]}

    def issue(self, actor: Actor) -> IssuedToken:
        """A token for a signed-in person; ValueError for a machine, whose credential is its key."""
        if actor.person_id is None or actor.membership_id is None:
            message = "access tokens are for persons"
            raise ValueError(message)
        issued_at = int(self._clock.now().timestamp())
        expires_at = issued_at + int(self._lifetime.total_seconds())
        claims = Claims(
            iss=self._issuer,
            aud=AUDIENCE,
            sub=actor.person_id,
            sid=actor.credential_id,
            jti=uuid7(),
            iat=issued_at,
            exp=expires_at,
            membership=actor.membership_id,
            organization=actor.organization_id,
            kind=actor.organization_kind,
            unit=actor.unit_id,
            role=actor.role,
            duty=actor.line_of_duty,
            area=actor.area,
        )
        headers = {"typ": TOKEN_TYPE, "kid": self._current.key_id}
        token = self._signatures.encode(
            claims.model_dump_json().encode(), self._signing_key, algorithm=ALGORITHM, headers=headers
        )
        return IssuedToken(token, datetime.fromtimestamp(expires_at, UTC))

    def verify(self, token: str) -> Actor:
        """Who the token speaks for; NotSignedIn `token_expired`, or `token_invalid` for every other fault.

        A good token is remembered by its hash, so that its signature is checked once; its expiry is asked
        each time.
        """
        if len(token) > LARGEST_TOKEN or not token.isascii():
            raise NotSignedIn("token_invalid")
        now = self._clock.now().timestamp()
        digest = hashlib.sha256(token.encode()).digest()
        if (remembered := self._remembered.find(digest)) is None:
            claims = self._checked(token, now)
            remembered = (claims.actor(), claims.exp)
            self._remembered.keep(digest, remembered)
        actor, expires_at = remembered
        if expires_at <= now:
            self._remembered.drop(digest)
            raise NotSignedIn("token_expired")
        return actor

    def _checked(self, token: str, now: float) -> Claims:
        if COMPACT_FORM.fullmatch(token) is None or not all(map(_is_only_spelling, token.split("."))):
            raise NotSignedIn("token_invalid")
        try:
            key = self._key_named_in(token.split(".", 1)[0])
            payload: bytes = self._signatures.decode(token, key.public, algorithms=[ALGORITHM])
            _strict_object(payload)
            claims = Claims.model_validate_json(payload)
        except (jwt.InvalidTokenError, ValidationError, ValueError, RecursionError) as reason:
            raise NotSignedIn("token_invalid") from reason
        self._refuse_foreign(claims, now)
        return claims

    def _key_named_in(self, header_segment: str) -> VerifyingKey:
        """The header says exactly three things: no `jku`, `jwk`, `x5u`, `crit` or `b64` gets a hearing."""
        header = _strict_object(jwt.utils.base64url_decode(header_segment))
        key_id = header.get("kid")
        expected = {"alg": ALGORITHM, "typ": TOKEN_TYPE, "kid": key_id}
        if header != expected or not isinstance(key_id, str) or key_id not in self._keys:
            raise NotSignedIn("token_invalid")
        return self._keys[key_id]

    def _refuse_foreign(self, claims: Claims, now: float) -> None:
        lifetime = claims.exp - claims.iat
        ours = claims.iss == self._issuer and claims.aud == AUDIENCE
        timely = claims.iat <= now + LEEWAY.total_seconds()
        if not ours or not timely or not 0 < lifetime <= self._lifetime.total_seconds():
            raise NotSignedIn("token_invalid")


class RememberedTokens:
    """The tokens whose signature was good, the least recently used forgotten first."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._entries: OrderedDict[bytes, tuple[Actor, int]] = OrderedDict()

    def find(self, digest: bytes) -> tuple[Actor, int] | None:
        if (entry := self._entries.get(digest)) is not None:
            self._entries.move_to_end(digest)
        return entry

    def keep(self, digest: bytes, entry: tuple[Actor, int]) -> None:
        self._entries[digest] = entry
        if len(self._entries) > self._size:
            self._entries.popitem(last=False)

    def drop(self, digest: bytes) -> None:
        self._entries.pop(digest, None)

    def __len__(self) -> int:
        return len(self._entries)


def _is_only_spelling(segment: str) -> bool:
    """RFC 4648, section 3.5: the bits behind the last byte are zero, so that a token has one spelling."""
    try:
        decoded = jwt.utils.base64url_decode(segment)
    except ValueError:
        return False
    return jwt.utils.base64url_encode(decoded).decode() == segment


def _unique(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    members = list(pairs)
    if len({name for name, _ in members}) != len(members):
        message = "a member stands twice"
        raise ValueError(message)
    return dict(members)


def _strict_object(encoded: bytes) -> dict[str, Any]:
    """One JSON object in UTF-8 in which no member stands twice; ValueError or RecursionError otherwise."""
    decoded = json.loads(encoded.decode("utf-8"), object_pairs_hook=_unique)
    if not isinstance(decoded, dict):
        message = "no JSON object"
        raise ValueError(message)  # noqa: TRY004 - it is the value that is wrong
    return decoded
