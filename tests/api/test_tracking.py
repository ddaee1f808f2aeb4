"""Tracking: every figure equals an independent count of the rows, and nobody sees another area's."""

import random
from typing import Any

import psycopg
import pytest

from city import City
from schemas.vocabulary import OrganizationKind, Role
from tests.api.steps import FAR_DISTRICT, STAGES, Path, done, fact_draft, items, path_of, refused

pytestmark = [pytest.mark.database, pytest.mark.oldest]
RECOUNT = """
WITH opened AS (
    SELECT n.id FROM financing_need n JOIN organization o ON o.id = n.organization_id
    WHERE o.district LIKE %(area)s AND EXISTS (
        SELECT FROM journal_entry j WHERE j.subject_id = n.id AND j.action = 'financing_needs.open'
    )
), signed AS (
    SELECT a.id, a.need_id, (a.terms->>'amount_fen')::bigint AS amount FROM agreement a
    WHERE a.need_id IN (SELECT id FROM opened) AND a.nature = 'loan_contract' AND a.state <> 'terminated'
      AND NOT EXISTS (SELECT FROM agreement_party p WHERE p.agreement_id = a.id AND p.acknowledged_at IS NULL)
), drawn AS (
    SELECT s.need_id, f.amount_fen FROM fulfilment_fact f JOIN signed s ON s.id = f.agreement_id
    WHERE f.kind = 'disbursement' AND f.state = 'confirmed'
)
SELECT (SELECT count(*) FROM opened),
       (SELECT count(DISTINCT need_id) FROM signed), (SELECT coalesce(sum(amount), 0) FROM signed),
       (SELECT count(DISTINCT need_id) FROM drawn), (SELECT coalesce(sum(amount_fen), 0) FROM drawn)
"""


async def test_tracking_is_for_officials(city: City) -> None:
    for member in (city.mill, city.clerk, city.product_manager):
        refused(await member.get("/v1/tracking"), 403, "not_permitted")
    administrator = await city.beside(city.official, Role.ADMINISTRATOR)
    refused(await administrator.get("/v1/tracking"), 403, "not_permitted")
    assert done(await city.observer.get("/v1/tracking"))["figures"]


async def test_figures_equal_a_recount_whatever_became_of_the_needs(city: City, superuser_url: str) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")  # noqa: T201
    chance = random.Random(seed)  # noqa: S311
    far_mill = await city.enrol(OrganizationKind.ENTERPRISE, Role.OWNER, district=FAR_DISTRICT)
    far_official = await city.enrol(OrganizationKind.GOVERNMENT, Role.OFFICIAL, area="320500")
    for _ in range(14):
        away = chance.random() < 0.3
        people = {"owner": far_mill, "official": far_official} if away else {}
        path = path_of(city, **people)
        await path.reach(chance.choice(list(STAGES)[1:]))
        await _maybe_end(path, chance)
    for official, area in ((city.official, "3206%"), (city.observer, "3206%"), (far_official, "3205%")):
        figures = done(await official.get("/v1/tracking"))["figures"]
        with psycopg.connect(superuser_url) as behind:
            counted = behind.execute(RECOUNT, {"area": area}).fetchone()
        assert counted is not None
        opened, signed, amount, drawn, money = (int(number) for number in counted)
        shown = {figure["code"]: (figure["count"], figure["of"], figure["amount_fen"]) for figure in figures}
        assert shown == {"needs_signed": (signed, opened, amount), "needs_drawn": (drawn, signed, money)}
        assert all(figure["definition"] and figure["of_definition"] for figure in figures)


async def test_a_need_that_was_opened_stays_in_the_denominator(city: City) -> None:
    """Withdrawing must not make the rate look better; a draft that nobody saw does not count."""
    for stage in ("need_drafted", "need_submitted", "need_open", "accepted"):
        path = await path_of(city).reach(stage)
        need = await path.need_now()
        done(await city.mill.post(f"/v1/financing-needs/{need['id']}/withdraw", seen=need["version"]))
    figures = done(await city.official.get("/v1/tracking"))["figures"]
    assert [(figure["count"], figure["of"]) for figure in figures] == [(0, 2), (0, 0)]


async def test_a_framework_is_an_intent_and_no_credit(city: City) -> None:
    path = await path_of(city).reach("offered")
    draft = path.agreement_draft(nature="framework")
    path.agreement = done(await city.clerk.post("/v1/agreements", draft), 201)
    for member in (city.clerk, city.mill):
        await path.sign(member, outcome_consent=True)
    assert path.agreement["state"] == "signed"
    figures = done(await city.official.get("/v1/tracking"))["figures"]
    assert [(figure["count"], figure["of"], figure["amount_fen"]) for figure in figures] == [
        (0, 1, 0),
        (0, 0, 0),
    ]


async def test_only_a_confirmed_disbursement_counts_as_money(city: City) -> None:
    path = await path_of(city).reach("stated")

    async def drawn() -> Any:
        figure = done(await city.official.get("/v1/tracking"))["figures"][1]
        return figure["count"], figure["amount_fen"]

    assert await drawn() == (0, 0)
    there = f"/v1/fulfilment-facts/{path.fact['id']}"
    fact = done(await city.mill.post(f"{there}/dispute", seen=path.fact["version"]))
    assert await drawn() == (0, 0)
    fact = done(await city.mill.post(f"{there}/confirm", seen=fact["version"]))
    assert await drawn() == (1, 300_000_000)
    facts = f"/v1/agreements/{path.agreement['id']}/fulfilment-facts"
    body = fact_draft(amount_fen=5, corrects_id=fact["id"])
    correction = done(await city.clerk.post(facts, body), 201)
    assert await drawn() == (0, 0)
    there = f"/v1/fulfilment-facts/{correction['id']}/confirm"
    done(await city.mill.post(there, seen=correction["version"]))
    assert await drawn() == (1, 5)


async def _maybe_end(path: Path, chance: random.Random) -> None:
    """Now and then the enterprise gives up what it has reached."""
    if chance.random() < 0.6:
        return
    if path.agreement and chance.random() < 0.7:
        there = f"/v1/agreements/{path.agreement['id']}"
        seen = done(await path.owner.get(there))["version"]
        done(await path.owner.post(f"{there}/terminate", {"reason": "终止"}, seen=seen))
    need = await path.need_now()
    there = f"/v1/financing-needs/{need['id']}/withdraw"
    assert (await path.owner.post(there, seen=need["version"])).status_code in {200, 409}
    assert len(await items(path.owner, "/v1/financing-needs")) > 0
