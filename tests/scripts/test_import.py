"""`matchmaking import`: the same shapes as over HTTP, all or nothing, and twice is once."""

import random
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import psycopg
import pytest

from city import DISTRICT, City
from matchmaking.db.session import Database
from matchmaking.messages import text
from matchmaking.services.foundation import Foundation
from schemas.organizations import OrganizationState
from scripts.failures import CommandRefused
from scripts.importing.faults import FileRefused
from scripts.importing.files import MOST_BYTES, read_file
from scripts.importing.loading import IMPORTERS, Kind
from tests.api.steps import done
from tests.scripts.import_tables import (
    CAPABILITY,
    FACT,
    HONOUR,
    PRODUCT,
    ROOT,
    Loader,
    name_of,
    table_of,
)
from tests.scripts.trials import ask, server_settings

pytestmark = [pytest.mark.database, pytest.mark.oldest]


@pytest.fixture
def loader(database: Database, tmp_path: Path, superuser_url: str) -> Loader:
    return Loader(database, tmp_path, superuser_url)


NO_TABLES: list[tuple[bytes, str]] = [
    (b"", "import.empty"),
    (b"\xef\xbb\xbf", "import.empty"),
    (b"\n\n", "import.empty"),
    (table_of(PRODUCT).splitlines()[0], "import.no_rows"),
    (table_of(PRODUCT | {"colour": "red"}), "import.column_unknown"),
    (table_of(PRODUCT | {"产品名称": "又一次"}), "import.column_repeated"),
    (table_of(PRODUCT | {"largest_amount": "5000000"}), "import.column_repeated"),
    (b"source,source,kind\n1,2,3\n", "import.column_repeated"),
    (
        table_of({name: cell for name, cell in PRODUCT.items() if name != "rules"}),
        "import.column_missing",
    ),
    (table_of(PRODUCT).replace("织".encode(), b"\x00"), "import.binary"),
    (table_of(PRODUCT, encoding="utf-16"), "import.binary"),
    (table_of(PRODUCT).replace("织".encode(), b"\xff\xff"), "import.encoding"),
    (table_of(PRODUCT) + b'"never closed', "import.not_csv"),
    (b"a" * (MOST_BYTES + 1), "import.too_large"),
    (table_of(PRODUCT), "import.organization_unknown"),
]


async def test_a_file_that_is_no_table_of_products_is_refused(loader: Loader) -> None:
    for content, code in NO_TABLES:
        assert await loader.unreadable(content) == code


async def test_who_may_not_provide_a_kind_is_refused(city: City, loader: Loader) -> None:
    for kind, row, member in (
        ("products", PRODUCT, city.mill),
        ("products", PRODUCT, city.official),
        ("capabilities", CAPABILITY, city.clerk),
        ("facts", FACT, city.clerk),
        ("honours", HONOUR, city.clerk),
    ):
        assert await loader.unreadable(table_of(row), kind, name_of(member)) == "import.organization_kind"


WRONG_PRODUCTS: list[tuple[dict[str, str], str, str | None]] = [
    ({"largest_amount_wan": "500万"}, "largest_amount_wan", "import.not_wan"),
    ({"largest_amount_wan": "5E+06"}, "largest_amount_wan", "import.not_wan"),
    ({"largest_amount_wan": "-5"}, "largest_amount_wan", "number_too_small"),
    ({"largest_amount_wan": "5,00"}, "largest_amount_wan", "import.not_wan"),
    ({"smallest_amount": "1.005"}, "smallest_amount", "import.not_yuan"),
    ({"smallest_amount": "99999999999999"}, "smallest_amount", "number_too_large"),
    ({"smallest_amount": "٣"}, "smallest_amount", "import.not_yuan"),
    ({"longest_tenor_months": "3年"}, "longest_tenor_months", "import.not_whole"),
    ({"lowest_rate_percent": "3.456"}, "lowest_rate_percent", "import.not_percent"),
    ({"highest_rate_percent": "3"}, "rate", "rate_band_incomplete"),
    ({"kind": "gold"}, "kind", "import.not_code"),
    ({"purposes": "working_capital;holiday"}, "purposes", "import.not_code"),
    ({"valid_until": "soon"}, "valid_until", "import.not_day"),
    ({"valid_until": "2026-02-30"}, "valid_until", "not_date"),
    ({"name_zh": ""}, "name_zh", "import.cell_missing"),
    ({"name_zh": "长" * 121}, "name_zh", "text_too_long"),
    ({"rules": "grade A"}, "rules", "import.not_json"),
    ({"rules": "[" * 100_000}, "rules", "import.not_json"),
    ({"rules": '{"all_of": [{"fact": "luck"}]}'}, "rules", None),
]


async def test_each_fault_is_named_by_row_and_column(city: City, loader: Loader) -> None:
    bank, good = name_of(city.clerk), PRODUCT | {"smallest_amount": ""}
    rows = [good | {"external_id": f"P{row}"} | changes for row, (changes, _, _) in enumerate(WRONG_PRODUCTS)]
    faults = await loader.refused("products", bank, table_of(good, *rows))
    for row, (_, column, code) in enumerate(WRONG_PRODUCTS, 3):
        named = {(where, found) for number, where, found in faults if number == row}
        assert {where for where, _ in named} == {column}
        assert code is None or (column, code) in named
    assert not [row for row, _, _ in faults if row == 2]
    past = table_of(good, good | {"external_id": "P-2", "valid_until": "2020-01-01"})
    assert await loader.refused("products", bank, past) == [(3, "valid_until", "listing_end_out_of_range")]


async def test_a_product_is_loaded_once_changed_once_and_then_left(city: City, loader: Loader) -> None:
    bank = name_of(city.product_manager)
    assert await loader("products", bank, table_of(PRODUCT)) == {"added": 1, "changed": 0, "unchanged": 0}
    (row,) = loader.ask("SELECT state, name_zh, external_id FROM credit_product")
    assert row == ("draft", "织造贷", "P-1")
    ((terms,),) = loader.ask("SELECT terms FROM credit_product_version")
    assert terms["largest_amount_fen"] == 500_000_000
    assert terms["rate"]["lowest_basis_points"] == 345
    assert terms["rate"]["highest_basis_points"] == 420
    assert terms["purposes"] == ["working_capital", "equipment"]
    assert terms["documents"] == ["营业执照", "近三年报表"]
    before = loader.stored()
    assert (await loader("products", bank, table_of(PRODUCT)))["unchanged"] == 1
    assert loader.stored() == before
    changed = PRODUCT | {"largest_amount_wan": "600.5"}
    assert (await loader("products", bank, table_of(changed)))["changed"] == 1
    numbers = loader.ask(
        "SELECT number, terms->'largest_amount_fen' FROM credit_product_version ORDER BY number"
    )
    assert numbers == [(1, 500_000_000), (2, 600_500_000)]
    actions = [row[0] for row in loader.ask("SELECT action FROM journal_entry ORDER BY id")]
    assert actions == ["credit_products.create", "credit_products.change"]
    listed = done(await city.product_manager.get("/v1/credit-products"))["items"]
    assert [one["version_number"] for one in listed] == [2]
    kinds = [task["kind"] for task in done(await city.product_manager.get("/v1/tasks"))["items"]]
    assert kinds == ["complete_product"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_chinese_headings_and_the_encodings_of_excel(city: City, loader: Loader, encoding: str) -> None:
    alias = {"source": "来源系统", "external_id": "来源编号", "kind": "产品种类", "name_zh": "产品名称"}
    alias |= {"valid_until": "有效期至", "largest_amount_wan": "最高额度(万元)", "rules": "准入条件"}
    row = {alias.get(name, name): cell for name, cell in PRODUCT.items()}
    assert (await loader("products", name_of(city.clerk), table_of(row, encoding=encoding)))["added"] == 1
    assert loader.ask("SELECT name_zh, source FROM credit_product") == [("织造贷", "核心系统")]


async def test_what_looks_like_a_formula_is_data(city: City, loader: Loader) -> None:
    formula = '=HYPERLINK("http://example.invalid","x")'
    await loader("products", name_of(city.clerk), table_of(PRODUCT | {"name_zh": formula}))
    assert loader.ask("SELECT name_zh FROM credit_product") == [(formula,)]


async def test_one_wrong_row_among_many_stores_none_and_repeats_are_named(city: City, loader: Loader) -> None:
    rows = [PRODUCT | {"external_id": f"P-{number}"} for number in range(40)]
    wrong = [row | {"valid_until": "2020-01-01"} if number % 2 else row for number, row in enumerate(rows)]
    assert len(await loader.refused("products", name_of(city.clerk), table_of(*wrong))) == 20
    faults = await loader.refused("products", name_of(city.clerk), table_of(*rows, rows[7]))
    assert faults == [(42, "external_id", "import.row_repeated")]
    short = table_of(*rows) + b"a,b\r\n"
    assert await loader.refused("products", name_of(city.clerk), short) == [(42, "", "import.row_length")]


def test_bytes_changed_at_random_are_read_or_refused_with_a_sentence(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")  # noqa: T201
    chance = random.Random(seed)  # noqa: S311
    whole = table_of(*(PRODUCT | {"external_id": f"P-{number}"} for number in range(3)), encoding="gb18030")
    file = tmp_path / "broken.csv"
    refused = 0
    for _ in range(300):
        content = bytearray(whole)
        for _ in range(chance.randrange(1, 6)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        file.write_bytes(bytes(content[: chance.randrange(len(content))]))
        try:
            assert read_file(file, IMPORTERS[Kind.PRODUCTS].columns)[1]
        except CommandRefused as refusal:
            said = text(refusal.code, "en", **refusal.parameters)
            assert said.isprintable()
            refused += 1
        except FileRefused as refusal:
            refused += all(all(fault.sentences()) for fault in refusal.faults)
    assert refused > 100


@pytest.fixture
def server(foundation: Foundation) -> dict[str, str]:
    key = foundation.signing_key_pem
    return server_settings(key, foundation.owner_url, foundation.app_url, foundation.system_url)


def _enterprise(url: str) -> str:
    with psycopg.connect(url) as connection:
        organization, unit = "01941f29-7c00-7000-8000-0000000000aa", "01941f29-7c00-7000-8000-0000000000ab"
        made = (organization, OrganizationState.ACTIVE, DISTRICT)
        connection.execute(
            "INSERT INTO organization (id, created_at, version, kind, state, name_zh, district)"
            " VALUES (%s, now(), 1, 'enterprise', %s, '纺织厂', %s)",
            made,
        )
        connection.execute(
            "INSERT INTO unit (id, created_at, version, organization_id, kind, name_zh, lineage, territory)"
            " VALUES (%s, now(), 1, %s, 'head_office', '厂部', ARRAY[%s]::uuid[], '{}')",
            (unit, organization, unit),
        )
    return "纺织厂"


def test_the_command_tells_what_it_did(server: dict[str, str], superuser_url: str, tmp_path: Path) -> None:
    file = tmp_path / "facts.csv"
    named = ("--organization", _enterprise(superuser_url))
    file.write_bytes(table_of(FACT, *({**FACT, "unit": "斤", "as_of": "2026-1-1"} for _ in range(30))))
    failed = ask("import", "facts", str(file), *named, **server)
    assert failed.exit_code == 1
    assert "Traceback" not in failed.output
    assert "第 3 行“unit”列" in failed.output
    assert "And 10 more." in failed.output
    assert "not a single row" in failed.output
    file.write_bytes(table_of(FACT))
    for said in ("1 added", "1 as they were"):
        result = ask("import", "facts", str(file), *named, **server)
        assert result.exit_code == 0, result.output
        assert said in result.output
    missing = ask("import", "facts", str(tmp_path / "none.csv"), *named, **server)
    assert (missing.exit_code, "no such file" in missing.output) == (2, True)
    unknown = ask("import", "wishes", str(file), *named, **server)
    assert (unknown.exit_code, "products, capabilities" in unknown.output) == (2, True)


def test_the_examples_of_the_documentation_are_tables_of_their_kinds(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "import.md").read_text(encoding="utf-8")
    examples = [part.split("```")[0] for part in page.split("```csv\n")[1:]]
    assert len(examples) == len(Kind)
    for kind, example in zip(Kind, examples, strict=True):
        file = tmp_path / f"{kind}.csv"
        file.write_text(example, encoding="utf-8")
        heading, lines = read_file(file, IMPORTERS[kind].columns)
        official: Any = SimpleNamespace(official=True, organization_id=UUID(int=1), unit_id=UUID(int=2))
        for line in lines:
            known = {line.cells[column] for column in line.cells if column.name == "enterprise"}
            draft, faults = IMPORTERS[kind].draft(line, heading, official, dict.fromkeys(known, UUID(int=3)))
            assert draft is not None
            assert not faults
        for column in IMPORTERS[kind].columns:
            assert f"| `{column.name}` | {column.alias} |" in page, column.name
