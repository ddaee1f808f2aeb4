"""The gate: everything that decides whom a request comes from, built once per process."""

from dataclasses import dataclass
from datetime import timedelta

from argon2 import PasswordHasher

from matchmaking.access.actor import Actor
from matchmaking.access.api_keys import MARK, ApiKeys
from matchmaking.access.identity_provider import IdentityProvider, PasswordIdentityProvider
from matchmaking.access.passwords import Passwords
from matchmaking.access.throttle import Throttle
from matchmaking.access.tokens import TokenIssuer
from matchmaking.db.session import Database
from matchmaking.services.sessions import Sessions
from matchmaking.settings import Settings


@dataclass(frozen=True, slots=True)
class Gate:
    """Knows persons by their access tokens and machines by their keys."""

    issuer: TokenIssuer
    api_keys: ApiKeys
    passwords: Passwords
    sessions: Sessions

    async def actor_of(self, credential: str) -> Actor:
        """NotSignedIn for a credential that does not count; whether it was revoked, the transaction asks."""
        if credential.startswith(MARK):
            return await self.api_keys.actor_of(credential)
        return self.issuer.verify(credential)


def open_gate(
    settings: Settings,
    database: Database,
    signing_key_pem: str,
    *,
    previous_key_pem: str | None = None,
    provider: IdentityProvider | None = None,
    hasher: PasswordHasher | None = None,
) -> Gate:
    """With the passwords of our own, unless `provider` is another's identity service."""
    passwords = Passwords(hasher)
    issuer = TokenIssuer(
        signing_key_pem,
        previous_key_pem,
        settings.issuer,
        timedelta(seconds=settings.access_token_seconds),
        database.clock,
    )
    sessions = Sessions(
        database,
        provider or PasswordIdentityProvider(database, passwords),
        Throttle(database, database.pseudonym_secret),
        issuer,
        timedelta(days=settings.refresh_token_days),
        database.pseudonym_secret,
    )
    return Gate(issuer, ApiKeys(database), passwords, sessions)
