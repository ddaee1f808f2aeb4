"""Tidying takes what is past its time, all of it, and nothing that somebody may still ask for."""

import random
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from city import City, product_draft
from matchmaking.access.throttle import WINDOW
from matchmaking.clock import ShiftedClock
from matchmaking.db.session import Database
from matchmaking.services.foundation import Foundation
from matchmaking.services.gate import Gate
from matchmaking.services.idempotency import KEPT_FOR
from matchmaking.services.tidying import BATCH, ENDED_KEPT_FOR, Tidied, tidy
from schemas.vocabulary import Role
from tests.access.newcomers import newcomer, signed_in
from tests.scripts.trials import ask, server_settings

pytestmark = [pytest.mark.database, pytest.mark.oldest]
TABLES = ("remembered_answer", "sign_in_attempt", "sign_in_session", "refresh_token")
ANSWER = (
    "INSERT INTO remembered_answer (id, created_at, version, organization_id, holder_id, key, request_sha256,"
    " status, headers, body) VALUES (%s, %s, 1, %s, %s, %s, 'x', 201, '{}', 'x')"
)
ATTEMPT = "INSERT INTO sign_in_attempt (id, created_at, version, factor) VALUES (%s, %s, 1, 'made up')"
SIGN_IN = (
    "INSERT INTO sign_in_session (id, created_at, version, person_id, membership_id, expires_at, revoked_at)"
    " VALUES (%s, %s, 1, %s, %s, %s, %s)"
)
TOKEN = (
    "INSERT INTO refresh_token (id, created_at, version, session_id, secret_hash, expires_at)"
    " VALUES (%s, %s, 1, %s, 'x', %s)"
)


def _kept(behind: Any) -> dict[str, set[UUID]]:
    return {
        table: {row[0] for row in behind.execute(f"SELECT id FROM {table}").fetchall()}  # noqa: S608
        for table in TABLES
    }


async def test_nothing_that_may_still_be_asked_for_goes(
    city: City, database: Database, gate: Gate, client: httpx.AsyncClient
) -> None:
    clerk = await newcomer(database, gate, city.clerk.actor, Role.CLERK)
    started = await signed_in(client, clerk.body)
    wrong = {"login": clerk.login, "password": "not the password at all"}
    for _ in range(10):
        assert (await client.post("/v1/sessions", json=wrong)).status_code == 401
    post = ("POST", "/v1/credit-products", product_draft())
    first = await city.product_manager.call(*post, key="once only")
    assert first.status_code == 201
    assert await tidy(database) == Tidied(0, 0, 0)
    assert (await client.post("/v1/sessions", json=clerk.body)).status_code == 429, "tries still count"
    again = await city.product_manager.call(*post, key="once only")
    assert (again.status_code, again.content) == (201, first.content)
    refreshed = await client.post("/v1/sessions/refresh", json={"refresh_token": started["refresh_token"]})
    assert refreshed.status_code == 200, refreshed.text


async def test_exactly_what_is_past_its_time_goes(
    city: City, database: Database, clock: ShiftedClock, superuser_url: str
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")  # noqa: T201 - to repeat the run
    rng = random.Random(seed)  # noqa: S311 - a test, not a secret
    now, actor = clock.now(), city.clerk.actor

    def age(limit: timedelta) -> timedelta:
        """On either side of the limit, mostly near it; never closer than the test may take."""
        distance = rng.choice((timedelta(minutes=5), limit / 3, limit * 0.9)) * rng.uniform(0.5, 1)
        return limit + rng.choice((-1, 1)) * distance

    with psycopg.connect(superuser_url, autocommit=True) as behind:
        wanted = _kept(behind)
        for _ in range(60):
            made = {"remembered_answer": (uuid4(), age(KEPT_FOR)), "sign_in_attempt": (uuid4(), age(WINDOW))}
            for table, (identity, old) in made.items():
                values = (actor.organization_id, uuid4(), str(identity)) if table == TABLES[0] else ()
                statement = ANSWER if table == TABLES[0] else ATTEMPT
                behind.execute(statement, (identity, now - old, *values))
                limit = KEPT_FOR if table == TABLES[0] else WINDOW
                wanted[table] |= {identity} if old < limit else set()
            ended, sign_in, token = age(ENDED_KEPT_FOR), uuid4(), uuid4()
            revoked = rng.random() < 0.5
            ends = now + timedelta(days=3) if revoked else now - ended
            person = (actor.person_id, actor.membership_id, ends, now - ended if revoked else None)
            behind.execute(SIGN_IN, (sign_in, now - timedelta(days=90), *person))
            behind.execute(TOKEN, (token, now - timedelta(days=90), sign_in, ends))
            if ended < ENDED_KEPT_FOR:
                wanted["sign_in_session"].add(sign_in)
                wanted["refresh_token"].add(token)
        before = _kept(behind)
        tidied = await tidy(database)
        assert _kept(behind) == wanted
        gone = [len(before[table] - wanted[table]) for table in TABLES[:3]]
        assert gone == [tidied.remembered_answers, tidied.sign_in_attempts, tidied.sign_ins]
        assert min(gone) > 0
        assert await tidy(database) == Tidied(0, 0, 0)


async def test_more_than_a_batch_goes_in_one_run(database: Database, superuser_url: str) -> None:
    count = 2 * BATCH + 1
    with psycopg.connect(superuser_url) as behind:
        behind.execute(
            "INSERT INTO sign_in_attempt (id, created_at, version, factor)"
            " SELECT gen_random_uuid(), now() - interval '1 day', 1, 'made up' FROM generate_series(1, %s)",
            (count,),
        )
    assert await tidy(database) == Tidied(0, count, 0)


async def test_a_password_is_tried_again_after_its_tries_were_tidied_away(
    city: City, database: Database, gate: Gate, client: httpx.AsyncClient, clock: ShiftedClock
) -> None:
    clerk = await newcomer(database, gate, city.clerk.actor, Role.CLERK)
    wrong = {"login": clerk.login, "password": "not the password at all"}
    for _ in range(10):
        assert (await client.post("/v1/sessions", json=wrong)).status_code == 401
    clock.advance(WINDOW)
    assert (await tidy(database)).sign_in_attempts == 20
    await signed_in(client, clerk.body)


def test_the_command_says_what_went(foundation: Foundation, superuser_url: str) -> None:
    with psycopg.connect(superuser_url) as behind:
        behind.execute(
            "INSERT INTO sign_in_attempt (id, created_at, version, factor)"
            " VALUES (gen_random_uuid(), now() - interval '1 day', 1, 'made up')"
        )
    urls = (foundation.owner_url, foundation.app_url, foundation.system_url)
    told = ask("tidy", **server_settings(foundation.signing_key_pem, *urls))
    assert told.exit_code == 0, told.output
    assert "0 remembered answers, 1 tries to sign in, 0 sign-ins" in told.output
