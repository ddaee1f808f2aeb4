"""The words shown to people, Chinese and English side by side, keyed by stable codes.

Each `*.toml` beside this file holds tables `[code]` with `zh` and `en`, whose `{names}` are filled from
parameters. Nothing but loading and filling lives here.
"""

import re
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Literal

Language = Literal["zh", "en"]


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """All tables of all files; a code that stands in two files is a ValueError."""
    merged: dict[str, Mapping[str, str]] = {}
    for source in sorted(files(__package__).iterdir(), key=lambda entry: entry.name):
        if not source.name.endswith(".toml"):
            continue
        for code, texts in _tables(tomllib.loads(source.read_text(encoding="utf-8"))):
            if code in merged:
                message = f"message code {code!r} stands twice, again in {source.name}"
                raise ValueError(message)
            merged[code] = texts
    return merged


def _tables(nested: Mapping[str, object], prefix: str = "") -> list[tuple[str, Mapping[str, str]]]:
    """Leaf tables with dotted codes: `[honour.chain_leader]` becomes `honour.chain_leader`."""
    found: list[tuple[str, Mapping[str, str]]] = []
    texts = {key: value for key, value in nested.items() if isinstance(value, str)}
    if texts:
        found.append((prefix, texts))
    for key, value in nested.items():
        if isinstance(value, Mapping):
            found += _tables(value, f"{prefix}.{key}" if prefix else key)
    return found


def text(code: str, language: Language, form: str = "", **parameters: object) -> str:
    """The sentence for `code`; KeyError for a code or a parameter that is not there.

    `form` names a variant of the text: `form="mend"` reads the keys `zh_mend` and `en_mend`.
    """
    key = f"{language}_{form}" if form else language
    return catalogue()[code][key].format(**parameters)


def word(member: StrEnum, language: Language) -> str:
    """What a member of the vocabulary is called; its bare code where nobody has named it."""
    table = re.sub(r"(?<!^)(?=[A-Z])", "_", type(member).__name__).lower()
    return catalogue().get(f"{table}.{member.value}", {}).get(language, member.value)


def has_form(code: str, language: Language, form: str) -> bool:
    return f"{language}_{form}" in catalogue()[code]
