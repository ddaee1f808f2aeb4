"""The parts of a capability's total: relevance, chain and field, readiness, budget, capacity, platform level.

Values are hundredths of a point, whole numbers, each monotone in what it measures. A part that is not known
has no value and adds nothing; of equal totals the one with less unknown stands first.
"""

from collections.abc import Mapping

from matchmaking.ranking.components import FULL, Component
from matchmaking.ranking.passages import whole_text
from matchmaking.ranking.reasons import Parameter
from matchmaking.ranking.relevance import Relevance
from matchmaking.ranking.research_constraints import budget_miss, readiness_reach
from matchmaking.ranking.research_request import CapabilityCandidate, DemandFacts, ResearchWeights
from matchmaking.ranking.words import contained_basis_points, term_counts
from schemas.vocabulary import ComponentName, PlatformLevel

READINESS_BY_LEVELS_SHORT = (10_000, 6_000, 3_000, 0)
CAPACITY_BY_FREE_PROJECTS = (0, 6_000, 8_000, 10_000)
# A budget that misses the usual contract by 40 % of it, twice the tolerance, is worth nothing.
BUDGET_WORTHLESS_BASIS_POINTS = 4_000

RECOGNISED: Mapping[PlatformLevel, int] = {
    PlatformLevel.NATIONAL_KEY_LABORATORY: 10_000,
    PlatformLevel.NATIONAL_CENTRE: 8_500,
    PlatformLevel.MINISTRY_OR_PROVINCE: 7_000,
    PlatformLevel.CITY: 5_000,
    PlatformLevel.INSTITUTION: 3_000,
}


def components_of_capability(
    demand: DemandFacts, candidate: CapabilityCandidate, relevance: Relevance, weights: ResearchWeights
) -> tuple[Component, ...]:
    return (
        Component(ComponentName.RELEVANCE, weights.relevance, relevance.value_hundredths),
        _chain_and_field(demand, candidate, weights.chain_and_field),
        _readiness(demand, candidate, weights.readiness),
        _budget_fit(demand, candidate, weights.budget_fit),
        _capacity(candidate, weights.capacity),
        _platform_level(candidate, weights.platform_level),
    )


def _chain_and_field(demand: DemandFacts, candidate: CapabilityCandidate, weight: int) -> Component:
    """Half for the chain that the demand names, half for the best field; the field alone without a chain.

    A half that the capability does not tell adds nothing and is left out of the parameters.
    """
    shared = demand.chain in candidate.chains if demand.chain is not None and candidate.chains else None
    field = _best_field(demand, candidate)
    if shared is None and field is None:
        return Component(ComponentName.CHAIN_AND_FIELD, weight, None)
    parameters: dict[str, Parameter] = {} if shared is None else {"chain_shared": shared}
    parameters |= {} if field is None else {"field_basis_points": field}
    value = (field or 0) if demand.chain is None else ((FULL if shared else 0) + (field or 0)) // 2
    return Component(ComponentName.CHAIN_AND_FIELD, weight, value, parameters)


def _best_field(demand: DemandFacts, candidate: CapabilityCandidate) -> int | None:
    """Which part of the field's name the demand says, in basis points, of the field of which it says most."""
    said = term_counts(whole_text(demand))
    return max((contained_basis_points(name, said) for name in candidate.fields), default=None)


def _readiness(demand: DemandFacts, candidate: CapabilityCandidate, weight: int) -> Component:
    """Full when the level wanted is reached; 60, 30 and 0 when it is missed by one, two, three levels."""
    wanted, reach = demand.readiness_wanted, readiness_reach(candidate)
    if wanted is None or reach is None or (candidate.readiness_to is None and wanted > reach):
        return Component(ComponentName.READINESS, weight, None)
    short = max(0, wanted - reach)
    value = READINESS_BY_LEVELS_SHORT[min(short, len(READINESS_BY_LEVELS_SHORT) - 1)]
    return Component(ComponentName.READINESS, weight, value, {"levels": short})


def _budget_fit(demand: DemandFacts, candidate: CapabilityCandidate, weight: int) -> Component:
    """Full where budget and usual contract meet, falling evenly to nothing at 40 % of the bound missed."""
    missed = budget_miss(demand, candidate)
    if missed is None:
        return Component(ComponentName.BUDGET_FIT, weight, None)
    share = missed.share_basis_points
    value = max(0, FULL - share * FULL // BUDGET_WORTHLESS_BASIS_POINTS)
    return Component(ComponentName.BUDGET_FIT, weight, value, {"missed_basis_points": share})


def _capacity(candidate: CapabilityCandidate, weight: int) -> Component:
    """Nothing when full, 60, 80 and 100 for one, two, three or more free projects."""
    free = candidate.free_projects
    if free is None:
        return Component(ComponentName.CAPACITY, weight, None)
    value = CAPACITY_BY_FREE_PROJECTS[min(free, len(CAPACITY_BY_FREE_PROJECTS) - 1)]
    return Component(ComponentName.CAPACITY, weight, value, {"count": free})


def _platform_level(candidate: CapabilityCandidate, weight: int) -> Component:
    level = candidate.platform_level
    if level is None:
        return Component(ComponentName.PLATFORM_LEVEL, weight, None)
    return Component(ComponentName.PLATFORM_LEVEL, weight, RECOGNISED[level], {"platform": level.value})
