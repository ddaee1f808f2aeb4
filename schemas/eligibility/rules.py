"""Typed eligibility rules as a bank publishes them, checked when they are saved. They are not evaluated here.

Every refusal is a validation error on the field at fault whose text starts with a stable code:
`rule_fact_unknown`, `rule_reads_ownership`, `rule_operator_mismatch`, `rule_unit_mismatch`,
`rule_direction_mismatch`, `rule_value_type`, `rule_value_range`, `rule_band_reversed`, `rule_code_unknown`,
`rule_remedy_missing`, `rule_group_empty`, `rule_group_visibility_mixed`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    Field,
    StrictBool,
    StrictInt,
    ValidationError,
    ValidatorFunctionWrapHandler,
    field_validator,
)
from pydantic_core.core_schema import ValidationInfo

from schemas.base import Draft
from schemas.eligibility.facts import FACTS, FactDefinition, FactKind
from schemas.eligibility.faults import Unfit
from schemas.eligibility.values import Codes, admits_code
from schemas.vocabulary import FactName, RemedyCode, RuleDirection, RuleOperator, RuleUnit, RuleVisibility

DEFAULT_TOLERANCE_BASIS_POINTS = 2_000


class Band(Draft, frozen=True):
    """Both ends included."""

    lowest: StrictInt
    highest: StrictInt


Threshold = StrictInt | Band | Codes


@dataclass(frozen=True, slots=True)
class OperatorDefinition:
    """Which kinds of fact an operator reads, which change of the fact can only help, and its value's shape.

    `shape` is `int`, `Band`, `tuple` (of codes), or None where the operator takes no value.
    """

    kinds: frozenset[FactKind]
    direction: RuleDirection
    shape: type[int] | type[Band] | type[tuple[str, ...]] | None


_MEASURED = frozenset({FactKind.NUMBER, FactKind.DATE})
_SINGLE = frozenset({FactKind.CHOICE, FactKind.CODE})
_SEVERAL = frozenset({FactKind.CHOICES, FactKind.CODES})

OPERATORS: Mapping[RuleOperator, OperatorDefinition] = {
    RuleOperator.AT_LEAST: OperatorDefinition(_MEASURED, RuleDirection.HIGHER_IS_BETTER, int),
    RuleOperator.AT_MOST: OperatorDefinition(_MEASURED, RuleDirection.LOWER_IS_BETTER, int),
    RuleOperator.BETWEEN: OperatorDefinition(_MEASURED, RuleDirection.INSIDE_IS_BETTER, Band),
    RuleOperator.IS_ONE_OF: OperatorDefinition(_SINGLE, RuleDirection.INSIDE_IS_BETTER, tuple),
    RuleOperator.HAS_ANY_OF: OperatorDefinition(_SEVERAL, RuleDirection.HIGHER_IS_BETTER, tuple),
    RuleOperator.HAS_ALL_OF: OperatorDefinition(_SEVERAL, RuleDirection.HIGHER_IS_BETTER, tuple),
    RuleOperator.HAS_NONE_OF: OperatorDefinition(_SINGLE | _SEVERAL, RuleDirection.LOWER_IS_BETTER, tuple),
    RuleOperator.IS_TRUE: OperatorDefinition(
        frozenset({FactKind.BOOLEAN}), RuleDirection.HIGHER_IS_BETTER, None
    ),
    RuleOperator.IS_FALSE: OperatorDefinition(
        frozenset({FactKind.BOOLEAN}), RuleDirection.LOWER_IS_BETTER, None
    ),
    RuleOperator.WITHIN_LIST: OperatorDefinition(
        frozenset({FactKind.CODE}), RuleDirection.INSIDE_IS_BETTER, tuple
    ),
}


class Rule(Draft, frozen=True):
    """One condition on one fact.

    `value` is a whole number in `unit` (fen, basis points, count, months, level), a band of two, or a list
    of codes; `is_true` and `is_false` take none. `has_none_of` on a single code and `within_list` read codes
    as trees: district 320600 covers 320602, industry C covers C3731. `direction` may be left out, it follows
    from the operator. A measured fact that misses by at most `tolerance_basis_points` of the threshold is a
    near miss.
    """

    fact: FactName
    operator: RuleOperator
    unit: RuleUnit | None = Field(default=None, validate_default=True)
    direction: RuleDirection | None = Field(default=None, validate_default=True)
    value: Threshold | None = Field(default=None, validate_default=True)
    curable: StrictBool = False
    remedy: RemedyCode | None = Field(default=None, validate_default=True)
    visibility: RuleVisibility = RuleVisibility.PUBLIC
    tolerance_basis_points: Annotated[StrictInt, Field(ge=0, le=5_000)] = DEFAULT_TOLERANCE_BASIS_POINTS

    @field_validator("fact", mode="before")
    @classmethod
    def _fact_exists_and_is_readable(cls, fact: object) -> FactName:
        if not isinstance(fact, str) or fact not in {name.value for name in FactName}:
            raise Unfit("rule_fact_unknown")
        name = FactName(fact)
        if not FACTS[name].readable_by_rules:
            raise Unfit("rule_reads_ownership")
        return name

    @field_validator("operator")
    @classmethod
    def _operator_reads_fact(cls, operator: RuleOperator, info: ValidationInfo) -> RuleOperator:
        definition = _definition(info)
        if definition is not None and definition.kind not in OPERATORS[operator].kinds:
            raise Unfit("rule_operator_mismatch", operator=operator.value, fact=info.data["fact"].value)
        return operator

    @field_validator("unit")
    @classmethod
    def _unit_is_of_fact(cls, unit: RuleUnit | None, info: ValidationInfo) -> RuleUnit | None:
        definition = _definition(info)
        if definition is not None and unit is not definition.unit:
            raise Unfit("rule_unit_mismatch", unit=definition.unit or "null")
        return unit

    @field_validator("direction")
    @classmethod
    def _direction_is_of_operator(
        cls, direction: RuleDirection | None, info: ValidationInfo
    ) -> RuleDirection | None:
        if "operator" not in info.data:
            return direction
        expected = OPERATORS[info.data["operator"]].direction
        if direction not in {None, expected}:
            raise Unfit("rule_direction_mismatch", direction=expected.value)
        return expected

    @field_validator("value", mode="wrap")
    @classmethod
    def _value_fits(
        cls, raw: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo
    ) -> Threshold | None:
        try:
            value: Threshold | None = handler(raw)
        except ValidationError:
            raise Unfit("rule_value_type", wanted="integer, {lowest, highest}, codes") from None
        definition = _definition(info)
        if definition is None or "operator" not in info.data:
            return value
        _require_shape(OPERATORS[info.data["operator"]].shape, value)
        if isinstance(value, tuple):
            _require_known_codes(definition, value)
            return tuple(dict.fromkeys(value))
        _require_range(definition, value)
        return value

    @field_validator("remedy")
    @classmethod
    def _curable_names_remedy(cls, remedy: RemedyCode | None, info: ValidationInfo) -> RemedyCode | None:
        if info.data.get("curable") and remedy is None:
            raise Unfit("rule_remedy_missing")
        return remedy


def _definition(info: ValidationInfo) -> FactDefinition | None:
    return FACTS[info.data["fact"]] if "fact" in info.data else None


def _require_shape(
    shape: type[int] | type[Band] | type[tuple[str, ...]] | None, value: Threshold | None
) -> None:
    if shape is None and value is not None:
        raise Unfit("rule_value_type", wanted="null")
    if shape is not None and not isinstance(value, shape):
        wanted = {int: "integer", Band: "{lowest, highest}", tuple: "codes"}
        raise Unfit("rule_value_type", wanted=wanted[shape])
    if isinstance(value, tuple) and not value:
        raise Unfit("rule_value_type", wanted="codes")


def _require_known_codes(definition: FactDefinition, codes: tuple[str, ...]) -> None:
    for code in codes:
        if not admits_code(definition, code):
            raise Unfit("rule_code_unknown")


def _require_range(definition: FactDefinition, value: int | Band | None) -> None:
    if value is None:
        return
    lowest, highest = (value.lowest, value.highest) if isinstance(value, Band) else (value, value)
    if lowest > highest:
        raise Unfit("rule_band_reversed")
    if lowest < definition.lowest or highest > definition.highest:
        raise Unfit("rule_value_range", lowest=definition.lowest, highest=definition.highest)


class RuleGroup(Draft, frozen=True):
    """Alternatives, one of which must hold. All are of one visibility, so that none is hinted at."""

    any_of: Annotated[
        tuple[Rule, ...], Field(max_length=10, fail_fast=True, json_schema_extra={"minItems": 1})
    ]

    @field_validator("any_of")
    @classmethod
    def _one_visibility(cls, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        if not rules:
            raise Unfit("rule_group_empty")
        if len({rule.visibility for rule in rules}) > 1:
            raise Unfit("rule_group_visibility_mixed")
        return rules

    @property
    def visibility(self) -> RuleVisibility:
        return self.any_of[0].visibility


def _rule_or_group(entry: Any) -> Any:
    """Choose the shape by the field `any_of`, so that an error names one path and not two."""
    if isinstance(entry, Mapping):
        return RuleGroup.model_validate(entry) if "any_of" in entry else Rule.model_validate(entry)
    return entry


class EligibilityRules(Draft, frozen=True):
    """All of these must hold. Groups stand one level deep."""

    all_of: Annotated[
        tuple[Annotated[Rule | RuleGroup, BeforeValidator(_rule_or_group)], ...],
        Field(max_length=40, fail_fast=True),
    ] = ()

    def seen_with(self, visible: frozenset[RuleVisibility]) -> "EligibilityRules":
        """The rules that somebody sees to whom these visibilities are open."""
        return EligibilityRules(all_of=tuple(entry for entry in self.all_of if entry.visibility in visible))
