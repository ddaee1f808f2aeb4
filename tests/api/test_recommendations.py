from hashlib import sha256
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from city import City, Member
from matchmaking.db.session import Database
from matchmaking.tables.identity import Organization
from schemas.organizations import OrganizationState
from schemas.vocabulary import LineOfDuty, OrganizationKind, Role
from tests.api.interest_steps import another_bank, fellow_official, named
from tests.api.research_steps import capability_draft, research_path_of
from tests.api.steps import Path, Thing, done, items, kinds_of_tasks, path_of, refused

pytestmark = pytest.mark.database
ROUTE = "/v1/recommendations"


async def _three(city: City, **changes: Any) -> tuple[Path, list[tuple[Member, Thing]]]:
    """An open need and offers of three banks, the clerk's first."""
    path = await path_of(city, need_changes=changes).reach("need_open")
    others = [await another_bank(city) for _ in range(2)]
    return path, [(city.clerk, path.product), *others]


def _offers(recommendation: Thing) -> list[str]:
    return [one["offer"]["adoption_id"] for one in recommendation["offers"]]


async def test_only_officials_of_the_duty_and_the_area_recommend(city: City) -> None:
    path = await path_of(city).reach("need_open")
    draft = named(path, path.product)
    refused(await city.mill.post(ROUTE, draft), 403, "not_permitted")
    refused(await city.clerk.post(ROUTE, draft), 403, "not_permitted")
    refused(await city.observer.post(ROUTE, draft), 403, "not_permitted")
    science = await fellow_official(city, LineOfDuty.SCIENCE)
    refused(await science.post(ROUTE, draft), 403, "not_permitted")
    far = await city.enrol(OrganizationKind.GOVERNMENT, Role.OFFICIAL, area="320500")
    refused(await far.post(ROUTE, draft), 404, "not_found")


async def test_whoever_vetted_may_not_recommend_in_any_role(city: City) -> None:
    path = await path_of(city).reach("need_open")
    draft = named(path, path.product)
    refused(await city.official.post(ROUTE, draft), 403, "vetter_may_not_recommend")
    colleague = await fellow_official(city)
    assert done(await colleague.post(ROUTE, draft), 201)["need_id"] == path.need["id"]


async def test_a_need_that_looks_for_nobody_is_recommended_nothing(city: City) -> None:
    path = await path_of(city).reach("need_open")
    colleague = await fellow_official(city)
    need = await path.need_now()
    done(await city.mill.post(f"/v1/financing-needs/{need['id']}/withdraw", seen=need["version"]))
    refused(await colleague.post(ROUTE, named(path, path.product)), 409, "need_not_open")


async def test_fewer_than_three_providers_want_a_reason(city: City) -> None:
    path, banks = await _three(city)
    colleague = await fellow_official(city)
    products = [product for _, product in banks]
    few = named(path, *products[:2], fewer_reason=None)
    refused(await colleague.post(ROUTE, few), 422, "too_few_recommended", "/offers")
    assert await items(colleague, ROUTE) == []
    done(await colleague.post(ROUTE, named(path, *products[:2])), 201)
    done(await colleague.post(ROUTE, named(path, *products)), 201)


async def test_offers_of_one_bank_are_one_provider(city: City) -> None:
    path, banks = await _three(city)
    colleague = await fellow_official(city)
    _, product = await another_bank(city)
    same = [path.product, banks[1][1]]
    draft = named(path, *same, fewer_reason=None)
    draft["offers"].append(draft["offers"][0])
    refused(await colleague.post(ROUTE, draft), 422, "offer_named_twice", "/offers/2")
    draft["offers"][2] = product["adoption_id"]
    done(await colleague.post(ROUTE, draft), 201)


async def test_only_open_offers_of_those_who_are_here_are_recommended(city: City, database: Database) -> None:
    path, banks = await _three(city)
    colleague = await fellow_official(city)
    products = [product for _, product in banks]
    draft = named(path, *products)
    draft["offers"][1] = str(uuid4())
    refused(await colleague.post(ROUTE, draft), 422, "recommended_offer_not_open", "/offers/1")
    manager, product = banks[2]
    there = f"/v1/adoptions/{product['adoption_id']}"
    suspended = done(await manager.post(f"{there}/suspend", seen=1))
    refused(
        await colleague.post(ROUTE, named(path, *products)), 422, "recommended_offer_not_open", "/offers/2"
    )
    done(await manager.post(f"{there}/resume", seen=suspended["version"]))
    async with database.as_system() as session:
        bank = await session.get_one(Organization, manager.actor.organization_id)
        bank.state = OrganizationState.UNCLAIMED
    refused(
        await colleague.post(ROUTE, named(path, *products)), 422, "recommended_offer_not_open", "/offers/2"
    )


async def test_an_interest_of_the_official_is_declared_and_shown(city: City) -> None:
    path, banks = await _three(city)
    colleague = await fellow_official(city)
    products = [product for _, product in banks]
    undeclared = named(path, *products, has_interest=True)
    refused(await colleague.post(ROUTE, undeclared), 422, "interest_undeclared", "")
    silent = named(path, *products)
    del silent["has_interest"]
    assert (await colleague.post(ROUTE, silent)).status_code == 422
    declared = undeclared | {"interest_declared": "配偶在该行任职", "note": "三家均在本区设点"}
    made = done(await colleague.post(ROUTE, declared), 201)
    told = done(await city.mill.get(f"{ROUTE}/{made['id']}"))
    assert told["has_interest"]
    assert told["interest_declared"] == "配偶在该行任职"
    assert told["reason_text"] == "条件相符"
    assert told["note"] == "三家均在本区设点"


async def test_the_published_order_replaces_that_of_the_official(city: City) -> None:
    path, banks = await _three(city)
    colleague = await fellow_official(city)
    for products in ([product for _, product in banks], [product for _, product in reversed(banks)]):
        made = done(await colleague.post(ROUTE, named(path, *products)), 201)
        ids = _offers(made)
        assert ids == sorted(ids, key=lambda one: sha256(f"{path.need['id']}:{one}".encode()).hexdigest())
        assert _offers(done(await city.mill.get(f"{ROUTE}/{made['id']}"))) == ids


async def test_the_office_and_the_enterprise_read_it_and_nobody_else(city: City) -> None:
    path, banks = await _three(city)
    colleague = await fellow_official(city)
    made = done(await colleague.post(ROUTE, named(path, *[product for _, product in banks])), 201)
    there = f"{ROUTE}/{made['id']}"
    elsewhere = await city.enrol(OrganizationKind.GOVERNMENT, Role.OFFICIAL)
    for stranger in (city.other_mill, elsewhere):
        refused(await stranger.get(there), 404, "not_found")
        assert await items(stranger, ROUTE) == []
    for provider, _ in banks:
        refused(await provider.get(there), 403, "not_permitted")
        refused(await provider.get(ROUTE), 403, "not_permitted")
        assert "answer_introduction" not in await kinds_of_tasks(provider)
    for reader in (city.mill, city.official, city.observer, colleague):
        assert [one["id"] for one in await items(reader, ROUTE)] == [made["id"]]
        assert done(await reader.get(there)) == made
    narrowed = done(await city.mill.get(f"{ROUTE}?need_id={path.need['id']}"))["items"]
    assert len(narrowed) == 1
    assert done(await city.mill.get(f"{ROUTE}?need_id={uuid4()}"))["items"] == []


@pytest.mark.gate("G2")
async def test_an_official_learns_of_no_exclusion(
    city: City, superuser_url: str, record_property: Any
) -> None:
    """The same three banks for two needs, one of which excludes the clerk's: the office reads the same."""
    excluded = {"excluded_organization_ids": [str(city.clerk.actor.organization_id)]}
    path, banks = await _three(city, **excluded)
    other = path_of(city)
    other.product, other.walked = path.product, ["product_listed"]
    await other.reach("need_open")
    colleague = await fellow_official(city)
    products = [product for _, product in banks]
    read = []
    for one in (path, other):
        answer = await colleague.post(ROUTE, named(one, *products))
        made = done(answer, 201)
        assert done(await colleague.get(f"{ROUTE}/{made['id']}")) == made
        offers = sorted((offer["offer"] for offer in made["offers"]), key=lambda offer: offer["adoption_id"])
        alike = {name: made[name] for name in made if name not in {"id", "need_id", "created_at", "offers"}}
        read.append((answer.status_code, alike, offers))
    assert read[0] == read[1]
    told = done(await city.mill.get(f"{ROUTE}?need_id={path.need['id']}"))["items"][0]
    assert set(_offers(told)) == {product["adoption_id"] for product in products[1:]}
    with psycopg.connect(superuser_url) as behind:
        wanted = "SELECT id FROM recommendation_offer WHERE recommendation_id = %s AND adoption_id = %s"
        hidden = behind.execute(wanted, (told["id"], products[0]["adoption_id"])).fetchone()
        assert hidden is not None
        behind.execute("SET ROLE matchmaking_app")
        bank = str(city.clerk.actor.organization_id)
        behind.execute("SELECT set_config('matchmaking.organization', %s, false)", (bank,))
        assert behind.execute("SELECT count(*) FROM recommendation_offer").fetchone() == (0,)
    pick = {"recommendation_offer_id": str(hidden[0])}
    refused(await city.mill.post("/v1/introductions", pick), 404, "not_found")
    record_property("figure", "2 recommendations, with and without an exclusion: the office reads the same")


async def test_the_enterprise_picks_what_was_recommended(city: City) -> None:
    path, banks = await _three(city)
    colleague = await fellow_official(city)
    made = done(await colleague.post(ROUTE, named(path, *[product for _, product in banks])), 201)
    offered = {one["offer"]["adoption_id"]: one["id"] for one in made["offers"]}
    pick = {"recommendation_offer_id": offered[path.product["adoption_id"]]}
    refused(await city.other_mill.post("/v1/introductions", pick), 404, "not_found")
    refused(await colleague.post("/v1/introductions", pick), 403, "not_permitted")
    introduction = done(await city.mill.post("/v1/introductions", pick), 201)
    assert introduction["route"] == "recommendation"
    assert introduction["recommendation_offer_id"] == pick["recommendation_offer_id"]
    assert introduction["adoption_id"] == path.product["adoption_id"]
    refused(await city.mill.post("/v1/introductions", pick), 409, "introduced_already")
    there = f"/v1/introductions/{introduction['id']}"
    assert done(await city.clerk.get(there)) == introduction
    assert await kinds_of_tasks(city.clerk) == ["answer_introduction"]
    declined = done(await city.clerk.post(f"{there}/decline", {"code": "quota"}, seen=1))
    assert declined["state"] == "declined"


async def test_a_withdrawn_or_signed_need_is_picked_for_no_more(city: City) -> None:
    path, banks = await _three(city)
    colleague = await fellow_official(city)
    made = done(await colleague.post(ROUTE, named(path, *[product for _, product in banks])), 201)
    offered = {one["offer"]["adoption_id"]: one["id"] for one in made["offers"]}
    await path.reach("signed")
    pick = {"recommendation_offer_id": offered[banks[1][1]["adoption_id"]]}
    refused(await city.mill.post("/v1/introductions", pick), 409, "need_not_open")


async def test_a_withdrawn_product_keeps_its_name_and_is_not_picked(city: City) -> None:
    path, banks = await _three(city)
    colleague = await fellow_official(city)
    made = done(await colleague.post(ROUTE, named(path, *[product for _, product in banks])), 201)
    manager, product = banks[1]
    there = f"/v1/credit-products/{product['id']}"
    seen = done(await manager.get(there))["version"]
    done(await manager.post(f"{there}/withdraw", seen=seen))
    told = done(await city.mill.get(f"{ROUTE}/{made['id']}"))
    gone = next(one for one in told["offers"] if one["offer"]["adoption_id"] == product["adoption_id"])
    assert gone["offer"]["title_zh"] == product["name_zh"]
    assert not gone["offer"]["available"]
    pick = {"recommendation_offer_id": gone["id"]}
    refused(await city.mill.post("/v1/introductions", pick), 409, "offer_not_open")


async def test_science_recommends_laboratories_for_a_demand(city: City) -> None:
    path = await research_path_of(city)
    await path.reach("demand_open")
    draft = {
        "demand_id": path.demand["id"],
        "offers": [path.capability["id"]],
        "reason": "chain_expertise",
        "has_interest": False,
        "fewer_reason": "本市只有这一家",
    }
    refused(await path.official.post(ROUTE, draft), 403, "vetter_may_not_recommend")
    finance = await fellow_official(city)
    refused(await finance.post(ROUTE, draft), 403, "not_permitted")
    science = await fellow_official(city, LineOfDuty.SCIENCE)
    private = done(await path.secretary.post("/v1/capabilities", capability_draft(path.secretary)), 201)
    unlisted = draft | {"offers": [private["id"]]}
    refused(await science.post(ROUTE, unlisted), 422, "recommended_offer_not_open", "/offers/0")
    made = done(await science.post(ROUTE, draft), 201)
    (offer,) = made["offers"]
    assert offer["offer"]["title_zh"] == path.capability["title_zh"]
    picked = done(await city.mill.post("/v1/introductions", {"recommendation_offer_id": offer["id"]}), 201)
    assert (picked["route"], picked["demand_id"]) == ("recommendation", path.demand["id"])
    assert picked["capability_version"] == path.capability["version"]


async def test_either_a_need_or_a_demand(city: City) -> None:
    path = await path_of(city).reach("need_open")
    colleague = await fellow_official(city)
    both = named(path, path.product, demand_id=str(uuid4()))
    refused(await colleague.post(ROUTE, both), 422, "one_wish_wanted", "")
    neither = named(path, path.product, need_id=None)
    refused(await colleague.post(ROUTE, neither), 422, "one_wish_wanted", "")


async def test_an_outdated_need_is_recommended_nothing(city: City, superuser_url: str) -> None:
    path = await path_of(city).reach("need_open")
    colleague = await fellow_official(city)
    with psycopg.connect(superuser_url) as behind:
        behind.execute("UPDATE financing_need SET expires_on = current_date - 2")
    refused(await colleague.post(ROUTE, named(path, path.product)), 409, "need_outdated")
