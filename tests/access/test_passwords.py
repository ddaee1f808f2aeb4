"""What is refused as a password, and that hashing is bounded."""

import asyncio
import threading

import pytest
from argon2 import PasswordHasher

from matchmaking.access.passwords import (
    LONGEST_QUEUE,
    WORST,
    Passwords,
    initial_password,
    refuse_weak,
)
from matchmaking.errors import Invalid, Unavailable

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.mark.parametrize("worst", sorted(WORST))
def test_the_worst_are_refused_in_any_case(worst: str) -> None:
    for spelled in (worst, worst.upper(), worst.title()):
        with pytest.raises(Invalid):
            refuse_weak(spelled, "li.na", "/password")


@pytest.mark.parametrize(
    ("password", "login", "code"),
    [
        ("elevenchars", "li.na", "password_too_short"),
        ("", "li.na", "password_too_short"),
        ("x" * 257, "li.na", "password_too_long"),
        ("my name is zhang.min!", "zhang.min", "password_holds_login"),
        ("ZHANG-MIN rides a bicycle", "zhang.min", "password_holds_login"),
        ("nimgnahz rides a bicycle", "zhang.min", "password_holds_login"),
        ("zhang rides a bicycle", "zhang@bank.example", "password_holds_login"),
        ("abababababababab", "li.na", "password_too_common"),
        (
            "\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44\uff11\uff12\uff13\uff14",
            "li.na",
            "password_too_common",
        ),
    ],
)
def test_weak_passwords_name_their_fault(password: str, login: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        refuse_weak(password, login, "/password")
    assert (refused.value.code, refused.value.pointer) == (code, "/password")


@pytest.mark.parametrize("password", ["三只灰鹭在黄昏飞过长江口", "correct horse battery", "x7$kQ2!mVp9z"])
def test_good_passwords_pass(password: str) -> None:
    refuse_weak(password, "li.na", "/password")


def test_initial_passwords_are_strong_and_never_the_same() -> None:
    made = {initial_password() for _ in range(500)}
    assert len(made) == 500
    for password in made:
        refuse_weak(password, "li.na", "/password")


async def test_nothing_matches_when_there_is_no_hash() -> None:
    passwords = Passwords(CHEAP)
    for password in ("", "x", "correct horse battery"):
        assert not (await passwords.check(None, password)).matches


@pytest.mark.parametrize("broken", ["", "plain text", "$argon2id$v=19$m=8,t=1,p=1$AAAA", "$2b$12$abc"])
async def test_a_broken_hash_matches_nothing(broken: str) -> None:
    assert not (await Passwords(CHEAP).check(broken, "plain text")).matches


async def test_the_same_characters_typed_differently_match() -> None:
    passwords = Passwords(CHEAP)
    stored = await passwords.hash("caf\u00e9 am Fluss 12")
    assert (await passwords.check(stored, "cafe\u0301 am Fluss 12")).matches
    assert not (await passwords.check(stored, "cafe am Fluss 12")).matches
    assert stored.startswith("$argon2id$")


class CountingHasher(PasswordHasher):
    """Notes how many hashes are reckoned at the same time, and holds them until told."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.open = threading.Event()
        self.lock = threading.Lock()
        self.now = self.most = 0

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.open.wait(10)
        with self.lock:
            self.now -= 1
        return super().hash(password, salt=salt)


async def test_two_hashes_at_a_time_and_a_short_queue() -> None:
    hasher = CountingHasher()
    passwords = Passwords(hasher)
    queued = [asyncio.create_task(passwords.hash("x")) for _ in range(LONGEST_QUEUE)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable) as turned_away:
        await passwords.hash("x")
    assert turned_away.value.parameters["retry_after"] == 2
    hasher.open.set()
    assert len(await asyncio.gather(*queued)) == LONGEST_QUEUE
    assert hasher.most == 2
    await passwords.hash("x")


async def test_callers_who_give_up_leave_no_more_than_two_at_work() -> None:
    hasher = CountingHasher()
    passwords = Passwords(hasher)
    for _ in range(8):
        given_up = asyncio.create_task(passwords.hash("x"))
        await asyncio.sleep(0)
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up
    hasher.open.set()
    await passwords.hash("x")
    assert hasher.most <= 2
