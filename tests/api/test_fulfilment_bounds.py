"""What is stated stays within the record it stands under."""

from datetime import timedelta
from typing import Any

import pytest

from city import City, today
from tests.api.steps import Path, done, fact_draft, items, path_of, refused

pytestmark = pytest.mark.database


async def _draw(city: City, path: Path, **changes: Any) -> Any:
    there = f"/v1/agreements/{path.agreement['id']}/fulfilment-facts"
    return await city.clerk.post(there, fact_draft(kind="disbursement", **changes))


async def test_no_more_is_drawn_than_the_contract_holds(city: City) -> None:
    path = await path_of(city).reach("signed")
    whole = path.agreement["terms"]["amount_fen"]
    problem = refused(await _draw(city, path, amount_fen=whole + 1), 422, "drawn_beyond_contract")
    assert problem["errors"][0]["pointer"] == "/amount_fen"
    first = done(await _draw(city, path, amount_fen=whole - 1), 201)
    refused(await _draw(city, path, amount_fen=2), 422, "drawn_beyond_contract")
    done(await _draw(city, path, amount_fen=1), 201)
    done(await _draw(city, path, amount_fen=whole - 1, corrects_id=first["id"]), 201)
    refused(await _draw(city, path, amount_fen=1), 422, "drawn_beyond_contract")


async def test_nothing_is_drawn_before_the_signing(city: City) -> None:
    path = await path_of(city).reach("offered")
    terms = path.agreement_draft()["terms"] | {"signed_on": today().isoformat()}
    path.agreement = done(await city.clerk.post("/v1/agreements", path.agreement_draft(terms=terms)), 201)
    await path.sign(city.clerk)
    await path.sign(city.mill, outcome_consent=True)
    early = (today() - timedelta(days=1)).isoformat()
    refused(await _draw(city, path, happened_on=early), 422, "fact_before_signing")
    assert await items(city.mill, f"/v1/agreements/{path.agreement['id']}/fulfilment-facts") == []
    done(await _draw(city, path), 201)


async def test_a_borrower_who_signed_without_consent_gives_it_later(city: City) -> None:
    path = await path_of(city).reach("recorded")
    await path.sign(city.clerk)
    await path.sign(city.mill)
    refused(await _draw(city, path), 403, "outcome_consent_missing")
    there = f"/v1/agreements/{path.agreement['id']}/acknowledge"
    signature = {"text_sha256": path.agreement["text_sha256"]}
    again = await city.mill.post(there, signature, seen=path.agreement["version"])
    refused(again, 409, "acknowledged_already")
    await path.sign(city.mill, outcome_consent=True)
    assert path.agreement["grade"] == "E1"
    done(await _draw(city, path), 201)
    seen = path.agreement["version"]
    consenting = {**signature, "outcome_consent": True}
    assert (await city.mill.post(there, consenting, seen=seen + 1)).status_code in {409, 412}
