"""From pydantic's findings to our own stable codes. What the caller sent is never repeated.

A validator of ours may raise `ValueError("some_code")`, `ValueError("some_code", {"name": value})` or
`PydanticCustomError("some_code", ...)`; a code that the message catalogues know is shown with those values.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from fastapi.exceptions import RequestValidationError

from routers.wording import is_documented
from schemas.problems import MOST_ERRORS, Location

# pydantic's error type → our code, and how our parameters are called in its context
CODES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "missing": ("field_missing", {}),
    "extra_forbidden": ("field_unknown", {}),
    "none_required": ("not_null", {}),
    "string_type": ("not_text", {}),
    "string_too_short": ("text_too_short", {"minimum": "min_length"}),
    "string_too_long": ("text_too_long", {"maximum": "max_length"}),
    "string_pattern_mismatch": ("text_form", {"pattern": "pattern"}),
    "string_unicode": ("text_not_unicode", {}),
    "string_not_ascii": ("text_not_unicode", {}),
    "int_type": ("not_integer", {}),
    "int_parsing": ("not_integer", {}),
    "int_parsing_size": ("not_integer", {}),
    "int_from_float": ("not_integer", {}),
    "float_type": ("not_number", {}),
    "float_parsing": ("not_number", {}),
    "finite_number": ("not_number", {}),
    "decimal_type": ("not_number", {}),
    "decimal_parsing": ("not_number", {}),
    "decimal_max_digits": ("decimal_too_precise", {}),
    "decimal_max_places": ("decimal_too_precise", {}),
    "decimal_whole_digits": ("decimal_too_precise", {}),
    "bool_type": ("not_boolean", {}),
    "bool_parsing": ("not_boolean", {}),
    "greater_than_equal": ("number_too_small", {"minimum": "ge"}),
    "less_than_equal": ("number_too_large", {"maximum": "le"}),
    "greater_than": ("number_not_above", {"limit": "gt"}),
    "less_than": ("number_not_below", {"limit": "lt"}),
    "multiple_of": ("number_not_multiple", {"step": "multiple_of"}),
    "enum": ("not_among", {"allowed": "expected"}),
    "literal_error": ("not_among", {"allowed": "expected"}),
    "union_tag_invalid": ("not_among", {"allowed": "expected_tags"}),
    "union_tag_not_found": ("field_missing", {}),
    "date_past": ("not_in_past", {}),
    "datetime_past": ("not_in_past", {}),
    "date_future": ("not_in_future", {}),
    "datetime_future": ("not_in_future", {}),
    "too_short": ("list_too_short", {"minimum": "min_length"}),
    "too_long": ("list_too_long", {"maximum": "max_length"}),
    "url_type": ("not_address", {}),
    "url_parsing": ("not_address", {}),
    "url_scheme": ("not_address", {}),
    "url_syntax_violation": ("not_address", {}),
    "url_too_long": ("text_too_long", {"maximum": "max_length"}),
}
# Families of error types, asked in this order when the type itself is not listed.
FAMILIES: Sequence[tuple[tuple[str, ...], str]] = (
    (("date_from", "date_type", "date_parsing"), "not_date"),
    (("time_delta",), "not_duration"),
    (("datetime", "timezone"), "not_instant"),
    (("time_",), "not_time"),
    (("uuid",), "not_identifier"),
    (("list", "tuple", "set", "frozen_set", "deque", "iterable"), "not_list"),
    (("model", "dataclass", "dict", "mapping", "arguments"), "not_object"),
)
PLACES = frozenset({"body", "query", "path", "header", "cookie"})
QUOTED = re.compile(r"'([^']*)'")
STABLE_CODE = re.compile(r"[a-z][a-z0-9_]{2,60}")
SAFE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
LONGEST_TEXT = 500


@dataclass(frozen=True)
class FieldFault:
    """What is wrong with one value, before it is put into a language."""

    pointer: str
    location: Location
    code: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


def faults_of(error: RequestValidationError) -> list[FieldFault]:
    """As many of the findings as an answer may show, in the order of the fields."""
    return [_fault(finding, error.body) for finding in error.errors()[:MOST_ERRORS]]


def _fault(finding: Mapping[str, Any], body: object) -> FieldFault:
    place, *steps = finding["loc"]
    location = cast("Location", place) if place in PLACES else "body"
    code, parameters = _code(finding)
    if finding["type"].startswith("union_tag"):
        steps = [*steps, str(finding["ctx"]["discriminator"]).strip("'")]
    if location == "body":
        steps = _within(body, steps)
        if not steps and code == "field_missing":
            code = "body_missing"
    return FieldFault(_pointer(steps), location, code, parameters)


def _code(finding: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    context = finding.get("ctx") or {}
    if finding["type"] in ("value_error", "assertion_error"):
        return _own_code(getattr(context.get("error"), "args", ()))
    if finding["type"] in CODES:
        code, names = CODES[finding["type"]]
        return code, {ours: _shown(context.get(theirs)) for ours, theirs in names.items()}
    if is_documented(finding["type"]):
        return finding["type"], context
    for beginnings, code in FAMILIES:
        if finding["type"].startswith(beginnings):
            return code, {}
    return "value_invalid", {}


def _own_code(arguments: Sequence[Any]) -> tuple[str, Mapping[str, Any]]:
    """The code that a validator of ours gave as the first word of its message."""
    found = STABLE_CODE.match(str(arguments[0])) if arguments else None
    if found is None or not is_documented(found.group()):
        return "value_invalid", {}
    parameters = arguments[1] if len(arguments) > 1 and isinstance(arguments[1], Mapping) else {}
    return found.group(), parameters


def _shown(value: object) -> object:
    """A bound or a list of choices from our own schema, as it may stand in either language."""
    if isinstance(value, str):
        return (", ".join(QUOTED.findall(value)) or value)[:LONGEST_TEXT]
    return value


def _within(body: object, steps: Sequence[int | str]) -> list[int | str]:
    """The steps that really lead into the body.

    pydantic mixes the names of union members into its locations. A last step that is not there is kept: it is
    the field that is missing.
    """
    path: list[int | str] = []
    here: Any = body
    for number, step in enumerate(steps):
        if _leads_on(here, step):
            here = here[step]
        elif number < len(steps) - 1 or not isinstance(here, Mapping | None):
            continue
        path.append(step)
    return path


def _leads_on(here: object, step: int | str) -> bool:
    if isinstance(here, list):
        return isinstance(step, int) and step < len(here)
    return isinstance(here, Mapping) and step in here


def _pointer(steps: Sequence[int | str]) -> str:
    """RFC 6901. A key that the caller made up is shown only if it is a plain name; else its parent is."""
    pointer = ""
    for step in steps:
        if isinstance(step, str) and not SAFE_NAME.fullmatch(step):
            break
        pointer += f"/{step}"
    return pointer
