"""Constraints between a demand and a capability: mode, readiness, budget, free capacity, validity.

Met, unmet, unknown while the demand leaves the answer open that the capability asks for, or not published
by the capability, which decides nothing. Readiness missed by one level and a budget missed within tolerance
are forgivable. A chain refuses nobody: it only counts in the components. What concerns excluded providers
is decided before anything else, in `research`.
"""

from dataclasses import dataclass
from datetime import date

from matchmaking.ranking.reasons import Outcome, Parameter, Reason, ReasonCode
from matchmaking.ranking.research_request import CapabilityCandidate, DemandFacts
from schemas.vocabulary import DemandAnswer, RemedyCode, RuleStatus

TOLERANCE_BASIS_POINTS = 2_000
FORGIVEN_LEVELS = 1


def constrain_capability(
    demand: DemandFacts, candidate: CapabilityCandidate, reference_date: date
) -> tuple[Outcome, ...]:
    """Outcomes in the order in which people ask."""
    return (
        _modes(demand, candidate),
        _readiness(demand, candidate),
        _budget(demand, candidate),
        _capacity(candidate),
        _validity(candidate, reference_date),
    )


def readiness_reach(candidate: CapabilityCandidate) -> int | None:
    """The highest level that the capability is known to reach."""
    return candidate.readiness_from if candidate.readiness_to is None else candidate.readiness_to


@dataclass(frozen=True, slots=True)
class BudgetMiss:
    """By how much a budget and a usual contract miss each other, the bound missed, and from which side."""

    fen: int
    bound_fen: int
    below: bool

    @property
    def share_basis_points(self) -> int:
        """Of the bound, rounded up: a miss is never called smaller than it is."""
        return -(-self.fen * 10_000 // self.bound_fen) if self.fen else 0


def budget_miss(demand: DemandFacts, candidate: CapabilityCandidate) -> BudgetMiss | None:
    """Nothing missed where the two ranges meet; an end that is not stated is open. None: unknown."""
    if not _has_budget(demand) or not _has_contract(candidate):
        return None
    most, least = demand.largest_budget_fen, demand.smallest_budget_fen or 0
    lowest, highest = candidate.smallest_contract_fen or 0, candidate.largest_contract_fen
    if most is not None and most < lowest:
        return BudgetMiss(lowest - most, lowest, below=True)
    if highest is not None and least > highest:
        return BudgetMiss(least - highest, highest, below=False)
    return BudgetMiss(0, lowest, below=False)


def _decided(status: RuleStatus, code: ReasonCode, **parameters: Parameter) -> Outcome:
    return Outcome(status, Reason(code, parameters))


def _asked(code: ReasonCode, answer: DemandAnswer, **parameters: Parameter) -> Outcome:
    return Outcome(RuleStatus.UNKNOWN, Reason(code, parameters), to_supply=(answer,))


def _modes(demand: DemandFacts, candidate: CapabilityCandidate) -> Outcome:
    offered = tuple(mode.value for mode in candidate.modes)
    if not offered:
        return _decided(RuleStatus.NOT_PUBLISHED, ReasonCode.MODES_NOT_PUBLISHED)
    if not demand.modes:
        return _asked(ReasonCode.MODES_UNKNOWN, DemandAnswer.MODES, modes=offered)
    shared = tuple(mode for mode in offered if mode in demand.modes)
    if shared:
        return _decided(RuleStatus.MET, ReasonCode.MODES_SHARED, modes=shared)
    return _decided(RuleStatus.UNMET, ReasonCode.MODES_NOT_SHARED, modes=offered)


def _readiness(demand: DemandFacts, candidate: CapabilityCandidate) -> Outcome:
    wanted, reach = demand.readiness_wanted, readiness_reach(candidate)
    if reach is None:
        return _decided(RuleStatus.NOT_PUBLISHED, ReasonCode.READINESS_NOT_PUBLISHED)
    if wanted is None:
        return _asked(ReasonCode.READINESS_UNKNOWN, DemandAnswer.READINESS_WANTED, reach=reach)
    if wanted <= reach:
        return _decided(RuleStatus.MET, ReasonCode.READINESS_REACHED, wanted=wanted, reach=reach)
    if candidate.readiness_to is None:
        return _decided(RuleStatus.NOT_PUBLISHED, ReasonCode.READINESS_NOT_PUBLISHED)
    parameters: dict[str, Parameter] = {"wanted": wanted, "reach": reach, "levels": wanted - reach}
    return Outcome(
        RuleStatus.UNMET,
        Reason(ReasonCode.READINESS_SHORT, parameters),
        forgivable=wanted - reach <= FORGIVEN_LEVELS,
        remedy=RemedyCode.ADJUST_READINESS,
    )


def _budget(demand: DemandFacts, candidate: CapabilityCandidate) -> Outcome:
    if not _has_contract(candidate):
        return _decided(RuleStatus.NOT_PUBLISHED, ReasonCode.CONTRACT_NOT_PUBLISHED)
    missed = budget_miss(demand, candidate)
    if missed is None:
        return _asked(ReasonCode.BUDGET_UNKNOWN, DemandAnswer.LARGEST_BUDGET)
    if not missed.fen:
        return _decided(RuleStatus.MET, ReasonCode.BUDGET_FITS)
    budget = demand.largest_budget_fen if missed.below else demand.smallest_budget_fen
    return Outcome(
        RuleStatus.UNMET,
        Reason(
            ReasonCode.BUDGET_BELOW_USUAL if missed.below else ReasonCode.BUDGET_ABOVE_USUAL,
            {"budget_fen": budget or 0, "usual_fen": missed.bound_fen},
        ),
        forgivable=missed.share_basis_points <= TOLERANCE_BASIS_POINTS,
        remedy=RemedyCode.ADJUST_BUDGET,
    )


def _has_budget(demand: DemandFacts) -> bool:
    return demand.smallest_budget_fen is not None or demand.largest_budget_fen is not None


def _has_contract(candidate: CapabilityCandidate) -> bool:
    return candidate.smallest_contract_fen is not None or candidate.largest_contract_fen is not None


def _capacity(candidate: CapabilityCandidate) -> Outcome:
    if candidate.free_projects is None:
        return _decided(RuleStatus.NOT_PUBLISHED, ReasonCode.CAPACITY_NOT_PUBLISHED)
    if candidate.free_projects == 0:
        return _decided(RuleStatus.UNMET, ReasonCode.CAPACITY_FULL)
    return _decided(RuleStatus.MET, ReasonCode.CAPACITY_FREE, count=candidate.free_projects)


def _validity(candidate: CapabilityCandidate, reference_date: date) -> Outcome:
    until: Parameter = candidate.valid_until.isoformat()
    if reference_date > candidate.valid_until:
        return _decided(RuleStatus.UNMET, ReasonCode.CAPABILITY_EXPIRED, valid_on=until)
    return _decided(RuleStatus.MET, ReasonCode.CAPABILITY_VALID, valid_on=until)
