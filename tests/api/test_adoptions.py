"""Adoptions: a bank's own units offer its products, once each, and what is suspended is not offered."""

from typing import Any

import pytest

from city import City, product_draft
from schemas.vocabulary import Role
from tests.api.steps import adoption_draft, done, items, list_product, path_of, refused

pytestmark = pytest.mark.database
STRANGE = "019600aa-0000-7000-8000-000000000001"
IMPOSSIBLE: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"territory": []}, "/territory", "list_too_short"),
    ({"territory": ["3206"]}, "/territory/0", "text_form"),
    ({"authority_limit_fen": 0}, "/authority_limit_fen", "number_too_small"),
    ({"quota_fen": "1"}, "/quota_fen", "not_integer"),
    ({"unit_id": "here"}, "/unit_id", "not_identifier"),
)


async def test_only_product_managers_adopt_and_suspend(city: City) -> None:
    product = await list_product(city.product_manager, city.official)
    there = f"/v1/credit-products/{product['id']}/adoptions"
    adoption = done(await city.mill.get(f"/v1/adoptions/{product['adoption_id']}"))
    for member in (city.clerk, city.mill, city.official):
        refused(await member.post(there, adoption_draft(city.product_manager)), 403, "not_permitted")
        suspend = f"/v1/adoptions/{adoption['id']}/suspend"
        refused(await member.post(suspend, seen=adoption["version"]), 403, "not_permitted")
    stranger = await city.beside(city.other_clerk, Role.PRODUCT_MANAGER)
    suspend = await stranger.post(f"/v1/adoptions/{adoption['id']}/suspend", seen=adoption["version"])
    refused(suspend, 403, "not_your_organization")


async def test_a_units_offers_are_made_from_above_it_only(city: City) -> None:
    manager = city.product_manager
    product = await list_product(manager, city.official)
    there = f"/v1/credit-products/{product['id']}/adoptions"
    below = await city.open_unit(manager, below=True)
    apart = await city.open_unit(manager, below=False)
    strange_unit = str(city.other_clerk.actor.unit_id)
    refused(
        await manager.post(there, adoption_draft(manager, unit_id=strange_unit)), 403, "not_your_organization"
    )
    refused(await manager.post(there, adoption_draft(manager, unit_id=str(apart))), 403, "not_your_unit")
    unknown = await manager.post(there, adoption_draft(manager, unit_id=STRANGE))
    refused(unknown, 422, "unit_unknown", "/unit_id")
    adoption = done(await manager.post(there, adoption_draft(manager, unit_id=str(below))), 201)
    assert adoption["unit_id"] == str(below)


async def test_a_draft_is_not_adopted_by_strangers_who_cannot_know_of_it(city: City) -> None:
    product = done(await city.product_manager.post("/v1/credit-products", product_draft()), 201)
    stranger = await city.beside(city.other_clerk, Role.PRODUCT_MANAGER)
    there = f"/v1/credit-products/{product['id']}/adoptions"
    refused(await stranger.post(there, adoption_draft(stranger)), 404, "not_found")
    refused(await stranger.get(there), 404, "not_found")


async def test_a_unit_adopts_a_product_once(city: City) -> None:
    manager = city.product_manager
    product = await list_product(manager, city.official)
    there = f"/v1/credit-products/{product['id']}/adoptions"
    refused(await manager.post(there, adoption_draft(manager)), 409, "adopted_already", "/unit_id")
    assert len(await items(manager, there)) == 1


async def test_bad_adoptions_name_their_field(city: City) -> None:
    product = done(await city.product_manager.post("/v1/credit-products", product_draft()), 201)
    there = f"/v1/credit-products/{product['id']}/adoptions"
    for changes, pointer, code in IMPOSSIBLE:
        answer = await city.product_manager.post(there, adoption_draft(city.product_manager, **changes))
        refused(answer, 422, code, pointer)
    assert await items(city.product_manager, there) == []


async def test_authority_and_quota_stay_the_banks_own(city: City) -> None:
    manager = city.product_manager
    product = done(await manager.post("/v1/credit-products", product_draft()), 201)
    there = f"/v1/credit-products/{product['id']}/adoptions"
    draft = adoption_draft(manager, authority_limit_fen=123_456_789, quota_fen=987_654_321)
    done(await manager.post(there, draft), 201)
    done(await manager.post(f"/v1/credit-products/{product['id']}/submit", seen=product["version"]))
    for member in (city.official, city.observer):
        shown = (await member.get(there)).text
        assert "320602" in shown
        assert "123456789" not in shown
        assert "987654321" not in shown


async def test_a_suspended_offer_is_neither_matched_nor_picked(city: City) -> None:
    path = await path_of(city).reach("matched")
    there = f"/v1/adoptions/{path.product['adoption_id']}"
    adoption = done(await city.product_manager.get(there))
    suspended = done(await city.product_manager.post(f"{there}/suspend", seen=adoption["version"]))
    assert suspended["state"] == "suspended"
    again = await city.product_manager.post(f"{there}/suspend", seen=suspended["version"])
    refused(again, 409, "transition_out_of_order")
    pick = {"candidate_id": path.run["candidates"][0]["id"]}
    refused(await city.mill.post("/v1/introductions", pick), 409, "offer_not_open")
    run = done(await city.mill.post("/v1/match-runs", {"need_id": path.need["id"]}), 201)
    assert run["candidates"] == []


async def test_a_branch_lists_what_it_offers_and_nothing_of_others(city: City) -> None:
    mine = await list_product(city.product_manager, city.official)
    stranger = await city.beside(city.other_clerk, Role.PRODUCT_MANAGER)
    theirs = await list_product(stranger, city.official)
    apart = await city.open_unit(city.clerk, below=False)
    elsewhere = await city.beside(city.clerk, Role.CLERK, unit_id=apart)
    for member in (elsewhere, city.mill, city.official):
        assert await items(member, "/v1/adoptions") == []
    assert [one["id"] for one in await items(city.clerk, "/v1/adoptions")] == [mine["adoption_id"]]
    assert [one["id"] for one in await items(stranger, "/v1/adoptions")] == [theirs["adoption_id"]]


async def test_an_offer_of_a_unit_below_is_listed_above(city: City) -> None:
    manager = city.product_manager
    product = await list_product(manager, city.official)
    below = await city.open_unit(manager, below=True)
    there = f"/v1/credit-products/{product['id']}/adoptions"
    adoption = done(await manager.post(there, adoption_draft(manager, unit_id=str(below))), 201)
    assert adoption["id"] in [one["id"] for one in await items(manager, "/v1/adoptions")]
