"""Eligibility: the registry of enterprise facts, one stated fact, and typed rules over facts.

Shapes and their checks only; `matchmaking.ranking.eligibility` evaluates rules.
"""

from schemas.eligibility.caps import CapBand, CapTable, PoolShareBand, PoolShares
from schemas.eligibility.facts import FACTS, FactDefinition, FactKind
from schemas.eligibility.rules import OPERATORS, Band, EligibilityRules, OperatorDefinition, Rule, RuleGroup
from schemas.eligibility.values import FactValue, admits_code

__all__ = [
    "FACTS",
    "OPERATORS",
    "Band",
    "CapBand",
    "CapTable",
    "EligibilityRules",
    "FactDefinition",
    "FactKind",
    "FactValue",
    "OperatorDefinition",
    "PoolShareBand",
    "PoolShares",
    "Rule",
    "RuleGroup",
    "admits_code",
]
