"""The main job from end to end: a need meets a product, is agreed, signed, fulfilled and counted."""

import pytest

from city import City
from tests.api.steps import AMOUNT_FEN, done, items, path_of

pytestmark = [pytest.mark.database, pytest.mark.oldest]


async def test_a_need_becomes_a_signed_record_that_an_official_counts(city: City) -> None:
    path = await path_of(city).reach("need_open")
    assert path.product["state"] == "open"
    assert path.need["state"] == "open"

    await path.reach("requested")
    candidate = path.run["candidates"][0]
    assert (candidate["verdict"], candidate["product_id"]) == ("eligible", path.product["id"])
    assert candidate["reasons"]
    assert path.introduction["provider_unit_id"] == str(city.clerk.actor.unit_id)

    await path.reach("offered")
    assert (await path.need_now())["state"] == "in_talks"

    await path.reach("half_signed")
    assert (path.agreement["state"], path.agreement["grade"]) == ("awaiting_signatures", None)
    await path.reach("signed")
    assert (path.agreement["state"], path.agreement["grade"]) == ("signed", "E1")
    assert (await path.need_now())["state"] == "signed"

    await path.reach("stated")
    assert path.fact["counts_as"] == "bank_stated"
    await path.reach("confirmed")
    assert path.fact["counts_as"] == "confirmed"

    figures = done(await city.official.get("/v1/tracking"))["figures"]
    counted = {figure["code"]: (figure["count"], figure["of"], figure["amount_fen"]) for figure in figures}
    assert counted == {"needs_signed": (1, 1, AMOUNT_FEN), "needs_drawn": (1, 1, AMOUNT_FEN)}

    actions = [entry["action"] for entry in reversed(await items(city.mill, "/v1/journal-entries"))]
    assert actions == [
        "financing_needs.create",
        "financing_needs.submit",
        "match_runs.create",
        "introductions.create",
        "agreements.acknowledge",
        "fulfilment_facts.confirm",
    ]
