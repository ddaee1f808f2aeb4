"""Advice over HTTP: what strangers, providers and officials are not told first, then what is said to whom."""

from typing import Any

import pytest

from city import City, Member
from schemas.vocabulary import LineOfDuty, OrganizationKind, Role
from tests.api.research_steps import demand_draft, research_path_of
from tests.api.steps import Thing, done, path_of, refused

pytestmark = pytest.mark.database

PROBLEM = "再生涤纶经纱断头多，停台时间占四成，换过三种浆料仍不稳定，希望找到上浆配方和张力控制办法。"


async def draft(member: Member, **changes: Any) -> Thing:
    return done(await member.post("/v1/research-demands", demand_draft(member, **changes)), 201)


async def submitted(member: Member, **changes: Any) -> Thing:
    made = await draft(member, **changes)
    return done(await member.post(f"/v1/research-demands/{made['id']}/submit", seen=made["version"]))


async def advice(member: Member, thing: Thing, noun: str = "research-demands") -> dict[str, Thing]:
    answer = done(await member.get(f"/v1/{noun}/{thing['id']}/advice"))
    assert answer["version"] == thing["version"]
    return {one["code"]: one for one in answer["advice"]}


async def science(city: City, **changes: Any) -> Member:
    duty = {"line_of_duty": LineOfDuty.SCIENCE} | changes
    return await city.enrol(OrganizationKind.GOVERNMENT, Role.OFFICIAL, **duty)


async def test_strangers_and_providers_are_told_nothing(city: City) -> None:
    path = await (await research_path_of(city)).reach("accepted")
    there = f"/v1/research-demands/{path.demand['id']}"
    done(await path.secretary.get(there))
    refused(await path.secretary.get(f"{there}/advice"), 403, "not_permitted")
    refused(await city.other_mill.get(f"{there}/advice"), 404, "not_found")
    need = (await path_of(city).reach("need_open")).need
    there = f"/v1/financing-needs/{need['id']}/advice"
    refused(await city.clerk.get(there), 403, "not_permitted")
    refused(await city.other_mill.get(there), 404, "not_found")


async def test_an_official_is_told_nothing_of_a_draft(city: City) -> None:
    official = await science(city)
    made = await draft(city.mill)
    refused(await official.get(f"/v1/research-demands/{made['id']}/advice"), 404, "not_found")


async def test_an_enterprise_hears_nothing_of_the_listings_of_others(city: City) -> None:
    """Not even that there is one: what is told without the other's listing is told with it."""
    mine = await submitted(city.mill, problem=PROBLEM)
    there = f"/v1/research-demands/{mine['id']}/advice"
    before = done(await city.mill.get(there))
    theirs = await submitted(city.other_mill, problem=PROBLEM)
    after = await city.mill.get(there)
    assert done(after) == before
    assert theirs["id"] not in after.text
    assert str(city.other_mill.actor.organization_id) not in after.text


async def test_the_official_hears_of_listings_that_say_the_same_and_of_no_draft(city: City) -> None:
    official = await science(city)
    mine = await submitted(city.mill, problem=PROBLEM)
    theirs = await submitted(city.other_mill, problem=PROBLEM)
    unseen = await draft(city.mill, problem=PROBLEM)
    told = (await advice(official, mine))["same_as_another"]["alike"]
    assert [(one["id"], one["same_enterprise"], one["share_percent"]) for one in told] == [
        (theirs["id"], False, 100)
    ]
    own = (await advice(city.mill, mine))["same_as_another"]["alike"]
    assert [(one["id"], one["same_enterprise"]) for one in own] == [(unseen["id"], True)]


async def test_an_official_of_another_area_is_told_nothing(city: City) -> None:
    elsewhere = await science(city, area="320500")
    mine = await submitted(city.mill)
    refused(await elsewhere.get(f"/v1/research-demands/{mine['id']}/advice"), 404, "not_found")


async def test_what_was_taken_back_may_be_entered_again(city: City) -> None:
    earlier = await submitted(city.mill, problem=PROBLEM)
    again = await draft(city.mill, problem=PROBLEM)
    assert "same_as_another" in await advice(city.mill, again)
    done(await city.mill.post(f"/v1/research-demands/{earlier['id']}/withdraw", seen=earlier["version"]))
    assert "same_as_another" not in await advice(city.mill, again)


async def test_an_edited_repeat_is_close(city: City) -> None:
    earlier = await draft(city.mill, problem=PROBLEM)
    again = await draft(city.mill, problem=PROBLEM.replace("三种浆料仍不稳定", "几种浆料效果不好"))
    told = (await advice(city.mill, again))["close_to_another"]
    assert told["kind"] == "repeated"
    assert [one["id"] for one in told["alike"]] == [earlier["id"]]
    assert 50 <= told["alike"][0]["share_percent"] < 100


async def test_a_bare_draft_is_helped_in_either_language_and_may_be_submitted_as_it_is(city: City) -> None:
    bare = {"problem": "断头多。", "indicators": [], "modes": [], "chain": None, "readiness_wanted": None}
    made = await draft(city.mill, **bare, smallest_budget_fen=None, largest_budget_fen=None)
    there = f"/v1/research-demands/{made['id']}"
    told = await advice(city.mill, made)
    assert list(told) == [
        "problem_short",
        "indicator_missing",
        "budget_missing",
        "modes_missing",
        "readiness_missing",
        "chain_missing",
    ]
    assert told["budget_missing"]["pointer"] == "/largest_budget_fen"
    assert "预算面议" in told["budget_missing"]["what_to_do"]
    english = done(await city.mill.get(f"{there}/advice", headers={"Accept-Language": "en"}))["advice"]
    assert english[1]["what_to_do"].startswith("Name an indicator with today's value and the goal")
    assert done(await city.mill.post(f"{there}/submit", seen=made["version"]))["state"] == "submitted"


async def test_the_confidential_part_is_quoted_to_nobody_and_the_abstract_is(city: City) -> None:
    official = await science(city)
    abstract = "浆料浓度为12%，为南通星辰纺织有限公司供应面料。"
    mine = await submitted(city.mill, public_abstract=abstract, confidential_part="焙烘温度160℃")
    for member in (city.mill, official):
        told = await advice(member, mine)
        assert told["abstract_process_parameters"]["found"] == ["浆料浓度为12%"]
        assert told["abstract_names_customer"]["found"] == ["南通星辰纺织有限公司"]
        assert "焙烘" not in str(told)


async def test_a_need_is_advised_on_like_a_demand(city: City) -> None:
    changes = {"amount_fen": 3_000_000_00, "summary": None, "tenor_months": None}
    first = (await path_of(city, need_changes=changes).reach("need_drafted")).need
    second = (await path_of(city, need_changes=changes).reach("need_drafted")).need
    told = await advice(city.mill, second, "financing-needs")
    assert list(told) == ["summary_missing", "tenor_missing", "same_as_another"]
    assert [one["id"] for one in told["same_as_another"]["alike"]] == [first["id"]]


async def test_the_finance_official_sees_what_the_enterprise_was_advised(city: City) -> None:
    path = await path_of(city, need_changes={"summary": "买纱"}).reach("need_submitted")
    mine = await advice(city.mill, path.need, "financing-needs")
    assert await advice(city.official, path.need, "financing-needs") == mine
    assert "summary_short" in mine
