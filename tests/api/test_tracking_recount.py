"""Every figure told by a dimension equals an independent recount in SQL, on a city with random histories."""

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from city import City
from matchmaking.db.session import Database
from schemas.vocabulary import OrganizationKind, Role
from tests.api.random_city import OTHER_DISTRICT, random_city
from tests.api.steps import Thing, done, refused

pytestmark = [pytest.mark.database, pytest.mark.oldest]
EVENTS = """
WITH latest AS (
    SELECT DISTINCT f.organization_id AS org, c.chain
    FROM enterprise_fact f CROSS JOIN LATERAL jsonb_array_elements_text(f.value) AS c(chain)
    WHERE f.name = 'chains' AND NOT EXISTS (
        SELECT FROM enterprise_fact g WHERE g.organization_id = f.organization_id AND g.name = 'chains'
          AND (g.as_of, g.id) > (f.as_of, f.id))
), of_agreement AS (
    SELECT a.*, coalesce(n.organization_id, d.organization_id) AS org FROM agreement a
    LEFT JOIN financing_need n ON n.id = a.need_id LEFT JOIN research_demand d ON d.id = a.demand_id
), signed AS (
    SELECT a.need_id, a.id, a.amount_fen FROM agreement a
    WHERE a.nature = 'loan_contract' AND a.state IN ('signed', 'performing', 'fulfilled')
), events(code, org, provider, at, amount) AS (
    SELECT 'needs_submitted', organization_id, NULL::uuid, submitted_at, amount_fen
      FROM financing_need WHERE submitted_at IS NOT NULL
    UNION ALL SELECT 'needs_opened', organization_id, NULL, submitted_at, amount_fen
      FROM financing_need WHERE opened_at IS NOT NULL
    UNION ALL SELECT 'needs_signed', n.organization_id, NULL, n.submitted_at, sum(s.amount_fen)
      FROM financing_need n JOIN signed s ON s.need_id = n.id WHERE n.opened_at IS NOT NULL GROUP BY n.id
    UNION ALL SELECT 'needs_drawn', n.organization_id, NULL, n.submitted_at, sum(f.amount_fen)
      FROM financing_need n JOIN signed s ON s.need_id = n.id JOIN fulfilment_fact f ON f.agreement_id = s.id
      WHERE n.opened_at IS NOT NULL AND f.kind = 'disbursement' AND f.state = 'confirmed' GROUP BY n.id
    UNION ALL SELECT 'demands_submitted', organization_id, NULL, submitted_at, largest_budget_fen
      FROM research_demand WHERE submitted_at IS NOT NULL
    UNION ALL SELECT 'demands_opened', organization_id, NULL, submitted_at, largest_budget_fen
      FROM research_demand WHERE opened_at IS NOT NULL
    UNION ALL SELECT 'introductions', organization_id, provider_organization_id, created_at, NULL
      FROM introduction
    UNION ALL SELECT 'introductions.' || state, organization_id, provider_organization_id, created_at, NULL
      FROM introduction
    UNION ALL SELECT 'agreements.' || nature, org, provider_organization_id, created_at, amount_fen
      FROM of_agreement
    UNION ALL SELECT 'agreements.' || nature || '.' || CASE
        WHEN state = 'terminated' THEN 'terminated' WHEN state = 'awaiting_signatures' THEN 'E0'
        ELSE (SELECT min(p.grade) FROM agreement_party p WHERE p.agreement_id = a.id AND p.role <> 'witness')
      END, org, provider_organization_id, created_at, amount_fen FROM of_agreement a
    UNION ALL SELECT 'fulfilment.' || f.kind, org, provider_organization_id, f.happened_on, f.amount_fen
      FROM fulfilment_fact f JOIN of_agreement a ON a.id = f.agreement_id WHERE f.state <> 'corrected'
    UNION ALL SELECT 'fulfilment.' || f.kind || '.' || f.state, org, provider_organization_id, f.happened_on,
      f.amount_fen
      FROM fulfilment_fact f JOIN of_agreement a ON a.id = f.agreement_id WHERE f.state <> 'corrected'
), here AS (
    SELECT e.*, o.district, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM') AS month FROM events e
    JOIN organization o ON o.id = e.org WHERE o.district LIKE %(area)s
), once AS (SELECT DISTINCT code, org, provider, at, amount, month, key, number FROM (
    SELECT here.*, k.key FROM (SELECT h.*, row_number() OVER () AS number FROM here h) here
    CROSS JOIN LATERAL (__KEYS__) AS k(key)) numbered)
SELECT coalesce(key, ''), code, count(*), coalesce(sum(amount), 0), count(DISTINCT org) FROM once
WHERE month BETWEEN %(first)s AND %(last)s GROUP BY key, code
"""
KEYS = {
    "": "SELECT ''",
    "area": "SELECT here.district",
    "provider": "SELECT here.provider::text WHERE here.provider IS NOT NULL",
    "month": "SELECT here.month",
    "chain": "SELECT l.chain FROM latest l WHERE l.org = here.org"
    " UNION ALL SELECT 'unknown' WHERE NOT EXISTS (SELECT FROM latest l WHERE l.org = here.org)",
    "cluster": "SELECT coalesce((SELECT parent_code FROM taxonomy_entry t"
    " WHERE t.scheme = 'chain' AND t.code = l.chain), 'other') FROM latest l WHERE l.org = here.org"
    " UNION ALL SELECT 'unknown' WHERE NOT EXISTS (SELECT FROM latest l WHERE l.org = here.org)",
}


def _recount(url: str, by: str, area: str, first: str | None, last: str | None) -> dict[Any, Any]:
    query = EVENTS.replace("__KEYS__", KEYS[by])
    bounds = {"area": area, "first": first or "0000-01", "last": last or "9999-12"}
    with psycopg.connect(url) as behind:
        behind.execute("SET TIME ZONE 'UTC'")
        rows = behind.execute(query, bounds).fetchall()
    return {(key, code): tuple(map(int, numbers)) for key, code, *numbers in rows}


def _compared(answer: Thing, recount: dict[Any, Any], by: str) -> tuple[int, int]:
    """(shown, withheld) after comparing all that is told, and that what is told may be told."""
    shown = withheld = 0
    rows = [("", answer["totals"])] if not by else [(row["key"], row["counts"]) for row in answer["rows"]]
    told = {(key, one["code"]) for key, counts in rows for one in counts}
    assert {place for place in recount if place[1] in {one["code"] for one in rows[0][1]}} <= told
    for key, counts in rows:
        for one in counts:
            count, amount, enterprises = recount.get((key, one["code"]), (0, 0, 0))
            unreleased = by in ("chain", "cluster") or one["code"].startswith("introductions")
            if one["withheld"]:
                assert unreleased
                assert one["count"] is one["amount_fen"] is one["intended_amount_fen"] is None
                withheld += 1
                continue
            shown += 1
            assert not (unreleased and 0 < enterprises < 5), (key, one)
            assert one["count"] == count, (key, one)
            sums = (one["amount_fen"] or 0) + (one["intended_amount_fen"] or 0)
            assert sums == amount, (key, one)
            if "framework" in one["code"]:
                assert one["amount_fen"] is None
    return shown, withheld


@pytest.mark.parametrize("by", KEYS)
async def test_figures_by_a_dimension_equal_a_recount(
    city: City, database: Database, superuser_url: str, by: str
) -> None:
    await random_city(database, 45)
    year = datetime.now(UTC).year
    district = await city.enrol(OrganizationKind.GOVERNMENT, Role.OFFICIAL, area=OTHER_DISTRICT)
    windows = ((None, None), (f"{year}-01", f"{year}-12"), (f"{year - 1}-03", f"{year}-02"))
    shown = withheld = 0
    for official, area in ((city.official, "3206%"), (district, OTHER_DISTRICT)):
        for first, last in windows:
            query = "&".join(
                f"{name}={value}" for name, value in (("by", by), ("from", first), ("to", last)) if value
            )
            answer = done(await official.get(f"/v1/tracking?{query}"))
            told = _compared(answer, _recount(superuser_url, by, area, first, last), by)
            shown, withheld = shown + told[0], withheld + told[1]
    assert shown > 20
    assert withheld > 0 or by not in ("chain", "provider")


async def test_denominators_belong_to_the_same_row(city: City, database: Database) -> None:
    await random_city(database, 30)
    answer = done(await city.official.get("/v1/tracking?by=area"))
    wholes = {one["code"]: one["count"] for one in answer["totals"]}
    for row in answer["rows"]:
        counts = {one["code"]: one for one in row["counts"]}
        assert counts["needs_opened"]["of"] == counts["needs_submitted"]["count"]
        assert counts["needs_submitted"]["of"] == wholes["needs_submitted"]
        for one in counts.values():
            assert one["of"] is None or one["count"] is None or one["count"] <= one["of"]
    for one in answer["totals"]:
        assert one["definition"]
        assert one["of_definition"]


async def test_an_empty_city_has_nothing_and_withholds_nothing(city: City) -> None:
    for by in KEYS:
        answer = done(await city.official.get(f"/v1/tracking?by={by}" if by else "/v1/tracking"))
        counts = [*answer["totals"], *(one for row in answer["rows"] for one in row["counts"])]
        assert counts
        assert not any(one["count"] or one["withheld"] for one in counts)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("by=enterprise", "validation_failed"),
        ("by=chain&by_district=1", "validation_failed"),
        ("from=2026-13", "validation_failed"),
        ("from=2026", "validation_failed"),
        ("to=2026-1", "validation_failed"),
    ],
)
async def test_only_published_names_are_asked_for(city: City, query: str, code: str) -> None:
    assert refused(await city.official.get(f"/v1/tracking?{query}"), 422, code)


async def test_a_window_that_ends_before_it_begins_is_refused(city: City) -> None:
    problem = refused(
        await city.official.get("/v1/tracking?from=2026-02&to=2026-01"), 422, "tracking_window_reversed"
    )
    assert problem["detail"]


async def test_no_dimension_is_open_to_others(city: City) -> None:
    for member in (city.mill, city.clerk, city.product_manager):
        for by in KEYS:
            refused(await member.get(f"/v1/tracking?by={by or 'area'}"), 403, "not_permitted")
