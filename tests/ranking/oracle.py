"""The verdict decided a second time, as naively as the design reads, from the plain JSON of a request.

Nothing of the engine is used here, and nothing may be: tables stand here a second time on purpose.
"""

from datetime import date
from typing import Any

STALE_AFTER = {
    "district": 36,
    "industry": 36,
    "chains": 24,
    "honours": 12,
    "headcount": 12,
    "revenue_last_12_months": 18,
    "revenue_previous_12_months": 18,
    "tax_paid_last_12_months": 18,
    "tax_credit_grade": 15,
    "total_assets": 18,
    "debt_ratio": 18,
    "invention_patents": 24,
    "research_spend_last_12_months": 18,
    "bank_credit_outstanding": 3,
    "first_time_borrower": 3,
    "overdue_debt": 3,
    "open_litigation": 3,
    "collateral": 12,
    "digital_level": 24,
    "green_grade": 12,
    "resource_use_grade": 18,
}
MORTGAGED = {"real_estate", "equipment"}
PLEDGED = {"receivables", "order_or_contract", "intellectual_property", "inventory", "equity", "deposit"}
ASKS_NOTHING = {"unsecured", "guarantee_company", "guarantee_insurance", "risk_compensation_pool"}


def verdicts(request: dict[str, Any]) -> dict[str, str]:
    """Verdict by candidate id; candidates of excluded providers are not there."""
    need = request["need"]
    return {
        one["candidate_id"]: _verdict(_conditions(request, one))
        for one in request["candidates"]
        if one["organization_id"] not in need["excluded_organization_ids"]
        and one["unit_id"] not in need["excluded_unit_ids"]
    }


def as_published(request: dict[str, Any]) -> set[str]:
    """Ids of those that leave something unsaid: rules or terms that are not published."""
    return {
        one["candidate_id"]
        for one in request["candidates"]
        if one["unpublished_rules"]
        or one["largest_amount_fen"] is None
        or (one["longest_tenor_months"] is None and _tenor(request["need"], one) == "met")
        or one["purposes"] == []
        or one["guarantee_modes"] == []
    }


def _verdict(conditions: list[str]) -> str:
    """Conditions are `met`, `unknown`, `unmet`, or `close`: unmet, but curable or within tolerance."""
    if "unmet" in conditions or conditions.count("close") > 2:
        return "ineligible"
    if "close" in conditions:
        return "near_miss"
    return "incomplete" if "unknown" in conditions else "eligible"


def _conditions(request: dict[str, Any], one: dict[str, Any]) -> list[str]:
    found = [_amount(request, one), _tenor(request["need"], one), _guarantee(request["need"], one)]
    served = one["purposes"] == [] or request["need"]["purpose"] in one["purposes"]
    found.append("met" if served else "unmet")
    found.append(_territory(request, one))
    today = request["reference_date"]
    begun = one["valid_from"] is None or one["valid_from"] <= today
    running = one["valid_until"] is None or today <= one["valid_until"]
    found.append("met" if begun and running else "unmet")
    found.append("unknown" if one["conditions_in_words"] else "met")
    return found + [
        _any_of(request, entry["any_of"]) if "any_of" in entry else _rule(request, entry)
        for entry in one["rules"]["all_of"]
    ]


def _any_of(request: dict[str, Any], alternatives: list[dict[str, Any]]) -> str:
    found = [_rule(request, one) for one in alternatives]
    return next(status for status in ("met", "unknown", "close", "unmet") if status in found)


def _amount(request: dict[str, Any], one: dict[str, Any]) -> str:
    need = request["need"]
    least = one["smallest_amount_fen"] or 1
    bounds = [one["largest_amount_fen"], one["authority_limit_fen"], one["quota_left_fen"]]
    known = [bound for bound in bounds if bound is not None]
    open_bound = False
    for formula in one["cap_formulas"]:
        base = _base(request, formula["basis"])
        if base is None:
            open_bound = True
        else:
            known.append(base * formula["share_basis_points"] // 10_000)
    for table in one["cap_tables"]:
        by_table = _table(request, table)
        open_bound = open_bound or by_table == "open"
        known += [by_table] if isinstance(by_table, int) else []
    if any(bound < least for bound in known):
        return "unmet"
    if need["amount_fen"] < least:
        return "close" if (least - need["amount_fen"]) * 5 <= least else "unmet"
    return "unknown" if open_bound else "met"


def _base(request: dict[str, Any], basis: str) -> Any:
    return {
        "tax_paid": _value(request, "tax_paid_last_12_months"),
        "contract_amount": request["need"]["contract_amount_fen"],
        "intellectual_property_appraisal": request["need"]["intellectual_property_appraisal_fen"],
    }[basis]


def _table(request: dict[str, Any], table: dict[str, Any]) -> int | str | None:
    """The cap, `open`, or None: no limit. Every way in which the unknown may turn out is looked at."""
    unbounded = 10**30
    amounts: list[tuple[int, int]] = []
    for band in table["bands"]:
        status = _rule(request, band["when"])
        amount = band["cap_fen"]
        if band["basis"] is not None:
            base = _base(request, band["basis"])
            amount = None if base is None else base * band["share_basis_points"] // 10_000
        if status == "met":
            amounts.append((amount, amount) if amount is not None else (-1, unbounded))
        if status == "unknown":
            amounts.append((-1, unbounded if amount is None else amount))
    if not amounts:
        fallback: int | None = table["otherwise_fen"]
        return fallback
    least = max(low for low, _ in amounts)
    return least if least == max(high for _, high in amounts) else "open"


def _tenor(need: dict[str, Any], one: dict[str, Any]) -> str:
    asked = need["tenor_months"]
    if asked is None:
        return "met"
    longest, shortest = one["longest_tenor_months"], one["shortest_tenor_months"]
    if longest is not None and asked > longest:
        return "close" if (asked - longest) * 5 <= longest else "unmet"
    if shortest is not None and asked < shortest:
        return "close" if (shortest - asked) * 5 <= shortest else "unmet"
    return "met"


def _guarantee(need: dict[str, Any], one: dict[str, Any]) -> str:
    pledges = set(need["pledges"])
    if one["guarantee_modes"] == []:
        return "met"
    for mode in one["guarantee_modes"]:
        if mode in ASKS_NOTHING:
            return "met"
        if mode == "mortgage" and pledges & MORTGAGED:
            return "met"
        if mode == "pledge" and pledges & PLEDGED:
            return "met"
        if mode == "third_party_guarantee" and "third_party_guarantee" in pledges:
            return "met"
    return "unmet"


def _territory(request: dict[str, Any], one: dict[str, Any]) -> str:
    district = _value(request, "district")
    if district is None:
        return "unknown"
    return "met" if any(_in_district(district, area) for area in one["territory"]) else "unmet"


def _in_district(district: str, area: str) -> bool:
    if area[2:] == "0000":
        return district[:2] == area[:2]
    if area[4:] == "00":
        return district[:4] == area[:4]
    return district == area


def _months_between(start: str, end: str) -> int:
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    count = 0
    year, month = first.year, first.month
    while True:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        if (year, month, first.day) > (last.year, last.month, last.day):
            return count
        count += 1


def _value(request: dict[str, Any], name: str) -> Any:
    """The fact's value at the reference date, None when it is not known."""
    if name == "revenue_growth":
        now, before = _value(request, "revenue_last_12_months"), _value(request, "revenue_previous_12_months")
        return None if now is None or not before else now * 10_000 // before - 10_000
    if name == "research_intensity":
        spent, earned = (
            _value(request, "research_spend_last_12_months"),
            _value(request, "revenue_last_12_months"),
        )
        return None if spent is None or not earned else spent * 10_000 // earned
    today = request["reference_date"]
    for fact in request["facts"]:
        if fact["name"] == name and fact["as_of"] <= today:
            if name in STALE_AFTER and _months_between(fact["as_of"], today) >= STALE_AFTER[name]:
                return None
            return _months_between(fact["value"], today) if name == "registration_date" else fact["value"]
    return None


def _rule(request: dict[str, Any], rule: dict[str, Any]) -> str:
    value = _value(request, rule["fact"])
    if value is None:
        return "unknown"
    if _holds(rule, value):
        return "met"
    return "close" if rule["curable"] or _within_tolerance(rule, value) else "unmet"


def _holds(rule: dict[str, Any], value: Any) -> bool:
    operator, wanted = rule["operator"], rule["value"]
    if operator in {"is_true", "is_false"}:
        return value is (operator == "is_true")
    if operator in {"at_least", "at_most", "between"}:
        return _in_range(operator, wanted, value)
    in_tree = rule["fact"] in {"district", "industry"} and operator != "is_one_of"
    held = [value] if isinstance(value, str) else value
    shared = [code for code in wanted if code in held]
    some = _in_tree(rule["fact"], value, wanted) if in_tree else bool(shared)
    if operator == "has_all_of":
        return len(shared) == len(wanted)
    return not some if operator == "has_none_of" else some


def _in_range(operator: str, wanted: Any, value: int) -> bool:
    if operator == "at_least":
        return bool(value >= wanted)
    if operator == "at_most":
        return bool(value <= wanted)
    return bool(wanted["lowest"] <= value <= wanted["highest"])


def _in_tree(fact: str, code: str, listed: list[str]) -> bool:
    if fact == "district":
        return any(_in_district(code, area) for area in listed)
    return any(code[: len(branch)] == branch for branch in listed)


def _within_tolerance(rule: dict[str, Any], value: Any) -> bool:
    wanted, share = rule["value"], rule["tolerance_basis_points"]
    match rule["operator"]:
        case "at_least" | "at_most":
            missed = wanted
        case "between":
            missed = wanted["lowest"] if value < wanted["lowest"] else wanted["highest"]
        case _:
            return False
    return bool(abs(value - missed) * 10_000 <= abs(missed) * share)
