"""Further roles of people who are here already, and new passwords for those who lost theirs."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from city import City, Member
from matchmaking.access.actor import Actor
from matchmaking.tables.identity import Credential, Membership
from schemas.vocabulary import OrganizationKind, Role
from tests.access.newcomers import PASSWORD, bearer, newcomer, signed_in
from tests.api.administrators import administrator
from tests.api.steps import Thing, done, refused

pytestmark = pytest.mark.database
NEW = "nineteen quiet otters"


async def _enrolled(city: City, beside: Actor, role: Role = Role.CLERK) -> Thing:
    """Somebody who can sign in, with the membership as it is listed."""
    person = await newcomer(city.database, city.gate, beside, role, login=f"shen-{uuid4().hex[:8]}")
    return {"body": person.body, "person": person.person_id, "id": person.membership_id}


async def _ask_roles(member: Member, person: Thing, role: str, unit: UUID | None = None) -> Thing:
    body = {"unit_id": str(unit or member.actor.unit_id), "role": role}
    answer: Thing = (await member.post(f"/v1/people/{person['person']}/memberships", body)).json()
    return answer


async def test_only_administrators_of_the_organization_give_roles_and_reset(city: City) -> None:
    person = await _enrolled(city, city.clerk.actor)
    role = {"unit_id": str(city.clerk.actor.unit_id), "role": "product_manager"}
    give, reset = (
        f"/v1/people/{person['person']}/memberships",
        f"/v1/memberships/{person['id']}/reset-password",
    )
    for member in (city.clerk, city.product_manager, city.mill, city.official, city.observer):
        answer = await member.post(give, role)
        assert answer.status_code in {403, 404}, answer.text
        answer = await member.post(reset, seen=1)
        assert answer.status_code in {403, 404}, answer.text
    other = await administrator(city, city.other_clerk)
    refused(await other.post(give, role), 404, "not_found")
    refused(await other.post(reset, seen=1), 404, "not_found")
    await signed_in(city.client, person["body"])


async def test_a_person_acts_in_one_of_two_roles(city: City) -> None:
    own = await administrator(city, city.clerk)
    person = await _enrolled(city, city.clerk.actor)
    second = await _ask_roles(own, person, "product_manager")
    assert second["person_id"] == person["person"]
    started = await signed_in(city.client, person["body"])
    assert {role["role"] for role in started["roles"]} == {"clerk", "product_manager"}
    chosen = await signed_in(city.client, person["body"] | {"membership_id": second["id"]})
    assert chosen["acting_in"]["role"] == "product_manager"
    again = {"unit_id": str(own.actor.unit_id), "role": "product_manager"}
    refused(await own.post(f"/v1/people/{person['person']}/memberships", again), 409, "role_held_already")
    done(await own.post(f"/v1/memberships/{second['id']}/end", seen=second["version"]))
    assert "id" in await _ask_roles(own, person, "product_manager"), "what has ended may be given again"


@pytest.mark.parametrize(
    ("role", "code"), [("owner", "role_not_of_kind"), ("official", "role_not_of_kind"), ("god", "")]
)
async def test_a_role_that_does_not_exist_there_is_refused(city: City, role: str, code: str) -> None:
    own = await administrator(city, city.clerk)
    person = await _enrolled(city, city.clerk.actor)
    answer = await _ask_roles(own, person, role)
    assert answer["status"] == 422
    assert code in str(answer)


async def test_an_administrator_makes_nobody_owner_beside_one(city: City) -> None:
    own = await city.beside(city.mill, Role.ADMINISTRATOR)
    person = await _enrolled(city, city.mill.actor, Role.ACCOUNTANT)
    assert (await _ask_roles(own, person, "owner"))["code"] == "owners_by_owners_only"
    assert "id" in await _ask_roles(city.mill, person, "owner")


async def test_a_reset_gives_an_initial_password_and_ends_every_sign_in(city: City) -> None:
    own = await administrator(city, city.clerk)
    person = await _enrolled(city, city.clerk.actor)
    before = await signed_in(city.client, person["body"])
    there = f"/v1/memberships/{person['id']}/reset-password"
    reset = done(await own.post(there, seen=1))
    assert reset["login"] == person["body"]["login"]
    assert (await city.client.get("/v1/me", headers=bearer(before))).status_code == 401
    tokens = {"refresh_token": before["refresh_token"]}
    assert (await city.client.post("/v1/sessions/refresh", json=tokens)).status_code == 401
    refused(await city.client.post("/v1/sessions", json=person["body"]), 401, "sign_in_failed")
    initial = person["body"] | {"password": reset["initial_password"]}
    refused(await city.client.post("/v1/sessions", json=initial), 403, "password_change_required")
    await signed_in(city.client, initial | {"new_password": NEW})
    await signed_in(city.client, person["body"] | {"password": NEW})
    refused(await own.post(there, seen=1), 412, "version_stale")
    again = done(await own.post(there, seen=reset["version"]))
    assert again["initial_password"] != reset["initial_password"]


async def test_nobody_takes_over_who_stands_above(city: City) -> None:
    """Whoever knows a password can act as its owner: not of an owner, of oneself, of other units."""
    own = await city.beside(city.mill, Role.ADMINISTRATOR)
    owner = await _enrolled(city, city.mill.actor, Role.OWNER)
    answer = await own.post(f"/v1/memberships/{owner['id']}/reset-password", seen=1)
    refused(answer, 403, "owners_reset_by_owners_only")
    helped = done(await city.mill.post(f"/v1/memberships/{owner['id']}/reset-password", seen=1))
    assert helped["role"] == "owner"
    themselves = await own.post(f"/v1/memberships/{own.actor.membership_id}/reset-password", seen=1)
    refused(themselves, 403, "own_password_at_sign_in")
    branch = await city.open_unit(city.clerk, below=True)
    below = await city.beside(city.clerk, Role.ADMINISTRATOR, unit_id=branch)
    above = await _enrolled(city, city.clerk.actor)
    refused(await below.post(f"/v1/memberships/{above['id']}/reset-password", seen=1), 403, "not_your_unit")
    both = await _enrolled(city, city.clerk.actor)
    chief = await administrator(city, city.clerk)
    in_branch = await _ask_roles(chief, both, "clerk", branch)
    answer = await below.post(f"/v1/memberships/{in_branch['id']}/reset-password", seen=1)
    refused(answer, 403, "not_your_unit")
    for person in (above, both):
        await signed_in(city.client, person["body"])
    renewed = {"password": helped["initial_password"], "new_password": NEW}
    await signed_in(city.client, owner["body"] | renewed)


async def test_a_role_that_ended_resets_nothing(city: City) -> None:
    own = await administrator(city, city.clerk)
    person = await _enrolled(city, city.clerk.actor)
    ended = done(await own.post(f"/v1/memberships/{person['id']}/end", seen=1))
    answer = await own.post(f"/v1/memberships/{person['id']}/reset-password", seen=ended["version"])
    refused(answer, 409, "membership_ended_already")


async def test_a_reset_that_is_refused_leaves_the_password(city: City) -> None:
    own = await administrator(city, city.clerk)
    person = await _enrolled(city, city.clerk.actor)
    refused(await own.post(f"/v1/memberships/{person['id']}/reset-password", seen=7), 412, "version_stale")
    async with city.database.as_system() as system:
        wanted = select(Credential).where(Credential.person_id == UUID(person["person"]))
        credential = (await system.execute(wanted)).scalar_one()
        held = await system.get_one(Membership, UUID(person["id"]))
    assert (credential.version, credential.initial, held.version) == (1, False, 1)
    await signed_in(city.client, person["body"])
    assert person["body"]["password"] == PASSWORD


async def test_a_guarantor_keeps_its_people_too(city: City) -> None:
    clerk = await city.enrol(OrganizationKind.GUARANTOR, Role.CLERK)
    own = await city.beside(clerk, Role.ADMINISTRATOR)
    person = await _enrolled(city, clerk.actor)
    assert "id" in await _ask_roles(own, person, "observer")
