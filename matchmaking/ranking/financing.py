"""Ranks credit products for a financing need: every candidate's verdict, reasons, terms and place.

Pure: the same request gives the same ranking on every machine, at any time. Order: verdict (eligible,
incomplete, near miss, ineligible), then the weighted total, then the least weight of parts that are not
known, then SHA-256 of `need_id:candidate_id` in hexadecimal, least first; then at most three of one bank
among the first twenty, as `variety` says.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from matchmaking.ranking.components import Component, components_of, unknown_weight, weighted_sum
from matchmaking.ranking.constraints import constrain
from matchmaking.ranking.costing import reckon_costs
from matchmaking.ranking.eligibility import evaluate, verdict_of
from matchmaking.ranking.facts import FactsAtDate
from matchmaking.ranking.reasons import Outcome, Reason, ReasonCode
from matchmaking.ranking.reliability import Reliabilities, Reliability
from matchmaking.ranking.request import Candidate, FinancingRequest, Screened, Weights
from matchmaking.ranking.standing import DecisiveFact, decisive_among, hindrances, tie_hash, with_status
from matchmaking.ranking.terms import ReckonedTerms, reckon
from matchmaking.ranking.told_terms import reasons_of_place, reasons_of_reliability, reasons_of_terms
from matchmaking.ranking.variety import varied
from schemas.vocabulary import RuleStatus, Verdict

RANKER_VERSION = "financing/3"

_ORDER = {verdict: place for place, verdict in enumerate(Verdict)}


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedCandidate:
    """`constraints` and `rules` decided the verdict; `components` and `tie_hash` decided the order.

    `conditions_met_as_published` marks an eligible candidate that has rules which the asker may not see, or
    terms that the bank does not publish.
    `weighted_total` divided by 10,000 is the total in points from 0 to 100. `position` counts from 1;
    `moved_from` is the place before others of the same bank were passed over, where it is another.
    """

    candidate_id: str
    position: int
    verdict: Verdict
    conditions_met_as_published: bool
    constraints: tuple[Outcome, ...]
    rules: tuple[Outcome, ...]
    terms: ReckonedTerms
    components: tuple[Component, ...]
    weighted_total: int
    tie_hash: str
    organization_id: str = ""
    moved_from: int | None = None

    @property
    def total(self) -> float:
        """Points from 0 to 100."""
        return self.weighted_total / 10_000

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """All there is to say: unmet with its remedy, unknown, not published, terms, met."""
        outcomes = (*self.constraints, *self.rules)
        published = (
            (Reason(ReasonCode.CONDITIONS_MET_AS_PUBLISHED),) if self.conditions_met_as_published else ()
        )
        return (
            *hindrances(outcomes),
            *published,
            *(outcome.reason for outcome in with_status(outcomes, RuleStatus.NOT_PUBLISHED)),
            *reasons_of_terms(self.terms),
            *reasons_of_reliability(self.components),
            *reasons_of_place(self.position, self.moved_from),
            *(outcome.reason for outcome in with_status(outcomes, RuleStatus.MET)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FinancingRanking:
    """`excluded` counts candidates left out because the enterprise excluded their provider.

    `counted` is set where `candidates` are those shown of many: how many of all have which verdict.
    """

    ranker_version: str
    need_id: str
    weights: Weights
    candidates: tuple[RankedCandidate, ...]
    decisive_facts: tuple[DecisiveFact, ...]
    excluded: int
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
    def from_document(document: Any) -> "FinancingRanking":
        """Inverse of `to_document`; pydantic.ValidationError when it is no ranking."""
        return _adapter().validate_python(document)

    @staticmethod
    def from_json(text: str | bytes) -> "FinancingRanking":
        return _adapter().validate_json(text)


@cache
def _adapter() -> TypeAdapter[FinancingRanking]:
    return TypeAdapter(FinancingRanking)


def rank(request: FinancingRequest) -> FinancingRanking:
    """Every candidate but those of excluded providers, in order; of a screened request, those shown."""
    facts = FactsAtDate(request.facts, request.reference_date)
    admitted = [candidate for candidate in request.candidates if not _is_excluded(candidate, request)]
    known = Reliabilities(request.records, request.city_record)
    judged = [
        _judge(candidate, terms, request, facts, known.of(candidate.organization_id))
        for candidate, terms in zip(admitted, _reckon(request, admitted, facts), strict=True)
    ]
    if request.screened is not None:
        return _as_screened(request, request.screened, judged)
    candidates = _in_order(judged)
    return FinancingRanking(
        ranker_version=RANKER_VERSION,
        need_id=request.need.need_id,
        weights=request.weights,
        candidates=candidates,
        decisive_facts=decisive_among(
            (*one.constraints, *one.rules) for one in candidates if one.verdict is Verdict.INCOMPLETE
        ),
        excluded=len(request.candidates) - len(admitted),
    )


def _as_screened(
    request: FinancingRequest, screened: Screened, judged: list[dict[str, Any]]
) -> FinancingRanking:
    moved = screened.moved_from or (None,) * len(judged)
    placed = zip(screened.positions, moved, judged, strict=True)
    return FinancingRanking(
        ranker_version=RANKER_VERSION,
        need_id=request.need.need_id,
        weights=request.weights,
        candidates=tuple(
            RankedCandidate(position=position, moved_from=before, **each) for position, before, each in placed
        ),
        decisive_facts=screened.decisive_facts,
        excluded=screened.excluded,
        counted=screened.counts,
    )


def _in_order(judged: list[dict[str, Any]]) -> tuple[RankedCandidate, ...]:
    judged.sort(key=_place)
    movable = sum(each["verdict"] is not Verdict.INELIGIBLE for each in judged)
    order = varied([each["organization_id"] for each in judged], movable)
    return tuple(
        RankedCandidate(
            position=place, moved_from=None if before + 1 == place else before + 1, **judged[before]
        )
        for place, before in enumerate(order, start=1)
    )


def _place(judged: dict[str, Any]) -> tuple[int, int, int, str]:
    unknown = unknown_weight(judged["components"])
    return (_ORDER[judged["verdict"]], -judged["weighted_total"], unknown, judged["tie_hash"])


def _is_excluded(candidate: Candidate, request: FinancingRequest) -> bool:
    need = request.need
    return (
        candidate.organization_id in need.excluded_organization_ids
        or candidate.unit_id in need.excluded_unit_ids
    )


def _reckon(
    request: FinancingRequest, candidates: Sequence[Candidate], facts: FactsAtDate
) -> list[ReckonedTerms]:
    """The terms of each, with what all of them cost reckoned in one go."""
    rates, today = request.reference_rates, request.reference_date
    terms = [reckon(request.need, candidate, facts, rates, today) for candidate in candidates]
    costs = reckon_costs(request, candidates, terms, facts)
    return [replace(one, cost=cost) for one, cost in zip(terms, costs, strict=True)]


def _judge(
    candidate: Candidate,
    terms: ReckonedTerms,
    request: FinancingRequest,
    facts: FactsAtDate,
    reliability: Reliability | None,
) -> dict[str, Any]:
    need, today = request.need, request.reference_date
    constraints = constrain(need, candidate, facts, terms, today)
    rules = evaluate(candidate.rules, facts)
    components = components_of(request, candidate, facts, terms, reliability)
    verdict = verdict_of((*constraints, *rules))
    silent = any(outcome.status is RuleStatus.NOT_PUBLISHED for outcome in constraints)
    return {
        "candidate_id": candidate.candidate_id,
        "organization_id": candidate.organization_id,
        "verdict": verdict,
        "conditions_met_as_published": verdict is Verdict.ELIGIBLE
        and (candidate.unpublished_rules or silent),
        "constraints": constraints,
        "rules": rules,
        "terms": terms,
        "components": components,
        "weighted_total": weighted_sum(components),
        "tie_hash": tie_hash(need.need_id, candidate.candidate_id),
    }
