"""Ranking: pure functions from a frozen request to verdicts, terms, an order and the reasons for all of them.

Standard library, numpy, what reads texts, `schemas`, and the message catalogue for the words; no database, no
clock, no HTTP, no encoder.
"""

from matchmaking.ranking.explain import explain, plain
from matchmaking.ranking.financing import RANKER_VERSION, FinancingRanking, RankedCandidate, rank
from matchmaking.ranking.presets import PRESETS, weights_of
from matchmaking.ranking.reasons import Outcome, Reason, ReasonCode
from matchmaking.ranking.relevance import CapabilityTexts, Relevance, TextMatch
from matchmaking.ranking.request import (
    AnswerCounts,
    Candidate,
    CapFormula,
    FinancingRequest,
    NeedFacts,
    PolicyMeasureFacts,
    ProviderRecord,
    Rate,
    ReferenceRate,
    Screened,
    Weights,
    visible_part,
)
from matchmaking.ranking.research import (
    RESEARCH_RANKER_VERSION,
    RankedCapability,
    ResearchRanking,
    rank_capabilities,
)
from matchmaking.ranking.research_request import (
    CapabilityCandidate,
    DemandFacts,
    ResearchRequest,
    ResearchWeights,
    Similarities,
)
from matchmaking.ranking.standing import DecisiveFact
from matchmaking.ranking.text_query import TextStatistics

__all__ = [
    "PRESETS",
    "RANKER_VERSION",
    "RESEARCH_RANKER_VERSION",
    "AnswerCounts",
    "Candidate",
    "CapFormula",
    "CapabilityCandidate",
    "CapabilityTexts",
    "DecisiveFact",
    "DemandFacts",
    "FinancingRanking",
    "FinancingRequest",
    "NeedFacts",
    "Outcome",
    "PolicyMeasureFacts",
    "ProviderRecord",
    "RankedCandidate",
    "RankedCapability",
    "Rate",
    "Reason",
    "ReasonCode",
    "ReferenceRate",
    "Relevance",
    "ResearchRanking",
    "ResearchRequest",
    "ResearchWeights",
    "Screened",
    "Similarities",
    "TextMatch",
    "TextStatistics",
    "Weights",
    "explain",
    "plain",
    "rank",
    "rank_capabilities",
    "visible_part",
    "weights_of",
]
