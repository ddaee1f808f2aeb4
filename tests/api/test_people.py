"""People: enrolled by administrators, known to colleagues, out at once when their role ends."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from city import City, Member, enrol
from matchmaking.clock import ShiftedClock
from matchmaking.tables.followup import JournalEntry
from matchmaking.tables.identity import Credential, Person
from schemas.vocabulary import OrganizationKind, Role
from tests.api.administrators import administrator

pytestmark = pytest.mark.database


def person(beside: Member, **changes: Any) -> dict[str, Any]:
    draft = {
        "unit_id": str(beside.actor.unit_id),
        "role": "clerk",
        "login": "tang.yu",
        "display_name": "唐语",
        "phone": "+86 513 8512 3456",
        "email": "tang.yu@bank.example",
    }
    return draft | changes


NO_ADMINISTRATORS = ("product_manager", "clerk", "observer")


async def test_only_administrators_enrol(city: City) -> None:
    for who in NO_ADMINISTRATORS:
        member: Member = getattr(city, who)
        refused = await member.post("/v1/people", person(member))
        assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")


async def test_nobody_is_enrolled_into_another_organization(city: City) -> None:
    own = await administrator(city, city.clerk)
    for beside, status, code in (
        (city.other_clerk, 403, "not_your_organization"),
        (city.mill, 422, "unit_unknown"),
    ):
        refused = await own.post("/v1/people", person(beside))
        assert (refused.status_code, refused.json()["code"]) == (status, code)
    for beside in (city.mill, city.clerk, city.official):
        refused = await city.official.post("/v1/people", person(beside, role="administrator"))
        assert (refused.status_code, refused.json()["code"]) == (403, "not_your_organization")


WRONG_ENROLMENTS = (
    ({"role": "owner"}, "/role", "role_not_of_kind"),
    ({"role": "official"}, "/role", "role_not_of_kind"),
    ({"role": "god"}, "/role", "not_among"),
    ({"login": "Tang Yu"}, "/login", "text_form"),
    ({"login": "ab"}, "/login", "text_form"),
    ({"email": "nobody"}, "/email", "text_form"),
    ({"phone": "call me"}, "/phone", "text_form"),
    ({"ends_at": "2020-01-01T00:00:00Z"}, "/ends_at", "delegation_end_out_of_range"),
    ({"ends_at": "9999-01-01T00:00:00Z"}, "/ends_at", "delegation_end_out_of_range"),
    ({"password": "canary-of-the-test"}, "/password", "field_unknown"),
)


async def test_a_wrong_enrolment_names_the_field_and_stores_nothing(city: City) -> None:
    own = await administrator(city, city.clerk)
    for changes, pointer, code in WRONG_ENROLMENTS:
        refused = await own.post("/v1/people", person(city.clerk, **changes))
        assert refused.status_code == 422
        assert (pointer, code) in [(fault["pointer"], fault["code"]) for fault in refused.json()["errors"]]
        assert "canary-of-the-test" not in refused.text
        async with city.database.as_system() as session:
            assert (await session.execute(select(Credential))).first() is None


async def test_a_delegation_needs_an_end(city: City, clock: ShiftedClock) -> None:
    helper = person(city.mill, role="helper")
    refused = await city.mill.post("/v1/people", helper)
    assert (refused.status_code, refused.json()["code"]) == (422, "delegation_needs_end")
    ends_at = (clock.now() + timedelta(days=90)).isoformat()
    made = await city.mill.post("/v1/people", helper | {"ends_at": ends_at})
    assert made.status_code == 201
    body = {
        "login": "tang.yu",
        "password": made.json()["initial_password"],
        "new_password": "four red kites at noon",
    }
    assert (await city.client.post("/v1/sessions", json=body)).status_code == 201
    clock.advance(timedelta(days=90, seconds=1))
    over = await city.client.post("/v1/sessions", json={"login": "tang.yu", "password": body["new_password"]})
    assert (over.status_code, over.json()["code"]) == (403, "no_role_left")


async def test_an_administrator_makes_the_first_owner_and_no_second(city: City) -> None:
    accountant = await administrator(city, kind=OrganizationKind.ENTERPRISE)
    first = await accountant.post("/v1/people", person(accountant, role="owner"))
    assert first.status_code == 201
    second = await accountant.post("/v1/people", person(accountant, role="owner", login="wu.di"))
    assert (second.status_code, second.json()["code"]) == (403, "owners_by_owners_only")
    by_owner = await city.mill.post("/v1/people", person(city.mill, role="owner", login="wu.di"))
    assert by_owner.status_code == 201


async def test_officials_need_an_office_with_a_duty(city: City) -> None:
    head = await administrator(city, city.official)
    staff = {"parent_id": str(city.official.actor.unit_id), "kind": "department", "name_zh": "综合处"}
    unit = (await head.post("/v1/units", staff)).json()
    draft = person(city.official, role="official", unit_id=unit["id"])
    assert (await head.post("/v1/people", draft)).json()["code"] == "official_needs_duty"
    assert (await head.post("/v1/people", person(city.official, role="official"))).status_code == 201


async def test_a_login_is_taken_once_in_the_whole_installation(city: City) -> None:
    first, second = await administrator(city, city.clerk), await administrator(city, city.other_clerk)
    answers = await asyncio.gather(
        *(one.post("/v1/people", person(one)) for one in (first, second) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert {answer.json().get("code") for answer in answers} == {None, "login_taken"}
    async with city.database.as_system() as session:
        everybody = (await session.execute(select(Person).where(Person.login == "tang.yu"))).all()
        assert len(everybody) == 1


async def test_people_are_listed_to_colleagues_only(city: City) -> None:
    own = await administrator(city, city.clerk)
    made = (await own.post("/v1/people", person(city.clerk))).json()
    assert made["memberships"][0]["role"] == "clerk"
    listed = (await city.clerk.get("/v1/people?limit=100")).json()["items"]
    assert made["id"] in {one["id"] for one in listed}
    assert all("login" not in one and "initial_password" not in one for one in listed)
    for stranger in (city.other_clerk, city.mill, city.official):
        known = (await stranger.get("/v1/people?limit=100")).json()["items"]
        assert made["id"] not in {one["id"] for one in known}
    observer = await enrol(
        city.database, city.gate, city.client, OrganizationKind.BANK, Role.OBSERVER, city.clerk
    )
    assert (await observer.get("/v1/people")).status_code == 403


async def test_ending_a_role_counts_on_the_next_request(city: City) -> None:
    own = await administrator(city, city.clerk)
    path = f"/v1/memberships/{city.clerk.actor.membership_id}/end"
    assert (await city.clerk.get("/v1/me")).status_code == 200
    assert (await own.post(path)).status_code == 428
    assert (await own.post(path, seen=5)).status_code == 412
    assert (await city.clerk.get("/v1/me")).status_code == 200
    ended = await own.post(path, seen=1)
    assert (ended.status_code, ended.headers["etag"]) == (200, '"2"')
    assert ended.json()["ended_at"] is not None
    assert (await city.clerk.get("/v1/me")).json()["code"] == "session_ended"
    again = await own.post(path, seen=2)
    assert (again.status_code, again.json()["code"]) == (409, "membership_ended_already")


async def test_roles_of_strangers_are_not_found_and_not_ended(city: City) -> None:
    own = await administrator(city, city.clerk)
    path = f"/v1/memberships/{city.other_clerk.actor.membership_id}/end"
    assert (await own.post(path, seen=1)).status_code == 404
    assert (await city.official.post(path, seen=1)).status_code == 403
    assert (await city.clerk.post(path, seen=1)).status_code == 403
    assert (await city.other_clerk.get("/v1/me")).status_code == 200


async def test_two_administrators_who_end_each_other_leave_one(city: City) -> None:
    one = await administrator(city)
    other = await administrator(city, one)
    answers = await asyncio.gather(
        one.post(f"/v1/memberships/{other.actor.membership_id}/end", seen=1),
        other.post(f"/v1/memberships/{one.actor.membership_id}/end", seen=1),
    )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses in ([200, 401], [200, 409])
    left = one if (await one.get("/v1/me")).status_code == 200 else other
    alone = await left.post(f"/v1/memberships/{left.actor.membership_id}/end", seen=1)
    assert (alone.status_code, alone.json()["code"]) == (409, "last_administrator")


async def test_the_journal_tells_who_was_enrolled_by_hash_only(city: City) -> None:
    own = await administrator(city, city.clerk)
    made = (await own.post("/v1/people", person(city.clerk))).json()
    async with city.database.as_system() as session:
        entries = (await session.execute(select(JournalEntry))).scalars().all()
        pseudonym = session.pseudonym(UUID(made["id"]))
    assert [entry.action for entry in entries] == ["people.create"]
    body = entries[0].body
    assert pseudonym in body
    for personal in (made["id"], "tang.yu", "唐语", "8512", made["initial_password"]):
        assert personal not in body
