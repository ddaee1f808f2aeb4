"""Signing in and out over HTTP, and what a signed-in caller is told about itself."""

from datetime import timedelta
from uuid import UUID

import httpx
import jwt
import pytest
from sqlalchemy import select, update
from sqlmodel import col

from city import City
from matchmaking.clock import ShiftedClock
from matchmaking.db.session import Database
from matchmaking.services.gate import Gate
from matchmaking.tables.followup import JournalEntry
from matchmaking.tables.identity import Membership
from schemas.vocabulary import Role
from tests.access.newcomers import Newcomer, bearer, newcomer, signed_in

pytestmark = pytest.mark.database


@pytest.fixture
async def clerk(city: City, database: Database, gate: Gate) -> Newcomer:
    return await newcomer(database, gate, city.clerk.actor, Role.CLERK)


BAD_CREDENTIALS = (
    ("", "credential_missing"),
    ("Basic dXNlcjpwYXNz", "credential_missing"),
    ("Bearer", "credential_missing"),
    ("Bearer ", "token_invalid"),
    ("Bearer x", "token_invalid"),
    ("Bearer mmk_000000000000_" + "A" * 43, "api_key_invalid"),
    ("Bearer mmk_", "api_key_invalid"),
)


async def test_without_a_good_credential_nothing_is_told(client: httpx.AsyncClient) -> None:
    for authorization, code in BAD_CREDENTIALS:
        headers = {"authorization": authorization} if authorization else {}
        answer = await client.get("/v1/me", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.json()["code"] in {code, "credential_missing"}


MALFORMED = (
    {},
    {"login": "shen.wei"},
    {"login": "", "password": "x"},
    {"login": "shen.wei", "password": ""},
    {"login": "shen.wei", "password": "x" * 257},
    {"login": "x" * 65, "password": "x"},
    {"login": ["shen.wei"], "password": "x"},
    {"login": "shen.wei", "password": 12},
    {"login": "shen.wei", "password": "secret-canary", "admin": True},
)


async def test_a_malformed_sign_in_is_refused_without_an_echo(client: httpx.AsyncClient) -> None:
    for body in MALFORMED:
        answer = await client.post("/v1/sessions", json=body)
        assert answer.status_code == 422
        assert "secret-canary" not in answer.text


async def test_signing_out_ends_all_tokens_of_that_sign_in(
    client: httpx.AsyncClient, clerk: Newcomer
) -> None:
    here, elsewhere = await signed_in(client, clerk.body), await signed_in(client, clerk.body)
    assert (await client.delete("/v1/sessions/current", headers=bearer(here))).status_code == 204
    for request in (
        client.get("/v1/me", headers=bearer(here)),
        client.delete("/v1/sessions/current", headers=bearer(here)),
        client.post("/v1/sessions/refresh", json={"refresh_token": here["refresh_token"]}),
    ):
        answer = await request
        assert (answer.status_code, answer.json()["code"]) == (401, "session_ended")
    assert (await client.get("/v1/me", headers=bearer(elsewhere))).status_code == 200


async def test_an_ended_role_ends_its_sign_ins_on_the_next_request(
    client: httpx.AsyncClient, clerk: Newcomer, database: Database
) -> None:
    answer = await signed_in(client, clerk.body)
    async with database.as_system() as session:
        ended = update(Membership).where(col(Membership.id) == UUID(clerk.membership_id))
        await session.execute(ended.values(ended_at=session.instant))
    assert (await client.get("/v1/me", headers=bearer(answer))).json()["code"] == "session_ended"
    token = {"refresh_token": answer["refresh_token"]}
    assert (await client.post("/v1/sessions/refresh", json=token)).json()["code"] == "session_ended"
    again = await client.post("/v1/sessions", json=clerk.body)
    assert (again.status_code, again.json()["code"]) == (403, "no_role_left")


async def test_an_access_token_expires(
    client: httpx.AsyncClient, clerk: Newcomer, clock: ShiftedClock
) -> None:
    answer = await signed_in(client, clerk.body)
    clock.advance(timedelta(minutes=10, seconds=1))
    assert (await client.get("/v1/me", headers=bearer(answer))).json()["code"] == "token_expired"
    token = {"refresh_token": answer["refresh_token"]}
    renewed = (await client.post("/v1/sessions/refresh", json=token)).json()
    assert (await client.get("/v1/me", headers=bearer(renewed))).status_code == 200


async def test_a_sign_in_tells_roles_and_me_tells_rights(
    client: httpx.AsyncClient, clerk: Newcomer, city: City
) -> None:
    answer = await signed_in(client, {**clerk.body, "login": f"  {clerk.login.upper()} "})
    assert [role["membership_id"] for role in answer["roles"]] == [clerk.membership_id]
    assert answer["acting_in"]["organization_id"] == str(city.clerk.actor.organization_id)
    me = (await client.get("/v1/me", headers=bearer(answer))).json()
    assert me["person_id"] == clerk.person_id
    assert me["display_name"] == "沈巍"
    assert me["acting_in"]["role"] == "clerk"
    assert "introductions.accept" in me["operations"]
    assert "financing_needs.submit" not in me["operations"]


async def test_a_person_with_two_roles_acts_in_the_chosen_one(
    client: httpx.AsyncClient, clerk: Newcomer, city: City, database: Database
) -> None:
    async with database.as_system() as session:
        second = Membership(
            created_at=session.instant,
            person_id=UUID(clerk.person_id),
            organization_id=city.mill.actor.organization_id,
            unit_id=city.mill.actor.unit_id,
            role=Role.HELPER,
            ends_at=session.instant + timedelta(days=30),
        )
        session.add(second)
    first = await signed_in(client, clerk.body)
    assert first["acting_in"]["role"] == "clerk"
    assert {role["role"] for role in first["roles"]} == {"clerk", "helper"}
    chosen = await signed_in(client, {**clerk.body, "membership_id": str(second.id)})
    me = (await client.get("/v1/me", headers=bearer(chosen))).json()
    assert me["acting_in"]["role"] == "helper"
    assert me["acting_in"]["organization_id"] == str(city.mill.actor.organization_id)


async def test_signing_in_and_out_stand_in_the_journal_without_names(
    client: httpx.AsyncClient, clerk: Newcomer, database: Database
) -> None:
    answer = await signed_in(client, clerk.body)
    await client.delete("/v1/sessions/current", headers=bearer(answer))
    async with database.as_system() as session:
        entries = (await session.execute(select(JournalEntry))).scalars().all()
    assert [entry.action for entry in entries] == ["sessions.create", "sessions.end"]
    bodies = " ".join(entry.body for entry in entries)
    assert clerk.login not in bodies
    assert clerk.person_id not in bodies
    assert "沈巍" not in bodies


async def test_tokens_are_not_to_be_cached_and_keys_are(client: httpx.AsyncClient, clerk: Newcomer) -> None:
    answer = await client.post("/v1/sessions", json=clerk.body)
    assert answer.headers["cache-control"] == "no-store"
    keys = await client.get("/.well-known/jwks.json")
    assert keys.headers["cache-control"] == "public, max-age=300"
    named = jwt.get_unverified_header(answer.json()["access_token"])["kid"]
    assert named in {key["kid"] for key in keys.json()["keys"]}
