"""Every code has its words in both languages, every reason a plain form of at most 30 characters."""

import re
import secrets
from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from random import Random

import pytest
from hypothesis import given

from matchmaking.messages import catalogue
from matchmaking.ranking import (
    DecisiveFact,
    Reason,
    ReasonCode,
    ResearchRequest,
    Similarities,
    explain,
    plain,
    rank,
    rank_capabilities,
)
from matchmaking.ranking.explain import PLAIN_LENGTH, word, word_table
from matchmaking.ranking.reasons import HELPERS, Parameter, remedy_reason
from schemas import vocabulary
from schemas.eligibility import FACTS, OPERATORS, Rule
from schemas.vocabulary import (
    AdviceCode,
    CapabilityText,
    CapBasis,
    CapSource,
    CooperationMode,
    DemandAnswer,
    EvidenceGrade,
    FactName,
    GuaranteeMode,
    OrganizationKind,
    PlatformLevel,
    PurposeKind,
    RemedyCode,
    RuleOperator,
)
from scripts.demo.reference_data import rows_of
from tests.ranking.financing_cases import random_request
from tests.ranking.research_cases import WAN, capability, demand, ranked, request, requests
from tests.ranking.test_research_verdicts import EDGES, EXAMPLES

# A piece of advice is a sentence with its mend, not a word.
ENUMS: list[type[StrEnum]] = [
    enum for name in vocabulary.__all__ if (enum := getattr(vocabulary, name)) is not AdviceCode
]
# The rarest reason comes up once in some 170 requests: the fewest would miss it in one run of twenty.
LEAST_DRAWN, MOST_DRAWN = 300, 5_000
CHINESE = re.compile(r"[一-鿿]")
LARGE_FEN = 98_765_432_109_876
BEGINNINGS_OF_CAPABILITIES = (
    *("decisive_answer", "modes_", "readiness_", "budget_", "contract_"),
    *("capacity_", "capability_", "chain_", "text_", "platform_"),
)
OF_CAPABILITIES = {code for code in ReasonCode if code.startswith(BEGINNINGS_OF_CAPABILITIES)}
# Said of a run as a whole, or of a candidate that it does not hold.
OF_RUNS = {
    *(ReasonCode.LOOK_AGAIN, ReasonCode.LOOK_AGAIN_WHEN_OVER, ReasonCode.EXCLUDED_BY_NEED),
    *(ReasonCode.NOT_AMONG_SHOWN, ReasonCode.AS_OFFERED_NOW),
}


@pytest.mark.parametrize("enum", ENUMS, ids=lambda enum: enum.__name__)
def test_every_code_has_words_in_both_languages(enum: type[StrEnum]) -> None:
    for member in enum:
        zh, en = word(member, "zh"), word(member, "en")
        assert zh.strip()
        assert en.strip()
        assert not CHINESE.search(en), member
        assert CHINESE.search(zh), member


@pytest.mark.parametrize("code", AdviceCode)
def test_every_advice_has_its_sentence_and_its_mend_in_both_languages(code: AdviceCode) -> None:
    texts = catalogue()[f"advice.{code}"]
    for name in ("zh", "zh_mend"):
        assert CHINESE.search(texts[name]), name
    for name in ("en", "en_mend"):
        assert texts[name].strip()
        assert not CHINESE.search(texts[name]), name


def test_words_stand_for_codes_that_exist() -> None:
    tables = {word_table(enum): {member.value for member in enum} for enum in ENUMS}
    assert len(tables) == len(ENUMS)
    for code in catalogue():
        table, _, member = code.partition(".")
        assert table not in tables or member in tables[table], code
    assert word_table(OrganizationKind) == "organization_kind"
    assert word(EvidenceGrade.E1, "en") == "acknowledged here"


def test_words_of_one_enum_differ() -> None:
    for enum in ENUMS:
        for language in ("zh", "en"):
            words = [word(member, language) for member in enum]
            assert len(set(words)) == len(words), (enum, language)


def test_every_reason_and_requirement_has_all_its_texts() -> None:
    for code in ReasonCode:
        assert {"zh", "en", "zh_plain"} <= set(catalogue()[f"reason.{code}"]), code
    for operator in RuleOperator:
        assert {"zh", "en", "zh_plain"} <= set(catalogue()[f"requirement.{operator}"]), operator
    reasons = {code for code in catalogue() if code.startswith("reason.")}
    assert reasons == {f"reason.{code}" for code in ReasonCode}


def test_every_remedy_names_a_helper() -> None:
    for remedy in RemedyCode:
        assert explain(remedy_reason(remedy), "zh")
        assert len(plain(remedy_reason(remedy))) <= PLAIN_LENGTH
    assert set(HELPERS) == set(RemedyCode)


def rule_parameters() -> list[dict[str, Parameter]]:
    """Every fact under every operator that can read it, with the longest values that occur."""
    found: list[dict[str, Parameter]] = []
    for name, definition in FACTS.items():
        for operator, reading in OPERATORS.items():
            if definition.kind not in reading.kinds or not definition.readable_by_rules:
                continue
            one: dict[str, Parameter] = {"fact": name.value, "operator": operator.value}
            largest = min(definition.highest, LARGE_FEN)
            if definition.unit is not None:
                one |= {"unit": definition.unit.value, "gap": largest}
            if reading.shape is int:
                one["required"] = largest
            elif reading.shape is tuple:
                choices = [member.value for member in definition.choices or ()]
                one["required"] = tuple(choices) or ("320602", "320600")
            elif reading.shape is not None:
                one |= {"required_lowest": largest - 1, "required_highest": largest}
            found.append(one | {"stale_on": "2024-05-20"})
    return found


RULE_CODES = [code for code in ReasonCode if code.startswith("rule_")]


@pytest.mark.parametrize("code", RULE_CODES)
def test_plain_forms_of_rules_are_short_and_sentences_complete(code: ReasonCode) -> None:
    for parameters in rule_parameters():
        if code is ReasonCode.RULE_UNMET_GAP and "gap" not in parameters:
            continue
        if code is ReasonCode.RULE_UNMET and "gap" in parameters:
            continue
        reason = Reason(code, parameters)
        assert len(plain(reason)) <= PLAIN_LENGTH, plain(reason)
        for language in ("zh", "en"):
            sentence = explain(reason, language)
            assert "{" not in sentence, sentence
            assert word(FactName(str(parameters["fact"])), language).lower() in sentence.lower()


LONGEST: dict[str, Parameter] = {
    "cap_fen": LARGE_FEN,
    "amount_fen": LARGE_FEN,
    "smallest_fen": LARGE_FEN,
    "share_basis_points": 9_999,
    "lowest_basis_points": -10_000,
    "highest_basis_points": 10_000,
    "lpr_basis_points": 305,
    "lpr_on": "2025-05-20",
    "tenor_months": 360,
    "longest_months": 360,
    "shortest_months": 360,
    "district": "320602",
    "valid_on": "2025-11-20",
    "money_days": 365,
    "modes": tuple(mode.value for mode in CooperationMode),
    "phrases": ("船舶分段涂装机器人", "漆膜厚度"),
    "wanted": 9,
    "reach": 1,
    "levels": 8,
    "budget_fen": LARGE_FEN,
    "usual_fen": LARGE_FEN,
    "chain": "ships",
    "cost_basis_points": 12_345,
    "fee_basis_points": 1_000,
    "repayment_method": "interest_then_principal",
    "guarantee_fee_payment": "whole_term_in_advance",
    "once_fen": LARGE_FEN,
    "measure": ("工业企业设备更新改造贷款贴息实施办法" * 6, "Interest subsidy for equipment renewal"),
    "payer": ("工业和信息化局", "industry office"),
    "paid": "每年申报，次年拨付" * 50,
    "every_months": 12,
    "after_months": 360,
    "count": 100_000,
    "alone": 100_000,
    "moved_from": 100_000,
    "look_on": "2025-11-20",
}


@pytest.mark.parametrize("code", [code for code in ReasonCode if code not in RULE_CODES])
def test_plain_forms_of_other_reasons_are_short(code: ReasonCode) -> None:
    missing = [*(name.value for name in [*FactName, *CapBasis, *CapSource, *DemandAnswer])]
    for number, purpose in enumerate(PurposeKind):
        for absent in missing:
            varied: dict[str, Parameter] = {
                "purpose": purpose.value,
                "guarantee_mode": list(GuaranteeMode)[number % len(GuaranteeMode)].value,
                "remedy": list(RemedyCode)[number].value,
                "helper": "market_regulation_office",
                "missing": absent,
                "limit": absent,
                "fact": list(FactName)[number % len(FactName)].value,
                "text": list(CapabilityText)[number % len(CapabilityText)].value,
                "platform": list(PlatformLevel)[number % len(PlatformLevel)].value,
            }
            reason = Reason(code, LONGEST | varied)
            assert len(plain(reason)) <= PLAIN_LENGTH, plain(reason)
            assert "{" not in explain(reason, "zh") + explain(reason, "en")


def test_whatever_is_ranked_can_be_said() -> None:
    seed = secrets.randbelow(2**32)
    print(f"seed {seed}")  # noqa: T201 - a random test tells its seed
    random = Random(seed)  # noqa: S311 - cases, not secrets
    said: set[ReasonCode] = set()
    expected = set(ReasonCode) - OF_CAPABILITIES - OF_RUNS
    for asked in range(MOST_DRAWN):
        if asked >= LEAST_DRAWN and said >= expected:
            break
        ranking = rank(random_request(random, random.choice((4, 4, 4, 4, 4, 60))))
        said |= spoken([*(one.reasons for one in ranking.candidates), reasons_of(ranking.decisive_facts)])
    assert said == expected, f"seed {seed}: never said {expected - said}"


def reasons_of(decisive: Iterable[DecisiveFact]) -> tuple[Reason, ...]:
    return tuple(one.reason for one in decisive)


def spoken(told: Iterable[Iterable[Reason]]) -> set[ReasonCode]:
    """The codes of reasons, after each was put into words in every form."""
    said = set()
    for reason in (one for reasons in told for one in reasons):
        said.add(reason.code)
        assert len(plain(reason)) <= PLAIN_LENGTH, plain(reason)
        assert explain(reason, "zh")
        # What demand and capability both say is quoted as they say it.
        quoted = replace(reason, parameters=reason.parameters | {"phrases": ()})
        assert not CHINESE.search(explain(quoted, "en")), explain(quoted, "en")
    return said


@EXAMPLES
@given(requests)
def test_whatever_is_ranked_of_capabilities_can_be_said(made: ResearchRequest) -> None:
    ranking = rank_capabilities(made)
    spoken([*(one.reasons for one in ranking.candidates), reasons_of(ranking.decisive_facts)])


CLOSE = Similarities(
    model="made-up", usual=(8_000, 8_000), spread=(100, 100), of_candidates={"a": ((8_500, 8_500),)}
)


def test_every_reason_of_capabilities_is_said_at_an_edge() -> None:
    said: set[ReasonCode] = set()
    for offered, asked, _, _ in EDGES.values():
        ranking = rank_capabilities(request(capability(**offered), demand=demand(**asked)))
        said |= spoken([*(one.reasons for one in ranking.candidates), reasons_of(ranking.decisive_facts)])
    for title in ("食品检测", "舶来品"):
        apart = capability(title_zh=title, description="", fields=())
        for similarities in (None, CLOSE):
            ranking = rank_capabilities(request(apart, similarities=similarities))
            said |= spoken(one.reasons for one in ranking.candidates)
    assert said >= OF_CAPABILITIES, OF_CAPABILITIES - said


def test_reasons_of_capabilities_in_words() -> None:
    near = ranked(capability(readiness_to=5, smallest_contract_fen=125 * WAN), chain="ships")
    said = [explain(reason, "zh") for reason in near.reasons]
    assert said[0] == "技术成熟度最高5级，目标为6级，相差1级。"
    assert "预算至多100万元，低于通常合同的起点125万元。" in said
    assert "简介与需求都提到：涂装机器人、漆膜厚度。" in said
    assert "合作方式相合：合作开发。" in said


def gap(fen: int) -> Reason:
    rule = Rule.model_validate(
        {"fact": "revenue_last_12_months", "operator": "at_least", "unit": "fen", "value": 200_000_000}
    )
    return Reason(
        ReasonCode.RULE_UNMET_GAP,
        {"fact": rule.fact, "operator": rule.operator, "unit": "fen", "required": 200_000_000, "gap": fen},
    )


def test_money_is_exact_in_sentences_and_rounded_in_plain_forms() -> None:
    assert explain(gap(50_000_000), "zh") == "近12个月营收：要求不低于200万元，按已核实的数据相差50万元。"
    assert plain(gap(50_000_000)) == "近12个月营收差50万元"
    assert "CNY 500,000 off" in explain(gap(50_000_000), "en")
    assert "相差12.345678万元" in explain(gap(12_345_678), "zh")
    assert plain(gap(12_345_678)) == "近12个月营收差12.35万元"
    assert "CNY 123,456.78" in explain(gap(12_345_678), "en")
    assert "相差9999元" in explain(gap(999_900), "zh")
    assert "相差1亿元" in explain(gap(10_000_000_000), "zh")
    assert "相差0.01元" in explain(gap(1), "zh")


def test_units_are_said_in_both_languages() -> None:
    one = Reason(ReasonCode.TENOR_TOO_LONG, {"tenor_months": 13, "longest_months": 1})
    assert explain(one, "en") == "13 months asked, the product's longest term is 1 month."
    assert explain(one, "zh") == "所需期限13个月，产品最长1个月。"
    level = {"fact": "digital_level", "operator": "at_least", "unit": "level", "required": 2}
    assert "至少" not in explain(Reason(ReasonCode.RULE_UNKNOWN, dict(level)), "zh")
    assert "不低于2级" in explain(Reason(ReasonCode.RULE_UNKNOWN, dict(level)), "zh")
    assert "at least level 2" in explain(Reason(ReasonCode.RULE_UNKNOWN, dict(level)), "en")
    honours = {"fact": "honours", "operator": "has_any_of", "required": ("little_giant", "green_factory")}
    assert "小巨人”企业、绿色工厂" in explain(Reason(ReasonCode.RULE_MET, dict(honours)), "zh")
    rate = Reason(ReasonCode.RATE_FIXED, {"lowest_basis_points": 345, "highest_basis_points": 400})
    assert explain(rate, "en") == "3.45% to 4% a year."


def test_the_demo_tells_of_every_remedy_how_and_who_helps() -> None:
    """As data of the city, in both languages; what usually takes how long only where a source says so."""
    rows = {row["code"]: row for row in rows_of("remedies")}
    assert set(rows) == {remedy.value for remedy in RemedyCode}
    for remedy, helper in HELPERS.items():
        row = rows[remedy.value]
        assert row["helper"] == helper.value
        assert row["how_zh"]
        assert row["how_en"]
        assert row["source"]
        assert bool(row["usual_time_zh"]) is bool(row["usual_time_en"])
        assert not row["usual_time_zh"] or row["source"] != "invented"
