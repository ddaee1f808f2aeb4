"""Capabilities: who may list them, what is refused, and what becomes of a listing."""

from datetime import timedelta
from typing import Any

import pytest

from city import City, Member, today
from schemas.vocabulary import LineOfDuty, OrganizationKind, Role
from tests.api.research_steps import capability_draft, research_path_of
from tests.api.steps import done, items, kinds_of_tasks, refused

pytestmark = pytest.mark.database

CAPABILITIES = "/v1/capabilities"


async def secretary_of(city: City, role: Role = Role.SECRETARY) -> Member:
    return await city.enrol(OrganizationKind.UNIVERSITY, role)


async def test_nobody_but_people_of_research_lists_capabilities(city: City) -> None:
    observer = await secretary_of(city, Role.OBSERVER)
    for member in (city.mill, city.clerk, city.official, observer):
        refused(await member.post(CAPABILITIES, capability_draft(member)), 403, "not_permitted")
    assert await items(city.mill, CAPABILITIES) == []


async def test_a_researcher_writes_and_the_secretary_submits(city: City) -> None:
    secretary = await secretary_of(city)
    researcher = await city.beside(secretary, Role.RESEARCHER)
    made = done(await researcher.post(CAPABILITIES, capability_draft(researcher)), 201)
    there = f"{CAPABILITIES}/{made['id']}"
    refused(await researcher.post(f"{there}/submit", seen=made["version"]), 403, "not_permitted")
    assert done(await secretary.post(f"{there}/submit", seen=made["version"]))["state"] == "submitted"


async def test_drafts_are_nobody_elses(city: City) -> None:
    secretary = await secretary_of(city)
    made = done(await secretary.post(CAPABILITIES, capability_draft(secretary)), 201)
    there = f"{CAPABILITIES}/{made['id']}"
    stranger = await secretary_of(city)
    for member in (stranger, city.mill, city.clerk, city.official):
        refused(await member.get(there), 404, "not_found")
    refused(await stranger.post(f"{there}/submit", seen=made["version"]), 404, "not_found")


async def test_only_officials_of_science_open_and_return(city: City) -> None:
    path = await research_path_of(city)
    made = done(await path.secretary.post(CAPABILITIES, capability_draft(path.secretary)), 201)
    made = await path.move("capabilities", made, path.secretary, "submit")
    there, seen = f"{CAPABILITIES}/{made['id']}", made["version"]
    industry = await city.enrol(OrganizationKind.GOVERNMENT, Role.OFFICIAL, line_of_duty=LineOfDuty.INDUSTRY)
    for member in (city.official, industry, path.secretary):
        refused(await member.post(f"{there}/open", seen=seen), 403, "not_permitted")
    body = {"defects": ["请补充代表性成果"]}
    returned = done(await path.official.post(f"{there}/return", body, seen=seen))
    assert returned["state"] == "returned"
    assert await kinds_of_tasks(path.secretary) == ["mend_capability"]
    assert done(await path.secretary.get(there))["returned_defects"] == body["defects"]


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"valid_until": "2020-01-01"}, "/valid_until", "listing_end_out_of_range"),
        ({"valid_until": (today() + timedelta(days=500)).isoformat()}, "/valid_until", None),
        ({"readiness_from": 8, "readiness_to": 3}, "", "readiness_range_reversed"),
        ({"readiness_from": 0}, "/readiness_from", None),
        ({"free_projects": -1}, "/free_projects", None),
        ({"largest_contract_fen": 1.5}, "/largest_contract_fen", "not_integer"),
        ({"kind": "wizard"}, "/kind", None),
        ({"chains": ["Home Textiles"]}, "/chains/0", None),
        ({"source": "core"}, "", "source_without_external_id"),
        ({"description": ""}, "/description", None),
        ({"surprise": 1}, "/surprise", None),
    ],
)
async def test_bad_values_are_named_and_nothing_is_stored(
    city: City, changes: dict[str, Any], pointer: str, code: str | None
) -> None:
    secretary = await secretary_of(city)
    answer = await secretary.post(CAPABILITIES, capability_draft(secretary, **changes))
    assert answer.status_code == 422
    faults = [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]
    assert any(where == pointer and code in {None, what} for where, what in faults), faults
    assert await items(secretary, CAPABILITIES) == []


async def test_a_unit_of_somebody_else_is_refused(city: City) -> None:
    secretary = await secretary_of(city)
    for other in (city.clerk, await secretary_of(city)):
        answer = await secretary.post(CAPABILITIES, capability_draft(other))
        refused(answer, 422, "unit_unknown", "/unit_id")
    apart = str(await city.open_unit(secretary, below=False))
    answer = await secretary.post(CAPABILITIES, capability_draft(secretary, unit_id=apart))
    refused(answer, 422, "unit_not_below_yours", "/unit_id")


async def test_an_external_id_stands_once(city: City) -> None:
    secretary = await secretary_of(city)
    draft = capability_draft(secretary, source="科研系统", external_id="L-7")
    done(await secretary.post(CAPABILITIES, draft), 201)
    refused(await secretary.post(CAPABILITIES, draft), 409, "external_id_taken")
    assert len(await items(secretary, CAPABILITIES)) == 1


async def test_life_of_a_listing(city: City, clock: Any) -> None:
    path = await (await research_path_of(city)).reach("capability_listed")
    listed, secretary = path.capability, path.secretary
    there = f"{CAPABILITIES}/{listed['id']}"
    assert listed["state"] == "open"
    assert not listed["outdated"]
    for member in (city.mill, city.clerk, city.official):
        assert done(await member.get(there))["title_zh"] == listed["title_zh"]
    listed = done(await secretary.post(f"{there}/suspend", seen=listed["version"]))
    assert await kinds_of_tasks(secretary) == ["resume_capability"]
    listed = done(await secretary.post(f"{there}/resume", seen=listed["version"]))
    clock.advance(timedelta(days=301))
    secretary = await city.beside(secretary, Role.SECRETARY)
    assert done(await secretary.get(there))["outdated"]
    listed = done(await secretary.post(f"{there}/renew", seen=listed["version"]))
    assert not listed["outdated"]
    listed = done(await secretary.post(f"{there}/withdraw", seen=listed["version"]))
    refused(await secretary.post(f"{there}/renew", seen=listed["version"]), 409, "transition_out_of_order")
    stranger = await city.enrol(OrganizationKind.ENTERPRISE, Role.OWNER)
    refused(await stranger.get(there), 404, "not_found")


async def test_a_change_is_a_new_version(city: City) -> None:
    path = await (await research_path_of(city)).reach("capability_listed")
    there = f"{CAPABILITIES}/{path.capability['id']}"
    body = {
        name: path.capability[name]
        for name in ("title_zh", "description", "fields", "chains", "modes", "equipment")
    }
    changed = done(
        await path.secretary.call("PUT", there, body | {"free_projects": 0}, seen=path.capability["version"])
    )
    assert (changed["version"], changed["free_projects"]) == (path.capability["version"] + 1, 0)
    assert changed["largest_contract_fen"] is None
    refused(
        await path.secretary.call("PUT", there, body, seen=path.capability["version"]), 412, "version_stale"
    )


async def test_lists_are_filtered_by_published_names(city: City) -> None:
    path = await (await research_path_of(city)).reach("capability_listed")
    for query, found in (
        ("kind=lab", 1),
        ("kind=course", 0),
        ("chain=home_textiles", 1),
        ("chain=wind_power", 0),
        ("state=open", 1),
        ("state=suspended", 0),
    ):
        page = done(await city.mill.get(f"{CAPABILITIES}?{query}"))
        assert len(page["items"]) == found, query
    refused(await city.mill.get(f"{CAPABILITIES}?chain=A B"), 422, "validation_failed")
    assert path.capability["organization_name"]
