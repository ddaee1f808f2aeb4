"""Gate D8 and the rest of signing in: few tries, one answer for every failure, initial passwords replaced."""

import asyncio
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from city import City
from matchmaking.access.identity_provider import Identity, PasswordIdentityProvider, RecordingIdentityProvider
from matchmaking.access.passwords import Passwords
from matchmaking.access.refresh_tokens import Client
from matchmaking.clock import ShiftedClock
from matchmaking.db.session import Database
from matchmaking.errors import NotSignedIn, TooMany
from matchmaking.services.gate import Gate, open_gate
from matchmaking.settings import Settings
from matchmaking.tables.identity import Credential, SignInAttempt
from schemas.sessions import SessionCreate
from schemas.vocabulary import Role
from tests.access.newcomers import PASSWORD, Newcomer, bearer, newcomer, signed_in

MOST_TRIES = 10
pytestmark = pytest.mark.database


async def tried(client: httpx.AsyncClient, login: str, password: str) -> httpx.Response:
    return await client.post("/v1/sessions", json={"login": login, "password": password})


async def tried_from(gate: Gate, address: str, login: str, password: str) -> str:
    """The outcome's code of a try from `address`, or `in`."""
    draft = SessionCreate(login=login, password=password)
    try:
        await gate.sessions.start(draft, Client(address, "test"))
    except (NotSignedIn, TooMany) as refusal:
        return refusal.code
    return "in"


async def looked_at(gate: Gate, login: str, address: str, tries: int) -> int:
    """How many of `tries` wrong passwords were looked at, all of them sent at once."""
    outcomes = await asyncio.gather(
        *(tried_from(gate, address, login, f"wrong password {number}") for number in range(tries))
    )
    assert set(outcomes) <= {"sign_in_failed", "sign_in_throttled"}
    return outcomes.count("sign_in_failed")


@pytest.mark.gate("D8")
async def test_brute_force_gets_ten_tries_on_each_factor(
    gate: Gate, clerk: Newcomer, clock: ShiftedClock, record_property: Callable[[str, object], None]
) -> None:
    """One login from many addresses, one address with many logins, in parallel and over an hour."""
    known = await _tries_over_an_hour(gate, clock, clerk.login, "198.51.100.{}")
    unknown = await _tries_over_an_hour(gate, clock, "nobody", "203.0.113.{}")
    sprayed = await looked_at(gate, "spray", "192.0.2.1", 24)
    logins = [await tried_from(gate, "192.0.2.9", f"guess{number}", "x") for number in range(24)]
    assert known == unknown == [MOST_TRIES] * 4
    assert sprayed == MOST_TRIES
    assert logins == ["sign_in_failed"] * MOST_TRIES + ["sign_in_throttled"] * 14
    record_property(
        "figure",
        "per 15 minutes at most 10 of 24 parallel tries on a login (known and unknown alike)"
        " and 10 of 24 logins from one address were looked at",
    )


async def _tries_over_an_hour(gate: Gate, clock: ShiftedClock, login: str, address: str) -> list[int]:
    """The number looked at in each quarter of an hour; every try comes from an address of its own."""
    seen = []
    for quarter in range(4):
        tries = (
            tried_from(gate, address.format(quarter * 24 + number), login, f"wrong {number}")
            for number in range(24)
        )
        seen.append((await asyncio.gather(*tries)).count("sign_in_failed"))
        clock.advance(timedelta(minutes=15, seconds=1))
    return seen


async def test_unknown_login_and_wrong_password_get_the_same_answer(
    client: httpx.AsyncClient, clerk: Newcomer
) -> None:
    answers = [await tried(client, clerk.login, "wrong"), await tried(client, "nobody.here", "wrong")]
    for answer in answers:
        assert answer.status_code == 401
    told = [
        {name: value for name, value in answer.json().items() if name not in {"request_id", "instance"}}
        for answer in answers
    ]
    assert told[0] == told[1]
    assert told[0]["code"] == "sign_in_failed"
    names = [sorted(set(answer.headers) - {"x-request-id"}) for answer in answers]
    assert names[0] == names[1]


async def test_the_right_password_does_not_open_a_closed_login(
    client: httpx.AsyncClient, clerk: Newcomer, clock: ShiftedClock
) -> None:
    for _ in range(MOST_TRIES):
        assert (await tried(client, clerk.login, "wrong")).status_code == 401
    closed = await tried(client, clerk.login, clerk.password)
    assert (closed.status_code, closed.json()["code"]) == (429, "sign_in_throttled")
    wait = int(closed.headers["retry-after"])
    assert 0 < wait <= 900
    clock.advance(timedelta(seconds=wait + 1))
    assert (await tried(client, clerk.login, clerk.password)).status_code == 201


async def test_right_passwords_do_not_use_up_tries(client: httpx.AsyncClient, clerk: Newcomer) -> None:
    for _ in range(MOST_TRIES - 1):
        await tried(client, clerk.login, "wrong")
    for _ in range(3):
        await signed_in(client, clerk.body)
    assert (await tried(client, clerk.login, "wrong")).status_code == 401
    assert (await tried(client, clerk.login, clerk.password)).status_code == 429


async def test_a_password_that_was_not_looked_at_does_not_count(
    gate: Gate, database: Database, clerk: Newcomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matchmaking.access.passwords.LONGEST_QUEUE", 0)
    with pytest.raises(Exception, match="sign_in_busy"):
        await tried_from(gate, "192.0.2.1", clerk.login, "wrong")
    async with database.as_system() as session:
        assert (await session.execute(select(SignInAttempt))).all() == []


async def test_the_table_of_tries_names_nobody(
    client: httpx.AsyncClient, clerk: Newcomer, database: Database
) -> None:
    await tried(client, clerk.login, "wrong")
    async with database.as_system() as session:
        rows = (await session.execute(select(SignInAttempt))).scalars().all()
    assert len(rows) == 2
    assert clerk.login not in str(rows)
    assert "127.0.0.1" not in str(rows)


@pytest.mark.timed
async def test_unknown_logins_take_as_long_as_known_ones(database: Database, clerk: Newcomer) -> None:
    """The costs are high enough that the hash outweighs the look-up a hundredfold."""
    passwords = Passwords(PasswordHasher(time_cost=3, memory_cost=16_384, parallelism=1))
    provider = PasswordIdentityProvider(database, passwords)
    async with database.as_system() as session:
        credential = (await session.execute(select(Credential))).scalar_one()
        credential.password_hash = await passwords.hash(PASSWORD)
    spans: dict[str, list[float]] = {clerk.login: [], "nobody": []}
    for _ in range(9):
        for login, taken in spans.items():
            started = time.perf_counter()
            with pytest.raises(NotSignedIn):
                await provider.identify(login, "wrong")
            taken.append(time.perf_counter() - started)
    known, unknown = (statistics.median(taken) for taken in spans.values())
    assert 0.6 < unknown / known < 1.67


async def test_an_initial_password_must_be_replaced(
    client: httpx.AsyncClient, city: City, database: Database, gate: Gate
) -> None:
    fresh = await newcomer(database, gate, city.clerk.actor, Role.CLERK, password=None)
    refused = await client.post("/v1/sessions", json=fresh.body)
    assert (refused.status_code, refused.json()["code"]) == (403, "password_change_required")
    answer = await signed_in(client, {**fresh.body, "new_password": PASSWORD})
    assert (await client.get("/v1/me", headers=bearer(answer))).status_code == 200
    assert (await tried(client, fresh.login, fresh.password)).status_code == 401
    await signed_in(client, {"login": fresh.login, "password": PASSWORD})


WEAK = (
    ("boat 7", "password_too_short"),
    ("shen.wei is me", "password_holds_login"),
    ("IEW-NEHS backwards", "password_holds_login"),
    ("passwordpassword", "password_too_common"),
    ("aaaaaaaaaaaaaaaa", "password_too_common"),
    (PASSWORD, "password_unchanged"),
)


async def test_a_weak_new_password_changes_nothing(client: httpx.AsyncClient, clerk: Newcomer) -> None:
    for weak, code in WEAK:
        refused = await client.post("/v1/sessions", json={**clerk.body, "new_password": weak})
        assert refused.status_code == 422
        assert [(fault["pointer"], fault["code"]) for fault in refused.json()["errors"]] == [
            ("/new_password", code)
        ]
        assert weak not in refused.text
        await signed_in(client, clerk.body)


async def test_a_new_password_signs_out_everybody_else(client: httpx.AsyncClient, clerk: Newcomer) -> None:
    before = await signed_in(client, clerk.body)
    after = await signed_in(client, {**clerk.body, "new_password": "nine slow boats upriver"})
    assert (await client.get("/v1/me", headers=bearer(before))).json()["code"] == "session_ended"
    assert (await client.get("/v1/me", headers=bearer(after))).status_code == 200


async def test_a_role_of_somebody_else_cannot_be_chosen(
    client: httpx.AsyncClient, clerk: Newcomer, city: City
) -> None:
    body = {**clerk.body, "membership_id": str(city.official.actor.membership_id)}
    refused = await client.post("/v1/sessions", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "membership_not_held")


async def test_the_cheap_hash_is_replaced_when_costs_grow(
    client: httpx.AsyncClient,
    clerk: Newcomer,
    database: Database,
    settings: Settings,
    signing_key_pem: str,
) -> None:
    dearer = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    gate = open_gate(settings, database, signing_key_pem, hasher=dearer)
    assert await tried_from(gate, "192.0.2.1", clerk.login, PASSWORD) == "in"
    async with database.as_system() as session:
        stored = (await session.execute(select(Credential))).scalar_one().password_hash
    assert not dearer.check_needs_rehash(stored)
    await signed_in(client, clerk.body)


async def test_a_portal_can_take_the_place_of_passwords(
    database: Database, settings: Settings, signing_key_pem: str, clerk: Newcomer
) -> None:
    identity = Identity(UUID(clerk.person_id))
    portal = RecordingIdentityProvider({("portal-subject", "portal-ticket"): identity})
    gate = open_gate(settings, database, signing_key_pem, provider=portal)
    assert await tried_from(gate, "192.0.2.1", "portal-subject", "portal-ticket") == "in"
    assert await tried_from(gate, "192.0.2.1", clerk.login, PASSWORD) == "sign_in_failed"
    assert portal.asked == ["portal-subject", clerk.login]
