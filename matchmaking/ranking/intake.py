"""Intake help: what a draft lacks, leaves unclear or tells strangers too much. Advice, never refusal.

Only what helps to be found and answered is asked for; the confidential part of a demand is not read here,
because no ranking reads it. Which other wishes say the same is `intake_alike`'s to find. Amounts are CNY fen.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date

from matchmaking.ranking.intake_drafts import Advice, DemandDraft, NeedDraft, StatedIndicator
from matchmaking.ranking.intake_names import contact_details, organization_names
from matchmaking.ranking.intake_process import formulas, process_parameters
from matchmaking.ranking.words import is_chinese, says_anything, term_counts
from schemas.vocabulary import AdviceCode

SHORTEST_PROBLEM = 60
SHORTEST_SUMMARY = 15
# A word of another script says about as much as two Chinese characters.
CHARACTERS_A_WORD = 2
# A problem of which four fifths stand in the title already adds nothing to it.
REPEATED_BASIS_POINTS = 8_000
SHORTEST_RESEARCH_DAYS = 60
SHORTEST_FINANCING_DAYS = 7
# CNY 10,000: a smaller need is more often 万元 or yuan typed as fen than a real one.
SMALLEST_USUAL_FEN = 1_000_000
MOST_FOUND = 5
LONGEST_FOUND = 40

_WORD = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[^\W_\u3400-\u9fff\uf900-\ufaff]+")
_COMPARED = re.compile(
    r"(?:[≥≤<>≧≦]=?|不低于|不高于|不小于|不大于|不少于|不超过|达到|低于|高于|至少|at least|at most|up to)"
    r"\s{0,2}\d"
)
_OPEN_BUDGET = re.compile(
    "(?:预算|经费|费用|价格|投入|金额)[^,;。\n]{0,6}(?:面议|待定|不限|协商|开放)|面议|(?:budget|price)[^,;.\n]{0,12}(?:open|negotiab)",
    re.IGNORECASE,
)
_BUDGET_IN_TEXT = re.compile(
    r"(?:预算|经费|投资|投入|budget)[^,;。\n\d]{0,12}\d{1,9}(?:\.\d{1,4})?\s{0,2}多?余?(?:万|亿|元|CNY|RMB|yuan|million)",
    re.IGNORECASE,
)


def advise_demand(draft: DemandDraft, today: date) -> tuple[Advice, ...]:
    """In the order of the codes: what helps most comes first."""
    problem = plain_form(draft.problem)
    found = [
        *_about_problem(plain_form(draft.title), problem),
        *_about_indicators(draft.indicators, problem),
        *_about_budget(problem, stated=draft.budget_stated),
        *_about_deadline(draft.needed_by, today, SHORTEST_RESEARCH_DAYS),
        *_unless(draft.modes_stated, AdviceCode.MODES_MISSING, "/modes"),
        *_unless(draft.readiness_stated, AdviceCode.READINESS_MISSING, "/readiness_wanted"),
        *_unless(draft.chain_stated, AdviceCode.CHAIN_MISSING, "/chain"),
        *about_abstract(draft.public_abstract),
    ]
    return in_order(found)


def advise_need(draft: NeedDraft, today: date) -> tuple[Advice, ...]:
    found = [
        *_unless(draft.amount_fen >= SMALLEST_USUAL_FEN, AdviceCode.AMOUNT_VERY_SMALL, "/amount_fen"),
        *_about_summary(plain_form(draft.summary)),
        *_unless(draft.tenor_months is not None, AdviceCode.TENOR_MISSING, "/tenor_months"),
        *_about_deadline(draft.needed_by, today, SHORTEST_FINANCING_DAYS),
    ]
    return in_order(found)


def about_abstract(public_abstract: str) -> Iterator[Advice]:
    """What strangers need not read: how it is made, for whom, and whom to call."""
    plain = plain_form(public_abstract)
    for code, find in (
        (AdviceCode.ABSTRACT_PROCESS_PARAMETERS, process_parameters),
        (AdviceCode.ABSTRACT_FORMULA, formulas),
        (AdviceCode.ABSTRACT_NAMES_CUSTOMER, organization_names),
        (AdviceCode.ABSTRACT_CONTACT_DETAILS, contact_details),
    ):
        if places := _first_few(find(plain)):
            yield Advice(code, "/public_abstract", found=places)


def in_order(found: Iterable[Advice]) -> tuple[Advice, ...]:
    codes = list(AdviceCode)
    return tuple(sorted(found, key=lambda advice: codes.index(advice.code)))


def plain_form(text: str) -> str:
    """Full-width and compatibility forms as the plain ones, which all patterns here are written in."""
    return unicodedata.normalize("NFKC", text)


def said_characters(text: str) -> int:
    """How much a text says: Chinese characters, and two for each other word or number."""
    return sum(1 if is_chinese(word) else CHARACTERS_A_WORD for word in _WORD.findall(text))


def _about_problem(title: str, problem: str) -> Iterator[Advice]:
    if not says_anything(problem):
        yield Advice(AdviceCode.PROBLEM_EMPTY, "/problem")
    elif _repeated_basis_points(problem, title) >= REPEATED_BASIS_POINTS:
        yield Advice(AdviceCode.PROBLEM_REPEATS_TITLE, "/problem")
    elif (count := said_characters(problem)) < SHORTEST_PROBLEM:
        yield Advice(AdviceCode.PROBLEM_SHORT, "/problem", {"count": count, "least_count": SHORTEST_PROBLEM})


def _repeated_basis_points(text: str, other: str) -> int:
    own, held = term_counts(text), term_counts(other)
    repeated = sum(min(count, held[term]) for term, count in own.items() if term in held)
    return repeated * 10_000 // sum(own.values())


def _about_indicators(indicators: tuple[StatedIndicator, ...], problem: str) -> Iterator[Advice]:
    if not indicators:
        said = _COMPARED.search(problem) is not None
        code = AdviceCode.INDICATOR_ONLY_IN_TEXT if said else AdviceCode.INDICATOR_MISSING
        yield Advice(code, "/indicators")
        return
    vague = [one.name for one in indicators if not any(character.isdigit() for character in one.goal)]
    if vague:
        yield Advice(AdviceCode.INDICATOR_NOT_MEASURABLE, "/indicators", found=_first_few(vague))
    if all(one.baseline is None for one in indicators):
        yield Advice(AdviceCode.INDICATOR_WITHOUT_BASELINE, "/indicators")


def _about_budget(problem: str, *, stated: bool) -> Iterator[Advice]:
    if stated or _OPEN_BUDGET.search(problem):
        return
    said = _BUDGET_IN_TEXT.search(problem)
    code = AdviceCode.BUDGET_MISSING if said is None else AdviceCode.BUDGET_ONLY_IN_TEXT
    yield Advice(code, "/largest_budget_fen", found=() if said is None else _first_few([said.group()]))


def _about_summary(summary: str) -> Iterator[Advice]:
    if not says_anything(summary):
        yield Advice(AdviceCode.SUMMARY_MISSING, "/summary")
    elif (count := said_characters(summary)) < SHORTEST_SUMMARY:
        yield Advice(AdviceCode.SUMMARY_SHORT, "/summary", {"count": count, "least_count": SHORTEST_SUMMARY})


def _about_deadline(needed_by: date | None, today: date, shortest: int) -> Iterator[Advice]:
    if needed_by is None:
        yield Advice(AdviceCode.DEADLINE_MISSING, "/needed_by")
    elif (left := (needed_by - today).days) < shortest:
        left_and_least = {"left_count": max(0, left), "least_count": shortest}
        yield Advice(AdviceCode.DEADLINE_NEAR, "/needed_by", left_and_least)


def _unless(said: bool, code: AdviceCode, pointer: str) -> Iterator[Advice]:
    if not said:
        yield Advice(code, pointer)


def _first_few(places: Iterable[str]) -> tuple[str, ...]:
    """Each once, the first of them, none longer than can be read at a glance."""
    shown = dict.fromkeys(place[:LONGEST_FOUND] for place in places)
    return tuple(shown)[:MOST_FOUND]
