"""What the measured enterprises and banks state and ask for; plain data of the kind people would enter."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from schemas.credit_products import CreditProductCreate
from schemas.enterprise_facts import EnterpriseFactsRecord

DISTRICT = "320602"
CITY = "320600"

TERMS: dict[str, Any] = {
    "purposes": ["working_capital", "equipment"],
    "guarantee_modes": ["unsecured", "mortgage"],
    "repayment_methods": ["equal_instalments"],
    "cap_formulas": [{"basis": "tax_paid", "share_basis_points": 40_000}],
    "documents": ["近两年财务报表", "近12个月纳税证明"],
}


def product_draft(today: date, number: int) -> CreditProductCreate:
    """With five rules, one of them not published; thresholds and prices differ from product to product."""
    rate = {"kind": "fixed_band", "lowest_basis_points": 300 + number, "highest_basis_points": 420 + number}
    terms = TERMS | {
        "largest_amount_fen": 500_000_000 + 10_000_000 * number,
        "longest_tenor_months": 12 + number,
        "days_to_money": 3 + number % 10,
        "rate": rate,
        "rules": {"all_of": _rules(number)},
    }
    draft = {
        "kind": "working_capital",
        "name_zh": f"测量贷{number}",
        "name_en": f"Measured loan {number}",
        "valid_until": today + timedelta(days=300),
        "terms": terms,
    }
    return CreditProductCreate.model_validate(draft)


def _rules(number: int) -> list[dict[str, Any]]:
    revenue = 100_000_000 * (1 + number)
    return [
        {"fact": "registration_date", "operator": "at_least", "unit": "months", "value": 12 + number},
        {
            "fact": "tax_credit_grade",
            "operator": "is_one_of",
            "value": ["A", "B", "M"],
            "curable": True,
            "remedy": "restore_tax_credit",
        },
        {"fact": "revenue_last_12_months", "operator": "at_least", "unit": "fen", "value": revenue},
        {"fact": "district", "operator": "within_list", "value": [CITY]},
        {
            "fact": "bank_credit_outstanding",
            "operator": "at_most",
            "unit": "fen",
            "value": 2_000_000_000,
            "visibility": "bank_only",
        },
    ]


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
