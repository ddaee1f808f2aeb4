"""Research demands: who may post them, who reads what, and what is refused."""

from datetime import timedelta
from typing import Any

import pytest

from city import City, today
from matchmaking.clock import ShiftedClock
from schemas.vocabulary import OrganizationKind, Role
from tests.api.research_steps import demand_draft, research_path_of
from tests.api.steps import done, items, kinds_of_tasks, refused

pytestmark = pytest.mark.database

DEMANDS = "/v1/research-demands"
SECRET = "配方里用到的协效剂"


async def test_only_people_of_enterprises_post_and_only_owners_submit(city: City) -> None:
    accountant = await city.beside(city.mill, Role.ACCOUNTANT)
    secretary = await city.enrol(OrganizationKind.UNIVERSITY, Role.SECRETARY)
    for member in (accountant, secretary, city.clerk, city.official):
        refused(await member.post(DEMANDS, demand_draft(member)), 403, "not_permitted")
    lead = await city.beside(city.mill, Role.TECHNICAL_LEAD)
    made = done(await lead.post(DEMANDS, demand_draft(lead)), 201)
    refused(await lead.post(f"{DEMANDS}/{made['id']}/submit", seen=made["version"]), 403, "not_permitted")
    submitted = await city.mill.post(f"{DEMANDS}/{made['id']}/submit", seen=made["version"])
    assert done(submitted)["state"] == "submitted"


async def test_strangers_never_learn_of_a_demand(city: City) -> None:
    path = await (await research_path_of(city)).reach("demand_open")
    there = f"{DEMANDS}/{path.demand['id']}"
    for member in (city.other_mill, path.secretary):
        refused(await member.get(there), 404, "not_found")
        assert await items(member, DEMANDS) == []
    refused(await city.clerk.get(there), 403, "not_permitted")
    refused(await city.other_mill.post(f"{there}/withdraw", seen=1), 404, "not_found")


async def test_officials_vet_without_the_confidential_part(city: City) -> None:
    path = await research_path_of(city, demand_changes={"confidential_part": SECRET})
    await path.reach("demand_drafted")
    there = f"{DEMANDS}/{path.demand['id']}"
    refused(await path.official.get(there), 404, "not_found")
    await path.reach("demand_submitted")
    shown = await path.official.get(there)
    assert done(shown)["problem"]
    assert SECRET not in shown.text
    assert done(await city.mill.get(there))["confidential_part"] == SECRET
    refused(await city.official.post(f"{there}/open", seen=path.demand["version"]), 403, "not_permitted")
    assert await kinds_of_tasks(path.official) == ["vet_need"]
    assert await kinds_of_tasks(city.official) == []


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"needed_by": today().isoformat()}, "/needed_by", "needed_by_not_ahead"),
        ({"title": ""}, "/title", None),
        ({"smallest_budget_fen": 9, "largest_budget_fen": 3}, "", "amount_range_reversed"),
        ({"readiness_now": 7, "readiness_wanted": 2}, "", "readiness_range_reversed"),
        ({"indicators": [{"name": "强度"}]}, "/indicators/0/goal", "field_missing"),
        ({"modes": ["borrowing"]}, "/modes/0", None),
        ({"contact_person_id": "01980000-0000-7000-8000-000000000000"}, "/contact_person_id", None),
        ({"public_abstract": None}, "/public_abstract", None),
    ],
)
async def test_bad_values_are_named_and_nothing_is_stored(
    city: City, changes: dict[str, Any], pointer: str, code: str | None
) -> None:
    answer = await city.mill.post(DEMANDS, demand_draft(city.mill, **changes))
    assert answer.status_code == 422
    faults = [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]
    assert any(where == pointer and code in {None, what} for where, what in faults), faults
    assert await items(city.mill, DEMANDS) == []


async def test_only_what_nobody_vetted_changes(city: City) -> None:
    path = await (await research_path_of(city)).reach("demand_drafted")
    there = f"{DEMANDS}/{path.demand['id']}"
    body = demand_draft(city.mill, title="另一个题目")
    changed = done(await city.mill.call("PUT", there, body, seen=path.demand["version"]))
    assert changed["title"] == "另一个题目"
    path.demand = changed
    await path.reach("demand_open")
    late = await city.mill.call("PUT", there, body, seen=path.demand["version"])
    refused(late, 409, "need_not_editable")


async def test_a_demand_expires_and_is_renewed(city: City, clock: ShiftedClock) -> None:
    path = await (await research_path_of(city)).reach("demand_open")
    there = f"{DEMANDS}/{path.demand['id']}"
    clock.advance(timedelta(days=201))
    owner = await city.beside(city.mill, Role.OWNER)
    assert done(await owner.get(there))["outdated"]
    renewed = done(await owner.post(f"{there}/renew", seen=path.demand["version"]))
    assert not renewed["outdated"]


async def test_a_returned_demand_comes_back_as_a_task(city: City) -> None:
    path = await (await research_path_of(city)).reach("demand_submitted")
    there = f"{DEMANDS}/{path.demand['id']}"
    body = {"defects": ["请写明指标"]}
    returned = done(await path.official.post(f"{there}/return", body, seen=path.demand["version"]))
    assert returned["returned_defects"] is None
    assert await kinds_of_tasks(city.mill) == ["mend_need"]
    assert done(await city.mill.get(there))["returned_defects"] == body["defects"]


async def test_lists_are_filtered_by_published_names(city: City) -> None:
    await (await research_path_of(city)).reach("demand_open")
    for query, found in (("state=open", 1), ("state=draft", 0), ("chain=home_textiles", 1), ("chain=x1", 0)):
        assert len(done(await city.mill.get(f"{DEMANDS}?{query}"))["items"]) == found, query
