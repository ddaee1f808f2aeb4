"""How often somebody may try to sign in: per login and per address, ten tries in a quarter of an hour.

A try counts from before the password is looked at until it proves right. Factors are keyed hashes: the table
tells nobody which logins were tried, and an unknown login is counted like a known one.
"""

import asyncio
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from math import ceil
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlmodel import col

from matchmaking.db.session import Database, WriteSession
from matchmaking.errors import TooMany
from matchmaking.tables.identity import SignInAttempt

MOST_TRIES = 10
WINDOW = timedelta(minutes=15)
IPV6_NETWORK_BITS = 64


def address_bucket(address: str) -> str:
    """An IPv4 address, or the /64 network of an IPv6 one, which one subscriber holds whole."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return f"{int(parsed) >> IPV6_NETWORK_BITS:x}"


@dataclass(frozen=True, slots=True)
class Admission:
    """The tries that were counted, to be taken back if the password proves right."""

    attempt_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Throttle:
    """Counts in transactions of its own, so that a try stands even though its answer is a refusal."""

    database: Database
    secret: bytes
    # One at a time per process: a flood at one login waits here, not on connections that others need.
    turn: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    async def admit(self, login: str, address: str) -> Admission:
        """Count one try; TooMany with `retry_after` in seconds when a factor has had its share."""
        factors = sorted((self._factor("login", login), self._factor("address", address_bucket(address))))
        async with self.turn, self.database.as_system() as session:
            await _hold(session, factors)
            await _forget_older(session, factors)
            if (reopens := await _reopening(session, factors)) is not None:
                wait = ceil((reopens - session.instant).total_seconds())
                raise TooMany("sign_in_throttled", {"retry_after": max(wait, 1)})
            attempts = [SignInAttempt(created_at=session.instant, factor=factor) for factor in factors]
            session.add_all(attempts)
            await session.flush()
            return Admission(tuple(attempt.id for attempt in attempts))

    async def take_back(self, admission: Admission) -> None:
        async with self.database.as_system() as session:
            await session.execute(
                delete(SignInAttempt).where(col(SignInAttempt.id).in_(admission.attempt_ids))
            )

    def _factor(self, kind: str, value: str) -> str:
        return hmac.digest(self.secret, f"sign-in {kind} {value}".encode(), "sha256").hex()


async def _hold(session: WriteSession, factors: Sequence[str]) -> None:
    """Tries of one factor take turns until the transaction ends; the sorted order keeps two from deadlock."""
    for factor in factors:
        await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(factor, 0))))


async def _forget_older(session: WriteSession, factors: Sequence[str]) -> None:
    statement = delete(SignInAttempt).where(
        col(SignInAttempt.factor).in_(factors), col(SignInAttempt.created_at) <= session.instant - WINDOW
    )
    await session.execute(statement)


async def _reopening(session: WriteSession, factors: Sequence[str]) -> datetime | None:
    """When the last of the closed factors admits a try again; None when all are open."""
    statement = (
        select(func.min(col(SignInAttempt.created_at)))
        .where(col(SignInAttempt.factor).in_(factors))
        .group_by(col(SignInAttempt.factor))
        .having(func.count() >= MOST_TRIES)
    )
    oldest = (await session.execute(statement)).scalars().all()
    return max(oldest) + WINDOW if oldest else None
