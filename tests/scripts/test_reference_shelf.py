from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.rows import dict_row

from matchmaking.clock import ShiftedClock
from matchmaking.db.session import Database
from matchmaking.ranking import FinancingRequest, rank
from matchmaking.ranking.eligibility import covers
from matchmaking.services.offer_catalogue import OfferReader, offer_of
from schemas.eligibility import Rule
from schemas.taxonomies import TaxonomyScheme
from schemas.vocabulary import FactName, RateKind, RemedyCode
from scripts.demo.accounts import DemoPassword
from scripts.demo.loader import load_into
from scripts.demo.reference_data import SOURCE, reference_products, rows_of
from scripts.demo.reference_taxonomies import taxonomy_rows

PASSWORD = "abcde-fghjk-mnpqr"
HERE = "320612"
TEN_THOUSAND_YUAN = 1_000_000
LISTINGS = ("credit_product", "capability", "research_demand")
TABLES = (*LISTINGS, "organization", "unit", "credit_product_version", "product_adoption", "taxonomy_entry")


@pytest.fixture
async def shelf(database: Database, superuser_url: str) -> str:
    """The address of a database that holds the demo with its reference shelf."""
    await load_into(database, DemoPassword(PASSWORD))
    return superuser_url


def _rows(url: str, statement: str) -> list[dict[str, Any]]:
    with psycopg.connect(url, row_factory=dict_row) as connection:
        return connection.execute(statement).fetchall()


def _shelved(url: str, table: str) -> list[dict[str, Any]]:
    return _rows(url, f"SELECT * FROM {table} WHERE source = '{SOURCE}'")  # noqa: S608 - names of ours


@pytest.mark.database
async def test_nobody_acts_for_an_owner_and_no_code_of_a_real_body_is_made_up(shelf: str) -> None:
    owners = _shelved(shelf, "organization")
    assert {(owner["state"], owner["credit_code"]) for owner in owners} == {("unclaimed", None)}
    assert len({owner["external_id"] for owner in owners}) == len(owners) > 60
    ids = [owner["id"] for owner in owners]
    with psycopg.connect(shelf) as connection:
        for table in ("membership", "person", "api_key", "task"):
            held = f"SELECT count(*) FROM {table} WHERE organization_id = ANY (%s)"  # noqa: S608
            assert connection.execute(held, (ids,)).fetchone() == (0,), table
    listing_owners = {row["organization_id"] for table in LISTINGS for row in _shelved(shelf, table)}
    assert listing_owners == set(ids)


@pytest.mark.database
async def test_everything_is_there_open_and_says_where_it_was_compiled_from(shelf: str) -> None:
    found = {table: _shelved(shelf, table) for table in LISTINGS}
    assert {table: len(rows) for table, rows in found.items()} == {
        "credit_product": 71,
        "capability": 62,
        "research_demand": 100,
    }
    for rows in found.values():
        assert {row["state"] for row in rows} == {"open"}
        assert all(row["compiled_from"] for row in rows)
    printed = {row["key"]: row for row in rows_of("products")}
    for product in found["credit_product"]:
        page = printed[product["external_id"]]
        assert (product["compiled_from"], product["compiled_as_of"] or "") == (page["source"], page["as_of"])
    years = Counter(str(demand["compiled_as_of"])[:4] for demand in found["research_demand"])
    assert years == {"2019": 88, "2020": 6, "2021": 1, "2023": 2, "2025": 2, "None": 1}


@pytest.mark.database
async def test_what_no_page_says_of_a_laboratory_or_a_demand_is_unknown(shelf: str) -> None:
    for lab in _shelved(shelf, "capability"):
        unsaid = ("readiness_from", "readiness_to", "smallest_contract_fen", "largest_contract_fen")
        assert [lab[name] for name in (*unsaid, "free_projects", "contact_person_id")] == [None] * 6
        assert (lab["kind"], lab["equipment"], lab["past_work"], lab["modes"]) == ("lab", [], [], [])
    demands = _shelved(shelf, "research_demand")
    budgeted = [demand for demand in demands if demand["largest_budget_fen"] is not None]
    assert len(budgeted) == sum(bool(row["budget_wan_max"]) for row in rows_of("demands")) == 13
    measured = [demand for demand in demands if demand["indicators"]]
    assert len(measured) == sum(bool(row["target_metrics"]) for row in rows_of("demands"))
    for demand in demands:
        assert demand["chain"] in {row["code"] for row in rows_of("taxonomies") if row["scheme"] == "chain"}
        assert demand["readiness_now"] is demand["readiness_wanted"] is demand["contact_person_id"] is None
        assert demand["opened_at"].date() < demand["needed_by"] == demand["expires_on"]


@pytest.mark.database
async def test_an_abstract_that_strangers_read_names_no_enterprise(shelf: str) -> None:
    names = [row["owner"] for row in rows_of("demands") if "未署名" not in row["owner"]]
    assert len(names) == 5
    for demand in _shelved(shelf, "research_demand"):
        assert not [name for name in names if name in demand["public_abstract"] + demand["title"]]


@pytest.mark.database
async def test_loading_twice_changes_no_row_and_no_version(shelf: str, database: Database) -> None:
    before = {table: _rows(shelf, f"SELECT id, version, xmin FROM {table} ORDER BY id") for table in TABLES}  # noqa: S608
    changes = await load_into(database, DemoPassword(PASSWORD))
    assert (changes.added, changes.renewed) == ({}, {})
    for table, rows in before.items():
        assert _rows(shelf, f"SELECT id, version, xmin FROM {table} ORDER BY id") == rows, table  # noqa: S608


@pytest.mark.database
async def test_what_would_end_is_renewed_but_demands_end_as_any_other(
    shelf: str, database: Database, clock: ShiftedClock
) -> None:
    ends = {row["expires_on"] for row in _shelved(shelf, "research_demand")}
    clock.advance(timedelta(days=310))
    changes = await load_into(database, DemoPassword(PASSWORD))
    assert changes.renewed["reference credit product"] == 71
    assert changes.renewed["reference capability"] == 62
    assert {row["version"] for row in _shelved(shelf, "credit_product")} == {2}
    assert {row["expires_on"] for row in _shelved(shelf, "research_demand")} == ends


def test_gaps_of_the_pages_stay_unknown() -> None:
    products = reference_products()
    terms = {product.key: product.terms() for product in products}
    no_rate = [product for product in products if not product.printed["rate_text"]]
    no_tenor = [product for product in products if not product.printed["tenor_months_max"]]
    no_amount = [product for product in products if not product.printed["max_amount_wan"]]
    assert (len(products), len(no_rate), len(no_tenor), len(no_amount)) == (71, 35, 22, 10)
    assert all(terms[product.key].rate.kind is RateKind.UNKNOWN for product in no_rate)
    assert all(terms[product.key].longest_tenor_months is None for product in no_tenor)
    assert all(terms[product.key].largest_amount_fen is None for product in no_amount)


def test_what_a_single_enterprise_got_is_no_ceiling_of_the_product() -> None:
    unbounded = [product for product in reference_products() if not product.typed.amount_is_a_ceiling]
    assert [product.key for product in unbounded] == ["ccb_taizhou_research"]
    assert unbounded[0].terms().largest_amount_fen is None


def test_amounts_and_tenors_are_those_of_the_page() -> None:
    for product in reference_products():
        terms, page = product.terms(), product.printed
        if terms.largest_amount_fen is not None:
            assert terms.largest_amount_fen == int(page["max_amount_wan"]) * TEN_THOUSAND_YUAN
        if terms.longest_tenor_months is not None:
            assert terms.longest_tenor_months == int(page["tenor_months_max"])


def test_twenty_seven_products_belong_to_other_regions() -> None:
    away = [one for one in reference_products() if not covers(FactName.DISTRICT, one.territory, HERE)]
    assert len(away) == 27
    elsewhere = {one.printed["region"] for one in away}
    assert {one.printed["region"] for one in reference_products()} - elsewhere == {"全国", "江苏"}


def test_a_rate_is_typed_only_where_both_of_its_ends_are_printed() -> None:
    typed = {
        product.printed["rate_text"]: (rate.kind.value, rate.lowest_basis_points, rate.highest_basis_points)
        for product in reference_products()
        if (rate := product.terms().rate).kind is not RateKind.UNKNOWN
    }
    assert typed == {
        "2.9%": ("fixed_band", 290, 290),
        "2.5%(最低2.1%-2.2%)": ("fixed_band", 210, 250),
        "3.85%": ("fixed_band", 385, 385),
        "≤1年期LPR(实际LPR-30BP)": ("lpr_spread", -30, 0),
    }


def test_no_word_of_a_page_is_lost_and_every_typed_threshold_is_printed() -> None:
    for product in reference_products():
        terms = product.terms()
        words = " ".join(terms.conditions_in_words + terms.remarks)
        for column in ("eligibility", "target_customers", "rate_text", "guarantee_mode", "note"):
            assert product.printed[column] in words
        assert "同上" not in words
        for rule in product.typed.rules:
            assert _is_printed(rule, words), (product.key, rule)


def _is_printed(rule: Rule, words: str) -> bool:
    """The figure of a measured rule, in one of the ways in which pages write it, or a word of a coded one."""
    if isinstance(rule.value, tuple):
        return any(word in words for word in ("企业", "小巨人", "专精特新", "纳税信用", "A、B", "单项冠军"))
    whole = rule.value.lowest if hasattr(rule.value, "lowest") else rule.value
    assert isinstance(whole, int)
    figure = abs(whole)
    ways = {f"{figure // 12}年", f"{figure // 100}%", f"{figure}人", f"{(figure + 1) // 12}年"}
    ways |= {f"{figure // TEN_THOUSAND_YUAN}万", f"{figure // (10_000 * TEN_THOUSAND_YUAN)}亿"}
    return any(way in words for way in ways)


def test_taxonomies_have_their_lines_a_source_and_a_date(clock: ShiftedClock) -> None:
    entries = list(taxonomy_rows(clock.now()))
    counts = Counter(entry["scheme"] for entry in entries)
    assert (counts[TaxonomyScheme.CLUSTER], counts[TaxonomyScheme.CHAIN]) == (6, 16)
    assert counts[TaxonomyScheme.HONOUR_CRITERION] == 35
    assert all(entry["source"] and entry["as_of"][:2] in {"19", "20"} for entry in entries)
    codes = {(entry["scheme"], entry["code"]) for entry in entries}
    assert len(codes) == len(entries)
    clusters = {code for scheme, code in codes if scheme is TaxonomyScheme.CLUSTER}
    chains = [entry for entry in entries if entry["scheme"] is TaxonomyScheme.CHAIN]
    assert {entry["parent_code"] for entry in chains} == clusters
    assert {code for scheme, code in codes if scheme is TaxonomyScheme.REMEDY} == set(RemedyCode)


@pytest.mark.database
async def test_a_mill_gets_reference_products_explained_and_may_not_be_introduced_to_their_banks(
    shelf: str, client: httpx.AsyncClient, clock: ShiftedClock, database: Database
) -> None:
    owner, official = await _signed_in(client, "demo-mill"), await _signed_in(client, "demo-finance")
    run = await _matched(client, owner, official, clock)
    ours = {str(row["id"]): row for row in _shelved(shelf, "credit_product")}
    outcomes = await _outcomes(shelf, database, run)
    assert len(outcomes) == 71
    assert {one["verdict"] for one in outcomes.values()} >= {"incomplete", "near_miss", "ineligible"}
    assert outcomes["suke_first"]["verdict"] == "incomplete"
    assert outcomes["changzhou_specialized"]["verdict"] == "ineligible"
    unpriced = [one for one in outcomes.values() if one["terms"]["rate"]["kind"] == "unknown"]
    assert len(unpriced) == 65
    found = [one for one in run["candidates"] if one["product_id"] in ours and one["verdict"] == "incomplete"]
    asked = next(one for one in found if one["rate_basis_points"] is None)
    assert {"rate_unknown", "conditions_in_words"} <= {reason["code"] for reason in asked["reasons"]}
    assert "请询问银行" in next(one["text"] for one in asked["reasons"] if one["code"] == "rate_unknown")
    picked = await client.post(
        "/v1/introductions", json={"candidate_id": asked["id"]}, headers=owner | {"idempotency-key": "pick"}
    )
    assert (picked.status_code, picked.json()["code"]) == (409, "provider_not_here_yet")
    product = (await client.get(f"/v1/credit-products/{asked['product_id']}", headers=owner)).json()
    assert product["compiled"]["source"] == ours[asked["product_id"]]["compiled_from"]
    assert "非要约" in product["compiled"]["notice_zh"]


async def _outcomes(url: str, database: Database, run: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What the run means for each reference product, by its key: also for those that it does not show.

    All offers ranked one by one for the stored request say of those shown what was told of them.
    """
    (stored,) = _rows(url, "SELECT request FROM match_run")
    async with database.system.connect() as connection:
        offers = [offer_of(one) for one in (await OfferReader().load(connection)).keepsakes]
    request = FinancingRequest.from_document(stored["request"])
    candidates = tuple(offer.candidate for offer in offers)
    ranking = rank(replace(request, candidates=candidates, screened=None))
    assert ranking.counts == run["counts"]
    of_all = {one["candidate_id"]: one for one in ranking.to_document()["candidates"]}
    for shown in run["candidates"]:
        one = of_all[shown["adoption_id"]]
        assert (one["position"], one["verdict"]) == (shown["position"], shown["verdict"])
        assert one["weighted_total"] == round(shown["total"] * 10_000)
    keys = _rows(url, f"SELECT id, external_id FROM credit_product WHERE source = '{SOURCE}'")  # noqa: S608
    names = {row["id"]: row["external_id"] for row in keys}
    return {
        names[offer.product_id]: of_all[offer.candidate.candidate_id]
        for offer in offers
        if offer.product_id in names
    }


async def _signed_in(client: httpx.AsyncClient, login: str) -> dict[str, str]:
    started = await client.post("/v1/sessions", json={"login": login, "password": PASSWORD})
    assert started.status_code == 201, started.text
    return {"authorization": f"Bearer {started.json()['access_token']}"}


async def _matched(
    client: httpx.AsyncClient, owner: dict[str, str], official: dict[str, str], clock: ShiftedClock
) -> dict[str, Any]:
    me = (await client.get("/v1/me", headers=owner)).json()
    need = {
        "amount_fen": 300_000_000,
        "purpose": "working_capital",
        "needed_by": (clock.now() + timedelta(days=45)).date().isoformat(),
        "pledges": ["receivables", "intellectual_property"],
        "contact_person_id": me["person_id"],
        "tenor_months": 12,
    }
    keyed = owner | {"idempotency-key": "need"}
    made = (await client.post("/v1/financing-needs", json=need, headers=keyed)).json()
    path = f"/v1/financing-needs/{made['id']}"
    await client.post(f"{path}/submit", headers=owner | {"if-match": '"1"'})
    await client.post(f"{path}/open", headers=official | {"if-match": '"2"'})
    run = await client.post(
        "/v1/match-runs", json={"need_id": made["id"]}, headers=owner | {"idempotency-key": "run"}
    )
    assert run.status_code == 201, run.text
    answer: dict[str, Any] = run.json()
    return answer
