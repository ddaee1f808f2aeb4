"""Enterprise facts: stated by the enterprise about itself, appended, never changed, the latest counting."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from city import City, today
from schemas.vocabulary import OrganizationKind, Role
from tests.api.steps import done, items, path_of, refused

pytestmark = pytest.mark.database
FACTS = "/v1/enterprise-facts"


def fact(name: str = "headcount", value: Any = 120, **changes: Any) -> dict[str, Any]:
    return {"name": name, "value": value, "as_of": today().isoformat(), "source": "self_declared"} | changes


UNSTATABLE = (
    (fact(as_of=(today() + timedelta(days=1)).isoformat()), "/facts/0/as_of", "fact_from_the_future"),
    (fact(source="official_list"), "/facts/0/source", "fact_source_not_yours"),
    (fact(source="system_of_record"), "/facts/0/source", "fact_source_not_yours"),
    (fact(source="document"), "/facts/0/source", "fact_source_not_yours"),
    (fact("revenue_growth", 100), "/facts/0/name", "fact_is_reckoned"),
    (fact(value=-1), "/facts/0/value", "fact_value_range"),
    (fact(value="many"), "/facts/0/value", "fact_value_type"),
    (fact(value=True), "/facts/0/value", "fact_value_type"),
    (fact("tax_credit_grade", "E"), "/facts/0/value", "fact_code_unknown"),
    (fact("registration_date", "2024-02-30"), "/facts/0/value", "fact_value_type"),
)


async def test_nobody_else_states_or_reads_facts_of_an_enterprise(city: City) -> None:
    done(await city.mill.post(FACTS, {"facts": [fact()]}), 201)
    for member in (city.clerk, city.product_manager, city.official, city.observer):
        refused(await member.post(FACTS, {"facts": [fact()]}), 403, "not_permitted")
        refused(await member.get(FACTS), 403, "not_permitted")
    assert await items(city.other_mill, FACTS) == []
    assert len(await items(city.mill, FACTS)) == 1


async def test_colleagues_who_fill_in_state_facts_and_the_others_only_read_them(city: City) -> None:
    for role in (Role.ADMINISTRATOR, Role.OBSERVER):
        colleague = await city.beside(city.mill, role)
        refused(await colleague.post(FACTS, {"facts": [fact()]}), 403, "not_permitted")
        assert await items(colleague, FACTS) == []
    for role in (Role.ACCOUNTANT, Role.TECHNICAL_LEAD, Role.HELPER):
        colleague = await city.beside(city.mill, role)
        done(await colleague.post(FACTS, {"facts": [fact()]}), 201)
    assert [row["value"] for row in await items(city.mill, FACTS)] == [120] * 3


async def test_what_was_stated_is_read_back_with_its_unit(city: City) -> None:
    """55 is 0.55 %: whoever meant 55 % sees it at once."""
    stated = [fact("debt_ratio", 55), fact("tax_credit_grade", "A"), fact("registration_date", "2020-02-03")]
    told = done(await city.mill.post(FACTS, {"facts": stated}), 201)["facts"]
    assert {one["name"]: one["unit"] for one in told} == {
        "debt_ratio": "basis_points",
        "tax_credit_grade": None,
        "registration_date": None,
    }
    assert {one["name"]: one["unit"] for one in await items(city.mill, FACTS)}["debt_ratio"] == "basis_points"


async def test_what_cannot_be_stated_is_refused_by_name(city: City) -> None:
    for stated, pointer, code in UNSTATABLE:
        refused(await city.mill.post(FACTS, {"facts": [stated]}), 422, code, pointer)
    assert await items(city.mill, FACTS) == []


async def test_one_wrong_fact_among_good_ones_stores_none(city: City) -> None:
    wrong = fact(source="official_list")
    answer = await city.mill.post(FACTS, {"facts": [fact(), wrong]})
    refused(answer, 422, "fact_source_not_yours", "/facts/1/source")
    assert await items(city.mill, FACTS) == []


async def test_the_latest_statement_decides_a_match_and_the_earlier_ones_are_kept(
    city: City, superuser_url: str
) -> None:
    rule = {"fact": "tax_credit_grade", "operator": "is_one_of", "value": ["A", "B"]}
    changes = {"terms": {"rules": {"all_of": [rule]}}}
    path = await path_of(city, product_changes=changes).reach("need_open")
    earlier = (today() - timedelta(days=40)).isoformat()
    verdicts = []
    for stated in (None, fact("tax_credit_grade", "B"), fact("tax_credit_grade", "D", as_of=earlier)):
        if stated is not None:
            done(await city.mill.post(FACTS, {"facts": [stated]}), 201)
        run = done(await city.mill.post("/v1/match-runs", {"need_id": path.need["id"]}), 201)
        verdicts.append(run["candidates"][0]["verdict"])
    assert verdicts == ["incomplete", "eligible", "eligible"]
    done(await city.mill.post(FACTS, {"facts": [fact("tax_credit_grade", "C")]}), 201)
    run = done(await city.mill.post("/v1/match-runs", {"need_id": path.need["id"]}), 201)
    assert run["candidates"][0]["verdict"] in {"near_miss", "ineligible"}
    with psycopg.connect(superuser_url) as behind:
        kept = behind.execute("SELECT value FROM enterprise_fact ORDER BY id").fetchall()
    assert [row[0] for row in kept] == ["B", "D", "C"]


async def test_another_mills_facts_do_not_count_here(city: City) -> None:
    rule = {"fact": "headcount", "operator": "at_least", "unit": "count", "value": 100}
    changes = {"terms": {"rules": {"all_of": [rule]}}}
    path = await path_of(city, product_changes=changes).reach("need_open")
    done(await city.other_mill.post(FACTS, {"facts": [fact()]}), 201)
    run = done(await city.mill.post("/v1/match-runs", {"need_id": path.need["id"]}), 201)
    assert run["candidates"][0]["verdict"] == "incomplete"
    university = await city.enrol(OrganizationKind.UNIVERSITY, Role.SECRETARY)
    refused(await university.get(FACTS), 403, "not_permitted")
