"""Passwords: what is refused, how they are hashed (argon2id) and checked. Knows no accounts and no database.

A hash takes a core about a tenth of a second and 64 MiB: it is reckoned in a thread, two at a time, and
callers beyond a short queue are turned away instead of piling up.
"""

import asyncio
import base64
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from matchmaking.errors import Invalid, Unavailable

Result = TypeVar("Result")
SHORTEST = 12
LONGEST = 256
AT_ONCE = 2
LONGEST_QUEUE = 32
SHORTEST_TELLING_LOGIN = 4
FEWEST_DIFFERENT = 5
INITIAL_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
WORST = frozenset(
    {
        "123456123456",
        "1234567890ab",
        "123456789012",
        "1234567890123",
        "12345678901234",
        "0123456789ab",
        "1q2w3e4r5t6y",
        "1qaz2wsx3edc",
        "abcdefghijkl",
        "abc123abc123",
        "adminadmin123",
        "administrator",
        "changemeplease",
        "iloveyou1234",
        "letmeinletmein",
        "mima12345678",
        "nantong123456",
        "password1234",
        "password12345",
        "passwordpassword",
        "p@ssw0rd1234",
        "qazwsxedcrfv",
        "qwerty123456",
        "qwertyuiop12",
        "qwertyuiop123",
        "welcome12345",
        "woaini1314520",
        "wodemima1234",
    }
)


def refuse_weak(password: str, login: str, pointer: str) -> None:
    """Invalid, naming the field at `pointer`, for what is short, long, worn out or made of the login."""
    folded = _normal(password).casefold()
    if len(folded) < SHORTEST:
        raise Invalid("password_too_short", {"minimum": SHORTEST}, pointer)
    if len(password) > LONGEST:
        raise Invalid("password_too_long", {"maximum": LONGEST}, pointer)
    if _holds(folded, login.casefold()):
        raise Invalid("password_holds_login", pointer=pointer)
    if folded in WORST or len(set(folded)) < FEWEST_DIFFERENT:
        raise Invalid("password_too_common", pointer=pointer)


def _holds(password: str, login: str) -> bool:
    """The login, or its part before an @, stands in the password, forwards or backwards, but for signs."""
    bare = "".join(filter(str.isalnum, password))
    parts = {"".join(filter(str.isalnum, part)) for part in (login, login.partition("@")[0])}
    return any(len(part) >= SHORTEST_TELLING_LOGIN and (part in bare or part[::-1] in bare) for part in parts)


def initial_password() -> str:
    """Four groups of five characters without look-alikes, 99 random bits."""
    groups = ("".join(secrets.choice(INITIAL_ALPHABET) for _ in range(5)) for _ in range(4))
    return "-".join(groups)


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


@dataclass(frozen=True, slots=True)
class PasswordCheck:
    """`outdated` asks the caller to hash the password anew, under the present parameters."""

    matches: bool
    outdated: bool


class Passwords:
    """Hashes and checks; `hasher` holds the parameters, by default those of argon2-cffi on one lane."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher(parallelism=1, type=Type.ID)
        # Its own two threads bound the work even when callers give up: a begun hash cannot be cancelled.
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="argon2")
        self._queued = 0
        self._nobodys = self._hash_that_nothing_matches()

    async def hash(self, password: str) -> str:
        return await self._in_turn(lambda: self._hasher.hash(_normal(password)))

    async def check(self, password_hash: str | None, password: str) -> PasswordCheck:
        """The same work whether there is a hash or not, so that time does not tell who has an account."""
        compared = password_hash or self._nobodys
        matches = await self._in_turn(lambda: self._matches(compared, _normal(password)))
        if password_hash is None or not matches:
            return PasswordCheck(matches=False, outdated=False)
        return PasswordCheck(matches=True, outdated=self._hasher.check_needs_rehash(password_hash))

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _in_turn(self, work: Callable[[], Result]) -> Result:
        if self._queued >= LONGEST_QUEUE:
            raise Unavailable("sign_in_busy", {"retry_after": 2})
        self._queued += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._queued -= 1

    def _hash_that_nothing_matches(self) -> str:
        """A hash of the present parameters with a random digest: no password leads to it."""
        hasher = self._hasher
        costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
        salt, digest = (
            base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=")
            for size in (hasher.salt_len, hasher.hash_len)
        )
        return f"$argon2id$v=19${costs}${salt}${digest}"
