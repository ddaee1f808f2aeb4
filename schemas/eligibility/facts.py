"""What each enterprise fact is: kind, unit, allowed values, how long it counts, whether a rule may read it.

Amounts are CNY fen, ratios basis points. A date fact is kept as an ISO date and read by rules as the complete
months since then. A reckoned fact is never stated: it follows from the facts that it names.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from schemas.vocabulary import (
    FactName,
    GreenGrade,
    Honour,
    Ownership,
    PledgeKind,
    ResourceUseGrade,
    RuleUnit,
    TaxGrade,
)

LARGEST_FACT_FEN = 10**15
DISTRICT_PATTERN = r"[0-9]{6}"
INDUSTRY_PATTERN = r"[A-T]([0-9]{2,4})?"
CHAIN_PATTERN = r"[a-z][a-z0-9_]{1,59}"


class FactKind(StrEnum):
    """Shape of a value: an integer in a unit, an ISO date, a truth, or one or several codes.

    `choice` and `choices` take codes of a closed list; `code` and `codes` take codes of dated lists that a
    city loads, checked here by pattern only.
    """

    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    CHOICES = "choices"
    CODE = "code"
    CODES = "codes"


@dataclass(frozen=True, slots=True)
class FactDefinition:
    """One line of the registry.

    `unit` is the unit of thresholds, `lowest` and `highest` bound values and thresholds in it.
    `stale_after_months` is how many complete months after its `as_of` a value counts as unknown; None: it
    does not age. `reckoned_from` names the facts a reckoned one follows from. `issued` marks what an
    authority issues, so that anything but its list or its system counts as self-declared.
    """

    kind: FactKind
    stale_after_months: int | None
    why_stale: str
    unit: RuleUnit | None = None
    lowest: int = 0
    highest: int = 0
    choices: type[StrEnum] | None = None
    pattern: str = ""
    readable_by_rules: bool = True
    reckoned_from: tuple[FactName, ...] = ()
    issued: bool = False


def _amount(stale_after_months: int, why_stale: str) -> FactDefinition:
    return FactDefinition(
        FactKind.NUMBER, stale_after_months, why_stale, unit=RuleUnit.FEN, highest=LARGEST_FACT_FEN
    )


def _count(stale_after_months: int, why_stale: str, highest: int = 10_000_000) -> FactDefinition:
    return FactDefinition(
        FactKind.NUMBER, stale_after_months, why_stale, unit=RuleUnit.COUNT, highest=highest
    )


def _grade(choices: type[StrEnum], stale_after_months: int, why_stale: str) -> FactDefinition:
    return FactDefinition(FactKind.CHOICE, stale_after_months, why_stale, choices=choices, issued=True)


def _reckoned(lowest: int, highest: int, *sources: FactName) -> FactDefinition:
    return FactDefinition(
        FactKind.NUMBER,
        None,
        "as old as the facts that it follows from",
        unit=RuleUnit.BASIS_POINTS,
        lowest=lowest,
        highest=highest,
        reckoned_from=sources,
    )


_ACCOUNTS = "a year's accounts are filed by the end of the sixth month after it, so one older year is missing"
_SHEET = "balance sheets come at least yearly; a lender asks for one of this year or the last"
_CREDIT = "loans are drawn and repaid within a quarter; an older report is not accepted by lenders either"

FACTS: Mapping[FactName, FactDefinition] = {
    FactName.REGISTRATION_DATE: FactDefinition(
        FactKind.DATE,
        None,
        "the day of registration does not change",
        unit=RuleUnit.MONTHS,
        highest=3_600,
        issued=True,
    ),
    FactName.DISTRICT: FactDefinition(
        FactKind.CODE,
        36,
        "firms move seldom, and moving changes the register",
        pattern=DISTRICT_PATTERN,
        issued=True,
    ),
    FactName.INDUSTRY: FactDefinition(
        FactKind.CODE,
        36,
        "main business changes seldom; the statistical register is redone every few years",
        pattern=INDUSTRY_PATTERN,
        issued=True,
    ),
    FactName.CHAINS: FactDefinition(
        FactKind.CODES,
        24,
        "lists of key chains are issued again every one or two years",
        pattern=CHAIN_PATTERN,
    ),
    FactName.HONOURS: FactDefinition(
        FactKind.CHOICES,
        12,
        "honours are issued and expire yearly, so a set of them is complete for a year at most",
        choices=Honour,
        issued=True,
    ),
    FactName.HEADCOUNT: _count(12, "social insurance reports follow every year"),
    FactName.REVENUE_LAST_12_MONTHS: _amount(18, _ACCOUNTS),
    FactName.REVENUE_PREVIOUS_12_MONTHS: _amount(18, "goes with the revenue of the last 12 months"),
    FactName.REVENUE_GROWTH: _reckoned(
        -10_000, 1_000_000, FactName.REVENUE_LAST_12_MONTHS, FactName.REVENUE_PREVIOUS_12_MONTHS
    ),
    FactName.TAX_PAID_LAST_12_MONTHS: _amount(18, _ACCOUNTS),
    FactName.TAX_CREDIT_GRADE: _grade(TaxGrade, 15, "issued every April for the year before"),
    FactName.TOTAL_ASSETS: _amount(18, _SHEET),
    FactName.DEBT_RATIO: FactDefinition(
        FactKind.NUMBER, 18, _SHEET, unit=RuleUnit.BASIS_POINTS, highest=1_000_000
    ),
    FactName.INVENTION_PATENTS: _count(24, "patents lapse when a yearly fee is not paid", highest=1_000_000),
    FactName.RESEARCH_SPEND_LAST_12_MONTHS: _amount(18, _ACCOUNTS),
    FactName.RESEARCH_INTENSITY: _reckoned(
        0, 1_000_000, FactName.RESEARCH_SPEND_LAST_12_MONTHS, FactName.REVENUE_LAST_12_MONTHS
    ),
    FactName.BANK_CREDIT_OUTSTANDING: _amount(3, _CREDIT),
    FactName.FIRST_TIME_BORROWER: FactDefinition(FactKind.BOOLEAN, 3, _CREDIT),
    FactName.OVERDUE_DEBT: FactDefinition(FactKind.BOOLEAN, 3, _CREDIT),
    FactName.OPEN_LITIGATION: FactDefinition(
        FactKind.BOOLEAN, 3, "cases open and close within a quarter; lenders look them up anew"
    ),
    FactName.COLLATERAL: FactDefinition(
        FactKind.CHOICES, 12, "what is pledged elsewhere is no longer free", choices=PledgeKind
    ),
    FactName.DIGITAL_LEVEL: FactDefinition(
        FactKind.NUMBER, 24, "the assessment is repeated every two years", unit=RuleUnit.LEVEL, highest=4
    ),
    FactName.GREEN_GRADE: _grade(GreenGrade, 12, "environmental credit changes during the year"),
    FactName.RESOURCE_USE_GRADE: _grade(ResourceUseGrade, 18, "rated once a year, published in summer"),
    FactName.OWNERSHIP: FactDefinition(
        FactKind.CHOICE,
        None,
        "for statistics only, and never read by a rule",
        choices=Ownership,
        readable_by_rules=False,
    ),
}
