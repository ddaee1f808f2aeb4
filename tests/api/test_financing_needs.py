"""Financing needs: the five answers, who fills, who submits, who vets, and who never hears of them."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from city import City, Member, need_draft, today
from matchmaking.clock import ShiftedClock
from schemas.vocabulary import LineOfDuty, OrganizationKind, Role
from tests.api.steps import done, items, path_of, refused

pytestmark = pytest.mark.database
NEEDS = "/v1/financing-needs"
FILLERS = (Role.ACCOUNTANT, Role.HELPER)
IMPOSSIBLE: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"needed_by": today().isoformat()}, "/needed_by", "needed_by_not_ahead"),
    ({"needed_by": "2020-01-01"}, "/needed_by", "needed_by_not_ahead"),
    ({"pledges": ["none", "equity"]}, "/pledges", "pledges_contradict"),
    ({"pledges": []}, "/pledges", "list_too_short"),
    ({"amount_fen": 0}, "/amount_fen", "number_too_small"),
    ({"amount_fen": 10**15}, "/amount_fen", "number_too_large"),
    ({"amount_fen": "300"}, "/amount_fen", "not_integer"),
    ({"tenor_months": 0}, "/tenor_months", "number_too_small"),
    ({"summary": ""}, "/summary", "text_too_short"),
    ({"anonymous": True}, "/anonymous", "field_unknown"),
)


def draft_of(member: Member, **changes: Any) -> dict[str, Any]:
    return need_draft(member.actor.person_id, **changes)


async def test_nobody_but_enterprises_asks(city: City) -> None:
    for member in (city.clerk, city.product_manager, city.official, city.observer):
        refused(await member.post(NEEDS, draft_of(city.mill)), 403, "not_permitted")
    for role in (Role.TECHNICAL_LEAD, Role.ADMINISTRATOR, Role.OBSERVER):
        colleague = await city.beside(city.mill, role)
        refused(await colleague.post(NEEDS, draft_of(city.mill)), 403, "not_permitted")
    assert await items(city.mill, NEEDS) == []


async def test_a_draft_is_the_enterprises_own(city: City) -> None:
    need = done(await city.mill.post(NEEDS, draft_of(city.mill)), 201)
    there = f"{NEEDS}/{need['id']}"
    for member in (city.other_mill, city.clerk, city.other_clerk, city.official, city.observer):
        refused(await member.get(there), 404, "not_found")
        assert await items(member, NEEDS) == []
    done(await city.mill.post(f"{there}/withdraw", seen=need["version"]))
    for member in (city.official, city.observer):
        refused(await member.get(there), 404, "not_found")


async def test_strangers_change_nothing(city: City) -> None:
    path = await path_of(city).reach("need_drafted")
    there, seen = f"{NEEDS}/{path.need['id']}", path.need["version"]
    refused(await city.other_mill.call("PATCH", there, {"amount_fen": 1}, seen=seen), 404, "not_found")
    for action in ("submit", "withdraw"):
        refused(await city.other_mill.post(f"{there}/{action}", seen=seen), 404, "not_found")
    refused(await city.official.post(f"{there}/open", seen=seen), 404, "not_found")
    assert await path.need_now() == path.need


@pytest.mark.parametrize("role", FILLERS)
async def test_those_who_fill_do_not_consent(city: City, role: Role) -> None:
    filler = await city.beside(city.mill, role)
    need = done(await filler.post(NEEDS, draft_of(city.mill)), 201)
    there = f"{NEEDS}/{need['id']}"
    need = done(await filler.call("PATCH", there, {"tenor_months": 24}, seen=need["version"]))
    for action in ("submit", "withdraw"):
        refused(await filler.post(f"{there}/{action}", seen=need["version"]), 403, "not_permitted")
    assert done(await city.mill.post(f"{there}/submit", seen=need["version"]))["state"] == "submitted"


async def test_only_finance_officials_of_the_area_vet(city: City) -> None:
    path = await path_of(city).reach("need_submitted")
    there, seen = f"{NEEDS}/{path.need['id']}", path.need["version"]
    government = OrganizationKind.GOVERNMENT
    for elsewhere in ("320612", "320500"):
        official = await city.enrol(government, Role.OFFICIAL, area=elsewhere)
        refused(await official.get(there), 404, "not_found")
        refused(await official.post(f"{there}/open", seen=seen), 404, "not_found")
    for duty in (LineOfDuty.EDUCATION, LineOfDuty.PARTY_OFFICE):
        official = await city.enrol(government, Role.OFFICIAL, line_of_duty=duty)
        refused(await official.post(f"{there}/open", seen=seen), 403, "not_permitted")
    for member in (city.mill, city.clerk, city.observer):
        refused(await member.post(f"{there}/open", seen=seen), 403, "not_permitted")
    of_district = await city.enrol(government, Role.OFFICIAL, area="320602")
    assert done(await of_district.post(f"{there}/open", seen=seen))["state"] == "open"


async def test_a_need_without_defects_named_is_not_returned(city: City) -> None:
    path = await path_of(city).reach("need_submitted")
    there = f"{NEEDS}/{path.need['id']}/return"
    for body, pointer in (({}, "/defects"), ({"defects": []}, "/defects"), ({"defects": [""]}, "/defects/0")):
        answer = await city.official.post(there, body, seen=path.need["version"])
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == pointer
    assert (await path.need_now())["state"] == "submitted"


async def test_a_need_is_returned_with_defects_mended_and_opened(city: City) -> None:
    path = await path_of(city).reach("need_submitted")
    there = f"{NEEDS}/{path.need['id']}"
    body = {"defects": ["用途与期限不符"]}
    returned = done(await city.official.post(f"{there}/return", body, seen=path.need["version"]))
    assert returned["state"] == "returned"
    shown = await path.need_now()
    assert shown["returned_defects"] == ["用途与期限不符"]
    refused(await city.official.post(f"{there}/open", seen=shown["version"]), 409, "transition_out_of_order")
    need = done(await city.mill.call("PATCH", there, {"tenor_months": 6}, seen=shown["version"]))
    need = done(await city.mill.post(f"{there}/submit", seen=need["version"]))
    assert (need["state"], need["returned_defects"], need["tenor_months"]) == ("submitted", None, 6)
    assert done(await city.official.post(f"{there}/open", seen=need["version"]))["state"] == "open"


async def test_what_was_vetted_is_not_changed_any_more(city: City) -> None:
    path = await path_of(city).reach("need_submitted")
    there = f"{NEEDS}/{path.need['id']}"
    for _ in range(2):
        answer = await city.mill.call("PATCH", there, {"amount_fen": 1}, seen=path.need["version"])
        refused(answer, 409, "need_not_editable")
        await path.reach("need_open")


async def test_a_withdrawn_need_neither_matches_nor_comes_back(city: City) -> None:
    path = await path_of(city).reach("matched")
    there = f"{NEEDS}/{path.need['id']}"
    need = done(await city.mill.post(f"{there}/withdraw", seen=path.need["version"]))
    assert need["state"] == "withdrawn"
    refused(await city.mill.post("/v1/match-runs", {"need_id": need["id"]}), 409, "need_not_open")
    pick = {"candidate_id": path.run["candidates"][0]["id"]}
    refused(await city.mill.post("/v1/introductions", pick), 409, "need_not_open")
    for action in ("submit", "withdraw"):
        again = await city.mill.post(f"{there}/{action}", seen=need["version"])
        refused(again, 409, "transition_out_of_order")


async def test_a_signed_need_is_not_withdrawn(city: City) -> None:
    path = await path_of(city).reach("signed")
    need = await path.need_now()
    there = f"{NEEDS}/{need['id']}/withdraw"
    refused(await city.mill.post(there, seen=need["version"]), 409, "transition_out_of_order")
    assert (await path.need_now())["state"] == "signed"


async def test_whom_the_enterprise_excluded_is_its_own_business(city: City) -> None:
    excluded = [str(city.other_clerk.actor.organization_id)]
    path = await path_of(city, need_changes={"excluded_organization_ids": excluded}).reach("requested")
    assert path.need["excluded_organization_ids"] == excluded
    there = f"{NEEDS}/{path.need['id']}"
    for member in (city.official, city.observer, city.clerk):
        assert done(await member.get(there))["excluded_organization_ids"] == []
        assert excluded[0] not in (await member.get(NEEDS)).text


async def test_a_bank_learns_of_a_need_by_an_introduction_only(city: City) -> None:
    path = await path_of(city).reach("matched")
    there = f"{NEEDS}/{path.need['id']}"
    refused(await city.clerk.get(there), 404, "not_found")
    await path.reach("requested")
    assert done(await city.clerk.get(there))["amount_fen"] == path.need["amount_fen"]
    refused(await city.other_clerk.get(there), 404, "not_found")
    for member, found in ((city.clerk, 1), (city.other_clerk, 0)):
        assert len(await items(member, NEEDS)) == found


async def test_answers_that_cannot_be_are_refused_by_name(city: City) -> None:
    kept = done(await city.mill.post(NEEDS, draft_of(city.mill)), 201)
    there = f"{NEEDS}/{kept['id']}"
    for changes, pointer, code in IMPOSSIBLE:
        refused(await city.mill.post(NEEDS, draft_of(city.mill, **changes)), 422, code, pointer)
        refused(await city.mill.call("PATCH", there, changes, seen=kept["version"]), 422, code, pointer)
    assert [(one["id"], one["version"]) for one in await items(city.mill, NEEDS)] == [(kept["id"], 1)]


async def test_all_five_answers_are_asked_for(city: City) -> None:
    for missing in ("amount_fen", "purpose", "needed_by", "pledges", "contact_person_id"):
        draft = draft_of(city.mill)
        del draft[missing]
        refused(await city.mill.post(NEEDS, draft), 422, "field_missing", f"/{missing}")
    assert await items(city.mill, NEEDS) == []


async def test_whom_to_call_is_a_living_member_of_the_enterprise(
    city: City, superuser_url: str, clock: ShiftedClock
) -> None:
    strangers = (city.other_mill, city.clerk)
    helper = await city.beside(city.mill, Role.HELPER)
    done(await city.mill.post(NEEDS, draft_of(helper)), 201)
    with psycopg.connect(superuser_url) as behind:
        ends_at = clock.now() - timedelta(minutes=1)
        behind.execute(
            "UPDATE membership SET ends_at = %s WHERE id = %s", (ends_at, helper.actor.membership_id)
        )
    for contact in (*strangers, helper):
        answer = await city.mill.post(NEEDS, draft_of(contact))
        refused(answer, 422, "contact_not_a_member", "/contact_person_id")


async def test_needs_are_listed_by_state(city: City) -> None:
    path = await path_of(city).reach("need_open")
    draft = done(await city.mill.post(NEEDS, draft_of(city.mill)), 201)
    by_state = {
        state: [one["id"] for one in done(await city.mill.get(f"{NEEDS}?state={state}"))["items"]]
        for state in ("open", "draft", "signed")
    }
    assert by_state == {"open": [path.need["id"]], "draft": [draft["id"]], "signed": []}
