"""Changes of organizations, people and keys, prepared up to the request: for `tests.api.changes`."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar
from uuid import uuid4

from city import City, Member, today
from schemas.vocabulary import Role
from tests.api.listing_changes import Asked
from tests.api.steps import Thing, done

Change = TypeVar("Change")


def people_changes(change: Callable[..., Change]) -> dict[str, Callable[[City], Awaitable[Change]]]:
    """As `listing_changes`."""

    def preparation(ask: Callable[[City], Awaitable[Asked]]) -> Callable[[City], Awaitable[Change]]:
        async def prepare(city: City) -> Change:
            return change(*await ask(city))

        return prepare

    return {name: preparation(ask) for name, ask in PREPARED.items()}


async def _administrator(city: City) -> Member:
    return await city.beside(city.clerk, Role.ADMINISTRATOR)


def person_of(administrator: Member) -> Thing:
    person = {"login": f"new-{uuid4().hex[:12]}", "display_name": "林新", "phone": "+86 513 8500 1234"}
    return person | {"unit_id": str(administrator.actor.unit_id), "role": "clerk"}


def _key_draft(administrator: Member) -> Thing:
    end = f"{(today() + timedelta(days=30)).isoformat()}T00:00:00Z"
    draft = {"name": "core", "role": "clerk", "scopes": ["tasks.list"], "expires_at": end}
    return draft | {"unit_id": str(administrator.actor.unit_id)}


def _maker(member: Member, path: str, body: Any = None) -> Asked:
    return member, "POST", path, body, None, "", ""


async def _enrolled(city: City) -> tuple[Member, Thing]:
    administrator = await _administrator(city)
    return administrator, done(await administrator.post("/v1/people", person_of(administrator)), 201)


async def _enrol(city: City) -> Asked:
    administrator = await _administrator(city)
    return _maker(administrator, "/v1/people", person_of(administrator))


async def _reset_password(city: City) -> Asked:
    return await _on_membership(city, "reset-password")


async def _give_role(city: City) -> Asked:
    administrator, person = await _enrolled(city)
    role = {"unit_id": str(administrator.actor.unit_id), "role": "product_manager"}
    return _maker(administrator, f"/v1/people/{person['id']}/memberships", role)


async def _end_membership(city: City) -> Asked:
    return await _on_membership(city, "end")


async def _on_membership(city: City, step: str) -> Asked:
    administrator, person = await _enrolled(city)
    held = person["memberships"][0]
    there = f"/v1/memberships/{held['id']}/{step}"
    return administrator, "POST", there, None, held["version"], "membership", held["id"]


async def _make_key(city: City) -> Asked:
    administrator = await _administrator(city)
    return _maker(administrator, "/v1/api-keys", _key_draft(administrator))


async def _revoke_key(city: City) -> Asked:
    administrator = await _administrator(city)
    key = done(await administrator.post("/v1/api-keys", _key_draft(administrator)), 201)
    there = f"/v1/api-keys/{key['id']}/revoke"
    return administrator, "POST", there, None, key["version"], "api_key", key["id"]


async def _add_unit(city: City) -> Asked:
    administrator = await _administrator(city)
    body = {"parent_id": str(administrator.actor.unit_id), "kind": "branch", "name_zh": "新支行"}
    return _maker(administrator, "/v1/units", body)


async def _rename(city: City) -> Asked:
    administrator = await _administrator(city)
    there = f"/v1/organizations/{administrator.actor.organization_id}"
    organization = done(await administrator.get(there))
    body = {"name_en": "Bank of the Test"}
    return administrator, "PATCH", there, body, organization["version"], "organization", organization["id"]


async def _register(city: City) -> Asked:
    body = {"kind": "university", "name_zh": "新学院", "district": "320602"}
    return _maker(city.official, "/v1/organizations", body)


PREPARED: dict[str, Callable[[City], Awaitable[Asked]]] = {
    "create_organization": _register,
    "change_organization": _rename,
    "create_unit": _add_unit,
    "create_person": _enrol,
    "reset_password": _reset_password,
    "create_membership": _give_role,
    "end_membership": _end_membership,
    "create_api_key": _make_key,
    "revoke_api_key": _revoke_key,
}
