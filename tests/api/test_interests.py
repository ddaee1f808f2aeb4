import asyncio
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from city import City, Member
from matchmaking.clock import ShiftedClock
from schemas.vocabulary import OrganizationKind, Role
from tests.api.interest_steps import about, another_bank, card_of, carded, carded_demand, express, received
from tests.api.steps import Path, Thing, done, items, list_product, path_of, refused

pytestmark = pytest.mark.database


async def _after_the_window(city: City, clock: ShiftedClock, *members: Member) -> None:
    """Four days on, so past any working day that began before; sign-ins outlast it, tokens do not."""
    clock.advance(timedelta(days=4))
    for member in members or (city.mill, city.clerk):
        member.token = city.gate.issuer.issue(member.actor).token


async def test_strangers_express_nothing_and_read_nothing(city: City) -> None:
    path, card_id = await carded(city)
    interest = about(card_id, path.product)
    refused(await city.mill.post("/v1/interests", interest), 403, "not_permitted")
    refused(await city.official.post("/v1/interests", interest), 403, "not_permitted")
    refused(await city.other_clerk.post("/v1/interests", interest), 403, "offer_not_yours")
    branch = await city.open_unit(city.clerk, below=False)
    elsewhere = await city.beside(city.clerk, Role.CLERK, unit_id=branch)
    refused(await elsewhere.post("/v1/interests", interest), 403, "offer_not_yours")
    made = await express(city.clerk, card_id, path.product)
    for member in (city.other_clerk, elsewhere):
        refused(await member.get(f"/v1/interests/{made['id']}"), 404, "not_found")
        refused(await member.post(f"/v1/interests/{made['id']}/withdraw", seen=1), 404, "not_found")
        assert await items(member, "/v1/interests") == []
    there = f"/v1/financing-needs/{path.need['id']}/interests"
    refused(await city.other_mill.get(there), 404, "not_found")
    refused(await city.clerk.get(there), 403, "not_permitted")
    refused(await city.official.get(there), 403, "not_permitted")


async def test_a_suspended_offer_expresses_nothing(city: City) -> None:
    path, card_id = await carded(city)
    there = f"/v1/adoptions/{path.product['adoption_id']}"
    done(await city.product_manager.post(f"{there}/suspend", seen=1))
    refused(await city.clerk.post("/v1/interests", about(card_id, path.product)), 409, "offer_not_open")


async def test_exactly_one_offer_is_named(city: City) -> None:
    path, card_id = await carded(city)
    none = await city.clerk.post("/v1/interests", {"card_id": card_id})
    refused(none, 422, "one_offer_wanted", "")
    both = about(card_id, path.product) | {"capability_id": str(uuid4())}
    refused(await city.clerk.post("/v1/interests", both), 422, "one_offer_wanted", "")


@pytest.mark.gate("G2")
async def test_excluded_closed_and_unknown_cards_are_answered_alike(city: City, record_property: Any) -> None:
    path, withdrawn = await carded(city)
    need = await path.need_now()
    done(await city.mill.post(f"/v1/financing-needs/{need['id']}/withdraw", seen=need["version"]))
    excluded = {"excluded_organization_ids": [str(city.clerk.actor.organization_id)]}
    kept = await path_of(city, need_changes=excluded).reach("need_open")
    _demand, of_a_demand = await carded_demand(city)
    told = []
    for card_id in (withdrawn, await card_of(kept), of_a_demand, str(uuid4())):
        answer = refused(
            await city.clerk.post("/v1/interests", about(card_id, path.product)), 404, "not_found"
        )
        told.append({name: answer[name] for name in answer if name not in {"instance", "request_id"}})
    assert all(one == told[0] for one in told)
    assert await items(city.clerk, "/v1/interests") == []
    manager, product = await another_bank(city)
    await express(manager, await card_of(kept), product)
    record_property("figure", "withdrawn, excluded, of the other kind, unknown: 4 cards, one answer")


async def test_the_same_offer_comes_once_and_may_come_again_after_it_was_withdrawn(city: City) -> None:
    path, card_id = await carded(city)
    made = await express(city.clerk, card_id, path.product)
    assert made["state"] == "expressed"
    again = await city.clerk.post("/v1/interests", about(card_id, path.product))
    refused(again, 409, "interest_expressed_already")
    other = await list_product(city.product_manager, city.official)
    await express(city.product_manager, card_id, other)
    there = f"/v1/interests/{made['id']}/withdraw"
    withdrawn = done(await city.clerk.post(there, seen=made["version"]))
    assert withdrawn["state"] == "withdrawn"
    refused(await city.clerk.post(there, seen=made["version"]), 412, "version_stale")
    refused(await city.clerk.post(there, seen=withdrawn["version"]), 409, "interest_not_withdrawable")
    await express(city.clerk, card_id, path.product)


async def _three_banks(city: City, card_id: str, count: int = 3) -> list[tuple[Member, Thing, Thing]]:
    found = []
    for _ in range(count):
        manager, product = await another_bank(city)
        found.append((manager, product, await express(manager, card_id, product)))
    return found


async def test_a_window_is_sealed_and_opens_all_at_once_in_the_published_order(
    city: City, clock: ShiftedClock
) -> None:
    path, card_id = await carded(city)
    assert await received(path) == {"sealed": False, "opens_at": None, "windows": []}
    first = await express(city.clerk, card_id, path.product)
    alone = await received(path)
    assert alone["sealed"]
    assert alone["windows"] == []
    banks = await _three_banks(city, card_id)
    assert await received(path) == alone, "how many came is not told"
    refused(await city.mill.post("/v1/introductions", {"interest_id": first["id"]}), 404, "not_found")
    await _after_the_window(city, clock)
    opened = await received(path)
    assert not opened["sealed"]
    (window,) = opened["windows"]
    assert window["opened_at"] == alone["opens_at"]
    assert window["picks_left"] == 3
    offers = [one["offer"] for one in window["interests"]]
    ids = [offer["adoption_id"] for offer in offers]
    assert set(ids) == {path.product["adoption_id"], *(product["adoption_id"] for _, product, _ in banks)}
    assert ids == sorted(ids, key=lambda one: sha256(f"{path.need['id']}:{one}".encode()).hexdigest())
    mine = next(offer for offer in offers if offer["adoption_id"] == path.product["adoption_id"])
    assert mine["title_zh"] == "织造贷"
    assert mine["provider_organization_id"] == str(city.clerk.actor.organization_id)
    assert mine["available"]


async def test_whoever_comes_later_opens_a_window_of_its_own(city: City, clock: ShiftedClock) -> None:
    path, card_id = await carded(city)
    await express(city.clerk, card_id, path.product)
    other = await list_product(city.product_manager, city.official)
    await _after_the_window(city, clock, city.mill, city.clerk)
    await express(city.clerk, card_id, other)
    told = await received(path)
    assert told["sealed"]
    assert [len(window["interests"]) for window in told["windows"]] == [1]
    await _after_the_window(city, clock)
    told = await received(path)
    assert [len(window["interests"]) for window in told["windows"]] == [1, 1]


async def test_what_is_withdrawn_in_time_is_never_seen(city: City, clock: ShiftedClock) -> None:
    path, card_id = await carded(city)
    made = await express(city.clerk, card_id, path.product)
    done(await city.clerk.post(f"/v1/interests/{made['id']}/withdraw", seen=made["version"]))
    assert await received(path) == {"sealed": False, "opens_at": None, "windows": []}
    await _after_the_window(city, clock)
    refused(await city.mill.post("/v1/introductions", {"interest_id": made["id"]}), 409, "interest_withdrawn")


async def test_the_enterprise_picks_three_of_a_window_and_no_fourth(city: City, clock: ShiftedClock) -> None:
    path, card_id = await carded(city)
    banks = await _three_banks(city, card_id)
    first = await express(city.clerk, card_id, path.product)
    await _after_the_window(city, clock, city.mill, city.other_mill, city.clerk)
    pick = {"interest_id": first["id"]}
    refused(await city.other_mill.post("/v1/introductions", pick), 404, "not_found")
    refused(await city.mill.post("/v1/introductions", {"interest_id": str(uuid4())}), 404, "not_found")
    introduction = done(await city.mill.post("/v1/introductions", pick), 201)
    assert introduction["route"] == "interest"
    assert introduction["interest_id"] == first["id"]
    assert introduction["adoption_id"] == path.product["adoption_id"]
    assert introduction["product_version_id"] == path.product["version_id"]
    assert introduction["state"] == "requested"
    refused(await city.mill.post("/v1/introductions", pick), 409, "introduced_already")
    for _, _, interest in banks[:2]:
        done(await city.mill.post("/v1/introductions", {"interest_id": interest["id"]}), 201)
    fourth = {"interest_id": banks[2][2]["id"]}
    refused(await city.mill.post("/v1/introductions", fourth), 409, "interests_picked_up")
    (window,) = (await received(path))["windows"]
    assert window["picks_left"] == 0
    assert sum(one["introduction_id"] is not None for one in window["interests"]) == 3
    mine = done(await city.clerk.get(f"/v1/interests/{first['id']}"))
    assert (mine["state"], mine["introduction_id"]) == ("picked", introduction["id"])
    there = f"/v1/interests/{first['id']}/withdraw"
    refused(await city.clerk.post(there, seen=mine["version"]), 409, "interest_not_withdrawable")
    accepted = await city.clerk.post(f"/v1/introductions/{introduction['id']}/accept", seen=1)
    assert done(accepted)["state"] == "accepted"


async def test_parallel_picks_of_a_window_stop_at_three(city: City, clock: ShiftedClock) -> None:
    path, card_id = await carded(city)
    banks = await _three_banks(city, card_id, 5)
    await _after_the_window(city, clock, city.mill)
    picks = [{"interest_id": interest["id"]} for _, _, interest in banks]
    answers = await asyncio.gather(*(city.mill.post("/v1/introductions", pick) for pick in picks))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 201, 409, 409]
    (window,) = (await received(path))["windows"]
    assert window["picks_left"] == 0


async def test_a_new_version_is_what_is_picked(city: City, clock: ShiftedClock) -> None:
    path, card_id = await carded(city)
    made = await express(city.clerk, card_id, path.product)
    there = f"/v1/credit-products/{path.product['id']}"
    product = done(await city.product_manager.get(there))
    change = {"terms": product["terms"] | {"days_to_money": 3}}
    changed = done(await city.product_manager.call("PATCH", there, change, seen=product["version"]))
    assert changed["version_number"] == product["version_number"] + 1
    await _after_the_window(city, clock)
    picked = done(await city.mill.post("/v1/introductions", {"interest_id": made["id"]}), 201)
    assert picked["product_version_id"] == changed["version_id"]


async def test_all_checks_of_a_pick_hold_for_interest(city: City, clock: ShiftedClock) -> None:
    path, card_id = await carded(city)
    made = await express(city.clerk, card_id, path.product)
    await _after_the_window(city, clock, city.mill, city.clerk, city.product_manager)
    there = f"/v1/adoptions/{path.product['adoption_id']}"
    suspended = done(await city.product_manager.post(f"{there}/suspend", seen=1))
    pick = {"interest_id": made["id"]}
    refused(await city.mill.post("/v1/introductions", pick), 409, "offer_not_open")
    (window,) = (await received(path))["windows"]
    assert not window["interests"][0]["offer"]["available"]
    done(await city.product_manager.post(f"{there}/resume", seen=suspended["version"]))
    need = await path.need_now()
    done(await city.mill.post(f"/v1/financing-needs/{need['id']}/withdraw", seen=need["version"]))
    refused(await city.mill.post("/v1/introductions", pick), 409, "need_not_open")
    mine = done(await city.clerk.get(f"/v1/interests/{made['id']}"))
    assert mine["state"] == "passed"


async def test_exactly_one_thing_is_picked(city: City) -> None:
    refused(await city.mill.post("/v1/introductions", {}), 422, "one_candidate_wanted", "")
    two = {"interest_id": str(uuid4()), "recommendation_offer_id": str(uuid4())}
    refused(await city.mill.post("/v1/introductions", two), 422, "one_candidate_wanted", "")


async def test_a_signed_need_passes_the_interest_of_others(city: City) -> None:
    path, card_id = await carded(city)
    manager, product = await another_bank(city)
    made = await express(manager, card_id, product)
    await path.reach("contacted")
    told = done(await manager.get(f"/v1/interests/{made['id']}"))
    assert told == made, "talks with somebody else are not told"
    await path.reach("signed")
    assert done(await manager.get(f"/v1/interests/{made['id']}"))["state"] == "passed"


def _shape(found: Any) -> Any:
    """What an answer says without ids and instants, which differ for everybody."""
    if isinstance(found, dict):
        varying = {"id", "unit_id", "adoption_id", "created_at", "card_id"}
        return {name: _shape(value) for name, value in found.items() if name not in varying}
    return [_shape(one) for one in found] if isinstance(found, list) else found


@pytest.mark.gate("G2")
async def test_no_provider_learns_that_it_is_second(
    city: City, superuser_url: str, record_property: Any
) -> None:
    """The answers to the first and to the third bank, and the rows that their sessions read, are compared."""
    path, card_id = await carded(city)
    banks = [(city.clerk, path.product)] + [await another_bank(city) for _ in range(2)]
    answers = []
    for member, product in banks:
        made = await member.post("/v1/interests", about(card_id, product))
        headers = set(made.headers)
        one = done(made, 201)
        listed = done(await member.get("/v1/interests"))
        read = done(await member.get(f"/v1/interests/{one['id']}"))
        answers.append((headers, _shape(one), _shape(listed), _shape(read)))
    assert answers[0] == answers[1] == answers[2]
    with psycopg.connect(superuser_url) as behind:
        columns = {
            row[0]
            for row in behind.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = 'interest'"
            )
        }
        assert not columns & {"need_id", "demand_id", "enterprise_organization_id", "opens_at"}
        behind.execute("SET ROLE matchmaking_app")
        actor = banks[2][0].actor
        behind.execute(
            "SELECT set_config('matchmaking.organization', %s, false)", (str(actor.organization_id),)
        )
        seen = behind.execute("SELECT organization_id FROM interest").fetchall()
        assert seen == [(actor.organization_id,)]
    record_property("figure", "3 banks, 4 answers each: no difference between first, second and third")


async def test_a_laboratory_comes_for_a_demand(city: City, clock: ShiftedClock) -> None:
    path, card_id = await carded_demand(city)
    interest = {"card_id": card_id, "capability_id": path.capability["id"]}
    stranger = await city.enrol(OrganizationKind.UNIVERSITY, Role.SECRETARY)
    refused(await stranger.post("/v1/interests", interest), 403, "offer_not_yours")
    researcher = await city.beside(path.secretary, Role.RESEARCHER)
    refused(await researcher.post("/v1/interests", interest), 403, "not_permitted")
    made = done(await path.secretary.post("/v1/interests", interest), 201)
    there = f"/v1/research-demands/{path.demand['id']}/interests"
    refused(await city.other_mill.get(there), 404, "not_found")
    assert done(await city.mill.get(there))["sealed"]
    await _after_the_window(city, clock, city.mill, path.secretary)
    (window,) = done(await city.mill.get(there))["windows"]
    assert window["interests"][0]["offer"]["title_zh"] == path.capability["title_zh"]
    picked = done(await city.mill.post("/v1/introductions", {"interest_id": made["id"]}), 201)
    assert (picked["route"], picked["capability_id"]) == ("interest", path.capability["id"])
    assert picked["demand_id"] == path.demand["id"]
    told = done(await path.secretary.get(f"/v1/interests/{made['id']}"))
    assert told["state"] == "picked"


async def test_the_tasks_of_an_interest_are_those_of_its_introduction(
    city: City, clock: ShiftedClock
) -> None:
    path: Path
    path, card_id = await carded(city)
    made = await express(city.clerk, card_id, path.product)
    assert [task["kind"] for task in await items(city.clerk, "/v1/tasks")] == []
    await _after_the_window(city, clock)
    done(await city.mill.post("/v1/introductions", {"interest_id": made["id"]}), 201)
    assert [task["kind"] for task in await items(city.clerk, "/v1/tasks")] == ["answer_introduction"]
