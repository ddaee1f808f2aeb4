"""Fills a throw-away PostgreSQL with synthetic offers: the tables of the service, and those of the peer.

As superuser and without triggers, since only the reading of it is measured.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import psycopg
from psycopg.sql import SQL, Identifier

from matchmaking.tables.offers import READABLE
from scripts.benches.ranking.products import BANKS, SyntheticOffer, bank_id

Rows = Iterable[Sequence[Any]]

# As a database would be laid out for this question alone: typed columns, a rule a row, and the row policy
# that binds requests to products today.
PEER = Path(__file__).with_name("peer.sql").read_text(encoding="utf-8")
POLICY = "CREATE POLICY app_select ON bench_offer FOR SELECT TO matchmaking_app USING (" + (
    READABLE.replace("credit_product.id", "bench_offer.id") + ")"
)
EMPTIED = ("bench_offer", "bench_rule", "product_adoption", "credit_product_version", "credit_product")


def prepare(superuser_url: str) -> None:
    """The peer's tables, and the banks with a branch each."""
    now = datetime.now(UTC)
    banks = [(bank_id(bank), now, 1, "bank", "active", f"银行{bank}", "320600") for bank in range(BANKS)]
    units: list[Sequence[Any]] = [
        (bank_id(bank), now, 1, bank_id(bank), "branch", "支行", [bank_id(bank)], []) for bank in range(BANKS)
    ]
    with psycopg.connect(superuser_url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(PEER.encode())
        connection.execute(POLICY.encode())
        _copy(connection, "organization", "id created_at version kind state name_zh district", banks)
        columns = "id created_at version organization_id kind name_zh lineage territory"
        _copy(connection, "unit", columns, units)


def fill(superuser_url: str, offered: Sequence[SyntheticOffer]) -> None:
    """Instead of what was there."""
    now = datetime.now(UTC)
    with psycopg.connect(superuser_url) as connection:
        connection.execute("SET session_replication_role = replica")
        for table in EMPTIED:
            connection.execute(SQL("DELETE FROM {}").format(Identifier(table)))
        _fill_service(connection, offered, now)
        _copy(
            connection,
            "bench_offer",
            "id organization_id state smallest_fen largest_fen limit_fen tax_share longest_months purposes"
            " modes territory rate_from highest days valid_until in_words",
            (_peer_offer(one) for one in offered),
        )
        columns = "offer_id fact lowest highest codes curable tolerance"
        _copy(connection, "bench_rule", columns, (rule for one in offered for rule in _peer_rules(one)))
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _fill_service(
    connection: psycopg.Connection[Any], offered: Sequence[SyntheticOffer], now: datetime
) -> None:
    _copy(
        connection,
        "credit_product",
        "id created_at version organization_id kind state name_zh valid_until latest_number",
        (
            (one.id, now, 1, bank_id(one.bank), "working_capital", "open", "测量贷", one.valid_until, 1)
            for one in offered
        ),
    )
    _copy(
        connection,
        "credit_product_version",
        "id created_at version product_id organization_id number terms",
        ((one.id, now, 1, one.id, bank_id(one.bank), 1, orjson.dumps(one.terms).decode()) for one in offered),
    )
    _copy(
        connection,
        "product_adoption",
        "id created_at version product_id organization_id unit_id state territory authority_limit_fen"
        " quota_fen",
        (_adoption(one, now) for one in offered),
    )


def _adoption(one: SyntheticOffer, now: datetime) -> tuple[Any, ...]:
    bank = bank_id(one.bank)
    limits = (one.authority_limit_fen, one.quota_fen)
    return (one.id, now, 1, one.id, bank, bank, "open", one.territory, *limits)


def _peer_offer(one: SyntheticOffer) -> tuple[Any, ...]:
    terms, rate = one.terms, one.terms["rate"]
    limits = [limit for limit in (one.authority_limit_fen, one.quota_fen) if limit is not None]
    formulas = terms["cap_formulas"]
    return (
        one.id,
        bank_id(one.bank),
        "open",
        terms["smallest_amount_fen"] or 1,
        terms["largest_amount_fen"],
        min(limits, default=None),
        formulas[0]["share_basis_points"] if formulas else None,
        terms["longest_tenor_months"],
        terms["purposes"],
        terms["guarantee_modes"],
        one.territory,
        rate["lpr_term"] or ("fixed" if rate["kind"] == "fixed_band" else None),
        rate["highest_basis_points"],
        terms["days_to_money"],
        one.valid_until,
        bool(terms["conditions_in_words"]),
    )


def _peer_rules(one: SyntheticOffer) -> Iterator[tuple[Any, ...]]:
    for rule in one.terms["rules"]["all_of"]:
        value, operator = rule["value"], rule["operator"]
        lowest = value if operator == "at_least" else None
        highest = value if operator == "at_most" else None
        codes = value if isinstance(value, list) else None
        curable, tolerance = rule.get("curable", False), rule.get("tolerance_basis_points", 0)
        yield (one.id, rule["fact"], lowest, highest, codes, curable, tolerance)


def _copy(connection: psycopg.Connection[Any], table: str, columns: str, rows: Rows) -> None:
    statement = SQL("COPY {} ({}) FROM STDIN").format(
        Identifier(table), SQL(", ").join(map(Identifier, columns.split()))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def touch_one(superuser_url: str) -> None:
    """A change as the service makes them, noted by the triggers."""
    with psycopg.connect(superuser_url) as connection:
        connection.execute(
            "UPDATE credit_product SET version = version + 1"
            " WHERE id = (SELECT id FROM credit_product ORDER BY id LIMIT 1)"
        )
