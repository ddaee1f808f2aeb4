"""What the measured enterprises state and ask for; plain data of the kind people would enter."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from schemas.enterprise_facts import EnterpriseFactsRecord

DISTRICT = "320602"
CITY = "320600"


def need_draft(today: date, contact_person_id: UUID, number: int) -> dict[str, Any]:
    """The five answers and a tenor, as JSON."""
    return {
        "amount_fen": 100_000_000 + 1_000_000 * number,
        "purpose": "working_capital",
        "needed_by": (today + timedelta(days=90)).isoformat(),
        "pledges": ["none"],
        "contact_person_id": str(contact_person_id),
        "tenor_months": 12,
    }


def facts_statement(today: date, number: int) -> EnterpriseFactsRecord:
    values: dict[str, object] = {
        "registration_date": (today - timedelta(days=400 + 300 * number)).isoformat(),
        "tax_credit_grade": "B",
        "revenue_last_12_months": 500_000_000 * (1 + number),
        "tax_paid_last_12_months": 30_000_000,
        "bank_credit_outstanding": 100_000_000,
        "headcount": 80,
    }
    stated = [
        {"name": name, "value": value, "as_of": today.isoformat(), "source": "self_declared"}
        for name, value in values.items()
    ]
    return EnterpriseFactsRecord.model_validate({"facts": stated})
