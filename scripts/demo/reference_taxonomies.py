"""The city's dated lists as rows: clusters, chains, districts, zones, honour criteria and remedies."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from matchmaking.tables.taxonomies import TaxonomyEntry
from schemas.taxonomies import TaxonomyScheme
from scripts.demo.data import demo_id
from scripts.demo.reference_data import Printed, rows_of

CRITERION = ("honour", "level", "criterion_key", "operator", "value", "unit", "condition", "validity_years")


def taxonomy_rows(instant: datetime) -> Iterator[dict[str, Any]]:
    """In their order; positions count from 1 in each scheme."""
    places: Counter[TaxonomyScheme] = Counter()
    for entry in (*_lists(), *_criteria(), *_remedies()):
        scheme = TaxonomyScheme(entry["scheme"])
        places[scheme] += 1
        yield TaxonomyEntry(
            id=demo_id(f"taxonomy {scheme} {entry['code']}"),
            created_at=instant,
            position=places[scheme],
            **(entry | {"scheme": scheme}),
        ).model_dump()


def _lists() -> Iterator[dict[str, Any]]:
    for row in rows_of("taxonomies"):
        note = {"note": row["note"]} if row["note"] else {}
        yield _entry(row, row["scheme"], parent_code=row["parent_code"] or None, details=note)


def _criteria() -> Iterator[dict[str, Any]]:
    for row in rows_of("honours"):
        details = {name: row[name] for name in CRITERION if row[name]}
        yield _entry(
            {**row, "name_zh": row["text_cn"]},
            TaxonomyScheme.HONOUR_CRITERION,
            parent_code=row["honour_code"],
            details=details,
        )


def _remedies() -> Iterator[dict[str, Any]]:
    for row in rows_of("remedies"):
        told = ("helper", "how_zh", "how_en", "usual_time_zh", "usual_time_en")
        details = {name: row[name] for name in told if row[name]}
        yield _entry(row, TaxonomyScheme.REMEDY, details=details)


def _entry(row: Printed, scheme: str, **more: Any) -> dict[str, Any]:
    same = {name: row[name] for name in ("code", "name_zh", "name_en", "source", "as_of")}
    return {"scheme": scheme, **same, **more}
