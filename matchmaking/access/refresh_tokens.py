"""Refresh tokens as texts: `mmr_<id>_<secret>`, opaque to clients. Their rows and rotation are the services'.

A successor's secret is derived from its predecessor's under a key of ours. So a client whose answer got lost
can be given the very same successor again, although only hashes of secrets are stored.
"""

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from uuid import UUID

from matchmaking.access.throttle import address_bucket

FORM = re.compile(r"mmr_(?P<id>[0-9a-f]{32})_(?P<secret>[A-Za-z0-9_-]{43})", re.ASCII)


@dataclass(frozen=True, slots=True)
class RefreshSecret:
    """A refresh token in clear, as only its holder has it."""

    token_id: UUID
    secret: str

    @property
    def text(self) -> str:
        return f"mmr_{self.token_id.hex}_{self.secret}"

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.secret.encode()).hexdigest()

    def successor(self, successor_id: UUID, key: bytes) -> "RefreshSecret":
        """The same for the same id, whenever it is reckoned; without `key` nobody else can reckon it."""
        message = b"refresh\0" + successor_id.bytes + self.secret.encode()
        derived = urlsafe_b64encode(hmac.digest(key, message, "sha256")).rstrip(b"=").decode()
        return RefreshSecret(successor_id, derived)


def fresh_secret(token_id: UUID) -> RefreshSecret:
    return RefreshSecret(token_id, secrets.token_urlsafe(32))


def read_secret(text: str) -> RefreshSecret | None:
    """None for what is no refresh token by its form."""
    found = FORM.fullmatch(text)
    return None if found is None else RefreshSecret(UUID(found["id"]), found["secret"])


@dataclass(frozen=True, slots=True)
class Client:
    """Where a request comes from: its address, and what its software calls itself."""

    address: str
    agent: str

    def mark(self, key: bytes) -> str:
        """A keyed hash of the address bucket and the agent: equal for a retry by the same client."""
        told = f"{address_bucket(self.address)}\0{self.agent}"
        return hmac.digest(key, b"client\0" + told.encode(errors="replace"), "sha256").hex()
