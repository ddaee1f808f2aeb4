from typing import Any

import httpx
import pytest
from uuid_utils.compat import uuid7

from city import City
from matchmaking.db.session import Database
from matchmaking.tables.taxonomies import TaxonomyEntry
from schemas.taxonomies import TaxonomyScheme

pytestmark = pytest.mark.database

CHAINS = ("ships_and_offshore", "home_textiles", "chemical_fibre", "textile_fabrics", "wind_power")


@pytest.fixture
async def listed(city: City) -> City:
    """A city whose chains were entered last first, beside one district."""
    places = [(code, position) for position, code in enumerate(CHAINS, start=1)]
    for code, position in reversed(places):
        await _enter(city.database, TaxonomyScheme.CHAIN, code, position)
    await _enter(city.database, TaxonomyScheme.DISTRICT, "320612", 1)
    return city


async def _enter(database: Database, scheme: TaxonomyScheme, code: str, position: int) -> None:
    async with database.as_system() as session:
        session.add(
            TaxonomyEntry(
                id=uuid7(),
                created_at=session.instant,
                scheme=scheme,
                code=code,
                parent_code="parent",
                name_zh=f"名 {code}",
                position=position,
                details={"note": "演示"},
                source="invented",
                as_of="2026",
            )
        )


async def test_nobody_reads_the_lists_without_signing_in(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/taxonomies/chain")).status_code == 401


async def test_a_list_that_nobody_knows_is_refused(listed: City) -> None:
    refused = await listed.mill.get("/v1/taxonomies/planets")
    assert (refused.status_code, refused.json()["code"]) == (422, "validation_failed")


async def test_a_cursor_of_one_list_opens_no_other(listed: City) -> None:
    first = (await listed.mill.get("/v1/taxonomies/chain?limit=2")).json()
    refused = await listed.mill.get(f"/v1/taxonomies/district?cursor={first['next']}")
    assert (refused.status_code, refused.json()["code"]) == (400, "cursor_invalid")


async def test_everybody_reads_a_list_in_its_official_order_page_by_page(listed: City) -> None:
    for member in (listed.mill, listed.clerk, listed.official, listed.observer):
        assert [entry["code"] for entry in await _pages(member.get, "chain")] == list(CHAINS)
    (district,) = await _pages(listed.mill.get, "district")
    assert (district["code"], district["source"], district["as_of"]) == ("320612", "invented", "2026")
    assert (district["parent_code"], district["details"]) == ("parent", {"note": "演示"})


async def _pages(get: Any, scheme: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    path = f"/v1/taxonomies/{scheme}?limit=2"
    while True:
        answer = await get(path)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page["items"]) <= 2
        found += page["items"]
        if page["next"] is None:
            return found
        path = f"/v1/taxonomies/{scheme}?limit=2&cursor={page['next']}"
