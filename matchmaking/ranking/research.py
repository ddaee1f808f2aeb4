"""Ranks capabilities for a research demand: every candidate's verdict, reasons, relevance and place.

Pure: the same request gives the same ranking on every machine, at any time. Verdicts:

* eligible: nothing unmet and nothing left open by the demand; `conditions_met_as_published` when the
  capability leaves something unsaid;
* incomplete: nothing unmet, but the demand leaves open an answer that this capability would be decided by
  (mode, readiness wanted, budget); `to_supply` names it;
* near miss: at most two unmet, and these only readiness by one level or the budget within 20 %;
* ineligible: another mode, full, expired, or missed by more.

Order: ineligible ones last; then the weighted total; then the least weight of parts that are not known;
then SHA-256 of `demand_id:candidate_id` in hexadecimal, least first. Text decides here, so that a near miss
that is about the matter stands before an eligible one that is not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from matchmaking.ranking.components import Component, unknown_weight, weighted_sum
from matchmaking.ranking.eligibility import verdict_of
from matchmaking.ranking.reasons import Outcome, Reason, ReasonCode
from matchmaking.ranking.relevance import CapabilityTexts, Relevance
from matchmaking.ranking.request import Screened
from matchmaking.ranking.research_components import components_of_capability
from matchmaking.ranking.research_constraints import constrain_capability
from matchmaking.ranking.research_reasons import reasons_of_relevance, remarks_of
from matchmaking.ranking.research_request import (
    CapabilityCandidate,
    DemandFacts,
    ResearchRequest,
    ResearchWeights,
)
from matchmaking.ranking.standing import DecisiveFact, decisive_among, hindrances, tie_hash, with_status
from schemas.vocabulary import RuleStatus, Verdict

RESEARCH_RANKER_VERSION = "research/2"


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedCapability:
    """`constraints` decided the verdict; `components` and `tie_hash` decided the order.

    `relevance` holds the shares of its texts that the component came from. `remarks` are said beside: chain
    and platform. `weighted_total` divided by 10,000 is the total in points from 0 to 100. `position` counts
    from 1.
    """

    candidate_id: str
    position: int
    verdict: Verdict
    conditions_met_as_published: bool
    constraints: tuple[Outcome, ...]
    relevance: Relevance
    remarks: tuple[Reason, ...]
    components: tuple[Component, ...]
    weighted_total: int
    tie_hash: str

    @property
    def total(self) -> float:
        """Points from 0 to 100."""
        return self.weighted_total / 10_000

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """All there is to say: unmet with its remedy, unknown, what the texts share, not published, met."""
        published = (
            (Reason(ReasonCode.CONDITIONS_MET_AS_PUBLISHED),) if self.conditions_met_as_published else ()
        )
        return (
            *hindrances(self.constraints),
            *reasons_of_relevance(self.relevance),
            *self.remarks,
            *published,
            *(outcome.reason for outcome in with_status(self.constraints, RuleStatus.NOT_PUBLISHED)),
            *(outcome.reason for outcome in with_status(self.constraints, RuleStatus.MET)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ResearchRanking:
    """`excluded` counts candidates left out because the enterprise excluded their institution.

    `relevance_model` is what encoded the vectors that were compared; None when words alone decided.
    `counted` are the verdicts of all where only those shown are here.
    """

    ranker_version: str
    demand_id: str
    weights: ResearchWeights
    candidates: tuple[RankedCapability, ...]
    decisive_facts: tuple[DecisiveFact, ...]
    excluded: int
    relevance_model: str | None = None
    counted: dict[Verdict, int] | None = None

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many candidates got which verdict; every verdict is there."""
        if self.counted is not None:
            return self.counted
        return {
            verdict: sum(candidate.verdict is verdict for candidate in self.candidates) for verdict in Verdict
        }

    def to_document(self) -> dict[str, Any]:
        document: dict[str, Any] = _adapter().dump_python(self, mode="json")
        return document

    def to_json(self) -> str:
        return _adapter().dump_json(self).decode()

    @staticmethod
    def from_document(document: Any) -> "ResearchRanking":
        """Inverse of `to_document`; pydantic.ValidationError when it is no ranking."""
        return _adapter().validate_python(document)

    @staticmethod
    def from_json(text: str | bytes) -> "ResearchRanking":
        return _adapter().validate_json(text)


@cache
def _adapter() -> TypeAdapter[ResearchRanking]:
    return TypeAdapter(ResearchRanking)


def rank_capabilities(request: ResearchRequest) -> ResearchRanking:
    """Every candidate but those of excluded institutions, in order; of a screened request, those shown."""
    demand = request.demand
    admitted = [candidate for candidate in request.candidates if not is_excluded(candidate, demand)]
    texts = CapabilityTexts(admitted, request.text_statistics)
    judged = [
        _judge(request, candidate, relevance)
        for candidate, relevance in zip(admitted, texts.to_demand(demand, request.similarities), strict=True)
    ]
    if request.screened is not None:
        return _as_screened(request, request.screened, judged)
    judged.sort(key=_place)
    candidates = tuple(RankedCapability(position=place, **each) for place, each in enumerate(judged, start=1))
    return ResearchRanking(
        ranker_version=RESEARCH_RANKER_VERSION,
        demand_id=demand.demand_id,
        weights=request.weights,
        candidates=candidates,
        decisive_facts=decisive_among(_incomplete(candidates)),
        excluded=len(request.candidates) - len(admitted),
        relevance_model=request.similarities.model if request.similarities else None,
    )


def _as_screened(
    request: ResearchRequest, screened: Screened, judged: list[dict[str, Any]]
) -> ResearchRanking:
    placed = zip(screened.positions, judged, strict=True)
    return ResearchRanking(
        ranker_version=RESEARCH_RANKER_VERSION,
        demand_id=request.demand.demand_id,
        weights=request.weights,
        candidates=tuple(RankedCapability(position=position, **each) for position, each in placed),
        decisive_facts=screened.decisive_facts,
        excluded=screened.excluded,
        relevance_model=request.similarities.model if request.similarities else None,
        counted=screened.counts,
    )


def is_excluded(candidate: CapabilityCandidate, demand: DemandFacts) -> bool:
    """Whether the enterprise keeps its demand from this institution or unit."""
    return (
        candidate.organization_id in demand.excluded_organization_ids
        or candidate.unit_id in demand.excluded_unit_ids
    )


def _incomplete(candidates: Sequence[RankedCapability]) -> list[tuple[Outcome, ...]]:
    return [one.constraints for one in candidates if one.verdict is Verdict.INCOMPLETE]


def _place(judged: dict[str, Any]) -> tuple[bool, int, int, str]:
    unknown = unknown_weight(judged["components"])
    return (judged["verdict"] is Verdict.INELIGIBLE, -judged["weighted_total"], unknown, judged["tie_hash"])


def _judge(request: ResearchRequest, candidate: CapabilityCandidate, relevance: Relevance) -> dict[str, Any]:
    demand = request.demand
    constraints = constrain_capability(demand, candidate, request.reference_date)
    components = components_of_capability(demand, candidate, relevance, request.weights)
    verdict = verdict_of(constraints)
    silent = any(outcome.status is RuleStatus.NOT_PUBLISHED for outcome in constraints)
    return {
        "candidate_id": candidate.candidate_id,
        "verdict": verdict,
        "conditions_met_as_published": verdict is Verdict.ELIGIBLE and silent,
        "constraints": constraints,
        "relevance": relevance,
        "remarks": remarks_of(demand, candidate),
        "components": components,
        "weighted_total": weighted_sum(components),
        "tie_hash": tie_hash(demand.demand_id, candidate.candidate_id),
    }
