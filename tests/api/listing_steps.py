"""Drafts of listings beside offers and needs: projects, policy measures, honours held."""

from datetime import timedelta
from typing import Any

from city import City, today
from tests.api.steps import Thing


def in_days(days: int) -> str:
    return (today() + timedelta(days=days)).isoformat()


def project_draft(**changes: Any) -> Thing:
    draft = {
        "title": "智能织造二期",
        "summary": "新建车间",
        "total_investment_fen": 1_000_000_000,
        "own_capital_fen": 400_000_000,
        "approvals": [
            {"kind": "filing_or_approval", "state": "granted", "on": "2026-01-05", "number": "备〔2026〕1号"},
            {"kind": "construction_permit", "state": "not_applied"},
        ],
        "plan_of_use": [{"purpose": "equipment", "amount_fen": 700_000_000, "note": "剑杆织机"}],
    }
    return draft | changes


GRADE = {"fact": "tax_credit_grade", "operator": "is_one_of", "value": ["A", "B"]}


def measure_draft(**changes: Any) -> Thing:
    draft = {
        "kind": "interest_subsidy",
        "title_zh": "技改贷款贴息",
        "title_en": "Interest subsidy for technical upgrades",
        "description": "对技术改造贷款按实际支付利息给予补贴。",
        "rules": {"all_of": [GRADE]},
        "rate_basis_points": 200,
        "cap_each_fen": 200_000_000,
        "paid": "每年四季度申报，次年一季度拨付",
        "valid_from": "2026-01-01",
        "valid_until": in_days(200),
        "document": "测试〔2026〕1号",
        "as_of": "2026-01-01",
    }
    return draft | changes


def honours_stated(**changes: Any) -> Thing:
    """By the enterprise of itself."""
    draft = {
        "honour": "little_giant",
        "level": "national",
        "issued_on": "2026-01-10",
        "expires_on": in_days(400),
        "as_of": "2026-01-10",
        "source": "self_declared",
        "document": "第五批名单",
    }
    return {"honours": [draft | changes]}


def honours_listed(city: City, **changes: Any) -> Thing:
    """By an official, of the mill."""
    holder = {"organization_id": str(city.mill.actor.organization_id), "source": "official_list"}
    return honours_stated(**holder | changes)
