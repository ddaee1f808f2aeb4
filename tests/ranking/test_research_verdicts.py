"""Verdicts on capabilities: against a naive oracle, edge by edge, and with planted faults that are found."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis.errors import NoSuchExample

from matchmaking.ranking import (
    CapabilityCandidate,
    RankedCapability,
    ReasonCode,
    ResearchRequest,
    rank_capabilities,
    research,
    research_constraints,
)
from schemas.vocabulary import CooperationMode, DemandAnswer, RemedyCode, RuleStatus, Verdict
from tests.ranking import research_oracle
from tests.ranking.research_cases import TODAY, WAN, capability, demand, ranked, request, requests

EXAMPLES = settings(
    max_examples=300, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)


def agrees(made: ResearchRequest) -> bool:
    found = {
        one.candidate_id: (one.verdict.value, one.conditions_met_as_published)
        for one in rank_capabilities(made).candidates
    }
    return found == research_oracle.verdicts(made.to_document())


@EXAMPLES
@given(requests)
def test_ranker_and_oracle_agree(made: ResearchRequest) -> None:
    assert agrees(made)


PLANTED: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "no tolerance": lambda patch: patch.setattr(research_constraints, "TOLERANCE_BASIS_POINTS", 0),
    "wide tolerance": lambda patch: patch.setattr(research_constraints, "TOLERANCE_BASIS_POINTS", 2_500),
    "no level forgiven": lambda patch: patch.setattr(research_constraints, "FORGIVEN_LEVELS", 0),
    "two levels forgiven": lambda patch: patch.setattr(research_constraints, "FORGIVEN_LEVELS", 2),
    "excluded stay": lambda patch: patch.setattr(research, "is_excluded", lambda *_: False),
    "full is free": lambda patch: patch.setattr(
        research_constraints,
        "_capacity",
        lambda _: research_constraints._decided(RuleStatus.MET, ReasonCode.CAPACITY_FREE, count=1),
    ),
    "budget is unknown": lambda patch: patch.setattr(research_constraints, "budget_miss", lambda *_: None),
}


@pytest.mark.parametrize("fault", list(PLANTED))
def test_planted_faults_are_found(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    PLANTED[fault](monkeypatch)
    # The first example is enough: making it small takes minutes and tells nothing more here.
    thorough = settings(EXAMPLES, max_examples=4_000, phases=[Phase.generate])
    try:
        find(requests, lambda made: not agrees(made), settings=thorough)
    except NoSuchExample:
        pytest.fail(f"nobody noticed: {fault}")


Case = tuple[dict[str, Any], dict[str, Any], Verdict, ReasonCode]
EDGES: dict[str, Case] = {
    "all met": ({}, {}, Verdict.ELIGIBLE, ReasonCode.MODES_SHARED),
    "another mode": (
        {"modes": (CooperationMode.TALENT_TRAINING,)},
        {},
        Verdict.INELIGIBLE,
        ReasonCode.MODES_NOT_SHARED,
    ),
    "mode not published": ({"modes": ()}, {}, Verdict.ELIGIBLE, ReasonCode.MODES_NOT_PUBLISHED),
    "mode not named": ({}, {"modes": ()}, Verdict.INCOMPLETE, ReasonCode.MODES_UNKNOWN),
    "mode on neither side": ({"modes": ()}, {"modes": ()}, Verdict.ELIGIBLE, ReasonCode.MODES_NOT_PUBLISHED),
    "level reached": ({"readiness_to": 6}, {}, Verdict.ELIGIBLE, ReasonCode.READINESS_REACHED),
    "one level short": ({"readiness_to": 5}, {}, Verdict.NEAR_MISS, ReasonCode.READINESS_SHORT),
    "two levels short": ({"readiness_to": 4}, {}, Verdict.INELIGIBLE, ReasonCode.READINESS_SHORT),
    "reach not told": ({"readiness_to": None}, {}, Verdict.ELIGIBLE, ReasonCode.READINESS_NOT_PUBLISHED),
    "level not named": ({}, {"readiness_wanted": None}, Verdict.INCOMPLETE, ReasonCode.READINESS_UNKNOWN),
    "budget a fifth below": (
        {"smallest_contract_fen": 125 * WAN},
        {},
        Verdict.NEAR_MISS,
        ReasonCode.BUDGET_BELOW_USUAL,
    ),
    "budget more than a fifth below": (
        {"smallest_contract_fen": 125 * WAN + 1},
        {},
        Verdict.INELIGIBLE,
        ReasonCode.BUDGET_BELOW_USUAL,
    ),
    "budget a fifth above": (
        {},
        {"smallest_budget_fen": 360 * WAN, "largest_budget_fen": None},
        Verdict.NEAR_MISS,
        ReasonCode.BUDGET_ABOVE_USUAL,
    ),
    "budget more than a fifth above": (
        {},
        {"smallest_budget_fen": 360 * WAN + 1, "largest_budget_fen": 900 * WAN},
        Verdict.INELIGIBLE,
        ReasonCode.BUDGET_ABOVE_USUAL,
    ),
    "budget not named": ({}, {"largest_budget_fen": None}, Verdict.INCOMPLETE, ReasonCode.BUDGET_UNKNOWN),
    "contract not published": (
        {"smallest_contract_fen": None, "largest_contract_fen": None},
        {},
        Verdict.ELIGIBLE,
        ReasonCode.CONTRACT_NOT_PUBLISHED,
    ),
    "full": ({"free_projects": 0}, {}, Verdict.INELIGIBLE, ReasonCode.CAPACITY_FULL),
    "capacity not told": ({"free_projects": None}, {}, Verdict.ELIGIBLE, ReasonCode.CAPACITY_NOT_PUBLISHED),
    "last day": ({"valid_until": TODAY}, {}, Verdict.ELIGIBLE, ReasonCode.CAPABILITY_VALID),
    "expired": (
        {"valid_until": TODAY - timedelta(days=1)},
        {},
        Verdict.INELIGIBLE,
        ReasonCode.CAPABILITY_EXPIRED,
    ),
    "other chains": (
        {"chains": ("chips",)},
        {"chain": "ships"},
        Verdict.ELIGIBLE,
        ReasonCode.CHAIN_NOT_AMONG,
    ),
    "its chain": ({"chains": ("ships",)}, {"chain": "ships"}, Verdict.ELIGIBLE, ReasonCode.CHAIN_SHARED),
    "chains not told": ({}, {"chain": "ships"}, Verdict.ELIGIBLE, ReasonCode.CHAIN_NOT_PUBLISHED),
}


@pytest.mark.parametrize("edge", list(EDGES))
def test_edges(edge: str) -> None:
    offered, asked, verdict, code = EDGES[edge]
    found = ranked(capability(**offered), **asked)
    assert found.verdict is verdict
    assert code in {reason.code for reason in found.reasons}
    silent = any(outcome.status is RuleStatus.NOT_PUBLISHED for outcome in found.constraints)
    assert found.conditions_met_as_published == (verdict is Verdict.ELIGIBLE and silent)


def remedies(found: RankedCapability) -> list[object]:
    return [one.parameters["remedy"] for one in found.reasons if one.code is ReasonCode.REMEDY]


def test_a_near_miss_says_what_would_change_it() -> None:
    short: CapabilityCandidate = capability(readiness_to=5)
    assert remedies(ranked(short)) == [RemedyCode.ADJUST_READINESS]
    both = ranked(capability(readiness_to=5, smallest_contract_fen=125 * WAN))
    assert (both.verdict, len(remedies(both))) == (Verdict.NEAR_MISS, 2)
    far = ranked(capability(readiness_to=3))
    assert (far.verdict, remedies(far)) == (Verdict.INELIGIBLE, [])


def test_the_most_decisive_open_answer_comes_first() -> None:
    silent = capability("c", modes=(), smallest_contract_fen=None, largest_contract_fen=None)
    asked = demand(modes=(), largest_budget_fen=None)
    ranking = rank_capabilities(
        request(
            capability("a"), capability("b", modes=()), silent, capability("d", free_projects=0), demand=asked
        )
    )
    found = [(one.missing, one.candidates, one.alone) for one in ranking.decisive_facts]
    assert found == [(DemandAnswer.LARGEST_BUDGET, 2, 1), (DemandAnswer.MODES, 1, 0)]
    assert ranking.decisive_facts[0].reason.code is ReasonCode.DECISIVE_ANSWER
    counts = {Verdict.ELIGIBLE: 1, Verdict.INCOMPLETE: 2, Verdict.NEAR_MISS: 0, Verdict.INELIGIBLE: 1}
    assert ranking.counts == counts
