"""Every code has its words in both languages, every reason a plain form of at most 30 characters."""

import re
import secrets
from enum import StrEnum
from random import Random

import pytest

from matchmaking.messages import catalogue
from matchmaking.ranking import Reason, ReasonCode, explain, plain, rank
from matchmaking.ranking.explain import PLAIN_LENGTH, word, word_table
from matchmaking.ranking.reasons import HELPERS, Parameter, remedy_reason
from schemas import vocabulary
from schemas.eligibility import FACTS, OPERATORS, Rule
from schemas.vocabulary import (
    CapBasis,
    EvidenceGrade,
    FactName,
    GuaranteeMode,
    OrganizationKind,
    PurposeKind,
    RemedyCode,
    RuleOperator,
)
from tests.ranking.financing_cases import random_request

ENUMS: list[type[StrEnum]] = [getattr(vocabulary, name) for name in vocabulary.__all__]
CHINESE = re.compile(r"[一-鿿]")
LARGE_FEN = 98_765_432_109_876


@pytest.mark.parametrize("enum", ENUMS, ids=lambda enum: enum.__name__)
def test_every_code_has_words_in_both_languages(enum: type[StrEnum]) -> None:
    for member in enum:
        zh, en = word(member, "zh"), word(member, "en")
        assert zh.strip()
        assert en.strip()
        assert not CHINESE.search(en), member
        assert CHINESE.search(zh), member


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
    "count": 100_000,
    "alone": 100_000,
}


@pytest.mark.parametrize("code", [code for code in ReasonCode if code not in RULE_CODES])
def test_plain_forms_of_other_reasons_are_short(code: ReasonCode) -> None:
    missing = [*(name.value for name in FactName), CapBasis.CONTRACT_AMOUNT.value]
    for number, purpose in enumerate(PurposeKind):
        for absent in missing:
            varied: dict[str, Parameter] = {
                "purpose": purpose.value,
                "guarantee_mode": list(GuaranteeMode)[number % len(GuaranteeMode)].value,
                "remedy": list(RemedyCode)[number].value,
                "helper": "market_regulation_office",
                "missing": absent,
            }
            reason = Reason(code, LONGEST | varied)
            assert len(plain(reason)) <= PLAIN_LENGTH, plain(reason)
            assert "{" not in explain(reason, "zh") + explain(reason, "en")


def test_whatever_is_ranked_can_be_said() -> None:
    seed = secrets.randbelow(2**32)
    print(f"seed {seed}")  # noqa: T201 - a random test tells its seed
    random = Random(seed)  # noqa: S311 - cases, not secrets
    said: set[ReasonCode] = set()
    for _ in range(300):
        ranking = rank(random_request(random, 4))
        spoken = [reason for one in ranking.candidates for reason in one.reasons]
        for reason in [*spoken, *(one.reason for one in ranking.decisive_facts)]:
            said.add(reason.code)
            assert len(plain(reason)) <= PLAIN_LENGTH, f"seed {seed}: {plain(reason)}"
            assert explain(reason, "zh"), f"seed {seed}"
            assert not CHINESE.search(explain(reason, "en")), f"seed {seed}: {explain(reason, 'en')}"
    assert said == set(ReasonCode), f"seed {seed}: never said {set(ReasonCode) - said}"


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
