"""What intake help reads of a draft, and what a piece of advice is. Nothing is judged here."""

from dataclasses import dataclass, field
from datetime import date

from schemas.vocabulary import AdviceCode, AdviceKind

KINDS: dict[AdviceCode, AdviceKind] = {
    **dict.fromkeys(AdviceCode, AdviceKind.MISSING),
    **dict.fromkeys(
        (
            *(AdviceCode.PROBLEM_REPEATS_TITLE, AdviceCode.PROBLEM_SHORT, AdviceCode.SUMMARY_SHORT),
            *(AdviceCode.INDICATOR_ONLY_IN_TEXT, AdviceCode.INDICATOR_NOT_MEASURABLE),
            *(AdviceCode.INDICATOR_WITHOUT_BASELINE, AdviceCode.BUDGET_ONLY_IN_TEXT),
            *(AdviceCode.AMOUNT_VERY_SMALL, AdviceCode.DEADLINE_NEAR),
        ),
        AdviceKind.UNCLEAR,
    ),
    **dict.fromkeys(
        (
            *(AdviceCode.ABSTRACT_PROCESS_PARAMETERS, AdviceCode.ABSTRACT_FORMULA),
            *(AdviceCode.ABSTRACT_NAMES_CUSTOMER, AdviceCode.ABSTRACT_CONTACT_DETAILS),
        ),
        AdviceKind.REVEALING,
    ),
    **dict.fromkeys((AdviceCode.SAME_AS_ANOTHER, AdviceCode.CLOSE_TO_ANOTHER), AdviceKind.REPEATED),
}


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to mend. `pointer` names the field, `found` quotes it; the words stand in the catalogue."""

    code: AdviceCode
    pointer: str
    parameters: dict[str, int] = field(default_factory=dict)
    found: tuple[str, ...] = ()

    @property
    def kind(self) -> AdviceKind:
        return KINDS[self.code]


@dataclass(frozen=True, slots=True)
class StatedIndicator:
    name: str
    goal: str
    baseline: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandDraft:
    """What a research demand says so far; None, empty and False are not said."""

    title: str
    problem: str = ""
    public_abstract: str = ""
    indicators: tuple[StatedIndicator, ...] = ()
    budget_stated: bool = False
    needed_by: date | None = None
    modes_stated: bool = False
    readiness_stated: bool = False
    chain_stated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedDraft:
    """What a financing need says so far beyond its five answers."""

    amount_fen: int
    needed_by: date | None = None
    tenor_months: int | None = None
    summary: str = ""
