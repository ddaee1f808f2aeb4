"""`matchmaking import reference-rates`: who may, what is refused, and that nothing published is changed."""

from datetime import timedelta
from pathlib import Path

import pytest

from city import City, today
from matchmaking.db.session import Database
from tests.scripts.import_tables import REFERENCE_RATE, Loader, name_of, table_of

pytestmark = pytest.mark.database
KIND = "reference-rates"


@pytest.fixture
def loader(database: Database, tmp_path: Path, superuser_url: str) -> Loader:
    return Loader(database, tmp_path, superuser_url)


async def test_only_a_government_loads_rates(city: City, loader: Loader) -> None:
    for member in (city.mill, city.product_manager):
        code = await loader.unreadable(table_of(REFERENCE_RATE), KIND, name_of(member))
        assert code == "import.organization_kind"


async def test_rates_are_added_once(city: City, loader: Loader) -> None:
    rates = [
        REFERENCE_RATE | {"published_on": (today() - timedelta(days=days)).isoformat()} for days in (1, 30)
    ]
    table = table_of(*rates, rates[0] | {"term": "5年期以上LPR"})
    office = name_of(city.official)
    before = loader.stored()[0]
    assert (await loader(KIND, office, table))["added"] == 3
    assert (await loader(KIND, office, table))["unchanged"] == 3
    assert loader.stored()[0] == before + 3


async def test_wrong_rows_are_named_and_nothing_is_stored(city: City, loader: Loader) -> None:
    day = (today() - timedelta(days=1)).isoformat()
    right = REFERENCE_RATE | {"published_on": day}
    office = name_of(city.official)
    await loader(KIND, office, table_of(right))
    tomorrow = right | {"published_on": (today() + timedelta(days=1)).isoformat()}
    cases = [
        (right | {"rate_percent": "2.955"}, "rate_percent", "import.not_percent"),
        (right | {"rate_percent": "31"}, "rate_percent", "number_too_large"),
        (right | {"term": "ten_years"}, "term", "import.not_code"),
        (right | {"source": ""}, "source", "import.cell_missing"),
        (tomorrow, "published_on", "fact_from_the_future"),
        (right | {"rate_percent": "2.96"}, "rate_percent", "import_rate_differs"),
    ]
    for row, column, code in cases:
        other = right | {"term": "five_years"}
        assert await loader.refused(KIND, office, table_of(other, row)) == [(3, column, code)]
    assert await loader.refused(KIND, office, table_of(right, right)) == [
        (3, "published_on", "import.row_repeated")
    ]
