"""Projects: the enterprise's alone until a need of theirs is submitted, and what of them is without money."""

import pytest

from city import City, need_draft
from schemas.vocabulary import Role
from tests.api.listing_steps import in_days, project_draft
from tests.api.steps import done, items, kinds_of_tasks, path_of, refused

pytestmark = pytest.mark.database
PROJECTS = "/v1/projects"
STRANGE = "019600aa-0000-7000-8000-000000000001"


async def test_only_those_who_fill_in_for_an_enterprise_make_projects(city: City) -> None:
    lead = await city.beside(city.mill, Role.TECHNICAL_LEAD)
    for member in (lead, city.clerk, city.product_manager, city.official, city.observer):
        refused(await member.post(PROJECTS, project_draft()), 403, "not_permitted")
    project = done(await city.mill.post(PROJECTS, project_draft()), 201)
    accountant = await city.beside(city.mill, Role.ACCOUNTANT)
    there, seen = f"{PROJECTS}/{project['id']}", project["version"]
    refused(await accountant.post(f"{there}/close", seen=seen), 403, "not_permitted")
    changed = await accountant.call("PUT", there, project_draft(title="三期"), seen=seen)
    assert done(changed)["title"] == "三期"


async def test_strangers_know_of_no_project(city: City) -> None:
    project = done(await city.mill.post(PROJECTS, project_draft()), 201)
    there, seen = f"{PROJECTS}/{project['id']}", project["version"]
    for member in (city.other_mill, city.official, city.observer):
        refused(await member.get(there), 404, "not_found")
        assert await items(member, PROJECTS) == []
    for member in (city.clerk, city.product_manager):
        refused(await member.get(there), 403, "not_permitted")
        refused(await member.get(PROJECTS), 403, "not_permitted")
    refused(await city.other_mill.call("PUT", there, project_draft(), seen=seen), 404, "not_found")
    refused(await city.other_mill.post(f"{there}/close", seen=seen), 404, "not_found")


async def test_needs_belong_to_projects_of_their_own_enterprise(city: City) -> None:
    project = done(await city.mill.post(PROJECTS, project_draft()), 201)
    strange = done(await city.other_mill.post(PROJECTS, project_draft()), 201)
    person = city.mill.actor.person_id
    for project_id in (strange["id"], STRANGE):
        answer = await city.mill.post("/v1/financing-needs", need_draft(person, project_id=project_id))
        refused(answer, 422, "project_unknown", "/project_id")
    need = done(await city.mill.post("/v1/financing-needs", need_draft(person)), 201)
    there = f"/v1/financing-needs/{need['id']}"
    moved = await city.mill.call("PATCH", there, {"project_id": strange["id"]}, seen=need["version"])
    refused(moved, 422, "project_unknown", "/project_id")
    need = done(await city.mill.call("PATCH", there, {"project_id": project["id"]}, seen=need["version"]))
    assert need["project_id"] == project["id"]
    assert done(await city.mill.get(f"{PROJECTS}/{project['id']}"))["need_ids"] == [need["id"]]
    closed = done(await city.mill.post(f"{PROJECTS}/{project['id']}/close", seen=project["version"]))
    assert closed["state"] == "closed"
    late = await city.mill.post("/v1/financing-needs", need_draft(person, project_id=project["id"]))
    refused(late, 409, "project_closed")


async def test_projects_that_cannot_be_are_refused(city: City) -> None:
    applied = {"kind": "land_use", "state": "applied"}
    tomorrow = in_days(1)
    for changes, code in (
        ({"own_capital_fen": 1_000_000_001}, "own_capital_exceeds_investment"),
        ({"own_capital_fen": -1}, "number_too_small"),
        ({"total_investment_fen": 0}, "number_too_small"),
        ({"plan_of_use": [{"purpose": "equipment", "amount_fen": 1_000_000_001}]}, "plan_exceeds_investment"),
        ({"approvals": [applied]}, "approval_date_missing"),
        ({"approvals": [applied | {"on": "2026-01-01"}] * 2}, "approval_stands_twice"),
        ({"approvals": [applied | {"on": tomorrow}]}, "approval_from_the_future"),
        ({"approvals": [applied | {"on": 0}]}, "not_date"),
        ({"title": " "}, "text_too_short"),
        ({"gap_fen": 1}, "field_unknown"),
    ):
        answer = await city.mill.post(PROJECTS, project_draft(**changes))
        assert answer.status_code == 422, answer.text
        assert code in answer.text, (changes, answer.text)
    assert await items(city.mill, PROJECTS) == []


async def test_a_closed_project_stays_as_it_is(city: City) -> None:
    project = done(await city.mill.post(PROJECTS, project_draft()), 201)
    there = f"{PROJECTS}/{project['id']}"
    assert "keep_project" in await kinds_of_tasks(city.mill)
    closed = done(await city.mill.post(f"{there}/close", seen=project["version"]))
    assert "keep_project" not in await kinds_of_tasks(city.mill)
    refused(
        await city.mill.call("PUT", there, project_draft(), seen=closed["version"]), 409, "project_closed"
    )
    again = await city.mill.post(f"{there}/close", seen=closed["version"])
    refused(again, 409, "transition_out_of_order")


async def test_the_gap_is_what_is_neither_own_nor_agreed(city: City) -> None:
    """Announced and awaited is not agreed; the record counts once every party has signed."""
    project = done(await city.mill.post(PROJECTS, project_draft()), 201)
    there = f"{PROJECTS}/{project['id']}"
    assert (project["agreed_fen"], project["gap_fen"]) == (0, 600_000_000)
    path = path_of(city, need_changes={"project_id": project["id"]})
    await path.reach("recorded")
    assert done(await city.mill.get(there))["gap_fen"] == 600_000_000
    await path.reach("signed")
    for member in (city.mill, city.official, city.observer):
        seen = done(await member.get(there))
        agreed = path.agreement["terms"]["amount_fen"]
        assert (seen["agreed_fen"], seen["gap_fen"]) == (agreed, 600_000_000 - agreed)
        assert seen["need_ids"] == [path.need["id"]]
        assert [one["gap_fen"] for one in await items(member, PROJECTS)] == [600_000_000 - agreed]
    far = await city.enrol(
        city.official.actor.organization_kind, Role.OFFICIAL, area="320583", district="320583"
    )
    refused(await far.get(there), 404, "not_found")
