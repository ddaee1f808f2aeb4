"""Policy measures: published by an office in its line of duty, read by everybody once open, and dated."""

from typing import Any

import psycopg
import pytest

from city import City, Member
from schemas.vocabulary import LineOfDuty, OrganizationKind, Role
from tests.api.listing_steps import GRADE, in_days, measure_draft
from tests.api.steps import Thing, done, items, kinds_of_tasks, refused
from tests.api.test_credit_products import BAD_RULES

pytestmark = pytest.mark.database
MEASURES = "/v1/policy-measures"


async def opened(official: Member, **changes: Any) -> Thing:
    measure = done(await official.post(MEASURES, measure_draft(**changes)), 201)
    return done(await official.post(f"{MEASURES}/{measure['id']}/open", seen=measure["version"]))


async def test_only_officials_publish_measures(city: City) -> None:
    measure = await opened(city.official)
    there, seen = f"{MEASURES}/{measure['id']}", measure["version"]
    party = await city.enrol(OrganizationKind.GOVERNMENT, Role.OFFICIAL, line_of_duty=LineOfDuty.PARTY_OFFICE)
    for member in (city.mill, city.product_manager, city.clerk, city.observer, party):
        refused(await member.post(MEASURES, measure_draft()), 403, "not_permitted")
        for action in ("open", "renew", "withdraw"):
            refused(await member.post(f"{there}/{action}", seen=seen), 403, "not_permitted")
        refused(await member.call("PUT", there, measure_draft(), seen=seen), 403, "not_permitted")


async def test_an_office_changes_what_it_issued_and_nothing_else(city: City) -> None:
    measure = await opened(city.official)
    there, seen = f"{MEASURES}/{measure['id']}", measure["version"]
    elsewhere = await city.enrol(OrganizationKind.GOVERNMENT, Role.OFFICIAL)
    for action in ("renew", "withdraw"):
        refused(await elsewhere.post(f"{there}/{action}", seen=seen), 403, "not_your_organization")
    refused(await elsewhere.call("PUT", there, measure_draft(), seen=seen), 403, "not_your_organization")
    assert done(await elsewhere.get(there)) == measure


async def test_a_draft_is_the_offices_own(city: City) -> None:
    measure = done(await city.official.post(MEASURES, measure_draft()), 201)
    there = f"{MEASURES}/{measure['id']}"
    elsewhere = await city.enrol(OrganizationKind.GOVERNMENT, Role.OFFICIAL)
    for member in (city.mill, city.clerk, elsewhere):
        refused(await member.get(there), 404, "not_found")
        assert await items(member, MEASURES) == []
    assert "complete_policy_measure" in await kinds_of_tasks(city.official)
    assert "complete_policy_measure" not in await kinds_of_tasks(elsewhere)
    assert done(await city.observer.get(there))["state"] == "draft"
    unit = await city.open_unit(city.official, below=False)
    next_door = await city.beside(city.official, Role.OFFICIAL, unit_id=unit)
    assert "complete_policy_measure" not in await kinds_of_tasks(next_door)
    refused(await next_door.post(f"{there}/open", seen=measure["version"]), 403, "measure_of_another_office")
    done(await city.official.post(f"{there}/open", seen=measure["version"]))
    assert "renew_policy_measure" in await kinds_of_tasks(city.official)


async def test_everybody_signed_in_reads_open_measures(city: City) -> None:
    measure = await opened(city.official, bank_ids=[str(city.clerk.actor.organization_id)])
    student = await city.enrol(OrganizationKind.UNIVERSITY, Role.RESEARCHER)
    for member in (city.mill, city.clerk, city.observer, student):
        assert done(await member.get(f"{MEASURES}/{measure['id']}")) == measure
        assert [one["id"] for one in await items(member, MEASURES)] == [measure["id"]]
    assert (measure["line_of_duty"], measure["area"], measure["invented"]) == ("finance", "320600", False)


@pytest.mark.gate("G8")
async def test_who_qualifies_is_checked_like_the_rules_of_products(city: City) -> None:
    for rule, name, code in BAD_RULES:
        answer = await city.official.post(MEASURES, measure_draft(rules={"all_of": [GRADE, rule]}))
        refused(answer, 422, code, f"/rules/all_of/1/{name}")
    assert await items(city.official, MEASURES) == []


async def test_measures_that_cannot_be_are_refused(city: City) -> None:
    bank, mill = str(city.clerk.actor.organization_id), str(city.mill.actor.organization_id)
    for changes, pointer, code in (
        ({"rate_basis_points": None}, None, "measure_needs_rate_or_share"),
        ({"rate_basis_points": 0}, None, "measure_needs_rate_or_share"),
        ({"kind": "risk_compensation_pool"}, None, "measure_needs_rate_or_share"),
        (
            {"kind": "guarantee_fee_subsidy", "share_basis_points": 10_001},
            "/share_basis_points",
            "number_too_large",
        ),
        ({"valid_from": in_days(201)}, None, "validity_reversed"),
        ({"valid_until": in_days(0)}, "/valid_until", "listing_end_out_of_range"),
        ({"valid_until": in_days(400)}, "/valid_until", "listing_end_out_of_range"),
        ({"as_of": in_days(1)}, "/as_of", "fact_from_the_future"),
        ({"bank_ids": [bank, bank]}, None, "bank_stands_twice"),
        ({"bank_ids": [bank, mill]}, "/bank_ids/1", "bank_unknown"),
        ({"document_url": "javascript:alert(1)"}, "/document_url", "text_form"),
        ({"valid_from": 0}, "/valid_from", "not_date"),
        ({"invented": True}, "/invented", "field_unknown"),
        ({"source": "portal"}, None, "source_without_external_id"),
    ):
        answer = await city.official.post(MEASURES, measure_draft(**changes))
        assert answer.status_code == 422, (changes, answer.text)
        assert code in answer.text, (changes, answer.text)
        if pointer is not None:
            refused(answer, 422, code, pointer)
    assert await items(city.official, MEASURES) == []


async def test_a_partners_measure_stands_once(city: City) -> None:
    draft = measure_draft(source="portal", external_id="M-1")
    done(await city.official.post(MEASURES, draft), 201)
    refused(await city.official.post(MEASURES, draft), 409, "external_id_taken", "/external_id")


async def test_a_measure_ends_and_is_renewed_or_withdrawn(city: City, superuser_url: str) -> None:
    measure = await opened(city.official)
    there = f"{MEASURES}/{measure['id']}"
    with psycopg.connect(superuser_url) as behind:
        behind.execute("UPDATE policy_measure SET valid_until = current_date - 1")
    assert done(await city.mill.get(there))["outdated"]
    assert done(await city.mill.get(f"{MEASURES}?outdated=false"))["items"] == []
    late = await city.official.post(f"{there}/renew", {"valid_until": in_days(0)}, seen=measure["version"])
    refused(late, 422, "listing_end_out_of_range", "/valid_until")
    measure = done(await city.official.post(f"{there}/renew", seen=measure["version"]))
    assert (measure["valid_until"], measure["outdated"]) == (in_days(365), False)
    other_kind = measure_draft(kind="guarantee_fee_subsidy", share_basis_points=5000)
    changed = await city.official.call("PUT", there, other_kind, seen=measure["version"])
    refused(changed, 422, "kind_stays", "/kind")
    change = measure_draft(rate_basis_points=150)
    measure = done(await city.official.call("PUT", there, change, seen=measure["version"]))
    assert (measure["rate_basis_points"], measure["state"]) == (150, "open")
    measure = done(await city.official.post(f"{there}/withdraw", seen=measure["version"]))
    refused(await city.mill.get(there), 404, "not_found")
    again = await city.official.call("PUT", there, change, seen=measure["version"])
    refused(again, 409, "measure_is_over")
    refused(
        await city.official.post(f"{there}/open", seen=measure["version"]), 409, "transition_out_of_order"
    )


async def test_measures_are_found_by_kind_bank_and_text(city: City) -> None:
    bank, other = str(city.clerk.actor.organization_id), str(city.other_clerk.actor.organization_id)
    await opened(city.official, title_zh="甲贴息", bank_ids=[bank])
    pool = {"kind": "risk_compensation_pool", "share_basis_points": 8000, "rate_basis_points": None}
    await opened(city.official, title_zh="乙风险池", **pool)
    for query, titles in (
        ("kind=risk_compensation_pool", ["乙风险池"]),
        (f"bank_id={bank}&sort=title", ["乙风险池", "甲贴息"]),
        (f"bank_id={other}", ["乙风险池"]),
        ("q=upgrades&sort=oldest", ["甲贴息", "乙风险池"]),
        ("q=甲", ["甲贴息"]),
        ("state=withdrawn", []),
    ):
        found = done(await city.mill.get(f"{MEASURES}?{query}"))["items"]
        assert [one["title_zh"] for one in found] == titles, query
