"""Tokens made by hand, so that a test can make what no honest issuer would."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from matchmaking.access.actor import Actor
from matchmaking.access.tokens import VerifyingKey
from schemas.vocabulary import LineOfDuty, OrganizationKind, Role

ISSUER = "https://matchmaking.test"
LIFETIME = timedelta(minutes=10)


def pem(key: Ed25519PrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_pem(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def key_id(key: Ed25519PrivateKey) -> str:
    return VerifyingKey.of(key).key_id


def segment(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def encoded(members: Any) -> bytes:
    return json.dumps(members, separators=(",", ":")).encode()


def signed(header: bytes, payload: bytes, key: Ed25519PrivateKey) -> str:
    """A compact JWS of any bytes for header and payload, with a signature that is right for them."""
    signing_input = f"{segment(header)}.{segment(payload)}"
    return f"{signing_input}.{segment(key.sign(signing_input.encode()))}"


def honest_header(key: Ed25519PrivateKey) -> dict[str, Any]:
    return {"alg": "EdDSA", "typ": "at+jwt", "kid": key_id(key)}


def honest_claims(now: int) -> dict[str, Any]:
    return {
        "iss": ISSUER,
        "aud": "matchmaking",
        "sub": "019600aa-0000-7000-8000-000000000001",
        "sid": "019600aa-0000-7000-8000-000000000002",
        "jti": "019600aa-0000-7000-8000-000000000003",
        "iat": now,
        "exp": now + 600,
        "membership": "019600aa-0000-7000-8000-000000000004",
        "organization": "019600aa-0000-7000-8000-000000000005",
        "kind": "government",
        "unit": "019600aa-0000-7000-8000-000000000006",
        "role": "official",
        "duty": "finance",
        "area": "320600",
    }


def with_member(members: Mapping[str, Any], **changed: Any) -> dict[str, Any]:
    return {**members, **changed}


def without(members: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in members.items() if key != name}


def an_official() -> Actor:
    return Actor(
        credential_id=UUID("019600aa-0000-7000-8000-000000000002"),
        person_id=UUID("019600aa-0000-7000-8000-000000000001"),
        membership_id=UUID("019600aa-0000-7000-8000-000000000004"),
        organization_id=UUID("019600aa-0000-7000-8000-000000000005"),
        organization_kind=OrganizationKind.GOVERNMENT,
        unit_id=UUID("019600aa-0000-7000-8000-000000000006"),
        role=Role.OFFICIAL,
        line_of_duty=LineOfDuty.FINANCE,
        area="320600",
    )


@dataclass(frozen=True)
class Forge:
    """`key` signs for the service now, `retired` did once, `attacker` never."""

    key: Ed25519PrivateKey
    retired: Ed25519PrivateKey
    attacker: Ed25519PrivateKey
    now: int

    @property
    def header(self) -> dict[str, Any]:
        return honest_header(self.key)

    @property
    def claims(self) -> dict[str, Any]:
        return honest_claims(self.now)

    def honest(self) -> str:
        return self.of(self.header, self.claims)

    def of(self, header: Any, claims: Any) -> str:
        """Signed by the service's own key: what is wrong is in header or claims alone."""
        return signed(encoded(header), encoded(claims), self.key)
