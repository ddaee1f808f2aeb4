"""The list of what loans cost: whose it is, that it adds up, and that it can be printed."""

import csv
import io
from typing import Any

import pytest

from city import City, Member
from tests.api.listing_steps import in_days, measure_draft
from tests.api.steps import Thing, done, path_of, refused

pytestmark = pytest.mark.database
MEASURES = "/v1/policy-measures"


async def opened(official: Member, draft: Thing) -> Thing:
    issued = done(await official.post(MEASURES, draft), 201)
    return done(await official.post(f"{MEASURES}/{issued['id']}/open", seen=issued["version"]))


async def run_of(city: City, **measure: Any) -> Thing:
    if measure:
        draft = measure_draft(rules={"all_of": []}, **measure)
        await opened(city.official, draft)
    return (await path_of(city).reach("matched")).run


async def test_the_list_is_the_enterprises_own(city: City) -> None:
    run = await run_of(city)
    for there in (f"/v1/match-runs/{run['id']}/financing-costs{ending}" for ending in ("", ".csv")):
        refused(await city.other_mill.get(there), 404, "not_found")
        for member in (city.clerk, city.product_manager, city.official, city.observer):
            refused(await member.get(there), 403, "not_permitted")
    nowhere = f"/v1/match-runs/{run['need_id']}/financing-costs"
    refused(await city.mill.get(nowhere), 404, "not_found")


async def test_the_list_says_what_the_run_says(city: City) -> None:
    run = await run_of(city, paid_every_months=12, paid_after_months=4, loan_share_basis_points=6_000)
    listed = done(await city.mill.get(f"/v1/match-runs/{run['id']}/financing-costs"))
    shown = run["candidates"]
    assert [one["candidate_id"] for one in listed["candidates"]] == [one["id"] for one in shown]
    for one, candidate in zip(listed["candidates"], shown, strict=True):
        assert one["cost_millionths"] // 100 == candidate["cost_basis_points"]
        assert one["subsidised_cost_millionths"] // 100 == candidate["subsidised_cost_basis_points"]
        assert one["subsidised_cost_millionths"] < one["cost_millionths"]
        assert one["measure"]["paid_after_months"] == 4
        annual = [item["annual_cost_millionths"] for item in one["items"]]
        assert sum(annual) == one["subsidised_cost_millionths"]


async def test_a_measure_that_is_withdrawn_or_over_is_not_frozen(city: City) -> None:
    over = await opened(city.official, measure_draft(rules={"all_of": []}))
    done(await city.official.post(f"{MEASURES}/{over['id']}/withdraw", seen=over["version"]))
    await opened(city.official, measure_draft(rules={"all_of": []}, valid_from=in_days(2)))
    run = await run_of(city)
    assert run["candidates"]
    assert {one["subsidised_cost_basis_points"] for one in run["candidates"]} == {None}


async def test_the_list_can_be_printed(city: City) -> None:
    run = await run_of(city, paid_every_months=1)
    answer = await city.mill.get(f"/v1/match-runs/{run['id']}/financing-costs.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    printed = answer.content.decode("utf-8-sig")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    title, heading, *rows, notice = csv.reader(io.StringIO(printed))
    assert title == ["企业贷款综合融资成本清单（撮合测算）"]
    assert len(notice) == 1
    assert {len(row) for row in rows} == {len(heading)}
    items = [row[5] for row in rows]
    assert {"贷款利息", "政策补贴（如获批）", "综合融资成本（如获批政策）"} <= set(items)
    whole = rows[items.index("综合融资成本（按合同）")]
    candidate = run["candidates"][0]
    assert int(float(whole[9]) * 100 + 1e-6) == candidate["cost_basis_points"]


async def test_a_run_is_ordered_by_the_basis_that_was_asked_for(city: City) -> None:
    run = await run_of(city, paid_every_months=1)
    body = {"need_id": run["need_id"], "cost_basis": "subsidised"}
    again = done(await city.mill.post("/v1/match-runs", body), 201)
    for before, now in zip(run["candidates"], again["candidates"], strict=True):
        assert now["components"]["cost"] > before["components"]["cost"]
    guessed = await city.mill.post("/v1/match-runs", body | {"cost_basis": "guessed"})
    refused(guessed, 422, "not_among", "/cost_basis")
