"""Puts reasons into words: a whole sentence in Chinese or English, and a plain form of at most 30 characters.

Sentences stand in `messages/reasons.toml`, words in `messages/words.toml`; here parameters become text by
what their names say that they hold. Sentences show exact numbers, plain forms round them.
"""

import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cache

from matchmaking.messages import Language, text
from matchmaking.ranking.reasons import Parameter, Reason
from schemas.eligibility import FACTS
from schemas.vocabulary import (
    CapabilityText,
    CapBasis,
    CapSource,
    CooperationMode,
    DemandAnswer,
    FactName,
    GuaranteeFeePayment,
    GuaranteeMode,
    Helper,
    PlatformLevel,
    PurposeKind,
    RemedyCode,
    RepaymentMethod,
    RuleUnit,
)

PLAIN_LENGTH = 30
FEN_PER_YUAN = 100
YUAN_PER_WAN = 10_000
YUAN_PER_YI = 100_000_000

# Names of things: the Chinese one, then the English one.
_IN_BOTH_LANGUAGES = ("measure", "payer")
_WORDS: Mapping[str, type[StrEnum]] = {
    "fact": FactName,
    "purpose": PurposeKind,
    "guarantee_mode": GuaranteeMode,
    "guarantee_fee_payment": GuaranteeFeePayment,
    "repayment_method": RepaymentMethod,
    "remedy": RemedyCode,
    "helper": Helper,
    "modes": CooperationMode,
    "platform": PlatformLevel,
    "text": CapabilityText,
}


def explain(reason: Reason, language: Language) -> str:
    """The whole sentence; KeyError when the catalogue does not have the code."""
    sentence = text(f"reason.{reason.code}", language, **_filled(reason.parameters, language, exact=True))
    return sentence[:1].upper() + sentence[1:]


def plain(reason: Reason) -> str:
    """The same in at most 30 Chinese characters, for those who want to know no more."""
    return text(f"reason.{reason.code}", "zh", "plain", **_filled(reason.parameters, "zh", exact=False))


def word(member: StrEnum, language: Language) -> str:
    """What a code of the vocabulary is called."""
    return text(f"{word_table(type(member))}.{member.value}", language)


def word_table(enum: type[StrEnum]) -> str:
    """The table of `messages/words.toml` for an enum: `OrganizationKind` has `organization_kind`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", enum.__name__).lower()


def _filled(parameters: Mapping[str, Parameter], language: Language, *, exact: bool) -> dict[str, str]:
    filled = {name: _shown(name, value, language, exact=exact) for name, value in parameters.items()}
    if "operator" in parameters:
        filled["requirement"] = _requirement(parameters, language, exact=exact)
    if "gap" in parameters:
        filled["gap"] = _measured(parameters["gap"], parameters, language, exact=exact)
    return filled


def _shown(name: str, value: Parameter, language: Language, *, exact: bool) -> str:
    if isinstance(value, tuple) and name in _IN_BOTH_LANGUAGES:
        return value[language == "en"]
    if isinstance(value, tuple):
        return _listed([_shown(name, each, language, exact=exact) for each in value], language)
    if name in _WORDS:
        return word(_WORDS[name](str(value)), language)
    if name in {"missing", "limit"}:
        return word(_missing(str(value)), language)
    for ending, show in _ENDINGS.items():
        if name.endswith(ending) and isinstance(value, int):
            return show(value, language, exact)
    return str(value)


def _listed(shown: list[str], language: Language) -> str:
    return ("、" if language == "zh" else ", ").join(shown)


@cache
def _missing(code: str) -> StrEnum:
    """The fact, base or source of a cap, or answer of a demand of that code; no two of them share one."""
    members: list[StrEnum] = [*FactName, *CapBasis, *CapSource, *DemandAnswer]
    return next(member for member in members if member.value == code)


def _requirement(parameters: Mapping[str, Parameter], language: Language, *, exact: bool) -> str:
    """`at least 2,000,000 yuan`, `one of ...`; the plain form does not list codes."""
    code = f"requirement.{parameters['operator']}"
    shown = {
        name: _measured(parameters[name], parameters, language, exact=exact)
        for name in ("required", "required_lowest", "required_highest")
        if name in parameters
    }
    return text(code, language, **shown) if exact else text(code, language, "plain", **shown)


def _measured(
    value: Parameter, parameters: Mapping[str, Parameter], language: Language, *, exact: bool
) -> str:
    """A threshold or a gap in the unit of its fact, or a list of codes in words."""
    if isinstance(value, tuple):
        choices = FACTS[FactName(str(parameters["fact"]))].choices
        return _listed([word(choices(code), language) if choices else code for code in value], language)
    return _UNITS[RuleUnit(str(parameters["unit"]))](int(value), language, exact)


def _money(fen: int, language: Language, exact: bool) -> str:
    yuan = Decimal(fen) / FEN_PER_YUAN
    if language == "en":
        return f"CNY {yuan:,.0f}" if yuan == yuan.to_integral() else f"CNY {yuan:,.2f}"
    for size, name in ((YUAN_PER_YI, "亿元"), (YUAN_PER_WAN, "万元")):
        if abs(yuan) >= size:
            return f"{_trimmed(yuan / size, exact)}{name}"
    return f"{_trimmed(yuan, exact)}元"


def _trimmed(number: Decimal, exact: bool) -> str:
    shown = number if exact else number.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{shown.normalize():f}"


def _percent(basis_points: int, _language: Language, exact: bool) -> str:
    return f"{_trimmed(Decimal(basis_points) / 100, exact)}%"


def _counted(zh: str, en: str) -> Callable[[int, Language, bool], str]:
    def show(number: int, language: Language, _exact: bool) -> str:
        if language == "zh":
            return f"{number}{zh}"
        return f"{number:,} {en}{'' if number == 1 else 's'}" if en else f"{number:,}"

    return show


def _level(level: int, language: Language, _exact: bool) -> str:
    return f"{level}级" if language == "zh" else f"level {level}"


_months = _counted("个月", "month")
_days = _counted("个工作日", "working day")

_UNITS: Mapping[RuleUnit, Callable[[int, Language, bool], str]] = {
    RuleUnit.FEN: _money,
    RuleUnit.BASIS_POINTS: _percent,
    RuleUnit.COUNT: _counted("", ""),
    RuleUnit.MONTHS: _months,
    RuleUnit.LEVEL: _level,
}
_ENDINGS: Mapping[str, Callable[[int, Language, bool], str]] = {
    "_fen": _money,
    "_basis_points": _percent,
    "_months": _months,
    "_days": _days,
    "count": _counted("", ""),
}
