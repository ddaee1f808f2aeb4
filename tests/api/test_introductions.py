"""Introductions: who picks, which unit answers, what each side and nobody else learns, and how they end."""

from typing import Any

import psycopg
import pytest

from city import City, Member
from schemas.vocabulary import OrganizationKind, Role
from tests.api.steps import Path, done, items, list_product, path_of, refused

pytestmark = pytest.mark.database
INTRODUCTIONS = "/v1/introductions"
NOTE = "补充应收账款质押后可再议"
OUT_OF_ORDER = (
    ("requested", "clerk", "contact"),
    ("requested", "clerk", "offer"),
    ("requested", "mill", "begin-diligence"),
    ("accepted", "clerk", "accept"),
    ("accepted", "clerk", "offer"),
    ("contacted", "clerk", "offer"),
    ("offered", "clerk", "accept"),
    ("signed", "mill", "withdraw"),
    ("signed", "clerk", "decline"),
)


async def reach_second_bank(city: City, path: Path) -> Path:
    """The same need, also before the other bank, as a path of its own."""
    manager = await city.beside(city.other_clerk, Role.PRODUCT_MANAGER)
    second = path_of(city, clerk=city.other_clerk, manager=manager)
    second.product = await list_product(manager, city.official)
    second.need = path.need
    second.walked = ["product_listed", "need_drafted", "need_submitted", "need_open"]
    return await second.reach("requested")


async def test_only_the_owner_picks_because_picking_discloses(city: City) -> None:
    path = await path_of(city).reach("matched")
    pick = {"candidate_id": path.run["candidates"][0]["id"]}
    for role in (Role.ACCOUNTANT, Role.HELPER, Role.TECHNICAL_LEAD, Role.ADMINISTRATOR, Role.OBSERVER):
        colleague = await city.beside(city.mill, role)
        refused(await colleague.post(INTRODUCTIONS, pick), 403, "not_permitted")
    for member in (city.clerk, city.official, city.observer):
        refused(await member.post(INTRODUCTIONS, pick), 403, "not_permitted")
    refused(await city.other_mill.post(INTRODUCTIONS, pick), 404, "not_found")
    assert await items(city.mill, INTRODUCTIONS) == []


async def test_a_need_goes_to_one_unit_of_the_bank_and_to_nobody_else(city: City) -> None:
    path = await path_of(city).reach("requested")
    there = f"{INTRODUCTIONS}/{path.introduction['id']}"
    branch = await city.open_unit(city.clerk, below=False)
    elsewhere = await city.beside(city.clerk, Role.CLERK, unit_id=branch)
    for stranger in (elsewhere, city.other_clerk, city.other_mill):
        refused(await stranger.get(there), 404, "not_found")
        assert await items(stranger, INTRODUCTIONS) == []
        refused(await stranger.get(f"/v1/financing-needs/{path.need['id']}"), 404, "not_found")
        refused(await stranger.get(f"/v1/organizations/{city.mill.actor.organization_id}"), 404, "not_found")
    for stranger in (elsewhere, city.other_clerk):
        refused(await stranger.post(f"{there}/accept", seen=1), 404, "not_found")
    for member in (city.mill, city.clerk, city.product_manager):
        assert done(await member.get(there))["state"] == "requested"


async def test_the_office_above_a_branch_sees_what_went_to_it(city: City) -> None:
    branch = await city.open_unit(city.clerk, below=True)
    clerk = await city.beside(city.clerk, Role.CLERK, unit_id=branch)
    manager = await city.beside(city.clerk, Role.PRODUCT_MANAGER, unit_id=branch)
    path = await path_of(city, clerk=clerk, manager=manager).reach("requested")
    there = f"{INTRODUCTIONS}/{path.introduction['id']}"
    assert path.introduction["provider_unit_id"] == str(branch)
    for member in (clerk, city.clerk):
        assert done(await member.get(there))["state"] == "requested"
    await path.step(city.clerk, "accept")


async def test_officials_see_no_single_introduction(city: City) -> None:
    path = await path_of(city).reach("requested")
    await path.step(city.clerk, "decline", {"code": "credit_record", "note": NOTE})
    for member in (city.official, city.observer):
        there = f"{INTRODUCTIONS}/{path.introduction['id']}"
        refused(await member.get(there), 403, "not_permitted")
        refused(await member.get(INTRODUCTIONS), 403, "not_permitted")
        for page in ("/v1/tasks", "/v1/financing-needs", "/v1/agreements", "/v1/tracking"):
            assert "credit_record" not in (await member.get(page)).text


async def test_a_decline_is_known_to_its_two_parties_only(city: City) -> None:
    path = await path_of(city).reach("requested")
    second = await reach_second_bank(city, path)
    await path.step(city.clerk, "decline", {"code": "owner_or_guarantor_credit", "note": NOTE})
    there = f"{INTRODUCTIONS}/{path.introduction['id']}"
    for member in (city.mill, city.clerk):
        shown = done(await member.get(there))
        assert (shown["decline_code"], shown["decline_note"]) == ("owner_or_guarantor_credit", NOTE)
    pages = ("tasks", "financing-needs", "introductions", "agreements", "credit-products")
    for page in pages:
        text = (await city.other_clerk.get(f"/v1/{page}")).text
        assert "owner_or_guarantor_credit" not in text
        assert NOTE not in text
        assert path.introduction["id"] not in text
    seen = done(await city.other_clerk.get(f"/v1/financing-needs/{path.need['id']}"))
    assert (seen["state"], seen["version"]) == ("open", second.need["version"])


async def test_a_decline_needs_a_code(city: City) -> None:
    path = await path_of(city).reach("requested")
    there = f"{INTRODUCTIONS}/{path.introduction['id']}/decline"
    for body, pointer, code in (
        ({}, "/code", "field_missing"),
        ({"code": "no_reason"}, "/code", "not_among"),
        ({"code": "quota", "note": ""}, "/note", "text_too_short"),
    ):
        refused(await city.clerk.post(there, body, seen=1), 422, code, pointer)
    assert done(await city.mill.get(f"{INTRODUCTIONS}/{path.introduction['id']}"))["state"] == "requested"


async def test_not_taking_an_offer_needs_a_reason(city: City) -> None:
    path = await path_of(city).reach("offered")
    there = f"{INTRODUCTIONS}/{path.introduction['id']}/not-take"
    seen = path.introduction["version"]
    refused(await city.mill.post(there, {}, seen=seen), 422, "field_missing", "/reason")
    ended = done(await city.mill.post(there, {"reason": "other_offer"}, seen=seen))
    assert (ended["state"], ended["not_taken_reason"]) == ("not_taken", "other_offer")


async def test_steps_out_of_order_are_refused(city: City) -> None:
    path = path_of(city)
    for stage, who, action in OUT_OF_ORDER:
        await path.reach(stage)
        member: Member = getattr(city, who)
        introduction = done(await member.get(f"{INTRODUCTIONS}/{path.introduction['id']}"))
        body = {"code": "quota"} if action == "decline" else None
        there = f"{INTRODUCTIONS}/{introduction['id']}"
        answer = await member.post(f"{there}/{action}", body, seen=introduction["version"])
        refused(answer, 409, "transition_out_of_order")
        assert done(await member.get(there)) == introduction


async def test_each_side_keeps_to_its_own_steps(city: City) -> None:
    path = await path_of(city).reach("requested")
    there = f"{INTRODUCTIONS}/{path.introduction['id']}"
    others = {
        "mill": (("accept", None), ("decline", {"code": "quota"}), ("contact", None), ("offer", None)),
        "clerk": (("withdraw", None), ("not-take", {"reason": "cost"})),
    }
    for who, steps in others.items():
        for action, body in steps:
            refused(await getattr(city, who).post(f"{there}/{action}", body, seen=1), 403, "not_permitted")


@pytest.mark.parametrize("who", ["mill", "clerk"])
async def test_either_side_says_that_the_documents_are_complete(city: City, who: str) -> None:
    path = await path_of(city).reach("contacted")
    assert (await path.step(getattr(city, who), "begin-diligence"))["state"] == "in_diligence"


async def test_an_offer_is_picked_once_at_a_time(city: City) -> None:
    path = await path_of(city).reach("requested")
    pick = {"candidate_id": path.run["candidates"][0]["id"]}
    refused(await city.mill.post(INTRODUCTIONS, pick), 409, "introduced_already")
    await path.step(city.mill, "withdraw")
    again = done(await city.mill.post(INTRODUCTIONS, pick), 201)
    assert again["id"] != path.introduction["id"]


async def test_what_the_need_cannot_have_is_not_picked(city: City) -> None:
    path = await path_of(city, product_changes={"terms": {"purposes": ["refinancing"]}}).reach("matched")
    candidate = path.run["candidates"][0]
    assert candidate["verdict"] == "ineligible"
    refused(
        await city.mill.post(INTRODUCTIONS, {"candidate_id": candidate["id"]}), 409, "candidate_ineligible"
    )


async def test_a_provider_excluded_since_the_match_is_not_picked(city: City, superuser_url: str) -> None:
    """No operation leads there today; the wall holds all the same."""
    path = await path_of(city).reach("matched")
    with psycopg.connect(superuser_url) as behind:
        behind.execute(
            "UPDATE financing_need SET excluded_organization_ids = %s", ([city.clerk.actor.organization_id],)
        )
    pick = {"candidate_id": path.run["candidates"][0]["id"]}
    refused(await city.mill.post(INTRODUCTIONS, pick), 409, "provider_excluded")


@pytest.mark.parametrize("action", ["suspend", "withdraw"])
async def test_a_product_taken_back_since_the_match_is_not_picked(city: City, action: str) -> None:
    path = await path_of(city).reach("matched")
    there = f"/v1/credit-products/{path.product['id']}"
    done(await city.product_manager.post(f"{there}/{action}", seen=path.product["version"]))
    pick = {"candidate_id": path.run["candidates"][0]["id"]}
    refused(await city.mill.post(INTRODUCTIONS, pick), 409, "offer_not_open")


async def test_an_unknown_candidate_is_not_found(city: City) -> None:
    pick: dict[str, Any] = {"candidate_id": "019600aa-0000-7000-8000-000000000001"}
    refused(await city.mill.post(INTRODUCTIONS, pick), 404, "not_found")
    refused(await city.mill.post(INTRODUCTIONS, {}), 422, "one_candidate_wanted", "")


async def test_a_need_stays_in_talks_while_any_provider_talks(city: City) -> None:
    """A bank sees its own introduction alone, and still must not end the talks of another."""
    path = await path_of(city).reach("requested")
    second = await reach_second_bank(city, path)
    states = []
    for walk in (
        path.step(city.clerk, "accept"),
        second.step(city.other_clerk, "accept"),
        path.step(city.clerk, "decline", {"code": "quota"}),
        second.step(city.other_clerk, "contact"),
        second.step(city.other_clerk, "decline", {"code": "capacity"}),
    ):
        await walk
        states.append((await path.need_now())["state"])
    assert states == ["in_talks", "in_talks", "in_talks", "in_talks", "open"]


async def test_signing_with_one_bank_leaves_the_other_introduction_to_its_parties(city: City) -> None:
    path = await path_of(city).reach("requested")
    second = await reach_second_bank(city, path)
    await second.step(city.other_clerk, "accept")
    await path.reach("signed")
    assert (await path.need_now())["state"] == "signed"
    await second.step(city.mill, "withdraw")
    assert (await path.need_now())["state"] == "signed"


async def test_introductions_are_listed_by_state(city: City) -> None:
    path = await path_of(city).reach("accepted")
    for state, found in (("accepted", [path.introduction["id"]]), ("declined", [])):
        page = done(await city.clerk.get(f"{INTRODUCTIONS}?state={state}"))
        assert [one["id"] for one in page["items"]] == found


async def test_providers_of_other_kinds_see_none(city: City) -> None:
    await path_of(city).reach("requested")
    guarantor = await city.enrol(OrganizationKind.GUARANTOR, Role.OBSERVER)
    refused(await guarantor.get(INTRODUCTIONS), 403, "not_permitted")
    university = await city.enrol(OrganizationKind.UNIVERSITY, Role.OBSERVER)
    assert await items(university, INTRODUCTIONS) == []
