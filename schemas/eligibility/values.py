"""One stated fact of an enterprise, checked against the registry. Nothing about rules."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, cast

from pydantic import (
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    field_validator,
)
from pydantic_core.core_schema import ValidationInfo

from schemas.base import Draft
from schemas.days import Day
from schemas.eligibility.facts import FACTS, FactDefinition, FactKind
from schemas.eligibility.faults import Unfit
from schemas.vocabulary import FactName, FactSource

Code = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Codes = Annotated[tuple[Code, ...], Field(max_length=100, fail_fast=True)]
FactContent = StrictBool | StrictInt | Code | Codes


def admits_code(definition: FactDefinition, code: str) -> bool:
    """Whether `code` can be a code of this fact: a member of its closed list, or of the form of its codes."""
    if definition.choices is not None:
        return any(code == member.value for member in definition.choices)
    return re.fullmatch(definition.pattern, code, flags=re.ASCII) is not None


class FactValue(Draft, frozen=True):
    """A fact at a date, and who says so.

    `value` is an integer in the unit of the registry, a truth, an ISO date, a code, or a list of codes.
    Errors start with `fact_is_reckoned`, `fact_value_type`, `fact_value_range` or `fact_code_unknown`.
    """

    name: FactName
    value: FactContent = Field(
        description="Whole number in the fact's unit, true or false, ISO date, code, or list of codes"
    )
    as_of: Day
    source: FactSource

    @field_validator("name")
    @classmethod
    def _is_stated_not_reckoned(cls, name: FactName) -> FactName:
        if FACTS[name].reckoned_from:
            raise Unfit("fact_is_reckoned", sources=", ".join(FACTS[name].reckoned_from))
        return name

    @field_validator("value", mode="wrap")
    @classmethod
    def _fits_registry(
        cls, raw: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo
    ) -> FactContent:
        try:
            value: FactContent = handler(raw)
        except ValidationError:
            raise Unfit("fact_value_type", wanted="number, boolean, date, code, codes") from None
        if "name" not in info.data:
            return value
        name: FactName = info.data["name"]
        definition = FACTS[name]
        if type(value) is not SHAPES[definition.kind]:
            raise Unfit("fact_value_type", wanted=definition.kind.value)
        if definition.kind is FactKind.NUMBER:
            _require_range(definition, cast("int", value))
        elif definition.kind is FactKind.DATE:
            _require_date(cast("str", value))
        elif isinstance(value, tuple):
            _require_codes(definition, value)
            return tuple(sorted(set(value)))
        elif isinstance(value, str):
            _require_codes(definition, (value,))
        return value


SHAPES: Mapping[FactKind, type[object]] = {
    FactKind.NUMBER: int,
    FactKind.BOOLEAN: bool,
    FactKind.DATE: str,
    FactKind.CHOICE: str,
    FactKind.CODE: str,
    FactKind.CHOICES: tuple,
    FactKind.CODES: tuple,
}


def _require_range(definition: FactDefinition, number: int) -> None:
    if not definition.lowest <= number <= definition.highest:
        raise Unfit("fact_value_range", lowest=definition.lowest, highest=definition.highest)


def _require_date(text: str) -> None:
    if re.fullmatch(r"(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}", text) is None:
        raise Unfit("fact_value_type", wanted=FactKind.DATE.value)
    try:
        date.fromisoformat(text)
    except ValueError:
        raise Unfit("fact_value_type", wanted=FactKind.DATE.value) from None


def _require_codes(definition: FactDefinition, codes: tuple[str, ...]) -> None:
    if not all(admits_code(definition, code) for code in codes):
        raise Unfit("fact_code_unknown")
