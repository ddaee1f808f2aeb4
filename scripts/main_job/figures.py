"""Amounts, rates and ids as people read them."""

from decimal import Decimal
from typing import Any

from matchmaking.messages import Language
from matchmaking.ranking.explain import word
from schemas.eligibility import FACTS, FactKind
from schemas.vocabulary import FactName, RuleUnit

FEN_PER_YUAN = 100
FEN_PER_WAN = 1_000_000
LAST_LETTERS = 6


def wan(fen: int) -> str:
    """CNY 10,000 (万元) with a thousands comma and no superfluous zeros."""
    amount = (Decimal(fen) / FEN_PER_WAN).normalize()
    return f"{amount:,f}"


def yuan(fen: int) -> str:
    return f"{fen // FEN_PER_YUAN:,}"


def percent(basis_points: int) -> str:
    return f"{Decimal(basis_points) / 100:.2f} %"


def short(identifier: str) -> str:
    """Enough of an id to tell it from its neighbours: its end, since ids begin with the time."""
    return f"…{identifier[-LAST_LETTERS:]}"


def fact_value(name: FactName, value: Any, language: Language) -> str:
    definition = FACTS[name]
    if definition.kind is FactKind.BOOLEAN:
        return ("是" if value else "否") if language == "zh" else ("yes" if value else "no")
    if definition.unit is RuleUnit.FEN:
        return f"{wan(value)} 万元" if language == "zh" else f"CNY {yuan(value)}"
    if definition.unit is RuleUnit.BASIS_POINTS:
        return percent(value)
    codes = value if isinstance(value, list) else [value]
    if definition.choices is not None:
        codes = [word(definition.choices(code), language) for code in codes]
    return ("、" if language == "zh" else ", ").join(str(code) for code in codes)
