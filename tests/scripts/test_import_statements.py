"""`matchmaking import` of facts, honours and capabilities: who may state what, and what changes."""

from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from city import City, today
from matchmaking.db.session import Database
from schemas.vocabulary import OrganizationKind, Role
from tests.api.steps import done
from tests.scripts.import_tables import CAPABILITY, FACT, HONOUR, Loader, name_of, table_of

pytestmark = pytest.mark.database


@pytest.fixture
def loader(database: Database, tmp_path: Path, superuser_url: str) -> Loader:
    return Loader(database, tmp_path, superuser_url)


async def test_an_enterprise_states_its_own_facts(city: City, loader: Loader) -> None:
    mill = name_of(city.mill)
    rows = [
        FACT,
        FACT | {"name": "纳税信用等级", "value": "a", "unit": ""},
        FACT | {"name": "debt_ratio", "value": "45.5", "unit": "%"},
        FACT | {"name": "chains", "value": "ships;yarn", "unit": ""},
        FACT | {"name": "overdue_debt", "value": "否", "unit": ""},
        FACT | {"name": "headcount", "value": "120", "unit": "人"},
        FACT | {"name": "registration_date", "value": "2015/3/9", "unit": ""},
    ]
    assert (await loader("facts", mill, table_of(*rows)))["added"] == 7
    facts = dict(loader.ask("SELECT name, value FROM enterprise_fact"))
    assert facts == {
        "revenue_last_12_months": 1_234_560_000,
        "tax_credit_grade": "A",
        "debt_ratio": 4_550,
        "chains": ["ships", "yarn"],
        "overdue_debt": False,
        "headcount": 120,
        "registration_date": "2015-03-09",
    }
    before = loader.stored()
    assert (await loader("facts", mill, table_of(*rows)))["unchanged"] == 7
    assert loader.stored() == before
    changed = await loader("facts", mill, table_of(*rows[1:], FACT | {"value": "1300"}))
    assert (changed["changed"], changed["unchanged"]) == (1, 6)
    assert len(done(await city.mill.get("/v1/enterprise-facts"))["items"]) == 8


WRONG_FACTS: list[tuple[dict[str, str], str, str]] = [
    ({"unit": ""}, "unit", "import.unit_wrong"),
    ({"unit": "美元"}, "unit", "import.unit_wrong"),
    ({"name": "headcount", "unit": "万元"}, "unit", "import.unit_wrong"),
    ({"name": "chains", "value": "ships"}, "unit", "import.unit_needless"),
    ({"value": "much"}, "value", "import.not_wan"),
    ({"name": "chains", "value": "Ships!", "unit": ""}, "value", "fact_code_unknown"),
    ({"name": "tax_credit_grade", "value": "E", "unit": ""}, "value", "import.not_code"),
    ({"name": "revenue_growth", "value": "3", "unit": "%"}, "name", "fact_is_reckoned"),
    ({"enterprise": "91320600MA1XXXXX0X"}, "enterprise", "import.enterprise_unknown"),
]


async def test_facts_that_cannot_be_are_named(city: City, loader: Loader) -> None:
    mill, good = name_of(city.mill), {"enterprise": "", **FACT}
    faults = await loader.refused(
        "facts", mill, table_of(good, *(good | wrong for wrong, _, _ in WRONG_FACTS))
    )
    assert faults == [(row, column, code) for row, (_, column, code) in enumerate(WRONG_FACTS, 3)]
    unfit = [good | {"as_of": "2999-01-01"}, good | {"source": "official_list"}]
    assert await loader.refused("facts", mill, table_of(good, *unfit)) == [
        (3, "as_of", "fact_from_the_future"),
        (4, "source", "fact_source_not_yours"),
    ]


async def test_an_office_lists_enterprises_of_its_area_alone(city: City, loader: Loader) -> None:
    far = await city.enrol(OrganizationKind.ENTERPRISE, Role.OWNER, district="320583")
    codes = {"near": "913206000000000001", "far": "913205000000000002"}
    for member, code in ((city.mill, codes["near"]), (far, codes["far"])):
        with psycopg.connect(loader.url) as connection:
            given = (code, member.actor.organization_id)
            connection.execute("UPDATE organization SET credit_code = %s WHERE id = %s", given)
    office = name_of(city.official)
    fact = FACT | {"enterprise": codes["near"], "source": "official_list"}
    honour = HONOUR | {
        "enterprise": codes["near"],
        "source": "official_list",
        "document": "苏工信〔2025〕1号",
    }
    assert (await loader("facts", office, table_of(fact)))["added"] == 1
    assert (await loader("honours", office, table_of(honour)))["added"] == 1
    assert (await loader("honours", office, table_of(honour)))["unchanged"] == 1
    owners = loader.ask(
        "SELECT organization_id FROM enterprise_fact UNION SELECT organization_id FROM held_honour"
    )
    assert owners == [(city.mill.actor.organization_id,)]
    for kind, row in (("facts", fact), ("honours", honour)):
        away = table_of(row | {"enterprise": codes["far"]})
        assert await loader.refused(kind, office, away) == [(2, "enterprise", "import.enterprise_unknown")]
        unnamed = table_of(row | {"enterprise": ""})
        assert await loader.refused(kind, office, unnamed) == [(2, "enterprise", "import.cell_missing")]
    own_word = table_of(fact | {"source": "self_declared"})
    assert await loader.refused("facts", office, own_word) == [(2, "source", "import_source_of_office")]
    entries = loader.ask("SELECT action, subject_id, organization_id FROM journal_entry ORDER BY id")
    mill, government = city.mill.actor.organization_id, city.official.actor.organization_id
    assert entries == [
        ("enterprise_facts.record", mill, government),
        ("honours.record", mill, government),
    ]


async def test_honours_of_oneself(city: City, loader: Loader) -> None:
    mill = name_of(city.mill)
    assert (await loader("honours", mill, table_of(HONOUR)))["added"] == 1
    assert (await loader("honours", mill, table_of(HONOUR)))["unchanged"] == 1
    longer = HONOUR | {"expires_on": "2028-07-01"}
    assert (await loader("honours", mill, table_of(longer)))["changed"] == 1
    reversed_dates = table_of(HONOUR | {"expires_on": "2020-07-01"})
    assert [code for _, _, code in await loader.refused("honours", mill, reversed_dates)] == [
        "honour_dates_reversed"
    ]


async def test_capabilities_are_described_and_described_anew(city: City, loader: Loader) -> None:
    secretary = await city.enrol(OrganizationKind.UNIVERSITY, Role.SECRETARY)
    university = name_of(secretary)
    assert (await loader("capabilities", university, table_of(CAPABILITY)))["added"] == 1
    assert loader.ask("SELECT state, largest_contract_fen, fields FROM capability") == [
        ("draft", 80_000_050, ["纤维", "染整"])
    ]
    before = loader.stored()
    assert (await loader("capabilities", university, table_of(CAPABILITY)))["unchanged"] == 1
    assert loader.stored() == before
    later = CAPABILITY | {"chains": "yarn", "valid_until": (today() + timedelta(days=310)).isoformat()}
    assert (await loader("capabilities", university, table_of(later)))["changed"] == 1
    ((chains, version),) = loader.ask("SELECT chains, version FROM capability")
    assert chains == ["yarn"]
    assert version > 1
    moved = table_of(CAPABILITY | {"unit": "没有的部门"})
    assert await loader.refused("capabilities", university, moved) == [(2, "unit", "import.unit_unknown")]
    other = table_of(later | {"kind": "expert"})
    assert await loader.refused("capabilities", university, other) == [(2, "kind", "import_kind_fixed")]
