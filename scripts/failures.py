"""What may be expected to fail, as one sentence in each language and an exit code; never a traceback.

1: something failed on the way. 2: the command was asked or set up wrongly. What is not expected is a defect
and is raised as it is.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import typer
from pydantic import ValidationError
from typer.core import TyperGroup

from matchmaking.db.cluster_failures import CODES_BY_ERRNO, LocalFailed
from matchmaking.errors import Refusal
from matchmaking.messages import Language, catalogue
from matchmaking.settings import Settings
from scripts.speaking import complain

FAILED = 1
ASKED_WRONGLY = 2
DISK_FULL_STATE = "53100"
VARIABLE = re.compile(r"\b(?:MATCHMAKING_\w+|DATABASE_URL)\b")
BOUNDS = {"ge": "≥ {}", "gt": "> {}", "le": "≤ {}", "lt": "< {}"}


@dataclass
class CommandRefused(Exception):
    """A command that cannot go on; `code` names the sentence in the message catalogues."""

    code: str
    parameters: dict[str, str | int] = field(default_factory=dict)
    exit_code: int = FAILED


def require_stand_alone(settings: Settings, command: str) -> None:
    if not settings.stand_alone:
        raise CommandRefused("cli.stand_alone_only", {"command": command}, ASKED_WRONGLY)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Pairs of a Chinese and an English sentence, and the exit code of the command."""

    sentences: tuple[tuple[str, str], ...]
    exit_code: int = FAILED


class ExplainingGroup(TyperGroup):
    """Commands whose expected failures end in a sentence."""

    def invoke(self, ctx: Any) -> Any:
        with explained():
            return super().invoke(ctx)


@contextmanager
def explained() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        complain(_pair("cli.interrupted"))
        raise typer.Exit(FAILED) from None
    except Exception as failure:
        if (explanation := explanation_of(failure)) is None:
            raise
        complain(*explanation.sentences)
        raise typer.Exit(explanation.exit_code) from None


def explanation_of(failure: Exception) -> Explanation | None:
    """None for what nobody expected."""
    if isinstance(failure, typer.Abort):
        return _explained("cli.interrupted", {})
    if isinstance(failure, CommandRefused):
        return _explained(failure.code, failure.parameters, failure.exit_code)
    if isinstance(failure, ValidationError) and failure.title == Settings.__name__:
        return Explanation(tuple(_settings_sentences(failure)), ASKED_WRONGLY)
    if isinstance(failure, LocalFailed | Refusal):
        return _explained(failure.code, failure.parameters)
    if isinstance(failure, OSError) and failure.errno in CODES_BY_ERRNO and failure.filename is not None:
        return _explained(CODES_BY_ERRNO[failure.errno], {"place": str(failure.filename)})
    return _explanation_of_a_library(failure)


def _explanation_of_a_library(failure: Exception) -> Explanation | None:
    from routers.listening import ServerNotStarted  # noqa: PLC0415 - slow, and needed only once something failed
    from scripts.database_failures import database_failure  # noqa: PLC0415 - likewise

    if isinstance(failure, ServerNotStarted):
        return _explained(failure.code, failure.parameters)
    found = database_failure(failure)
    return None if found is None else _explained(*found)


def _explained(code: str, parameters: Mapping[str, object], exit_code: int = FAILED) -> Explanation:
    return Explanation((_pair(code, parameters),), exit_code)


def _pair(code: str, parameters: Mapping[str, object] | None = None) -> tuple[str, str]:
    return _sentence(code, "zh", parameters or {}), _sentence(code, "en", parameters or {})


def _sentence(code: str, language: Language, parameters: Mapping[str, object]) -> str:
    """What is wrong, and how to mend it where the catalogue says so."""
    if code not in catalogue():
        return code
    texts = catalogue()[code]
    parts = (texts[language], texts.get(f"{language}_mend", ""))
    joint = "" if language == "zh" else " "
    return joint.join(part.format_map(parameters) for part in parts if part)


def _settings_sentences(invalid: ValidationError) -> Iterator[tuple[str, str]]:
    for fault in invalid.errors(include_input=False, include_url=False):
        yield _settings_sentence(fault["loc"], fault["type"], fault["msg"], fault.get("ctx") or {})


def _settings_sentence(
    location: tuple[int | str, ...], kind: str, said: str, context: Mapping[str, Any]
) -> tuple[str, str]:
    """Names variables and bounds, never values: those may be secrets."""
    if not location:
        names = ", ".join(name for name in VARIABLE.findall(said) if name != "DATABASE_URL")
        return _pair("cli.settings_weak" if "weak" in said else "cli.settings_incomplete", {"names": names})
    name = _variable(str(location[0]))
    if kind == "literal_error":
        allowed = ", ".join(re.findall(r"'([^']*)'", str(context["expected"])))
        return _pair("cli.setting_not_among", {"name": name, "allowed": allowed})
    for bound, form in BOUNDS.items():
        if bound in context:
            return _pair("cli.setting_bound", {"name": name, "bound": form.format(context[bound])})
    return _pair("cli.setting_invalid", {"name": name, "reason": kind})


def _variable(field_name: str) -> str:
    return field_name if field_name.isupper() else f"MATCHMAKING_{field_name.upper()}"
