"""What may be saved as a rule or stated as a fact; each refusal names its field and its code."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from matchmaking.messages import catalogue
from schemas.eligibility import FACTS, OPERATORS, EligibilityRules, FactKind, FactValue, Rule, RuleGroup
from schemas.vocabulary import FactName, RuleDirection, RuleOperator, RuleVisibility

REVENUE = {"fact": "revenue_last_12_months", "operator": "at_least", "unit": "fen", "value": 200_000_000}
HONOUR = {"fact": "honours", "operator": "has_any_of", "value": ["little_giant"]}

REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "ownership": (
        {"fact": "ownership", "operator": "is_one_of", "value": ["state"]},
        "rule_reads_ownership",
        "fact",
    ),
    "unknown fact": (REVENUE | {"fact": "star_sign"}, "rule_fact_unknown", "fact"),
    "fact is no text": (REVENUE | {"fact": 7}, "rule_fact_unknown", "fact"),
    "operator of another kind": (REVENUE | {"operator": "has_any_of"}, "rule_operator_mismatch", "operator"),
    "truth of a number": (
        REVENUE | {"operator": "is_true", "value": None},
        "rule_operator_mismatch",
        "operator",
    ),
    "no unit": ({**REVENUE, "unit": None}, "rule_unit_mismatch", "unit"),
    "wrong unit": (REVENUE | {"unit": "count"}, "rule_unit_mismatch", "unit"),
    "unit of codes": (HONOUR | {"unit": "count"}, "rule_unit_mismatch", "unit"),
    "wrong direction": (REVENUE | {"direction": "lower_is_better"}, "rule_direction_mismatch", "direction"),
    "text for a number": (REVENUE | {"value": "200"}, "rule_value_type", "value"),
    "truth for a number": (REVENUE | {"value": True}, "rule_value_type", "value"),
    "fraction": (REVENUE | {"value": 0.5}, "rule_value_type", "value"),
    "no value": (REVENUE | {"value": None}, "rule_value_type", "value"),
    "codes for a number": (REVENUE | {"value": ["a"]}, "rule_value_type", "value"),
    "number for codes": (HONOUR | {"value": 3}, "rule_value_type", "value"),
    "no codes": (HONOUR | {"value": []}, "rule_value_type", "value"),
    "value where none belongs": (
        {"fact": "overdue_debt", "operator": "is_false", "value": 1},
        "rule_value_type",
        "value",
    ),
    "number for a band": (REVENUE | {"operator": "between"}, "rule_value_type", "value"),
    "reversed band": (
        REVENUE | {"operator": "between", "value": {"lowest": 2, "highest": 1}},
        "rule_band_reversed",
        "value",
    ),
    "below the fact": (REVENUE | {"value": -1}, "rule_value_range", "value"),
    "above the fact": (REVENUE | {"value": 10**15 + 1}, "rule_value_range", "value"),
    "unknown honour": (HONOUR | {"value": ["nobel_prize"]}, "rule_code_unknown", "value"),
    "no district": (
        {"fact": "district", "operator": "within_list", "value": ["3206"]},
        "rule_code_unknown",
        "value",
    ),
    "no industry": (
        {"fact": "industry", "operator": "has_none_of", "value": ["Z1"]},
        "rule_code_unknown",
        "value",
    ),
    "curable by nothing": (REVENUE | {"curable": True}, "rule_remedy_missing", "remedy"),
}


def refusals(make: Callable[[], object]) -> list[tuple[tuple[Any, ...], str]]:
    with pytest.raises(ValidationError) as caught:
        make()
    found = []
    for error in caught.value.errors():
        own = error.get("ctx", {}).get("error")
        found.append((error["loc"], str(own).split(":")[0] if own else error["type"]))
    return found


@pytest.mark.parametrize("case", list(REFUSED))
def test_a_rule_that_is_refused_names_field_and_code(case: str) -> None:
    rule, code, field = REFUSED[case]
    assert ((field,), code) in refusals(lambda: Rule.model_validate(rule))


@pytest.mark.gate("G8")
def test_rules_that_read_what_they_may_not_are_named(record_property: Callable[[str, object], None]) -> None:
    """Wherever they stand: alone, among others, in a group."""
    refused = 0
    for case in ("ownership", "unknown fact", "wrong unit"):
        rule, code, field = REFUSED[case]
        alone, grouped = {"all_of": [REVENUE, rule]}, {"all_of": [REVENUE, {"any_of": [HONOUR, rule]}]}
        assert refusals(lambda rules=alone: EligibilityRules.model_validate(rules)) == [
            (("all_of", 1, field), code)
        ]
        assert refusals(lambda rules=grouped: EligibilityRules.model_validate(rules)) == [
            (("all_of", 1, "any_of", 1, field), code)
        ]
        refused += 2
    record_property(
        "figure",
        f"{refused} rule sets that read ownership, an unknown fact or a wrong unit: all refused by name",
    )


def test_every_refusal_has_words_and_a_mend() -> None:
    codes = {code for _, code, _ in REFUSED.values()} | {
        "rule_group_empty",
        "rule_group_visibility_mixed",
        "fact_is_reckoned",
        "fact_value_type",
        "fact_value_range",
        "fact_code_unknown",
        "transition_out_of_order",
        "transition_wrong_side",
    }
    for code in codes:
        assert {"zh", "en", "zh_mend", "en_mend"} <= set(catalogue()[code]), code


def test_a_group_is_one_level_deep_and_shows_all_or_nothing() -> None:
    nested = {"any_of": [{"any_of": [REVENUE]}]}
    assert refusals(lambda: EligibilityRules.model_validate({"all_of": [nested]}))[0][0][:4] == (
        "all_of",
        0,
        "any_of",
        0,
    )
    assert refusals(lambda: RuleGroup.model_validate({"any_of": []})) == [(("any_of",), "rule_group_empty")]
    mixed = {"any_of": [REVENUE, HONOUR | {"visibility": "bank_only"}]}
    assert refusals(lambda: RuleGroup.model_validate(mixed)) == [(("any_of",), "rule_group_visibility_mixed")]


def test_a_rule_set_is_short_and_holds_rules_only() -> None:
    assert EligibilityRules.model_validate({"all_of": [REVENUE] * 40})
    assert refusals(lambda: EligibilityRules.model_validate({"all_of": [REVENUE] * 41}))[0][1] == "too_long"
    assert refusals(lambda: EligibilityRules.model_validate({"all_of": [7]}))[0][0][:2] == ("all_of", 0)
    assert refusals(lambda: EligibilityRules.model_validate({"all_of": [], "none_of": []})) == [
        (("none_of",), "extra_forbidden")
    ]
    assert refusals(lambda: Rule.model_validate(REVENUE | {"note": "x"})) == [(("note",), "extra_forbidden")]


def test_the_direction_follows_from_the_operator_and_codes_stand_once() -> None:
    for operator, definition in OPERATORS.items():
        assert definition.direction in RuleDirection
        assert definition.kinds, operator
    assert Rule.model_validate(REVENUE).direction is RuleDirection.HIGHER_IS_BETTER
    assert Rule.model_validate(HONOUR | {"value": ["little_giant", "little_giant"]}).value == (
        "little_giant",
    )


def test_rules_survive_json() -> None:
    rules = EligibilityRules.model_validate({"all_of": [REVENUE, {"any_of": [HONOUR, REVENUE]}]})
    assert EligibilityRules.model_validate_json(rules.model_dump_json()) == rules


def test_only_visible_rules_are_seen() -> None:
    hidden = REVENUE | {"visibility": "bank_only"}
    group = {"any_of": [HONOUR | {"visibility": "after_consent"}]}
    rules = EligibilityRules.model_validate({"all_of": [HONOUR, hidden, group]})
    public = rules.seen_with(frozenset({RuleVisibility.PUBLIC}))
    assert [entry.visibility for entry in public.all_of] == [RuleVisibility.PUBLIC]
    assert rules.seen_with(frozenset(RuleVisibility)) == rules


FACTS_REFUSED: dict[str, tuple[str, Any, str, str]] = {
    "reckoned": ("revenue_growth", 100, "fact_is_reckoned", "name"),
    "truth for a number": ("headcount", True, "fact_value_type", "value"),
    "text for a number": ("headcount", "7", "fact_value_type", "value"),
    "fraction": ("headcount", 7.5, "fact_value_type", "value"),
    "nothing": ("headcount", None, "fact_value_type", "value"),
    "negative": ("headcount", -1, "fact_value_range", "value"),
    "level 5": ("digital_level", 5, "fact_value_range", "value"),
    "number for a truth": ("overdue_debt", 0, "fact_value_type", "value"),
    "no date": ("registration_date", "yesterday", "fact_value_type", "value"),
    "no such day": ("registration_date", "2023-02-30", "fact_value_type", "value"),
    "ancient": ("registration_date", "0001-01-01", "fact_value_type", "value"),
    "list for a code": ("tax_credit_grade", ["A"], "fact_value_type", "value"),
    "unknown grade": ("tax_credit_grade", "E", "fact_code_unknown", "value"),
    "short district": ("district", "3206", "fact_code_unknown", "value"),
    "full-width digits": ("district", "３２０６０２", "fact_code_unknown", "value"),
    "code for a list": ("honours", "little_giant", "fact_value_type", "value"),
    "unknown honour": ("honours", ["nobel_prize"], "fact_code_unknown", "value"),
    "unknown name": ("star_sign", "leo", "enum", "name"),
}


@pytest.mark.parametrize("case", list(FACTS_REFUSED))
def test_a_fact_that_is_refused_names_field_and_code(case: str) -> None:
    name, value, code, field = FACTS_REFUSED[case]
    stated = {"name": name, "value": value, "as_of": "2025-01-01", "source": "document"}
    assert refusals(lambda: FactValue.model_validate(stated)) == [((field,), code)]


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("headcount", 120, 120),
        ("overdue_debt", False, False),
        ("registration_date", "2018-03-09", "2018-03-09"),
        ("tax_credit_grade", "M", "M"),
        ("industry", "C3731", "C3731"),
        ("honours", ["little_giant", "chain_leader", "little_giant"], ("chain_leader", "little_giant")),
        ("chains", [], ()),
        ("ownership", "private", "private"),
    ],
)
def test_a_fact_is_kept_as_stated(name: str, value: Any, kept: Any) -> None:
    fact = FactValue.model_validate(
        {"name": name, "value": value, "as_of": "2025-01-01", "source": "self_declared"}
    )
    assert (fact.value, type(fact.value)) == (kept, type(kept))
    assert FactValue.model_validate_json(fact.model_dump_json()) == fact
    assert fact.as_of == date(2025, 1, 1)


def test_the_registry_is_whole() -> None:
    assert set(FACTS) == set(FactName)
    assert [name for name, one in FACTS.items() if not one.readable_by_rules] == [FactName.OWNERSHIP]
    for name, one in FACTS.items():
        assert one.why_stale, name
        assert (one.unit is not None) == (one.kind in {FactKind.NUMBER, FactKind.DATE}), name
        assert (one.choices is not None) == (one.kind in {FactKind.CHOICE, FactKind.CHOICES}), name
        assert bool(one.pattern) == (one.kind in {FactKind.CODE, FactKind.CODES}), name
        assert all(not FACTS[source].reckoned_from for source in one.reckoned_from), name
    assert set(OPERATORS) == set(RuleOperator)
