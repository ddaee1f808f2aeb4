"""What drafts lack, by the pure functions alone: silent drafts first, then each piece of advice by itself."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies

from matchmaking.messages import catalogue, has_form, text
from matchmaking.ranking.intake import advise_demand, advise_need, said_characters
from matchmaking.ranking.intake_drafts import KINDS, DemandDraft, NeedDraft, StatedIndicator
from schemas.vocabulary import AdviceCode, AdviceKind

TODAY = date(2026, 3, 2)
PROBLEM = (
    "现有剑杆织机织造再生涤纶面料时经纱断头多，停台时间占四成，换过三种浆料仍不稳定；已有二十台织机和一条浆纱线可供试验，"
    "希望找到适合的上浆配方和张力控制办法，让夜班不再靠人盯着。"
)
GOOD = DemandDraft(
    title="再生涤纶经纱断头",
    problem=PROBLEM,
    public_abstract="家纺企业寻求降低经纱断头的上浆与张力控制办法。",
    indicators=(StatedIndicator("断头率", "每吨 2 次", "每吨 6 次"),),
    budget_stated=True,
    needed_by=TODAY + timedelta(days=180),
    modes_stated=True,
    readiness_stated=True,
    chain_stated=True,
)
NEED = NeedDraft(
    amount_fen=300_000_000,
    needed_by=TODAY + timedelta(days=40),
    tenor_months=12,
    summary="采购秋冬面料用纱，十二月外贸回款后归还。",
)


def demand_codes(**changes: Any) -> list[AdviceCode]:
    return [advice.code for advice in advise_demand(replace(GOOD, **changes), TODAY)]


def need_codes(**changes: Any) -> list[AdviceCode]:
    return [advice.code for advice in advise_need(replace(NEED, **changes), TODAY)]


def test_a_complete_draft_is_left_in_peace() -> None:
    assert demand_codes() == []
    assert need_codes() == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"problem": "。。。"}, AdviceCode.PROBLEM_EMPTY),
        ({"problem": "关键技术研究"}, AdviceCode.PROBLEM_EMPTY),
        ({"problem": "再生涤纶经纱断头问题"}, AdviceCode.PROBLEM_REPEATS_TITLE),
        ({"problem": "夜班停台太多，换过三种浆料。"}, AdviceCode.PROBLEM_SHORT),
        ({"indicators": ()}, AdviceCode.INDICATOR_MISSING),
        ({"indicators": (), "problem": PROBLEM + "断头率≤2次。"}, AdviceCode.INDICATOR_ONLY_IN_TEXT),
        ({"indicators": (StatedIndicator("手感", "更好", "一般"),)}, AdviceCode.INDICATOR_NOT_MEASURABLE),
        ({"indicators": (StatedIndicator("断头率", "2"),)}, AdviceCode.INDICATOR_WITHOUT_BASELINE),
        ({"budget_stated": False}, AdviceCode.BUDGET_MISSING),
        ({"budget_stated": False, "problem": PROBLEM + "拟投入200万元。"}, AdviceCode.BUDGET_ONLY_IN_TEXT),
        ({"needed_by": None}, AdviceCode.DEADLINE_MISSING),
        ({"needed_by": TODAY + timedelta(days=59)}, AdviceCode.DEADLINE_NEAR),
        ({"modes_stated": False}, AdviceCode.MODES_MISSING),
        ({"readiness_stated": False}, AdviceCode.READINESS_MISSING),
        ({"chain_stated": False}, AdviceCode.CHAIN_MISSING),
    ],
)
def test_each_gap_of_a_demand_is_one_advice(changes: dict[str, Any], code: AdviceCode) -> None:
    assert demand_codes(**changes) == [code]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount_fen": 999_999}, AdviceCode.AMOUNT_VERY_SMALL),
        ({"summary": ""}, AdviceCode.SUMMARY_MISSING),
        ({"summary": "买纱"}, AdviceCode.SUMMARY_SHORT),
        ({"tenor_months": None}, AdviceCode.TENOR_MISSING),
        ({"needed_by": TODAY}, AdviceCode.DEADLINE_NEAR),
    ],
)
def test_each_gap_of_a_need_is_one_advice(changes: dict[str, Any], code: AdviceCode) -> None:
    assert need_codes(**changes) == [code]


@pytest.mark.parametrize("words", ["预算面议", "经费待定", "budget open", "Price is negotiable"])
def test_a_budget_that_is_said_to_be_open_is_said(words: str) -> None:
    assert demand_codes(budget_stated=False, problem=f"{PROBLEM}{words}。") == []


def test_a_bound_is_kept_to_the_day_and_the_character() -> None:
    assert demand_codes(needed_by=TODAY + timedelta(days=60)) == []
    assert demand_codes(problem="难" * 59) == [AdviceCode.PROBLEM_SHORT]
    assert demand_codes(problem="难" * 60) == []
    assert need_codes(amount_fen=1_000_000) == []


def test_words_of_other_scripts_weigh_two_characters() -> None:
    assert said_characters("经纱 warp breaks, 3.5") == 2 + 2 * 4
    assert said_characters("…… ,,,") == 0


def test_an_abstract_that_tells_too_much_is_quoted() -> None:
    abstract = "浆料浓度为12%，为南通星辰纺织有限公司供货，联系 13800138000，正极 LiNi0.8Co0.1Mn0.1O2。"
    found = {
        advice.code: advice.found for advice in advise_demand(replace(GOOD, public_abstract=abstract), TODAY)
    }
    assert found == {
        AdviceCode.ABSTRACT_PROCESS_PARAMETERS: ("浆料浓度为12%",),
        AdviceCode.ABSTRACT_FORMULA: ("LiNi0.8Co0.1Mn0.1O2",),
        AdviceCode.ABSTRACT_NAMES_CUSTOMER: ("南通星辰纺织有限公司",),
        AdviceCode.ABSTRACT_CONTACT_DETAILS: ("13800138000",),
    }


def test_every_code_has_a_kind_and_both_sentences_in_both_languages() -> None:
    assert set(KINDS) == set(AdviceCode)
    for code in AdviceCode:
        for language in ("zh", "en"):
            assert has_form(f"advice.{code}", language, "mend")
    assert {f"advice_kind.{kind}" for kind in AdviceKind} <= set(catalogue())


ANYTHING = strategies.text(max_size=300)


@given(
    problem=ANYTHING,
    abstract=ANYTHING,
    title=ANYTHING,
    indicators=strategies.lists(strategies.builds(StatedIndicator, ANYTHING, ANYTHING), max_size=3),
)
def test_whatever_is_written_is_advised_on_in_words(
    problem: str, abstract: str, title: str, indicators: list[StatedIndicator]
) -> None:
    """Never an error, never a code twice, always in the published order, and every sentence can be filled."""
    draft = DemandDraft(
        title=title, problem=problem, public_abstract=abstract, indicators=tuple(indicators), needed_by=TODAY
    )
    found = advise_demand(draft, TODAY)
    codes = [advice.code for advice in found]
    assert codes == sorted(set(codes), key=list(AdviceCode).index)
    for advice in found:
        assert len(advice.found) <= 5
        assert all(len(place) <= 40 for place in advice.found)
        for language in ("zh", "en"):
            said = {name: str(value) for name, value in advice.parameters.items()}
            assert text(f"advice.{advice.code}", language, **said)


@given(more=strategies.text(min_size=1, max_size=200), code=strategies.sampled_from(AdviceCode))
def test_saying_more_never_makes_a_problem_shorter(more: str, code: AdviceCode) -> None:
    """What a complete problem lacks is not made worse by going on writing."""
    shortness = {AdviceCode.PROBLEM_EMPTY, AdviceCode.PROBLEM_SHORT, AdviceCode.PROBLEM_REPEATS_TITLE}
    assert code not in shortness or code not in demand_codes(problem=PROBLEM + more)
