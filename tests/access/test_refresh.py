"""Gate D7: rotation of refresh tokens, reuse, and the retry of a client whose answer got lost."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlmodel import col

from matchmaking.access.refresh_tokens import read_secret
from matchmaking.clock import ShiftedClock
from matchmaking.db.session import Database
from matchmaking.tables.identity import RefreshToken, SignInSession
from tests.access.newcomers import Newcomer, bearer, signed_in

OURS = {"user-agent": "portal/1.0"}
THEIRS = {"user-agent": "curl/8.0"}
RACERS = 12
ROUNDS = 5
MOST_TRIES = 20
RETRY_SECONDS = 0.2

pytestmark = pytest.mark.database


async def refreshed(client: httpx.AsyncClient, token: str, headers: dict[str, str] = OURS) -> httpx.Response:
    return await client.post("/v1/sessions/refresh", json={"refresh_token": token}, headers=headers)


async def insisted(client: httpx.AsyncClient, token: str, headers: dict[str, str] = OURS) -> httpx.Response:
    """Ask again as long as the service is too busy to answer at all, as it asks clients to do."""
    for _try in range(MOST_TRIES):
        response = await refreshed(client, token, headers)
        if response.status_code != 503:
            break
        assert response.headers["retry-after"]
        await asyncio.sleep(RETRY_SECONDS)
    return response


async def still_in(client: httpx.AsyncClient, answer: dict[str, Any]) -> bool:
    response = await client.get("/v1/me", headers=bearer(answer))
    assert response.status_code in {200, 401}
    return response.status_code == 200


async def test_a_used_token_ends_the_whole_sign_in(client: httpx.AsyncClient, clerk: Newcomer) -> None:
    first = await signed_in(client, clerk.body, headers=OURS)
    second = (await refreshed(client, first["refresh_token"])).json()
    third = (await refreshed(client, second["refresh_token"])).json()
    assert await still_in(client, third)
    stolen = await refreshed(client, first["refresh_token"], THEIRS)
    assert (stolen.status_code, stolen.json()["code"]) == (401, "refresh_reused")
    assert not await still_in(client, first)
    assert not await still_in(client, third)
    honest = await refreshed(client, third["refresh_token"])
    assert (honest.status_code, honest.json()["code"]) == (401, "session_ended")


async def test_another_sign_in_of_the_same_person_goes_on(client: httpx.AsyncClient, clerk: Newcomer) -> None:
    broken, whole = await signed_in(client, clerk.body), await signed_in(client, clerk.body)
    await refreshed(client, broken["refresh_token"], OURS)
    await refreshed(client, broken["refresh_token"], THEIRS)
    assert not await still_in(client, broken)
    assert await still_in(client, whole)


async def test_the_same_client_gets_the_same_successor_again(
    client: httpx.AsyncClient, clerk: Newcomer
) -> None:
    first = await signed_in(client, clerk.body, headers=OURS)
    second = (await refreshed(client, first["refresh_token"])).json()
    again = await refreshed(client, first["refresh_token"])
    assert again.status_code == 200
    assert again.json()["refresh_token"] == second["refresh_token"]
    assert await still_in(client, again.json())
    assert (await refreshed(client, second["refresh_token"])).status_code == 200


async def test_a_retry_after_the_successor_was_used_is_reuse(
    client: httpx.AsyncClient, clerk: Newcomer
) -> None:
    first = await signed_in(client, clerk.body, headers=OURS)
    second = (await refreshed(client, first["refresh_token"])).json()
    await refreshed(client, second["refresh_token"])
    assert (await refreshed(client, first["refresh_token"])).json()["code"] == "refresh_reused"


async def test_a_retry_after_ten_seconds_is_reuse(
    client: httpx.AsyncClient, clerk: Newcomer, clock: ShiftedClock
) -> None:
    first = await signed_in(client, clerk.body, headers=OURS)
    second = (await refreshed(client, first["refresh_token"])).json()
    clock.advance(timedelta(seconds=11))
    assert (await refreshed(client, first["refresh_token"])).json()["code"] == "refresh_reused"
    assert (await refreshed(client, second["refresh_token"])).json()["code"] == "session_ended"


@pytest.mark.gate("D7")
async def test_racing_refreshes(
    client: httpx.AsyncClient,
    clerk: Newcomer,
    database: Database,
    record_property: Callable[[str, object], None],
) -> None:
    """One client racing with itself goes on with one successor; a thief in the race ends the sign-in."""
    for _round in range(ROUNDS):
        token = (await signed_in(client, clerk.body, headers=OURS))["refresh_token"]
        answers = await asyncio.gather(*(insisted(client, token) for _ in range(RACERS)))
        assert {answer.status_code for answer in answers} == {200}
        successors = {answer.json()["refresh_token"] for answer in answers}
        assert len(successors) == 1
        assert await _rows_of_family(database, token) == 2
        assert (await refreshed(client, successors.pop())).status_code == 200
    for _round in range(ROUNDS):
        first = await signed_in(client, clerk.body, headers=OURS)
        token = first["refresh_token"]
        racers = [OURS if number % 2 else THEIRS for number in range(RACERS)]
        answers = await asyncio.gather(*(insisted(client, token, headers) for headers in racers))
        codes = {answer.json().get("code") for answer in answers if answer.status_code != 200}
        assert codes
        assert codes <= {"refresh_reused", "session_ended"}
        assert not await still_in(client, first)
        for answer in answers:
            if answer.status_code == 200:
                assert not await still_in(client, answer.json())
                last = await refreshed(client, answer.json()["refresh_token"])
                assert last.status_code == 401
    record_property(
        "figure",
        f"{ROUNDS} races of {RACERS} by one client: one successor each;"
        f" {ROUNDS} races with a thief: every family revoked",
    )


async def test_a_wrong_secret_under_a_right_id_changes_nothing(
    client: httpx.AsyncClient, clerk: Newcomer
) -> None:
    first = await signed_in(client, clerk.body)
    guess = first["refresh_token"][:-4] + "AAAA"
    assert (await refreshed(client, guess)).json()["code"] == "refresh_invalid"
    assert (await refreshed(client, first["refresh_token"])).status_code == 200


NO_REFRESH_TOKENS = (
    "x",
    "mmr_",
    f"mmr_{'0' * 32}_{'A' * 43}",
    "..",
    "\u0661" * 80,
)


async def test_what_is_no_refresh_token_is_refused(client: httpx.AsyncClient) -> None:
    for text in NO_REFRESH_TOKENS:
        response = await refreshed(client, text)
        assert (response.status_code, response.json()["code"]) == (401, "refresh_invalid")


async def test_an_access_token_is_no_refresh_token_and_the_other_way_round(
    client: httpx.AsyncClient, clerk: Newcomer
) -> None:
    first = await signed_in(client, clerk.body)
    assert (await refreshed(client, first["access_token"][:200])).status_code == 401
    wrong_way = {"authorization": f"Bearer {first['refresh_token']}"}
    assert (await client.get("/v1/me", headers=wrong_way)).json()["code"] == "token_invalid"


async def test_refreshing_does_not_prolong_the_sign_in(
    client: httpx.AsyncClient, clerk: Newcomer, clock: ShiftedClock
) -> None:
    first = await signed_in(client, clerk.body)
    clock.advance(timedelta(days=13))
    second = (await refreshed(client, first["refresh_token"])).json()
    assert second["refresh_expires_at"] == first["refresh_expires_at"]
    clock.advance(timedelta(days=1, seconds=1))
    assert (await refreshed(client, second["refresh_token"])).json()["code"] == "session_ended"


async def test_no_secret_stands_in_the_database(
    client: httpx.AsyncClient, clerk: Newcomer, database: Database
) -> None:
    first = await signed_in(client, clerk.body)
    second = (await refreshed(client, first["refresh_token"])).json()
    async with database.as_system() as session:
        rows = (await session.execute(select(RefreshToken))).scalars().all()
    stored = " ".join(str(row) for row in rows)
    for answer in (first, second):
        secret = read_secret(answer["refresh_token"])
        assert secret is not None
        assert secret.secret not in stored
        assert secret.hash in stored


async def _rows_of_family(database: Database, token: str) -> int:
    presented = read_secret(token)
    assert presented is not None
    async with database.as_system() as session:
        row = await session.get_one(RefreshToken, presented.token_id)
        family = select(RefreshToken).where(col(RefreshToken.session_id) == row.session_id)
        assert (await session.get_one(SignInSession, row.session_id)).revoked_at is None
        return len((await session.execute(family)).scalars().all())
