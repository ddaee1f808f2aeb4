from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from city import DISTRICT, City, Member
from matchmaking.clock import ShiftedClock
from matchmaking.db.session import Database
from matchmaking.services.foundation import Foundation
from matchmaking.services.gate import Gate
from matchmaking.settings import Settings
from routers.app import create_app
from schemas.vocabulary import LineOfDuty, OrganizationKind, Role
from tests.api.neighbours import PLAIN, settle_neighbours, state_facts
from tests.api.research_steps import capability_draft, demand_draft
from tests.api.steps import Path, Thing, done, list_product, path_of, refused

pytestmark = pytest.mark.database


async def crowd(city: City, facts: Any = PLAIN) -> list[UUID]:
    """The mills among six that are just like them."""
    for mill in (city.mill, city.other_mill):
        await state_facts(city, mill.actor.organization_id, facts)
    return await settle_neighbours(city, 6, facts)


async def cards(member: Member, path: Path) -> list[Thing]:
    there = f"/v1/need-cards?adoption_id={path.product['adoption_id']}"
    return list(done(await member.get(there))["items"])


async def own(path: Path) -> Thing:
    return done(await path.owner.get(f"/v1/financing-needs/{path.need['id']}/card"))


async def test_a_stranger_has_no_card_and_asks_with_no_offer_of_others(city: City) -> None:
    path = await path_of(city).reach("need_open")
    there = f"/v1/financing-needs/{path.need['id']}/card"
    refused(await city.other_mill.get(there), 404, "not_found")
    refused(await city.clerk.get(there), 403, "not_permitted")
    listing = f"/v1/need-cards?adoption_id={path.product['adoption_id']}"
    refused(await city.other_clerk.get(listing), 403, "offer_not_yours")
    branch = await city.open_unit(city.clerk, below=False)
    elsewhere = await city.beside(city.clerk, Role.CLERK, unit_id=branch)
    refused(await elsewhere.get(listing), 403, "offer_not_yours")
    refused(await city.official.get(listing), 403, "not_permitted")
    refused(await city.clerk.get(f"/v1/need-cards?adoption_id={uuid4()}"), 404, "not_found")


async def test_only_an_open_product_is_asked_with(city: City) -> None:
    path = await path_of(city).reach("product_listed")
    there = f"/v1/adoptions/{path.product['adoption_id']}"
    seen = done(await city.product_manager.get(there))["version"]
    done(await city.product_manager.post(f"{there}/suspend", seen=seen))
    listing = f"/v1/need-cards?adoption_id={path.product['adoption_id']}"
    refused(await city.clerk.get(listing), 409, "offer_not_open")


async def test_too_few_alike_make_no_card_and_the_enterprise_is_told(city: City) -> None:
    path = await path_of(city).reach("need_open")
    preview = await own(path)
    assert preview["card"] is None
    assert preview["obstacle"] == "too_few_alike"
    assert preview["obstacle_text"].startswith("登记在册的同类企业不足 6 家")
    assert await cards(city.clerk, path) == []
    await crowd(city)
    assert len(await cards(city.clerk, path)) == 1


async def test_the_enterprise_sees_its_card_before_anybody(city: City) -> None:
    await crowd(city)
    path = await path_of(city).reach("need_drafted")
    preview = await own(path)
    assert not preview["fixed"]
    assert preview["card"]["enterprise"] == {
        "city": "320600",
        "district": DISTRICT,
        "cluster": None,
        "chain": "home_textiles",
        "size_band": "small",
        "honour_tier": "none",
    }
    assert preview["card"]["amount"] == {"lowest_fen": 300_000_000, "below_fen": 500_000_000}
    await path.reach("need_submitted")
    fixed = await own(path)
    assert fixed["fixed"]
    assert await _nothing_listed(city, path)
    await path.reach("need_open")
    (shown,) = await cards(city.clerk, path)
    assert {name: shown[name] for name in fixed["card"]} == fixed["card"]


async def _nothing_listed(city: City, path: Path) -> bool:
    return await cards(city.clerk, path) == []


async def test_a_card_holds_nothing_of_the_need_or_the_enterprise(city: City) -> None:
    await crowd(city)
    path = await path_of(city, need_changes={"summary": "扩产织机"}).reach("need_open")
    answer = await city.clerk.get(f"/v1/need-cards?adoption_id={path.product['adoption_id']}")
    (card,) = done(answer)["items"]
    mill = city.mill.actor
    secret = [path.need["id"], str(mill.organization_id), str(mill.person_id), "扩产织机", "120"]
    assert not [one for one in secret if one in answer.text]
    assert not {"created_at", "id", "total", "components", "needed_by"} & set(card)
    refused(await city.clerk.get(f"/v1/financing-needs/{card['card_id']}"), 404, "not_found")


async def test_an_excluded_bank_never_sees_the_card(city: City) -> None:
    await crowd(city)
    excluded = {"excluded_organization_ids": [str(city.clerk.actor.organization_id)]}
    path = await path_of(city, need_changes=excluded).reach("need_open")
    assert await cards(city.clerk, path) == []
    manager = await city.beside(city.other_clerk, Role.PRODUCT_MANAGER)
    product = await list_product(manager, city.official)
    there = f"/v1/need-cards?adoption_id={product['adoption_id']}"
    assert len(done(await city.other_clerk.get(there))["items"]) == 1


async def test_present_lenders_are_left_out_at_the_enterprises_wish(city: City) -> None:
    await crowd(city)
    lent = await path_of(city).reach("signed")
    wish = {"exclude_present_lenders": True}
    quiet = path_of(city, need_changes=wish)
    quiet.product, quiet.walked = lent.product, ["product_listed"]
    await quiet.reach("need_drafted")
    lender = str(city.clerk.actor.organization_id)
    assert quiet.need["excluded_organization_ids"] == [lender]
    await quiet.reach("need_open")
    assert await cards(city.clerk, quiet) == []
    other = path_of(city, owner=city.other_mill, need_changes=wish)
    other.product, other.walked = lent.product, ["product_listed"]
    assert (await other.reach("need_drafted")).need["excluded_organization_ids"] == []
    there = f"/v1/financing-needs/{other.need['id']}"
    draft = {"excluded_organization_ids": [lender], "exclude_present_lenders": True}
    changed = await city.other_mill.call("PATCH", there, draft, seen=other.need["version"])
    assert done(changed)["excluded_organization_ids"] == [lender]


async def test_a_withdrawn_need_has_no_card_any_more(city: City) -> None:
    await crowd(city)
    path = await path_of(city).reach("need_open")
    assert len(await cards(city.clerk, path)) == 1
    need = await path.need_now()
    done(await city.mill.post(f"/v1/financing-needs/{need['id']}/withdraw", seen=need["version"]))
    assert await cards(city.clerk, path) == []


async def test_talks_with_somebody_else_are_not_told(city: City) -> None:
    await crowd(city)
    path = await path_of(city).reach("need_open")
    before = await cards(city.clerk, path)
    await path.reach("contacted")
    assert await cards(city.clerk, path) == before


async def test_what_the_card_shows_decides_without_any_fact(city: City) -> None:
    await crowd(city)
    path = await path_of(city).reach("need_open")
    assert [card["fit"] for card in await cards(city.clerk, path)] == ["fits"]
    terms = {"purposes": ["merger_or_acquisition"]}
    other = await list_product(city.product_manager, city.official, terms=terms)
    there = f"/v1/need-cards?adoption_id={other['adoption_id']}"
    assert [card["fit"] for card in done(await city.clerk.get(there))["items"]] == ["does_not_fit"]


@pytest.mark.gate("G9")
async def test_no_threshold_finds_an_amount_inside_its_band(city: City, record_property: Any) -> None:
    """The smallest amount of a product is moved through the band in which the need lies."""
    await crowd(city)
    await path_of(city, need_changes={"amount_fen": 333_333_300}).reach("need_open")
    told = set()
    for smallest in (300_000_000, 333_333_299, 333_333_301, 499_999_900):
        terms = {"smallest_amount_fen": smallest}
        product = await list_product(city.product_manager, city.official, terms=terms)
        there = f"/v1/need-cards?adoption_id={product['adoption_id']}"
        told |= {card["fit"] for card in done(await city.clerk.get(there))["items"]}
    assert told == {"fits"}
    record_property("figure", "4 thresholds inside a card's band: one and the same answer")


@pytest.fixture
async def strict(
    settings: Settings, foundation: Foundation, clock: ShiftedClock, database: Database, gate: Gate
) -> httpx.AsyncClient:
    few = settings.model_copy(update={"fit_questions_per_offer_and_day": 3})
    app = create_app(few, foundation, clock=clock, database=database, gate=gate)
    transport = httpx.ASGITransport(app=app)
    return httpx.AsyncClient(transport=transport, base_url="http://testserver")


@pytest.mark.gate("G9")
async def test_questions_are_capped_a_day(
    city: City, strict: httpx.AsyncClient, clock: ShiftedClock, record_property: Any
) -> None:
    path = await path_of(city).reach("need_open")
    there = f"/v1/need-cards?adoption_id={path.product['adoption_id']}"
    async with strict as client:
        statuses = [(await client.get(there, headers=city.clerk.headers)).status_code for _ in range(5)]
        assert statuses == [200, 200, 200, 429, 429]
        manager = await client.get(there, headers=city.product_manager.headers)
        refused(manager, 429, "fit_questions_capped")
        assert 0 < int(manager.headers["retry-after"]) <= 86_400
        clock.advance(timedelta(days=1))
        headers = {"authorization": f"Bearer {city.gate.issuer.issue(city.clerk.actor).token}"}
        assert (await client.get(there, headers=headers)).status_code == 200
    record_property("figure", "3 questions a day with one offer, then 429 for everybody of the bank")


async def test_a_card_becomes_coarser_and_never_finer(city: City) -> None:
    neighbours = await crowd(city)
    path = await path_of(city).reach("need_open")
    (before,) = await cards(city.clerk, path)
    assert before["enterprise"]["honour_tier"] == "none"
    for one in neighbours[:3]:
        await state_facts(city, one, {"headcount": 5})
    (still,) = await cards(city.clerk, path)
    assert still == before, "five still fit"
    await state_facts(city, neighbours[3], {"headcount": 5})
    (coarser,) = await cards(city.clerk, path)
    assert coarser["card_id"] == before["card_id"]
    assert coarser["enterprise"]["size_band"] is None
    for one in neighbours:
        await state_facts(city, one, {"headcount": 120})
    assert await cards(city.clerk, path) == [coarser]


async def test_cards_come_page_by_page_in_the_order_of_their_ids(city: City) -> None:
    await crowd(city)
    path = await path_of(city).reach("product_listed")
    for _ in range(5):
        walked = path_of(city)
        walked.product, walked.walked = path.product, ["product_listed"]
        await walked.reach("need_open")
    base = f"/v1/need-cards?adoption_id={path.product['adoption_id']}&limit=2"
    found: list[str] = []
    query = ""
    while True:
        page = done(await city.clerk.get(base + query))
        found += [card["card_id"] for card in page["items"]]
        if page["next"] is None:
            break
        query = f"&cursor={page['next']}"
    assert len(found) == 5
    assert found == sorted(found)


async def _lab(city: City) -> tuple[Member, Member, Thing]:
    """A secretary, the official of science, and an open capability."""
    secretary = await city.enrol(OrganizationKind.UNIVERSITY, Role.SECRETARY)
    science = await city.enrol(OrganizationKind.GOVERNMENT, Role.OFFICIAL, line_of_duty=LineOfDuty.SCIENCE)
    capability = done(await secretary.post("/v1/capabilities", capability_draft(secretary)), 201)
    there = f"/v1/capabilities/{capability['id']}"
    capability = done(await secretary.post(f"{there}/submit", seen=capability["version"]))
    return secretary, science, done(await science.post(f"{there}/open", seen=capability["version"]))


async def _demand(city: City, science: Member, **changes: Any) -> Thing:
    draft = demand_draft(city.mill, **changes)
    demand = done(await city.mill.post("/v1/research-demands", draft), 201)
    there = f"/v1/research-demands/{demand['id']}"
    demand = done(await city.mill.post(f"{there}/submit", seen=demand["version"]))
    return done(await science.post(f"{there}/open", seen=demand["version"]))


async def test_strangers_to_a_capability_ask_nothing_with_it(city: City) -> None:
    secretary, science, capability = await _lab(city)
    listing = f"/v1/demand-cards?capability_id={capability['id']}"
    demand = await _demand(city, science)
    stranger = await city.enrol(OrganizationKind.UNIVERSITY, Role.SECRETARY)
    refused(await stranger.get(listing), 403, "offer_not_yours")
    researcher = await city.beside(secretary, Role.RESEARCHER)
    refused(await researcher.get(listing), 403, "not_permitted")
    refused(await city.other_mill.get(f"/v1/research-demands/{demand['id']}/card"), 404, "not_found")


async def test_a_laboratory_sees_why_a_demand_is_close(city: City) -> None:
    await crowd(city)
    _secretary, science, capability = await _lab(city)
    demand = await _demand(city, science, problem="涉密的织机参数", confidential_part="绝密配方")
    far = await _demand(city, science, public_abstract="寻求船用柴油机排放检测。")
    answer = await _secretary.get(f"/v1/demand-cards?capability_id={capability['id']}")
    by_abstract = {card["public_abstract"]: card for card in done(answer)["items"]}
    near_card, far_card = (by_abstract[one["public_abstract"]] for one in (demand, far))
    assert near_card["relevance"] > far_card["relevance"]
    assert "阻燃整理" in near_card["reasons"][0]["text"]
    secret = [
        demand["id"],
        "涉密的织机参数",
        "绝密配方",
        str(city.mill.actor.organization_id),
        demand["title"],
    ]
    assert not [one for one in secret if one in answer.text]


async def test_an_abstract_that_names_the_enterprise_is_shown_to_nobody(city: City) -> None:
    await crowd(city)
    secretary, science, capability = await _lab(city)
    organization = done(await city.mill.get(f"/v1/organizations/{city.mill.actor.organization_id}"))
    demand = await _demand(city, science, public_abstract=f"{organization['name_zh']}寻求阻燃工艺")
    card = done(await city.mill.get(f"/v1/research-demands/{demand['id']}/card"))
    assert card["card"] is None
    assert card["obstacle"] == "abstract_names_enterprise"
    listing = f"/v1/demand-cards?capability_id={capability['id']}"
    assert done(await secretary.get(listing))["items"] == []


async def test_an_excluded_university_never_sees_the_demand(city: City) -> None:
    await crowd(city)
    secretary, science, capability = await _lab(city)
    listing = f"/v1/demand-cards?capability_id={capability['id']}"
    await _demand(city, science, excluded_organization_ids=[str(secretary.actor.organization_id)])
    assert done(await secretary.get(listing))["items"] == []
    demand = await _demand(city, science)
    card = done(await city.mill.get(f"/v1/research-demands/{demand['id']}/card"))["card"]
    assert card["budget"] == {"lowest_fen": 50_000_000, "below_fen": 100_000_000}
    assert [one["card_id"] for one in done(await secretary.get(listing))["items"]] == [card["card_id"]]
