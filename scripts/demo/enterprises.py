"""The lines of enterprises.csv as organizations with their facts: one line holds all that is known of one.

An empty cell is unknown. Amounts are in 万元 (10,000 CNY), where the column says `_wan`; several codes in one
cell stand apart by spaces. How old a statement is when the demo is loaded, and who says so, goes by the fact;
`self_declared` names those for which an enterprise has nothing but its own word.
"""

from collections.abc import Mapping
from typing import Any

from schemas.eligibility import FACTS, FactKind
from schemas.eligibility.values import FactContent
from schemas.vocabulary import FactName, FactSource, OrganizationKind, Role, RuleUnit
from scripts.demo.shapes import DemoAccount

FEN_A_WAN = 1_000_000
TRUTHS = {"yes": True, "no": False}
NO_ACCOUNT = DemoAccount()

# Days since, and source.
ORIGINS: Mapping[FactName, tuple[int, FactSource]] = {
    FactName.REGISTRATION_DATE: (200, FactSource.SYSTEM_OF_RECORD),
    FactName.DISTRICT: (200, FactSource.SYSTEM_OF_RECORD),
    FactName.INDUSTRY: (200, FactSource.SYSTEM_OF_RECORD),
    FactName.CHAINS: (90, FactSource.OFFICIAL_LIST),
    FactName.HONOURS: (90, FactSource.OFFICIAL_LIST),
    FactName.HEADCOUNT: (60, FactSource.SELF_DECLARED),
    FactName.REVENUE_LAST_12_MONTHS: (120, FactSource.DOCUMENT),
    FactName.REVENUE_PREVIOUS_12_MONTHS: (120, FactSource.DOCUMENT),
    FactName.TAX_PAID_LAST_12_MONTHS: (60, FactSource.SYSTEM_OF_RECORD),
    FactName.TAX_CREDIT_GRADE: (150, FactSource.OFFICIAL_LIST),
    FactName.TOTAL_ASSETS: (120, FactSource.DOCUMENT),
    FactName.DEBT_RATIO: (120, FactSource.DOCUMENT),
    FactName.INVENTION_PATENTS: (90, FactSource.OFFICIAL_LIST),
    FactName.RESEARCH_SPEND_LAST_12_MONTHS: (120, FactSource.DOCUMENT),
    FactName.BANK_CREDIT_OUTSTANDING: (20, FactSource.SELF_DECLARED),
    FactName.FIRST_TIME_BORROWER: (20, FactSource.SELF_DECLARED),
    FactName.OVERDUE_DEBT: (20, FactSource.SYSTEM_OF_RECORD),
    FactName.OPEN_LITIGATION: (20, FactSource.SELF_DECLARED),
    FactName.COLLATERAL: (60, FactSource.SELF_DECLARED),
    FactName.DIGITAL_LEVEL: (90, FactSource.OFFICIAL_LIST),
    FactName.GREEN_GRADE: (60, FactSource.OFFICIAL_LIST),
    FactName.RESOURCE_USE_GRADE: (100, FactSource.OFFICIAL_LIST),
    FactName.OWNERSHIP: (200, FactSource.SELF_DECLARED),
}


def enterprise_of(line: Mapping[str, str], accounts: Mapping[str, DemoAccount]) -> dict[str, Any]:
    """A line as the content of a DemoOrganization; its owner signs in where `accounts` says so."""
    key, root = line["key"], f"{line['key']}_root"
    owner = {
        "login": f"demo-{key}",
        "display_name": f"{line['owner']}（演示）",
        "email": f"{key}@demo.invalid",
        "role": Role.OWNER,
        "unit": root,
        **accounts.get(key, NO_ACCOUNT).model_dump(),
    }
    return {
        "key": key,
        "kind": OrganizationKind.ENTERPRISE,
        "name_zh": line["name_zh"],
        "name_en": line["name_en"],
        "credit_code_stem": f"91{line['district']}DEMA{int(line['number']):05d}",
        "district": line["district"],
        "root": root,
        "people": [owner],
        "facts": _facts(line),
    }


def _facts(line: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    declared = frozenset(line["self_declared"].split())
    return {
        name.value: {
            "value": _content(name, cell),
            "days_ago": days,
            "source": FactSource.SELF_DECLARED if name in declared else source,
        }
        for name, (days, source) in ORIGINS.items()
        if (cell := line[_column(name)])
    }


def _column(name: FactName) -> str:
    return f"{name}_wan" if FACTS[name].unit is RuleUnit.FEN else name.value


def _content(name: FactName, cell: str) -> FactContent:
    definition = FACTS[name]
    if definition.kind is FactKind.NUMBER:
        return int(cell) * (FEN_A_WAN if definition.unit is RuleUnit.FEN else 1)
    if definition.kind is FactKind.BOOLEAN:
        return TRUTHS[cell]
    if definition.kind in {FactKind.CHOICES, FactKind.CODES}:
        return tuple(cell.split())
    return cell
