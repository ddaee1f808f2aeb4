"""Puts codes into words. A missing text or parameter never turns a refusal into a failure of our own."""

from collections.abc import Mapping
from typing import Any

from matchmaking.messages import Language, catalogue

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
    return joint.join(_filled(part, parameters) for part in parts if part)


def title(code: str, status: int, language: Language) -> str:
    """The code's own title, or that of its status."""
    own = catalogue().get(code, {}).get(f"{language}_title")
    return own or catalogue().get(f"status.{status}", {}).get(language, str(status))


def _filled(template: str, parameters: Mapping[str, Any]) -> str:
    try:
        return template.format_map(_Gaps(parameters))
    except (ValueError, AttributeError, TypeError, IndexError):
        return template
