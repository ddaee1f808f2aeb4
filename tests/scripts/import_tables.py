"""Tables as banks, institutions and offices would write them, and a loader that looks behind the walls."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from city import today
from matchmaking.db.session import Database
from scripts.failures import CommandRefused
from scripts.importing.acting import Tally
from scripts.importing.faults import FileRefused
from scripts.importing.loading import Kind, load

ROOT = Path(__file__).resolve().parents[2]
RULES = json.dumps({"all_of": []})
END = (today() + timedelta(days=300)).isoformat()
PRODUCT = {
    "source": "核心系统",
    "external_id": "P-1",
    "kind": "流动资金贷款",
    "name_zh": "织造贷",
    "valid_until": END,
    "largest_amount_wan": "500",
    "longest_tenor_months": "36",
    "rate_kind": "fixed_band",
    "lowest_rate_percent": "3.45",
    "highest_rate_percent": "4.2%",
    "purposes": "working_capital;购置设备",
    "documents": "营业执照；近三年报表",
    "rules": RULES,
}
FACT = {"name": "revenue_last_12_months", "value": "1,234.56", "unit": "万元", "as_of": today().isoformat()}
FACT |= {"source": "self_declared"}
CAPABILITY = {
    "source": "科研系统",
    "external_id": "L-1",
    "kind": "lab",
    "title_zh": "纺织材料实验室",
    "description": "纤维与染整",
    "valid_until": END,
    "fields": "纤维;染整",
    "largest_contract": "800000.50",
}
HONOUR = {
    "honour": "little_giant",
    "issued_on": "2025/7/1",
    "as_of": "2025年7月2日",
    "source": "self_declared",
}
REFERENCE_RATE = {
    "term": "one_year",
    "published_on": "2026/6/22",
    "rate_percent": "2.95%",
    "source": "全国银行间同业拆借中心",
}
TABLES = (
    "reference_rate",
    "credit_product",
    "credit_product_version",
    "capability",
    "enterprise_fact",
    "held_honour",
    "journal_entry",
)


def table_of(*rows: dict[str, str], encoding: str = "utf-8") -> bytes:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    written = io.StringIO()
    writer = csv.DictWriter(written, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue().encode(encoding)


class Loader:
    """Loads tables in the name of an organization, and counts what is stored."""

    def __init__(self, database: Database, folder: Path, url: str) -> None:
        self.database, self.folder, self.url = database, folder, url

    async def __call__(self, kind: str, named: str, content: bytes) -> dict[str, int]:
        file = self.folder / "table.csv"
        file.write_bytes(content)
        tally: Tally = await load(self.database, Kind(kind), file, named)
        return dict(tally.counts)

    async def refused(self, kind: str, named: str, content: bytes) -> list[tuple[int, str, str]]:
        """(row, column, code) of each fault, after a look that nothing was stored."""
        before = self.stored()
        with pytest.raises(FileRefused) as found:
            await self(kind, named, content)
        assert self.stored() == before
        for fault in found.value.faults:
            assert all(fault.sentences())
        return [(fault.row, fault.column, fault.code) for fault in found.value.faults]

    async def unreadable(self, content: bytes, kind: str = "products", named: str = "nobody") -> str:
        before = self.stored()
        with pytest.raises(CommandRefused) as found:
            await self(kind, named, content)
        assert self.stored() == before
        return found.value.code

    def stored(self) -> list[int]:
        return [int(self.ask(f"SELECT count(*) FROM {table}")[0][0]) for table in TABLES]  # noqa: S608

    def ask(self, query: str) -> list[Any]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query).fetchall()  # type: ignore[arg-type]


def name_of(member: Any) -> str:
    """As tests name organizations."""
    actor = member.actor
    return f"测试{actor.organization_kind.value}{actor.organization_id.hex[-6:]}"
