"""Listings end: warned of before, readable afterwards and never matched, and back with one renewal."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from city import City, Member, need_draft, product_draft, today
from schemas.vocabulary import Role
from tests.api.research_steps import research_path_of
from tests.api.steps import Thing, done, items, kinds_of_tasks, list_product, path_of, refused

pytestmark = pytest.mark.database
PRODUCTS = "/v1/credit-products"
NEEDS = "/v1/financing-needs"


def ends(superuser_url: str, table: str, column: str, days: int) -> None:
    """Let every listing of the table end in so many days; negative: it has ended."""
    with psycopg.connect(superuser_url) as behind:
        behind.execute(f"UPDATE {table} SET {column} = current_date + {days}")  # type: ignore[arg-type]  # noqa: S608


def in_days(days: int) -> str:
    return (today() + timedelta(days=days)).isoformat()


async def stood(member: Member, path: str) -> tuple[bool, bool]:
    thing = done(await member.get(path))
    return thing["outdated"], thing["expiring"]


async def test_only_the_bank_and_its_managers_resume_and_renew(city: City) -> None:
    product = await list_product(city.product_manager, city.official)
    there, seen = f"{PRODUCTS}/{product['id']}", product["version"]
    stranger = await city.beside(city.other_clerk, Role.PRODUCT_MANAGER)
    for action in ("renew", "resume"):
        for member in (city.clerk, city.mill, city.official, city.observer):
            refused(await member.post(f"{there}/{action}", seen=seen), 403, "not_permitted")
        refused(await stranger.post(f"{there}/{action}", seen=seen), 403, "not_your_organization")
        refused(await city.product_manager.post(f"{there}/{action}"), 428, "if_match_missing")
        refused(await city.product_manager.post(f"{there}/{action}", seen=seen + 1), 412, "version_stale")
    resume = f"/v1/adoptions/{product['adoption_id']}/resume"
    for member in (city.clerk, city.mill, city.official):
        refused(await member.post(resume, seen=1), 403, "not_permitted")
    refused(await stranger.post(resume, seen=1), 403, "not_your_organization")
    refused(await city.product_manager.post(resume, seen=1), 409, "transition_out_of_order")
    refused(await city.product_manager.post(f"{there}/resume", seen=seen), 409, "transition_out_of_order")


async def test_only_the_owner_renews_a_need(city: City) -> None:
    path = await path_of(city).reach("need_open")
    there, seen = f"{NEEDS}/{path.need['id']}/renew", path.need["version"]
    accountant = await city.beside(city.mill, Role.ACCOUNTANT)
    for member in (accountant, city.clerk, city.official):
        refused(await member.post(there, seen=seen), 403, "not_permitted")
    refused(await city.other_mill.post(there, seen=seen), 404, "not_found")
    draft = done(await city.mill.post(NEEDS, need_draft(city.mill.actor.person_id)), 201)
    early = await city.mill.post(f"{NEEDS}/{draft['id']}/renew", seen=draft["version"])
    refused(early, 409, "transition_out_of_order")


@pytest.mark.parametrize("days", [-1, 0, 367, 4000])
async def test_a_renewal_ends_within_twelve_months(city: City, days: int) -> None:
    product = await list_product(city.product_manager, city.official)
    body = {"valid_until": in_days(days)}
    there = f"{PRODUCTS}/{product['id']}/renew"
    answer = await city.product_manager.post(there, body, seen=product["version"])
    refused(answer, 422, "listing_end_out_of_range", "/valid_until")
    unknown = await city.product_manager.post(there, {"until": in_days(9)}, seen=product["version"])
    refused(unknown, 422, "field_unknown", "/until")


async def test_an_outdated_product_is_read_and_not_matched_until_it_is_renewed(
    city: City, superuser_url: str
) -> None:
    path = await path_of(city).reach("matched")
    there = f"{PRODUCTS}/{path.product['id']}"
    assert await stood(city.mill, there) == (False, False)
    for days, standing in (
        (30, (False, True)),
        (31, (False, False)),
        (0, (False, True)),
        (-1, (True, False)),
    ):
        ends(superuser_url, "credit_product", "valid_until", days)
        assert await stood(city.mill, there) == standing, days
    assert [one["outdated"] for one in await items(city.mill, PRODUCTS)] == [True]
    run = done(await city.mill.post("/v1/match-runs", {"need_id": path.need["id"]}), 201)
    assert run["candidates"] == []
    pick = {"candidate_id": path.run["candidates"][0]["id"]}
    refused(await city.mill.post("/v1/introductions", pick), 409, "offer_not_open")
    seen = done(await city.clerk.get(there))["version"]
    renewed = done(await city.product_manager.post(f"{there}/renew", seen=seen))
    assert (renewed["valid_until"], renewed["outdated"], renewed["state"]) == (in_days(365), False, "open")
    run = done(await city.mill.post("/v1/match-runs", {"need_id": path.need["id"]}), 201)
    assert [one["product_id"] for one in run["candidates"]] == [path.product["id"]]
    done(await city.mill.post("/v1/introductions", pick), 201)


async def test_an_outdated_need_is_not_matched_until_it_is_renewed(city: City, superuser_url: str) -> None:
    path = await path_of(city).reach("matched")
    there = f"{NEEDS}/{path.need['id']}"
    ends(superuser_url, "financing_need", "expires_on", -1)
    ends(superuser_url, "financing_need", "needed_by", -1)
    assert await stood(city.official, there) == (True, False)
    refused(await city.mill.post("/v1/match-runs", {"need_id": path.need["id"]}), 409, "need_outdated")
    pick = {"candidate_id": path.run["candidates"][0]["id"]}
    refused(await city.mill.post("/v1/introductions", pick), 409, "need_outdated")
    need = done(await city.mill.get(there))
    body = {"valid_until": in_days(20)}
    need = done(await city.mill.post(f"{there}/renew", body, seen=need["version"]))
    assert (need["expires_on"], need["needed_by"], need["expiring"]) == (in_days(20), in_days(20), True)
    done(await city.mill.post("/v1/introductions", pick), 201)


async def test_renewing_leaves_a_day_ahead_as_it_is(city: City) -> None:
    path = await path_of(city).reach("need_open")
    need = done(await city.mill.post(f"{NEEDS}/{path.need['id']}/renew", seen=path.need["version"]))
    assert (need["expires_on"], need["needed_by"]) == (in_days(365), path.need["needed_by"])


async def test_a_need_in_talks_is_renewed_and_goes_on_talking(city: City, superuser_url: str) -> None:
    path = await path_of(city).reach("accepted")
    there = f"{NEEDS}/{path.need['id']}"
    ends(superuser_url, "financing_need", "expires_on", 5)
    need = await path.need_now()
    assert (need["state"], need["expiring"]) == ("in_talks", True)
    refused(await city.clerk.post(f"{there}/renew", seen=need["version"]), 403, "not_permitted")
    refused(await city.other_mill.post(f"{there}/renew", seen=need["version"]), 404, "not_found")
    need = done(await city.mill.post(f"{there}/renew", seen=need["version"]))
    assert (need["state"], need["expires_on"]) == ("in_talks", in_days(365))
    assert "follow_talks" in await kinds_of_tasks(city.mill)
    await path.reach("signed")
    need = await path.need_now()
    refused(await city.mill.post(f"{there}/renew", seen=need["version"]), 409, "transition_out_of_order")


async def test_a_demand_is_renewed_until_the_day_that_is_asked_for(city: City, superuser_url: str) -> None:
    path = await research_path_of(city)
    await path.reach("demand_open")
    there = f"/v1/research-demands/{path.demand['id']}"
    for column in ("expires_on", "needed_by"):
        ends(superuser_url, "research_demand", column, -1)
    assert await stood(city.mill, there) == (True, False)
    demand = done(await city.mill.get(there))
    late = {"valid_until": in_days(400)}
    answer = await city.mill.post(f"{there}/renew", late, seen=demand["version"])
    refused(answer, 422, "listing_end_out_of_range", "/valid_until")
    demand = done(
        await city.mill.post(f"{there}/renew", {"valid_until": in_days(20)}, seen=demand["version"])
    )
    assert (demand["expires_on"], demand["needed_by"], demand["outdated"]) == (
        in_days(20),
        in_days(20),
        False,
    )


async def test_what_is_suspended_is_offered_again(city: City) -> None:
    path = await path_of(city).reach("need_open")
    manager, need = city.product_manager, {"need_id": path.need["id"]}
    adoption = f"/v1/adoptions/{path.product['adoption_id']}"
    for there in (f"{PRODUCTS}/{path.product['id']}", adoption):
        thing = done(await city.clerk.get(there))
        thing = done(await manager.post(f"{there}/suspend", seen=thing["version"]))
        assert done(await city.mill.post("/v1/match-runs", need), 201)["candidates"] == []
        thing = done(await manager.post(f"{there}/resume", seen=thing["version"]))
        assert thing["state"] == "open"
        assert len(done(await city.mill.post("/v1/match-runs", need), 201)["candidates"]) == 1


async def test_a_partners_need_stands_once(city: City) -> None:
    person = city.mill.actor.person_id
    half = await city.mill.post(NEEDS, need_draft(person, source="portal"))
    assert "source_without_external_id" in half.text
    draft = need_draft(person, source="portal", external_id="N-1")
    done(await city.mill.post(NEEDS, draft), 201)
    refused(await city.mill.post(NEEDS, draft), 409, "external_id_taken", "/external_id")
    other = need_draft(city.other_mill.actor.person_id, source="portal", external_id="N-1")
    done(await city.other_mill.post(NEEDS, other), 201)
    assert len(await items(city.mill, NEEDS)) == 1


async def test_terms_change_three_times_a_day_at_most(
    city: City, superuser_url: str, record_property: Any
) -> None:
    """Terms that move are how a bank would solve for what an enterprise has not shared."""
    manager = city.product_manager
    product = await list_product(manager, city.official)
    there = f"{PRODUCTS}/{product['id']}"

    async def change(product: Thing, amount: int) -> Any:
        terms = product_draft(terms={"largest_amount_fen": amount})["terms"]
        return await manager.call("PATCH", there, {"terms": terms}, seen=product["version"])

    for number in range(3):
        product = done(await change(product, 100 + number))
    for state in ("open", "suspended"):
        answer = await change(product, 7)
        refused(answer, 429, "versions_capped")
        assert 0 < int(answer.headers["retry-after"]) <= 86_400
        assert (product["state"], done(await city.clerk.get(there))["version_number"]) == (state, 4)
        action = "suspend" if state == "open" else "resume"
        product = done(await manager.post(f"{there}/{action}", seen=product["version"]))
    done(await manager.call("PATCH", there, {"name_zh": "新名"}, seen=product["version"]))
    with psycopg.connect(superuser_url) as behind:
        behind.execute("UPDATE credit_product_version SET created_at = created_at - interval '1 day'")
    assert done(await change(done(await city.clerk.get(there)), 7))["version_number"] == 5
    record_property("figure", "3 versions of a published product a day, the 4th 429, tomorrow again")


async def test_a_draft_is_written_as_often_as_it_takes(city: City) -> None:
    product = done(await city.product_manager.post(PRODUCTS, product_draft()), 201)
    for number in range(5):
        change = {"terms": product_draft(terms={"largest_amount_fen": 1 + number})["terms"]}
        there = f"{PRODUCTS}/{product['id']}"
        product = done(await city.product_manager.call("PATCH", there, change, seen=product["version"]))
    assert product["version_number"] == 6
