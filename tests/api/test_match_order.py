"""The order over HTTP: presets, own weights, a bank's three places, and rebuilt from the answer alone."""

import hashlib
import secrets
from collections import Counter
from random import Random
from typing import Any

import pytest

from city import City, product_draft, today
from schemas.vocabulary import Role
from tests.api.steps import AMOUNT_FEN, done, list_product, path_of, refused

pytestmark = pytest.mark.database
RUNS = "/v1/match-runs"
VERDICTS = ["eligible", "incomplete", "near_miss", "ineligible"]


@pytest.mark.parametrize(
    ("wanted", "pointer", "code"),
    [
        ({"preset": "luckiest"}, "/preset", "not_among"),
        ({"weights": {"cost": -1}}, "/weights/cost", "number_too_small"),
        ({"weights": {"cost": 0}}, "/weights", "weights_all_zero"),
        ({"weights": {}}, "/weights", "weights_all_zero"),
        ({"weights": {"cost": 1.5}}, "/weights/cost", "not_integer"),
        ({"weights": {"cost": 10_001}}, "/weights/cost", "number_too_large"),
        ({"weights": {"luck": 1}}, "/weights/luck", "field_unknown"),
        ({"weights": {"cost": 1}, "preset": "cheapest"}, "", "preset_or_weights"),
    ],
)
async def test_unusable_weights_are_refused_by_name(
    city: City, wanted: dict[str, Any], pointer: str, code: str
) -> None:
    path = await path_of(city).reach("need_open")
    answer = await city.mill.post(RUNS, {"need_id": path.need["id"]} | wanted)
    refused(answer, 422, code, pointer)


@pytest.mark.parametrize("number", ["1e999", "NaN", "Infinity"])
async def test_weights_that_are_not_finite_are_refused(city: City, number: str) -> None:
    path = await path_of(city).reach("need_open")
    body = f'{{"need_id": "{path.need["id"]}", "weights": {{"cost": {number}}}}}'
    sent = {"idempotency-key": f"not-finite-{number}", "content-type": "application/json"}
    answer = await city.mill.client.post(RUNS, content=body, headers=city.mill.headers | sent)
    assert answer.json()["code"] in {"malformed_json", "validation_failed"}, answer.text


async def _market(city: City, random: Random) -> int:
    """Products of two banks that differ in everything that counts."""
    other = await city.beside(city.other_clerk, Role.PRODUCT_MANAGER)
    products = 0
    for manager, count in ((city.product_manager, 6), (other, 5)):
        for _ in range(count):
            lowest = random.randrange(200, 900)
            terms = {
                "largest_amount_fen": random.choice((AMOUNT_FEN // 3, AMOUNT_FEN * 2)),
                "rate": random.choice(
                    (
                        {"kind": "unknown"},
                        {
                            "kind": "fixed_band",
                            "lowest_basis_points": lowest,
                            "highest_basis_points": lowest + 50,
                        },
                    )
                ),
                "days_to_money": random.choice((None, 1, 20)),
                "guarantee_modes": random.choice((["unsecured"], ["guarantee_company"], [])),
            }
            await list_product(manager, city.official, terms=terms)
            products += 1
    return products


async def test_every_total_and_the_order_follow_from_the_answer_alone(city: City) -> None:
    seed = secrets.randbelow(2**32)
    print(f"seed {seed}")  # noqa: T201 - a random test tells its seed
    random = Random(seed)  # noqa: S311 - cases, not secrets
    products = await _market(city, random)
    path = await path_of(city).reach("need_open")
    for wanted in ({}, {"preset": "cheapest"}, {"weights": {"speed": 2, "coverage": 1}}):
        run = done(await city.mill.post(RUNS, {"need_id": path.need["id"]} | wanted), 201)
        assert len(run["candidates"]) == products + 1
        assert_rebuilt(run)
        assert done(await city.mill.get(f"{RUNS}/{run['id']}")) == run
        assert run["preset"] == (None if "weights" in wanted else wanted.get("preset", "balanced"))


def assert_rebuilt(run: dict[str, Any]) -> None:
    """Total = sum of percent x points / 100; by verdict, total, least unknown, hash; a bank's three."""
    assert sum(run["weights"].values()) == 100
    places = []
    for one in run["candidates"]:
        points = {name: value or 0 for name, value in one["components"].items()}
        assert set(points) == set(run["weights"])
        assert one["total"] == pytest.approx(
            sum(run["weights"][name] * points[name] for name in points) / 100, abs=1e-9
        )
        unknown = sum(run["weights"][name] for name, value in one["components"].items() if value is None)
        tie = hashlib.sha256(f"{run['need_id']}:{one['adoption_id']}".encode()).hexdigest()
        places.append((VERDICTS.index(one["verdict"]), -round(one["total"] * 10_000), unknown, tie))
    by_points = [one["moved_from"] or one["position"] for one in run["candidates"]]
    assert sorted(by_points) == list(range(1, len(places) + 1))
    ordered = [place for _, place in sorted(zip(by_points, places, strict=True))]
    assert ordered == sorted(places)


async def test_own_weights_are_told_as_percent(city: City) -> None:
    path = await path_of(city).reach("need_open")
    wanted = {"need_id": path.need["id"], "weights": {"coverage": 1, "cost": 1, "speed": 1}}
    run = done(await city.mill.post(RUNS, wanted), 201)
    assert run["weights"] == {
        "coverage": 34,
        "cost": 33,
        "speed": 33,
        "collateral_burden": 0,
        "fit": 0,
        "reliability": 0,
    }


async def test_no_bank_fills_the_first_page(city: City) -> None:
    """Two banks cannot fill twenty places with three each, so that who is left takes them, by points."""
    await _market(city, Random(7))  # noqa: S311 - cases, not secrets
    path = await path_of(city).reach("need_open")
    run = done(await city.mill.post(RUNS, {"need_id": path.need["id"]}), 201)
    held = Counter(one["provider_organization_id"] for one in run["candidates"])
    assert max(held.values()) > 3
    assert [one["moved_from"] for one in run["candidates"]] == [None] * len(run["candidates"])


async def test_when_nothing_fits_the_nearest_are_told(city: City) -> None:
    far = {"smallest_amount_fen": AMOUNT_FEN * 4, "largest_amount_fen": AMOUNT_FEN * 5}
    near = {"smallest_amount_fen": AMOUNT_FEN * 11 // 10, "largest_amount_fen": AMOUNT_FEN * 5}
    path = await path_of(city, product_changes={"terms": far}).reach("need_open")
    close = await list_product(city.product_manager, city.official, terms=near)
    run = done(await city.mill.post(RUNS, {"need_id": path.need["id"]}), 201)
    told = run["nothing_fits"]
    nearest = [one["adoption_id"] for one in told["nearest"]]
    assert nearest == [close["adoption_id"], path.product["adoption_id"]]
    assert [reason["code"] for reason in told["nearest"][0]["reasons"]] == ["amount_below_minimum", "remedy"]
    assert [one["code"] for one in told["whom_to_ask"]] == ["enterprise", "finance_office"]
    assert told["look_again"]["parameters"] == {"look_on": told["look_again_on"]}
    assert done(await city.mill.get(f"{RUNS}/{run['id']}")) == run


async def test_an_empty_market_has_an_answer_and_a_fitting_one_none(city: City) -> None:
    path = await path_of(city).reach("matched")
    assert path.run["nothing_fits"] is None
    there = f"/v1/credit-products/{path.product['id']}"
    done(await city.product_manager.post(f"{there}/suspend", seen=path.product["version"]))
    run = done(await city.mill.post(RUNS, {"need_id": path.need["id"]}), 201)
    assert run["nothing_fits"]["nearest"] == []
    assert [one["code"] for one in run["nothing_fits"]["whom_to_ask"]] == ["finance_office"]


async def test_a_cap_by_honour_is_published_and_reckoned(city: City) -> None:
    table = {
        "bands": [
            {
                "when": {"fact": "honours", "operator": "has_any_of", "value": ["little_giant"]},
                "cap_fen": AMOUNT_FEN,
            }
        ],
        "otherwise_fen": AMOUNT_FEN // 2,
    }
    path = await path_of(city, product_changes={"terms": {"cap_tables": [table]}}).reach("need_open")
    wanted = {"need_id": path.need["id"]}
    open_cap = done(await city.mill.post(RUNS, wanted), 201)["candidates"][0]
    assert open_cap["verdict"] == "incomplete"
    stated = {"name": "honours", "as_of": today().isoformat(), "source": "self_declared"}
    for honours, cap in (([], AMOUNT_FEN // 2), (["little_giant"], AMOUNT_FEN)):
        done(await city.mill.post("/v1/enterprise-facts", {"facts": [stated | {"value": honours}]}), 201)
        found = done(await city.mill.post(RUNS, wanted), 201)["candidates"][0]
        assert (found["verdict"], found["cap_fen"]) == ("eligible", cap)
        told = {reason["code"]: reason["parameters"] for reason in found["reasons"]}
        assert told["cap_set_by"] == {"limit": "honours", "cap_fen": cap}


async def test_a_cap_that_hangs_on_ownership_or_on_two_facts_is_refused(city: City) -> None:
    band = {"when": {"fact": "ownership", "operator": "is_one_of", "value": ["state"]}, "cap_fen": 1}
    for bands, code in (
        ([band], "rule_reads_ownership"),
        ([{"when": {"fact": "overdue_debt", "operator": "is_true"}}], "cap_band_value"),
    ):
        draft = product_draft(terms={"cap_tables": [{"bands": bands}]})
        answer = await city.product_manager.post("/v1/credit-products", draft)
        assert answer.status_code == 422
        assert code in answer.text
