"""Credit products: whose they are, which rules they may carry, how they are versioned and vetted."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from city import City, product_draft, today
from schemas.vocabulary import LineOfDuty, OrganizationKind, Role
from tests.api.steps import done, items, list_product, refused

pytestmark = pytest.mark.database
PRODUCTS = "/v1/credit-products"
AGE = {"fact": "registration_date", "operator": "at_least", "unit": "months", "value": 24}

IMPOSSIBLE: tuple[tuple[dict[str, Any], str], ...] = (
    ({"smallest_amount_fen": 600_000_000}, "amount_range_reversed"),
    ({"shortest_tenor_months": 37}, "tenor_range_reversed"),
    ({"rate": {"kind": "unknown", "lowest_basis_points": 1}}, "rate_unknown_has_band"),
    ({"rate": {"kind": "fixed_band", "lowest_basis_points": 400}}, "rate_band_incomplete"),
    ({"largest_amount_fen": 0}, "number_too_small"),
    ({"largest_amount_fen": 1.5}, "not_integer"),
)


def with_rules(*rules: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return product_draft(terms={"rules": {"all_of": list(rules)}}, **changes)


async def test_only_a_banks_product_manager_defines_products(city: City) -> None:
    guarantor = await city.enrol(OrganizationKind.GUARANTOR, Role.PRODUCT_MANAGER)
    for member in (city.clerk, city.mill, city.official, city.observer, guarantor):
        refused(await member.post(PRODUCTS, product_draft()), 403, "not_permitted")
    assert await items(city.product_manager, PRODUCTS) == []


async def test_another_banks_product_is_read_and_not_touched(city: City) -> None:
    product = await list_product(city.product_manager, city.official)
    stranger = await city.beside(city.other_clerk, Role.PRODUCT_MANAGER)
    there, seen = f"{PRODUCTS}/{product['id']}", product["version"]
    assert done(await stranger.get(there))["name_zh"] == "织造贷"
    for action in ("submit", "suspend", "withdraw"):
        refused(await stranger.post(f"{there}/{action}", seen=seen), 403, "not_your_organization")
    changed = await stranger.call("PATCH", there, {"name_zh": "别家的"}, seen=seen)
    refused(changed, 403, "not_your_organization")
    body = {"unit_id": str(stranger.actor.unit_id), "territory": ["320602"]}
    refused(await stranger.post(f"{there}/adoptions", body), 403, "not_your_organization")
    assert done(await city.clerk.get(there)) | {"adoption_id": product["adoption_id"]} == product


async def test_a_draft_is_hidden_from_everybody_else(city: City) -> None:
    product = done(await city.product_manager.post(PRODUCTS, product_draft()), 201)
    there = f"{PRODUCTS}/{product['id']}"
    for member in (city.mill, city.other_clerk, city.official, city.observer):
        refused(await member.get(there), 404, "not_found")
        assert await items(member, PRODUCTS) == []
    assert done(await city.clerk.get(there))["state"] == "draft"
    done(await city.product_manager.post(f"{there}/submit", seen=product["version"]))
    for member in (city.mill, city.other_clerk):
        refused(await member.get(there), 404, "not_found")
    assert done(await city.official.get(there))["state"] == "submitted"


async def test_only_finance_officials_vet(city: City) -> None:
    manager = city.product_manager
    product = done(await manager.post(PRODUCTS, product_draft()), 201)
    there = f"{PRODUCTS}/{product['id']}"
    product = done(await manager.post(f"{there}/submit", seen=product["version"]))
    education = await city.enrol(
        OrganizationKind.GOVERNMENT, Role.OFFICIAL, line_of_duty=LineOfDuty.EDUCATION
    )
    for member in (manager, city.clerk, city.mill, city.observer, education):
        refused(await member.post(f"{there}/open", seen=product["version"]), 403, "not_permitted")
        body = {"defects": ["x"]}
        refused(await member.post(f"{there}/return", body, seen=product["version"]), 403, "not_permitted")
    assert done(await city.official.post(f"{there}/open", seen=product["version"]))["state"] == "open"


async def test_a_returned_product_is_mended_and_opened(city: City) -> None:
    manager, official = city.product_manager, city.official
    product = done(await manager.post(PRODUCTS, product_draft()), 201)
    there = f"{PRODUCTS}/{product['id']}"
    product = done(await manager.post(f"{there}/submit", seen=product["version"]))
    no_reason = await official.post(f"{there}/return", {"defects": []}, seen=product["version"])
    refused(no_reason, 422, "list_too_short", "/defects")
    product = done(await official.post(f"{there}/return", {"defects": ["名称不清"]}, seen=product["version"]))
    assert (product["state"], product["returned_defects"]) == ("returned", None)
    assert done(await city.clerk.get(there))["returned_defects"] == ["名称不清"]
    assert "名称不清" not in (await official.get("/v1/journal-entries")).text
    product = done(await manager.call("PATCH", there, {"name_zh": "新名"}, seen=product["version"]))
    product = done(await manager.post(f"{there}/submit", seen=product["version"]))
    assert done(await official.post(f"{there}/open", seen=product["version"]))["name_zh"] == "新名"


async def test_new_terms_make_a_version_and_leave_the_old_one_as_it_was(
    city: City, superuser_url: str
) -> None:
    product = await list_product(city.product_manager, city.official)
    terms = product_draft(terms={"largest_amount_fen": 7})["terms"]
    there = f"{PRODUCTS}/{product['id']}"
    changed = done(await city.product_manager.call("PATCH", there, {"terms": terms}, seen=product["version"]))
    assert (changed["version_number"], changed["terms"]["largest_amount_fen"]) == (2, 7)
    assert changed["version_id"] != product["version_id"]
    with psycopg.connect(superuser_url) as behind:
        kept = behind.execute("SELECT id, terms FROM credit_product_version ORDER BY number").fetchall()
    assert [str(row[0]) for row in kept] == [product["version_id"], changed["version_id"]]
    assert kept[0][1]["largest_amount_fen"] == product["terms"]["largest_amount_fen"]


async def test_a_product_that_is_over_stays_as_it_is(city: City) -> None:
    manager = city.product_manager
    product = await list_product(manager, city.official)
    there = f"{PRODUCTS}/{product['id']}"
    product = done(await manager.post(f"{there}/withdraw", seen=product["version"]))
    changed = await manager.call("PATCH", there, {"name_zh": "又来"}, seen=product["version"])
    refused(changed, 409, "product_is_over")
    body = {"unit_id": str(manager.actor.unit_id), "territory": ["320602"]}
    refused(await manager.post(f"{there}/adoptions", body), 409, "product_is_over")
    resubmitted = await manager.post(f"{there}/submit", seen=product["version"])
    refused(resubmitted, 409, "transition_out_of_order")


async def test_a_rule_that_the_bank_keeps_to_itself_is_left_out_for_others(city: City) -> None:
    kept = AGE | {"visibility": "bank_only"}
    consent = AGE | {"value": 36, "visibility": "after_consent"}
    product = await list_product(city.product_manager, city.official, **with_rules(AGE, kept, consent))
    there = f"{PRODUCTS}/{product['id']}"
    shown = {
        name: [
            rule["visibility"]
            for rule in done(await getattr(city, name).get(there))["terms"]["rules"]["all_of"]
        ]
        for name in ("clerk", "mill", "other_clerk", "official")
    }
    assert shown.pop("clerk") == ["public", "bank_only", "after_consent"]
    assert all(visible == ["public"] for visible in shown.values()), shown
    for member in (city.mill, city.other_clerk, city.official):
        assert "bank_only" not in (await member.get(PRODUCTS)).text


async def test_a_listing_ends_within_twelve_months(city: City) -> None:
    manager = city.product_manager
    product = done(await manager.post(PRODUCTS, product_draft()), 201)
    there = f"{PRODUCTS}/{product['id']}"
    for days in (-1, 0, 367, 5_000):
        end = {"valid_until": (today() + timedelta(days=days)).isoformat()}
        answer = await manager.post(PRODUCTS, product_draft(**end))
        refused(answer, 422, "listing_end_out_of_range", "/valid_until")
        changed = await manager.call("PATCH", there, end, seen=product["version"])
        refused(changed, 422, "listing_end_out_of_range", "/valid_until")
    for days in (1, 366):
        end = {"valid_until": (today() + timedelta(days=days)).isoformat()}
        assert (
            done(await manager.post(PRODUCTS, product_draft(**end)), 201)["valid_until"] == end["valid_until"]
        )


async def test_terms_that_cannot_be_are_refused(city: City) -> None:
    for terms, code in IMPOSSIBLE:
        answer = await city.product_manager.post(PRODUCTS, product_draft(terms=terms))
        assert answer.status_code == 422
        assert code in {error["code"] for error in answer.json()["errors"]}, answer.text
    assert await items(city.product_manager, PRODUCTS) == []


async def test_a_partners_identifier_stands_once(city: City) -> None:
    draft = product_draft(source="core", external_id="P-1")
    done(await city.product_manager.post(PRODUCTS, draft), 201)
    again = await city.product_manager.post(PRODUCTS, draft)
    refused(again, 409, "external_id_taken", "/external_id")
    stranger = await city.beside(city.other_clerk, Role.PRODUCT_MANAGER)
    done(await stranger.post(PRODUCTS, draft), 201)
    assert len(await items(city.product_manager, PRODUCTS)) == 1


@pytest.mark.gate("G8")
async def test_a_rule_about_ownership_is_refused_by_name_and_nothing_is_stored(
    city: City, superuser_url: str, record_property: Any
) -> None:
    """And every other rule that a match could not keep: each names its field."""
    for rule, field, code in BAD_RULES:
        for rules, pointer in (
            ([rule], f"/terms/rules/all_of/0/{field}"),
            ([AGE, rule], f"/terms/rules/all_of/1/{field}"),
            ([{"any_of": [AGE, rule]}], f"/terms/rules/all_of/0/any_of/1/{field}"),
        ):
            answer = await city.product_manager.post(PRODUCTS, with_rules(*rules))
            refused(answer, 422, code, pointer)
    with psycopg.connect(superuser_url) as behind:
        for statement in (
            "SELECT count(*) FROM credit_product",
            "SELECT count(*) FROM credit_product_version",
            "SELECT count(*) FROM journal_entry",
        ):
            assert behind.execute(statement).fetchone() == (0,)
    record_property("figure", f"{3 * len(BAD_RULES)} drafts with a bad rule: all 422 naming it, 0 stored")


@pytest.mark.gate("G8")
async def test_a_bad_rule_cannot_come_in_by_a_change(city: City) -> None:
    product = await list_product(city.product_manager, city.official)
    there = f"{PRODUCTS}/{product['id']}"
    for rule, field, code in BAD_RULES:
        change = {"terms": with_rules(rule)["terms"]}
        answer = await city.product_manager.call("PATCH", there, change, seen=product["version"])
        refused(answer, 422, code, f"/terms/rules/all_of/0/{field}")
    assert done(await city.clerk.get(there))["version_number"] == 1


OWNERSHIP = {"fact": "ownership", "operator": "is_one_of", "value": ["private"]}
GRADE = {"fact": "tax_credit_grade", "operator": "is_one_of", "value": ["A", "B"]}
BAD_RULES: tuple[tuple[dict[str, Any], str, str], ...] = (
    (OWNERSHIP, "fact", "rule_reads_ownership"),
    (OWNERSHIP | {"operator": "has_none_of", "value": ["state"]}, "fact", "rule_reads_ownership"),
    (AGE | {"fact": "ethnicity"}, "fact", "rule_fact_unknown"),
    (AGE | {"fact": "REGISTRATION_DATE"}, "fact", "rule_fact_unknown"),
    (AGE | {"operator": "is_true"}, "operator", "rule_operator_mismatch"),
    (GRADE | {"operator": "at_least"}, "operator", "rule_operator_mismatch"),
    (AGE | {"unit": "fen"}, "unit", "rule_unit_mismatch"),
    (AGE | {"unit": None}, "unit", "rule_unit_mismatch"),
    (AGE | {"direction": "lower_is_better"}, "direction", "rule_direction_mismatch"),
    (AGE | {"value": ["A"]}, "value", "rule_value_type"),
    (AGE | {"value": None}, "value", "rule_value_type"),
    (AGE | {"value": -1}, "value", "rule_value_range"),
    (AGE | {"operator": "between", "value": {"lowest": 9, "highest": 3}}, "value", "rule_band_reversed"),
    (GRADE | {"value": ["E"]}, "value", "rule_code_unknown"),
    (AGE | {"curable": True}, "remedy", "rule_remedy_missing"),
)
