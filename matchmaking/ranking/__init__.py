"""Ranking: pure functions from a frozen request to verdicts, terms, an order and the reasons for all of them.

Standard library and `schemas` only, and the message catalogue for the words; no database, no clock, no HTTP.
"""

from matchmaking.ranking.explain import explain, plain
from matchmaking.ranking.financing import RANKER_VERSION, FinancingRanking, RankedCandidate, rank
from matchmaking.ranking.reasons import Outcome, Reason, ReasonCode
from matchmaking.ranking.request import (
    Candidate,
    CapFormula,
    FinancingRequest,
    NeedFacts,
    Rate,
    ReferenceRate,
    Weights,
    visible_part,
)

__all__ = [
    "RANKER_VERSION",
    "Candidate",
    "CapFormula",
    "FinancingRanking",
    "FinancingRequest",
    "NeedFacts",
    "Outcome",
    "RankedCandidate",
    "Rate",
    "Reason",
    "ReasonCode",
    "ReferenceRate",
    "Weights",
    "explain",
    "plain",
    "rank",
    "visible_part",
]
