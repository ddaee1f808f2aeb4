"""Matches against the catalogue in memory: who is shown, and that nothing is missed in any process."""

from datetime import timedelta

import httpx
import psycopg
import pytest
from prometheus_client import generate_latest

from city import City, Member
from contract import validating_transport
from matchmaking.clock import ShiftedClock
from matchmaking.db.session import Database
from matchmaking.ranking import FinancingRequest, rank
from matchmaking.services.foundation import Foundation
from matchmaking.services.gate import Gate
from matchmaking.settings import Settings
from routers.app import create_app
from tests.api.steps import Thing, done, list_product, path_of

pytestmark = pytest.mark.database
RUNS = "/v1/match-runs"
FITTING = 21
NEAR = 4
WAN = 1_000_000


async def _match(member: Member, need: Thing) -> Thing:
    return done(await member.post(RUNS, {"need_id": need["id"]}), 201)


async def test_the_first_twenty_and_the_nearest_misses_are_shown_with_their_places_among_all(
    city: City, superuser_url: str
) -> None:
    path = await path_of(city).reach("need_open")
    for number in range(FITTING - 1):
        await list_product(city.product_manager, city.official, terms={"days_to_money": number})
    for _ in range(NEAR):
        terms = {"smallest_amount_fen": 330 * WAN}
        await list_product(city.product_manager, city.official, terms=terms)
    run = await _match(city.mill, path.need)
    assert (run["counts"]["eligible"], run["counts"]["near_miss"]) == (FITTING, NEAR)
    positions = [one["position"] for one in run["candidates"]]
    assert positions == [*range(1, 21), FITTING + 1, FITTING + 2, FITTING + 3]
    assert {one["verdict"] for one in run["candidates"][20:]} == {"near_miss"}
    assert done(await city.mill.get(f"{RUNS}/{run['id']}")) == run
    with psycopg.connect(superuser_url) as behind:
        (stored,) = behind.execute("SELECT request FROM match_run").fetchone() or ({},)
        rows = behind.execute("SELECT outcome FROM match_candidate ORDER BY position").fetchall()
    again = rank(FinancingRequest.from_document(stored))
    assert again.to_document()["candidates"] == [row[0] for row in rows]
    assert {verdict.value: count for verdict, count in again.counts.items()} == run["counts"]
    assert stored["screened"]["changes"] > 0


async def test_another_process_misses_nothing_that_was_committed_before(
    city: City,
    settings: Settings,
    foundation: Foundation,
    clock: ShiftedClock,
    database: Database,
    gate: Gate,
) -> None:
    """Neither what was opened a moment ago, nor new terms, nor a new name, nor that it was taken away."""
    path = await path_of(city).reach("need_open")
    app = create_app(settings, foundation, clock=clock, database=database, gate=gate)
    async with httpx.AsyncClient(transport=validating_transport(app), base_url="http://testserver") as other:
        elsewhere = Member(city.mill.actor, city.mill.token, other)
        assert len((await _match(elsewhere, path.need))["candidates"]) == 1
        manager, there = city.product_manager, f"/v1/credit-products/{path.product['id']}"
        change = {"terms": path.product["terms"] | {"days_to_money": 9}, "name_zh": "新名贷"}
        product = done(await manager.call("PATCH", there, change, seen=path.product["version"]))
        await list_product(manager, city.official)
        shown = (await _match(elsewhere, path.need))["candidates"]
        assert {one["product_name"] for one in shown} == {"新名贷", "织造贷"}
        assert {one["product_version_id"] for one in shown} >= {product["version_id"]}
        done(await manager.post(f"{there}/withdraw", seen=product["version"]))
        assert {one["product_name"] for one in (await _match(elsewhere, path.need))["candidates"]} == {
            "织造贷"
        }


async def test_what_has_ended_is_not_matched_though_nothing_has_changed(
    city: City, clock: ShiftedClock, gate: Gate
) -> None:
    """The end of a listing is no event; needs end later than this product."""
    path = await path_of(city, product_changes={"valid_until": _in_days(clock, 3)}).reach("need_open")
    assert len((await _match(city.mill, path.need))["candidates"]) == 1
    clock.advance(timedelta(days=4))
    later = Member(city.mill.actor, gate.issuer.issue(city.mill.actor).token, city.mill.client)
    run = await _match(later, path.need)
    assert (run["candidates"], sum(run["counts"].values())) == ([], 0)


def _in_days(clock: ShiftedClock, days: int) -> str:
    return (clock.now() + timedelta(days=days)).date().isoformat()


async def test_the_catalogue_tells_its_age_rows_and_memory(
    city: City,
    settings: Settings,
    foundation: Foundation,
    clock: ShiftedClock,
    database: Database,
    gate: Gate,
) -> None:
    app = create_app(settings, foundation, clock=clock, database=database, gate=gate)

    def told() -> dict[str, float]:
        lines = generate_latest(app.state.measurements.registry).decode().splitlines()
        mine = [line for line in lines if line.startswith("catalogue_") and 'catalogue="products"' in line]
        return {line.partition("{")[0]: float(line.rpartition(" ")[2]) for line in mine}

    assert told() == {"catalogue_age_seconds": float("inf"), "catalogue_rows": 0, "catalogue_bytes": 0}
    path = await path_of(city).reach("need_open")
    async with httpx.AsyncClient(transport=validating_transport(app), base_url="http://testserver") as here:
        assert (await _match(Member(city.mill.actor, city.mill.token, here), path.need))["candidates"]
    after = told()
    assert after["catalogue_rows"] == 1
    assert after["catalogue_bytes"] > 100
    assert 0 <= after["catalogue_age_seconds"] < 60
