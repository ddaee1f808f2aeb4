"""The same question put to PostgreSQL: indexes, filters, ORDER BY, as the app role under row policies.

It gets less to do: what fails a filter is left out by WHERE, nothing is hashed for ties, and the cost is the
nominal rate. What it finds eligible must be what we find.
"""

from pathlib import Path
from typing import Any

import orjson
import psycopg

from matchmaking.ranking import FinancingRequest
from matchmaking.ranking.components import BURDEN
from matchmaking.ranking.facts import FactsAtDate
from matchmaking.ranking.terms import PLEDGES_NEEDED
from schemas.vocabulary import FactName, GuaranteeMode
from scripts.benches.ranking.products import MEASURED, RATES

QUESTION = Path(__file__).with_name("question.sql").read_text(encoding="utf-8")
ENTER = "SELECT set_config('matchmaking.organization', gen_random_uuid()::text, false)"


class PostgresqlPeer:
    """One connection of the app role; statements are prepared as they come again."""

    def __init__(self, app_url: str) -> None:
        self.connection = psycopg.connect(app_url, autocommit=True)
        self.connection.execute(ENTER)

    def first_twenty(self, question: dict[str, Any]) -> int:
        """Reads them all; how many are eligible."""
        rows = self.connection.execute(QUESTION.encode(), question).fetchall()
        return int(rows[0][3]) if rows else 0

    def close(self) -> None:
        self.connection.close()


def question_of(request: FinancingRequest) -> dict[str, Any]:
    """The facts as they are read, and what follows from the need alone."""
    facts, need = FactsAtDate(request.facts, request.reference_date), request.need
    district, tax = facts.read(FactName.DISTRICT).value, facts.read(FactName.TAX_PAID_LAST_12_MONTHS).value
    offered = [
        mode for mode in GuaranteeMode if not PLEDGES_NEEDED[mode] or set(need.pledges) & PLEDGES_NEEDED[mode]
    ]
    return {
        "facts": orjson.dumps(list(_known(facts))).decode(),
        "tax": tax,
        "lpr": orjson.dumps({term.value: points for term, points in RATES.items()}).decode(),
        "burdens": orjson.dumps({mode.value: BURDEN[mode] for mode in offered}).decode(),
        "today": request.reference_date,
        "purpose": need.purpose.value,
        "modes": [mode.value for mode in offered],
        "places": [str(district), f"{str(district)[:4]}00"],
        "amount": need.amount_fen,
        "months": need.tenor_months,
        "left": (need.needed_by - request.reference_date).days,
    }


def _known(facts: FactsAtDate) -> Any:
    for name in (*(rule[0] for rule in MEASURED), FactName.TAX_CREDIT_GRADE, FactName.HONOURS):
        value = facts.read(name).value
        if isinstance(value, int):
            yield {"fact": name.value, "number": value}
        elif value is not None:
            codes = value if isinstance(value, tuple) else (str(value),)
            yield {"fact": name.value, "codes": list(codes)}
