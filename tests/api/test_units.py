"""Units: a tree that its administrators grow downwards."""

from typing import Any

import pytest

from city import City, Member, enrol
from schemas.vocabulary import OrganizationKind, Role
from tests.api.administrators import administrator

pytestmark = pytest.mark.database


def branch(parent: Member, **changes: Any) -> dict[str, Any]:
    draft = {
        "parent_id": str(parent.actor.unit_id),
        "kind": "sub_branch",
        "name_zh": "海门支行",
        "territory": ["320614"],
    }
    return draft | changes


NO_ADMINISTRATORS = ("product_manager", "clerk", "official", "observer")


async def test_only_administrators_add_units(city: City) -> None:
    for who in NO_ADMINISTRATORS:
        member: Member = getattr(city, who)
        refused = await member.post("/v1/units", branch(city.clerk))
        assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")
    refused = await city.mill.post("/v1/units", branch(city.clerk))
    assert (refused.status_code, refused.json()["code"]) == (403, "not_your_organization")


async def test_units_of_a_nameless_enterprise_are_not_found(city: City) -> None:
    path = f"/v1/units/{city.mill.actor.unit_id}"
    assert (await city.clerk.get(path)).status_code == 404
    assert (await city.other_mill.get(path)).status_code == 404
    listed = await city.clerk.get(f"/v1/units?organization_id={city.mill.actor.organization_id}")
    assert listed.json()["items"] == []
    assert (await city.mill.get(path)).status_code == 200
    stranger = await administrator(city, city.clerk)
    refused = await stranger.post("/v1/units", branch(city.mill))
    assert (refused.status_code, refused.json()["code"]) == (422, "unit_unknown")


async def test_an_administrator_of_a_branch_acts_only_below_it(city: City) -> None:
    head = await administrator(city, city.clerk)
    made = (await head.post("/v1/units", branch(city.clerk))).json()
    sibling = (await head.post("/v1/units", branch(city.clerk, name_zh="启东支行"))).json()
    person = {
        "unit_id": made["id"],
        "role": "administrator",
        "login": "qian.bo",
        "display_name": "钱波",
    }
    assert (await head.post("/v1/people", person)).status_code == 201
    below = await enrol_into(city, head, made["id"])
    for unit_id in (str(city.clerk.actor.unit_id), sibling["id"]):
        refused = await below.post("/v1/units", branch(city.clerk, parent_id=unit_id))
        assert (refused.status_code, refused.json()["code"]) == (403, "not_your_unit")
    assert (await below.post("/v1/units", branch(city.clerk, parent_id=made["id"]))).status_code == 201


async def enrol_into(city: City, beside: Member, unit_id: str) -> Member:
    """An administrator who signed in with the initial password of `qian.bo`'s colleague."""
    draft = {"unit_id": unit_id, "role": "administrator", "login": "sun.yi", "display_name": "孙一"}
    made = (await beside.post("/v1/people", draft)).json()
    body = {"login": "sun.yi", "password": made["initial_password"], "new_password": "four red kites at noon"}
    answer = (await city.client.post("/v1/sessions", json=body)).json()
    return Member(beside.actor, answer["access_token"], city.client)


WRONG_UNITS = (
    ({"kind": "laboratory"}, "/kind", "unit_kind_not_of_organization"),
    ({"kind": "head_office"}, "/kind", "unit_kind_not_of_organization"),
    (
        {"line_of_duty": "finance", "area": "320600"},
        "/line_of_duty",
        "line_of_duty_of_offices_only",
    ),
    ({"territory": ["Haimen"]}, "/territory/0", "text_form"),
    ({"territory": ["320614"] * 201}, "/territory", "list_too_long"),
    ({"lineage": []}, "/lineage", "field_unknown"),
)


async def test_a_unit_that_does_not_fit_names_the_field(city: City) -> None:
    head = await administrator(city, city.clerk)
    for changes, pointer, code in WRONG_UNITS:
        refused = await head.post("/v1/units", branch(city.clerk, **changes))
        assert refused.status_code == 422
        assert (pointer, code) in [(fault["pointer"], fault["code"]) for fault in refused.json()["errors"]]


async def test_a_duty_and_an_area_stand_together(city: City) -> None:
    head = await administrator(city, city.official)
    office = {
        "parent_id": str(city.official.actor.unit_id),
        "kind": "government_office",
        "name_zh": "海门区金融办",
    }
    half = await head.post("/v1/units", office | {"line_of_duty": "finance"})
    assert (half.status_code, half.json()["code"]) == (422, "area_goes_with_duty")
    assert (await head.post("/v1/units", office)).json()["code"] == "line_of_duty_of_offices_only"
    made = await head.post("/v1/units", office | {"line_of_duty": "finance", "area": "320614"})
    assert (made.status_code, made.json()["area"]) == (201, "320614")


async def test_a_lineage_runs_from_the_root_to_the_unit(city: City) -> None:
    head = await administrator(city, city.clerk)
    parent = city.clerk.actor.unit_id
    lineage = [str(parent)]
    for depth in range(2, 9):
        made = await head.post("/v1/units", branch(city.clerk, parent_id=lineage[-1]))
        assert made.status_code == 201, depth
        lineage.append(made.json()["id"])
        assert made.json()["lineage"] == lineage
    too_deep = await head.post("/v1/units", branch(city.clerk, parent_id=lineage[-1]))
    assert too_deep.json()["code"] == "unit_tree_too_deep"


async def test_units_are_read_and_listed_by_organization(city: City) -> None:
    head = await administrator(city, city.clerk)
    made = await head.post("/v1/units", branch(city.clerk))
    read = await city.mill.get(made.headers["location"])
    assert (read.json(), read.headers["etag"]) == (made.json(), '"1"')
    path = f"/v1/units?organization_id={city.clerk.actor.organization_id}"
    listed = (await city.mill.get(path)).json()["items"]
    assert [unit["id"] for unit in listed] == [made.json()["id"], str(city.clerk.actor.unit_id)]
    university = await enrol(
        city.database, city.gate, city.client, OrganizationKind.UNIVERSITY, Role.SECRETARY
    )
    assert (await university.get(path)).json()["items"] == listed
