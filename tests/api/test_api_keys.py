"""API keys: made by administrators, good for their scopes, gone on the request after they are revoked."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from city import City, Member
from matchmaking.clock import ShiftedClock
from matchmaking.tables.identity import ApiKey, ApiKeySecret
from tests.api.administrators import administrator

pytestmark = pytest.mark.database


def key_draft(beside: Member, clock: ShiftedClock, **changes: Any) -> dict[str, Any]:
    draft = {
        "name": "核心系统",
        "unit_id": str(beside.actor.unit_id),
        "role": "clerk",
        "scopes": ["*.read", "fulfilment_facts.state"],
        "expires_at": (clock.now() + timedelta(days=90)).isoformat(),
    }
    return draft | changes


async def called(client: httpx.AsyncClient, key: str, path: str = "/v1/me") -> httpx.Response:
    return await client.get(path, headers={"authorization": f"Bearer {key}"})


NO_ADMINISTRATORS = ("clerk", "product_manager", "official", "observer")


async def test_only_administrators_make_see_and_revoke_keys(city: City, clock: ShiftedClock) -> None:
    own = await administrator(city, city.clerk)
    made = (await own.post("/v1/api-keys", key_draft(city.clerk, clock))).json()
    for who in NO_ADMINISTRATORS:
        member: Member = getattr(city, who)
        for refused in (
            await member.post("/v1/api-keys", key_draft(member, clock)),
            await member.get("/v1/api-keys"),
            await member.post(f"/v1/api-keys/{made['id']}/revoke", seen=1),
        ):
            assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")


async def test_keys_of_strangers_are_not_found(city: City, clock: ShiftedClock) -> None:
    own, stranger = await administrator(city, city.clerk), await administrator(city, city.other_clerk)
    made = (await own.post("/v1/api-keys", key_draft(city.clerk, clock))).json()
    assert (await stranger.post(f"/v1/api-keys/{made['id']}/revoke", seen=1)).status_code == 404
    assert (await stranger.get("/v1/api-keys")).json()["items"] == []
    for beside, status in ((city.other_clerk, 403), (city.mill, 422)):
        refused = await own.post("/v1/api-keys", key_draft(beside, clock))
        assert refused.status_code == status
    assert (await called(city.client, made["key"])).status_code == 200


WRONG_KEYS = (
    ({"scopes": ["agreements.acknowledge"]}, "/scopes/0", "scope_of_persons_only"),
    ({"scopes": ["tasks.list", "api_keys.create"]}, "/scopes/1", "scope_of_persons_only"),
    ({"scopes": ["financing_needs.open"]}, "/scopes/0", "scope_not_of_role"),
    ({"scopes": []}, "/scopes", "list_too_short"),
    ({"role": "owner"}, "/role", "role_not_of_kind"),
    ({"expires_at": "2020-01-01T00:00:00Z"}, "/expires_at", "api_key_end_out_of_range"),
    ({"expires_at": "2090-01-01T00:00:00Z"}, "/expires_at", "api_key_end_out_of_range"),
    ({"expires_at": "2027-01-01T00:00:00"}, "/expires_at", None),
    ({"scopes": ["everything"]}, "/scopes/0", None),
)


async def test_a_wrong_key_names_the_field_and_is_not_made(city: City, clock: ShiftedClock) -> None:
    own = await administrator(city, city.clerk)
    for changes, pointer, code in WRONG_KEYS:
        refused = await own.post("/v1/api-keys", key_draft(city.clerk, clock, **changes))
        assert refused.status_code == 422
        faults = [(fault["pointer"], fault["code"]) for fault in refused.json()["errors"]]
        assert any(pointer in where and code in {None, what} for where, what in faults)
        assert (await own.get("/v1/api-keys")).json()["items"] == []


async def test_a_key_is_shown_once_and_kept_as_a_hash(city: City, clock: ShiftedClock) -> None:
    own = await administrator(city, city.clerk)
    made = (await own.post("/v1/api-keys", key_draft(city.clerk, clock))).json()
    listed = (await own.get("/v1/api-keys")).json()["items"]
    assert [one["id"] for one in listed] == [made["id"]]
    assert "key" not in listed[0]
    secret = made["key"].rpartition("_")[2]
    async with city.database.as_system() as session:
        keys = (await session.execute(select(ApiKey))).all()
        secrets = (await session.execute(select(ApiKeySecret))).all()
    assert (len(keys), len(secrets)) == (1, 1)
    assert secret not in f"{keys} {secrets}"


async def test_a_key_does_what_its_scopes_say_and_nothing_else(city: City, clock: ShiftedClock) -> None:
    own = await administrator(city, city.clerk)
    draft = key_draft(city.clerk, clock, scopes=["sessions.read", "units.list"])
    made = (await own.post("/v1/api-keys", draft)).json()
    me = (await called(city.client, made["key"])).json()
    assert (me["person_id"], me["acting_in"]["role"]) == (None, "clerk")
    assert me["operations"] == ["sessions.read", "units.list"]
    assert (await called(city.client, made["key"], "/v1/units")).status_code == 200
    beyond = {
        "/v1/organizations": "key_not_permitted",
        "/v1/introductions": "key_not_permitted",
        "/v1/api-keys": "not_permitted",
        "/v1/journal-entries": "not_permitted",
    }
    for path, code in beyond.items():
        refused = await called(city.client, made["key"], path)
        assert (refused.status_code, refused.json()["code"]) == (403, code)
    headers = {"authorization": f"Bearer {made['key']}"}
    signing_out = await city.client.delete("/v1/sessions/current", headers=headers)
    assert (signing_out.status_code, signing_out.json()["code"]) == (403, "persons_only")


@pytest.mark.parametrize("spoil", ["secret", "prefix", "case", "cut", "longer"])
async def test_a_spoilt_key_is_refused(city: City, clock: ShiftedClock, spoil: str) -> None:
    own = await administrator(city, city.clerk)
    key = (await own.post("/v1/api-keys", key_draft(city.clerk, clock))).json()["key"]
    assert (await called(city.client, key)).status_code == 200
    spoilt = {
        "secret": key[:-1] + ("A" if key[-1] != "A" else "B"),
        "prefix": key.replace(key[4:16], "0" * 12),
        "case": key.swapcase(),
        "cut": key[:-1],
        "longer": key + "A",
    }[spoil]
    assert (await called(city.client, spoilt)).status_code == 401


async def test_a_revoked_key_ends_at_once_though_it_is_remembered(city: City, clock: ShiftedClock) -> None:
    own = await administrator(city, city.clerk)
    made = (await own.post("/v1/api-keys", key_draft(city.clerk, clock))).json()
    path = f"/v1/api-keys/{made['id']}/revoke"
    assert (await called(city.client, made["key"])).status_code == 200
    version = (await own.get("/v1/api-keys")).json()["items"][0]["version"]
    assert (await own.post(path)).status_code == 428
    assert (await own.post(path, seen=version + 1)).status_code == 412
    revoked = await own.post(path, seen=version)
    assert (revoked.status_code, revoked.json()["revoked_at"] is None) == (200, False)
    assert (await called(city.client, made["key"])).json()["code"] == "session_ended"
    clock.advance(timedelta(seconds=61))
    assert (await called(city.client, made["key"])).json()["code"] == "api_key_invalid"
    again = await own.post(path, seen=version + 1)
    assert (again.status_code, again.json()["code"]) == (409, "api_key_revoked_already")


async def test_a_key_expires_though_it_is_remembered(city: City, clock: ShiftedClock) -> None:
    own = await administrator(city, city.clerk)
    soon = (clock.now() + timedelta(seconds=30)).isoformat()
    made = (await own.post("/v1/api-keys", key_draft(city.clerk, clock, expires_at=soon))).json()
    assert (await called(city.client, made["key"])).status_code == 200
    clock.advance(timedelta(seconds=31))
    assert (await called(city.client, made["key"])).status_code == 401


async def test_the_last_use_is_noted(city: City, clock: ShiftedClock) -> None:
    own = await administrator(city, city.clerk)
    made = (await own.post("/v1/api-keys", key_draft(city.clerk, clock))).json()
    assert made["last_used_at"] is None
    await called(city.client, made["key"])
    async with city.database.as_system() as session:
        assert (await session.get_one(ApiKey, UUID(made["id"]))).last_used_at is not None
