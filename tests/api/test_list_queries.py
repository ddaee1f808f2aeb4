"""Filters and orders by published names only: others are refused, and pages stay whole under each."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from city import City, Member, need_draft, product_draft, today
from matchmaking.services import credit_products, financing_needs, honours, policy_measures, projects
from matchmaking.services.listings import NO_FILTERS, Catalogue
from routers.dependencies import KeyedRoute
from schemas import listing_queries
from schemas.vocabulary import Role
from tests.api.steps import Thing, done, items, list_product, refused

pytestmark = [pytest.mark.database, pytest.mark.oldest]
PRODUCTS = "/v1/credit-products"
NEEDS = "/v1/financing-needs"
CATALOGUES: tuple[tuple[Catalogue, type[Any]], ...] = (
    (credit_products.CATALOGUE, listing_queries.CreditProductQuery),
    (financing_needs.CATALOGUE, listing_queries.FinancingNeedQuery),
    (projects.CATALOGUE, listing_queries.ProjectQuery),
    (policy_measures.CATALOGUE, listing_queries.PolicyMeasureQuery),
    (honours.CATALOGUE, listing_queries.HonourQuery),
)


async def found(member: Member, path: str, **query: Any) -> list[Thing]:
    """Everything that a query finds, over pages of two."""
    rows: list[Thing] = []
    cursor: dict[str, Any] = {}
    while True:
        page = done(await member.get(f"{path}?{urlencode({'limit': 2} | query | cursor)}"))
        rows += page["items"]
        if page["next"] is None:
            return rows
        cursor = {"cursor": page["next"]}


def test_every_published_name_has_a_meaning_and_no_other() -> None:
    for catalogue, query in CATALOGUES:
        named = {one.name for one in fields(query)}
        assert named - NO_FILTERS == set(catalogue.filters), query
        assert set(type(query().sort)) == set(catalogue.orders), query
        assert ("q" in named) is bool(catalogue.searched), query


async def test_unknown_parameters_are_refused_by_name(city: City) -> None:
    answer = await city.mill.get(f"{NEEDS}?stat=open&limit=5&colour=red")
    problem = refused(answer, 422, "field_unknown", "/colour")
    assert {(one["pointer"], one["location"]) for one in problem["errors"]} == {
        ("/colour", "query"),
        ("/stat", "query"),
    }
    for path in ("/v1/me", PRODUCTS, "/v1/tasks", f"{NEEDS}/{city.mill.actor.unit_id}"):
        refused(await city.mill.get(f"{path}?expand=all"), 422, "field_unknown", "/expand")
    made = await city.mill.post(f"{NEEDS}?dry_run=1", need_draft(city.mill.actor.person_id))
    refused(made, 422, "field_unknown", "/dry_run")
    assert await items(city.mill, NEEDS) == []
    assert "<script>" not in (await city.mill.get(f"{NEEDS}?%3Cscript%3E=1")).text


def test_every_operation_of_a_noun_refuses_them_and_says_so(city: City) -> None:
    app: FastAPI = city.client._transport.app  # type: ignore[attr-defined]
    checked = 0
    for route in _routes(app):
        for method in route.methods or ():
            documented = app.openapi()["paths"][route.path_format][method.lower()]["responses"]
            assert "422" in documented, (method, route.path_format)
            checked += 1
    assert checked > 60


def _routes(app: FastAPI) -> Iterator[Any]:
    for context in iter_route_contexts(app.routes):
        original = getattr(context, "original_route", context)
        if isinstance(original, KeyedRoute) and original.include_in_schema:
            yield context


async def test_values_that_no_filter_takes_are_refused(city: City) -> None:
    for query, pointer, code in (
        ("state=finished", "/state", "not_among"),
        ("sort=rate", "/sort", "not_among"),
        ("sort=created_at%20DESC", "/sort", "not_among"),
        ("outdated=perhaps", "/outdated", "not_boolean"),
        ("district=3206", "/district", "text_form"),
        ("organization_id=mine", "/organization_id", "not_identifier"),
        ("q=", "/q", "text_too_short"),
        (f"q={'x' * 61}", "/q", "text_too_long"),
        ("q=a%07b", "/q", "text_form"),
    ):
        refused(await city.mill.get(f"{PRODUCTS}?{query}"), 422, code, pointer)
    for day in ("0", "1767225600", "2026-1-1", "2026-01-01T00:00:00Z", "2026-02-30", "today"):
        refused(await city.mill.get(f"{NEEDS}?needed_before={day}"), 422, "not_date", "/needed_before")


async def test_a_cursor_of_another_filter_order_or_list_is_refused(city: City) -> None:
    for number in range(3):
        done(await city.product_manager.post(PRODUCTS, product_draft(name_zh=f"贷{number}")), 201)
    member = city.clerk
    cursor = done(await member.get(f"{PRODUCTS}?limit=1&sort=name&state=draft"))["next"]
    done(await member.get(f"{PRODUCTS}?limit=2&sort=name&state=draft&cursor={cursor}"))
    for query in ("sort=name", "sort=newest&state=draft", "sort=name&state=draft&q=贷", "state=draft"):
        refused(await member.get(f"{PRODUCTS}?{query}&cursor={cursor}"), 400, "cursor_invalid")
    refused(await member.get(f"{NEEDS}?cursor={cursor}"), 400, "cursor_invalid")


async def test_strangers_find_nothing_by_filters_that_they_cannot_read(city: City) -> None:
    done(await city.product_manager.post(PRODUCTS, product_draft(name_zh="密谋贷")), 201)
    mine = need_draft(city.mill.actor.person_id, summary="秘密扩产")
    done(await city.mill.post(NEEDS, mine), 201)
    assert await found(city.mill, PRODUCTS, q="密谋") == []
    for member in (city.other_mill, city.clerk, city.official):
        assert await found(member, NEEDS, q="秘密") == []
        assert await found(member, NEEDS, amount_from_fen=1, sort="largest") == []
    assert len(await found(city.mill, NEEDS, q="秘密")) == 1


async def test_products_are_filtered_by_what_they_say(city: City) -> None:
    manager, official = city.product_manager, city.official
    green = await list_product(
        manager, official, kind="green", name_zh="绿色贷", terms={"purposes": ["equipment"]}
    )
    pledge = {"guarantee_modes": ["mortgage"], "purposes": ["refinancing"]}
    other = await city.beside(city.other_clerk, Role.PRODUCT_MANAGER)
    house = await list_product(other, official, name_zh="厂房%贷", name_en="Works_loan", terms=pledge)
    for query, names in (
        ({"kind": "green"}, ["绿色贷"]),
        ({"purpose": "refinancing"}, ["厂房%贷"]),
        ({"guarantee_mode": "mortgage"}, ["厂房%贷"]),
        ({"organization_id": green["organization_id"]}, ["绿色贷"]),
        ({"district": "320602", "sort": "oldest"}, ["绿色贷", "厂房%贷"]),
        ({"district": "320681"}, []),
        ({"q": "WORKS"}, ["厂房%贷"]),
        ({"q": "%"}, ["厂房%贷"]),
        ({"q": "_"}, ["厂房%贷"]),
        ({"q": "\\"}, []),
        ({"q": "'"}, []),
        ({"q": "贷", "state": "open", "sort": "newest"}, ["厂房%贷", "绿色贷"]),
        ({"state": "suspended"}, []),
    ):
        assert [one["name_zh"] for one in await found(city.mill, PRODUCTS, **query)] == names, query
    suspended = f"/v1/adoptions/{house['adoption_id']}/suspend"
    done(await other.post(suspended, seen=1))
    assert [one["id"] for one in await found(city.mill, PRODUCTS, district="320602")] == [green["id"]]


async def test_pages_are_whole_under_every_order(city: City, superuser_url: str) -> None:
    """Also where many rows are alike in what they are ordered by."""
    mill, made = city.mill, []
    for number in range(7):
        days = timedelta(days=10 + number % 2)
        draft = need_draft(
            mill.actor.person_id, amount_fen=1 + number % 3, needed_by=(today() + days).isoformat()
        )
        made.append(done(await mill.post(NEEDS, draft), 201))
    orders: dict[str, Any] = {
        "newest": lambda one: one["id"],
        "oldest": lambda one: one["id"],
        "largest": lambda one: (one["amount_fen"], one["id"]),
        "smallest": lambda one: (one["amount_fen"], one["id"]),
        "needed_first": lambda one: (one["needed_by"], one["id"]),
        "ending_first": lambda one: (one["expires_on"], one["id"]),
    }
    assert set(orders) == {one.value for one in listing_queries.FinancingNeedSort}
    for sort, key in orders.items():
        expected = sorted(made, key=key, reverse=sort in {"newest", "largest"})
        assert [one["id"] for one in await found(mill, NEEDS, sort=sort)] == [
            one["id"] for one in expected
        ], sort
    narrow = await found(mill, NEEDS, sort="smallest", amount_from_fen=2, amount_to_fen=2)
    assert [one["amount_fen"] for one in narrow] == [2, 2]
    with psycopg.connect(superuser_url) as behind:
        behind.execute("UPDATE financing_need SET expires_on = current_date - 1 WHERE amount_fen = 1")
    assert {one["amount_fen"] for one in await found(mill, NEEDS, outdated="true")} == {1}
    assert {one["amount_fen"] for one in await found(mill, NEEDS, outdated="false")} == {2, 3}
    soon = (today() + timedelta(days=11)).isoformat()
    assert len(await found(mill, NEEDS, needed_before=soon, purpose="working_capital", state="draft")) == 4
