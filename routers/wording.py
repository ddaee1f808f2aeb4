"""Puts codes into words. A missing text or parameter never turns a refusal into a failure of our own."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from matchmaking.messages import Language, catalogue, word

GAP = "…"


class _Gaps(dict[str, Any]):
    def __missing__(self, _name: str) -> str:
        return GAP


def is_documented(code: str) -> bool:
    """Problem codes are the undotted tables of the catalogues that have a text."""
    return "." not in code and "zh" in catalogue().get(code, {})


def sentence(code: str, language: Language, parameters: Mapping[str, Any]) -> str:
    """What happened, followed by how to mend it where the catalogue says so."""
    texts = catalogue().get(code, {})
    parts = (texts.get(language, ""), texts.get(f"{language}_mend", ""))
    joint = "" if language == "zh" else " "
    said = {name: _said(value, language) for name, value in parameters.items()}
    return joint.join(_filled(part, said) for part in parts if part)


def title(code: str, status: int, language: Language) -> str:
    """The code's own title, or that of its status."""
    own = catalogue().get(code, {}).get(f"{language}_title")
    return own or catalogue().get(f"status.{status}", {}).get(language, str(status))


def _said(value: object, language: Language) -> object:
    """Members of the vocabulary by their names, several of them as a list."""
    if isinstance(value, StrEnum):
        return word(value, language)
    if isinstance(value, tuple):
        return ("、" if language == "zh" else ", ").join(str(_said(one, language)) for one in value)
    return value


def _filled(template: str, parameters: Mapping[str, Any]) -> str:
    try:
        return template.format_map(_Gaps(parameters))
    except (ValueError, AttributeError, TypeError, IndexError):
        return template
