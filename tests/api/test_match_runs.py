"""Match runs: whose they are, what they leave out, and that they stay as they were ranked."""

import psycopg
import pytest

from city import City
from matchmaking.ranking import FinancingRequest, rank
from matchmaking.settings import Settings
from schemas.vocabulary import Role
from tests.api.steps import done, items, list_product, path_of, refused

pytestmark = pytest.mark.database
RUNS = "/v1/match-runs"
CAP = 4


@pytest.fixture
def settings() -> Settings:
    return Settings(_env_file=None, pool_size=8, matches_per_need_and_day=CAP)


async def test_nobody_but_those_who_fill_in_matches(city: City) -> None:
    path = await path_of(city).reach("need_open")
    body = {"need_id": path.need["id"]}
    for role in (Role.TECHNICAL_LEAD, Role.OBSERVER, Role.ADMINISTRATOR):
        colleague = await city.beside(city.mill, role)
        refused(await colleague.post(RUNS, body), 403, "not_permitted")
    for member in (city.clerk, city.official, city.observer):
        refused(await member.post(RUNS, body), 403, "not_permitted")
    refused(await city.other_mill.post(RUNS, body), 404, "not_found")
    assert await items(city.mill, RUNS) == []


async def test_a_run_is_the_enterprises_own(city: City) -> None:
    path = await path_of(city).reach("matched")
    there = f"{RUNS}/{path.run['id']}"
    refused(await city.other_mill.get(there), 404, "not_found")
    assert await items(city.other_mill, RUNS) == []
    for member in (city.clerk, city.product_manager, city.official, city.observer):
        refused(await member.get(there), 403, "not_permitted")
    colleague = await city.beside(city.mill, Role.OBSERVER)
    assert done(await colleague.get(there)) == path.run


async def test_a_draft_is_ranked_at_once_and_nobody_is_picked_from_it(city: City) -> None:
    """The first ranking waits for nobody; whoever is picked was ranked by what was submitted."""
    path = await path_of(city).reach("need_drafted")
    run = done(await city.mill.post(RUNS, {"need_id": path.need["id"]}), 201)
    pick = {"candidate_id": run["candidates"][0]["id"]}
    refused(await city.mill.post("/v1/introductions", pick), 409, "need_not_open")
    await path.reach("need_open")
    refused(await city.mill.post("/v1/introductions", pick), 409, "ranked_as_draft")
    again = done(await city.mill.post(RUNS, {"need_id": path.need["id"]}), 201)
    assert [one["verdict"] for one in again["candidates"]] == [one["verdict"] for one in run["candidates"]]
    pick = {"candidate_id": again["candidates"][0]["id"]}
    done(await city.mill.post("/v1/introductions", pick), 201)


async def test_what_was_ranked_while_it_awaited_vetting_may_be_picked(city: City) -> None:
    path = await path_of(city).reach("need_submitted")
    run = done(await city.mill.post(RUNS, {"need_id": path.need["id"]}), 201)
    await path.reach("need_open")
    done(await city.mill.post("/v1/introductions", {"candidate_id": run["candidates"][0]["id"]}), 201)


async def test_a_need_that_was_returned_is_picked_for_by_a_new_run(city: City) -> None:
    path = await path_of(city).reach("need_submitted")
    there = f"/v1/financing-needs/{path.need['id']}"
    run = done(await city.mill.post(RUNS, {"need_id": path.need["id"]}), 201)
    defects = {"defects": ["金额不清楚"]}
    need = done(await city.official.post(f"{there}/return", defects, seen=path.need["version"]))
    changed = await city.mill.call("PATCH", there, {"amount_fen": 123_456_700}, seen=need["version"])
    need = done(await city.mill.post(f"{there}/submit", seen=done(changed)["version"]))
    done(await city.official.post(f"{there}/open", seen=need["version"]))
    pick = {"candidate_id": run["candidates"][0]["id"]}
    refused(await city.mill.post("/v1/introductions", pick), 409, "ranked_as_draft")


async def test_a_draft_is_ranked_no_more_often_than_another_need(city: City) -> None:
    path = await path_of(city).reach("need_drafted")
    for _ in range(CAP):
        done(await city.mill.post(RUNS, {"need_id": path.need["id"]}), 201)
    refused(await city.mill.post(RUNS, {"need_id": path.need["id"]}), 429, "match_runs_capped")


async def test_a_signed_need_matches_no_more(city: City) -> None:
    path = await path_of(city).reach("signed")
    refused(await city.mill.post(RUNS, {"need_id": path.need["id"]}), 409, "need_not_open")


async def test_an_excluded_bank_is_not_ranked_and_not_counted(city: City) -> None:
    excluded = [str(city.clerk.actor.organization_id)]
    manager = await city.beside(city.other_clerk, Role.PRODUCT_MANAGER)
    other = await list_product(manager, city.official)
    path = await path_of(city, need_changes={"excluded_organization_ids": excluded}).reach("matched")
    assert [one["product_id"] for one in path.run["candidates"]] == [other["id"]]
    assert sum(path.run["counts"].values()) == 1


async def test_what_is_suspended_or_still_vetted_is_not_ranked(city: City) -> None:
    path = await path_of(city).reach("need_open")
    there = f"/v1/credit-products/{path.product['id']}"
    done(await city.product_manager.post(f"{there}/suspend", seen=path.product["version"]))
    run = done(await city.mill.post(RUNS, {"need_id": path.need["id"]}), 201)
    assert (run["candidates"], sum(run["counts"].values())) == ([], 0)


async def test_a_stored_run_stays_as_it_was(city: City, superuser_url: str) -> None:
    """Also when the bank changes its terms, and when it takes the product away."""
    path = await path_of(city).reach("matched")
    manager, there = city.product_manager, f"/v1/credit-products/{path.product['id']}"
    terms = path.product["terms"] | {"largest_amount_fen": 1}
    product = done(await manager.call("PATCH", there, {"terms": terms}, seen=path.product["version"]))
    assert done(await city.mill.get(f"{RUNS}/{path.run['id']}")) == path.run
    done(await manager.post(f"{there}/withdraw", seen=product["version"]))
    assert done(await city.mill.get(f"{RUNS}/{path.run['id']}")) == path.run
    refused(await city.mill.get(there), 404, "not_found")
    with psycopg.connect(superuser_url) as behind:
        request, outcome = behind.execute(
            "SELECT r.request, c.outcome FROM match_run r JOIN match_candidate c ON c.run_id = r.id"
        ).fetchone() or ({}, {})
    again = rank(FinancingRequest.from_document(request)).to_document()
    assert again["candidates"] == [outcome]


async def test_reasons_are_told_in_the_readers_language(city: City) -> None:
    path = await path_of(city).reach("matched")
    english = done(await city.mill.get(f"{RUNS}/{path.run['id']}", headers={"accept-language": "en"}))
    chinese, told = path.run["candidates"][0], english["candidates"][0]
    assert told["product_name"] == "Weaving loan"
    assert chinese["product_name"] == "织造贷"
    for one, other in zip(chinese["reasons"], told["reasons"], strict=True):
        assert one["code"] == other["code"]
        assert one["text"] != other["text"]


async def test_rules_a_bank_keeps_are_hinted_at_and_not_told(city: City) -> None:
    kept = {
        "fact": "headcount",
        "operator": "at_least",
        "unit": "count",
        "value": 4321,
        "visibility": "bank_only",
    }
    path = await path_of(city, product_changes={"terms": {"rules": {"all_of": [kept]}}}).reach("matched")
    candidate = path.run["candidates"][0]
    assert candidate["verdict"] == "eligible"
    assert candidate["conditions_met_as_published"] is True
    assert "4321" not in (await city.mill.get(f"{RUNS}/{path.run['id']}")).text


async def test_probing_a_need_is_capped_by_day(city: City) -> None:
    path = await path_of(city).reach("need_open")
    other = await path_of(city).reach("need_open")
    body = {"need_id": path.need["id"]}
    for _ in range(CAP):
        done(await city.mill.post(RUNS, body), 201)
    capped = await city.mill.post(RUNS, body)
    refused(capped, 429, "match_runs_capped")
    assert 0 < int(capped.headers["retry-after"]) <= 86_400
    assert len(await items(city.mill, RUNS)) == CAP
    done(await city.mill.post(RUNS, {"need_id": other.need["id"]}), 201)
    listed = done(await city.mill.get(f"{RUNS}?need_id={other.need['id']}"))["items"]
    assert [run["need_id"] for run in listed] == [other.need["id"]]
