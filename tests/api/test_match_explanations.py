"""Why not this one: for products shown, passed over, ineligible, excluded, and listed since the run."""

import pytest

from city import City
from schemas.vocabulary import Role
from tests.api.steps import AMOUNT_FEN, done, list_product, path_of, refused

pytestmark = pytest.mark.database
RUNS = "/v1/match-runs"
NOBODY = "00000000-0000-4000-8000-000000000000"


async def test_a_run_explains_itself_to_nobody_else(city: City) -> None:
    path = await path_of(city).reach("matched")
    there = f"{RUNS}/{path.run['id']}/candidates/{path.product['adoption_id']}"
    refused(await city.other_mill.get(there), 404, "not_found")
    for member in (city.clerk, city.product_manager, city.official, city.observer):
        refused(await member.get(there), 403, "not_permitted")
    refused(await city.mill.get(f"{RUNS}/{path.run['id']}/candidates/{NOBODY}"), 404, "not_found")
    elsewhere = f"{RUNS}/{NOBODY}/candidates/{path.product['adoption_id']}"
    refused(await city.mill.get(elsewhere), 404, "not_found")


async def test_who_was_shown_answers_as_it_was_ranked(city: City) -> None:
    """Also after the bank has changed its terms."""
    path = await path_of(city).reach("matched")
    there = f"{RUNS}/{path.run['id']}/candidates/{path.product['adoption_id']}"
    told, shown = done(await city.mill.get(there)), path.run["candidates"][0]
    same = set(told) & set(shown)
    assert {name: told[name] for name in same} == {name: shown[name] for name in same}
    assert (told["frozen_with_run"], told["excluded"], told["position"]) == (True, False, 1)
    terms = path.product["terms"] | {"largest_amount_fen": 1}
    product = f"/v1/credit-products/{path.product['id']}"
    done(await city.product_manager.call("PATCH", product, {"terms": terms}, seen=path.product["version"]))
    assert done(await city.mill.get(there)) == told


async def test_a_product_listed_since_is_judged_by_the_facts_of_the_run(city: City) -> None:
    path = await path_of(city).reach("matched")
    small = {"largest_amount_fen": AMOUNT_FEN * 5, "smallest_amount_fen": AMOUNT_FEN * 4}
    later = await list_product(city.product_manager, city.official, terms=small)
    told = done(await city.mill.get(f"{RUNS}/{path.run['id']}/candidates/{later['adoption_id']}"))
    assert (told["frozen_with_run"], told["position"], told["verdict"]) == (False, None, "ineligible")
    codes = [reason["code"] for reason in told["reasons"]]
    assert codes[:3] == ["not_among_shown", "as_offered_now", "amount_below_minimum"]
    suspended = f"/v1/credit-products/{later['id']}"
    done(await city.product_manager.post(f"{suspended}/suspend", seen=later["version"]))
    refused(
        await city.mill.get(f"{RUNS}/{path.run['id']}/candidates/{later['adoption_id']}"), 404, "not_found"
    )


async def test_an_excluded_provider_is_said_to_be_excluded(city: City) -> None:
    excluded = [str(city.clerk.actor.organization_id)]
    path = await path_of(city, need_changes={"excluded_organization_ids": excluded}).reach("need_open")
    run = done(await city.mill.post(RUNS, {"need_id": path.need["id"]}), 201)
    told = done(await city.mill.get(f"{RUNS}/{run['id']}/candidates/{path.product['adoption_id']}"))
    assert (told["excluded"], told["verdict"], told["components"]) == (True, None, {})
    assert [reason["code"] for reason in told["reasons"]] == ["excluded_by_need"]


async def test_rules_that_a_bank_keeps_are_not_told_here_either(city: City) -> None:
    kept = {"fact": "headcount", "operator": "at_least", "unit": "count", "value": 4321}
    path = await path_of(city).reach("matched")
    rules = {"rules": {"all_of": [kept | {"visibility": "bank_only"}]}}
    later = await list_product(city.product_manager, city.official, terms=rules)
    answer = await city.mill.get(f"{RUNS}/{path.run['id']}/candidates/{later['adoption_id']}")
    assert "4321" not in answer.text
    assert "conditions_met_as_published" in answer.text


async def test_it_is_told_in_the_readers_language(city: City) -> None:
    path = await path_of(city).reach("matched")
    there = f"{RUNS}/{path.run['id']}/candidates/{path.product['adoption_id']}"
    colleague = await city.beside(city.mill, Role.OBSERVER)
    english = done(await colleague.get(there, headers={"accept-language": "en"}))
    assert english["product_name"] == "Weaving loan"
    assert english["verdict_text"].isascii()
