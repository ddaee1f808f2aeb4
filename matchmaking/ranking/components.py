"""The parts of a total: coverage, cost, speed, collateral burden, fit and reliability, each from 0 to 100.

Values are hundredths of a point, whole numbers, so that the same request orders alike on every machine and
everybody can recompute them from the parameters beside them. Each is monotone in what it measures. A part
that is not known has no value and adds nothing: after every known one, and never guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from matchmaking.ranking.costing import ranked_cost
from matchmaking.ranking.facts import FactsAtDate
from matchmaking.ranking.reasons import Parameter
from matchmaking.ranking.reliability import Reliability
from matchmaking.ranking.request import Candidate, FinancingRequest, NeedFacts
from matchmaking.ranking.terms import ReckonedTerms
from schemas.vocabulary import ComponentName, CostBasis, FactName, GuaranteeMode

FULL = 10_000
CHEAPEST_BASIS_POINTS = 200
DEAREST_BASIS_POINTS = 1_200
SLOWEST_DAYS = 60

BURDEN: Mapping[GuaranteeMode, int] = {
    GuaranteeMode.UNSECURED: 10_000,
    GuaranteeMode.RISK_COMPENSATION_POOL: 8_500,
    GuaranteeMode.GUARANTEE_INSURANCE: 7_000,
    GuaranteeMode.GUARANTEE_COMPANY: 6_000,
    GuaranteeMode.PLEDGE: 5_000,
    GuaranteeMode.THIRD_PARTY_GUARANTEE: 4_000,
    GuaranteeMode.MORTGAGE: 2_500,
}
PURPOSE_FIT = 4_000
TARGET_FIT = 3_000


@dataclass(frozen=True, slots=True)
class Component:
    """`value_hundredths` from 0 to 10,000, or None; `parameters` are the numbers that it came from."""

    name: ComponentName
    weight_percent: int
    value_hundredths: int | None
    parameters: dict[str, Parameter] = field(default_factory=dict)

    @property
    def points(self) -> float | None:
        """From 0 to 100."""
        return None if self.value_hundredths is None else self.value_hundredths / 100


def components_of(
    request: FinancingRequest,
    candidate: Candidate,
    facts: FactsAtDate,
    terms: ReckonedTerms,
    reliability: Reliability | None,
) -> tuple[Component, ...]:
    need, weights = request.need, request.weights
    return (
        _coverage(terms, weights.coverage),
        _cost(terms, request.cost_basis, weights.cost),
        _speed(terms, weights.speed),
        _collateral_burden(candidate, terms, weights.collateral_burden),
        _fit(need, candidate, facts, weights.fit),
        _reliability(reliability, weights.reliability),
    )


def weighted_sum(components: tuple[Component, ...]) -> int:
    """Percent times hundredths of a point, 0 to 1,000,000; divided by 10,000 it is the total in points."""
    return sum(each.weight_percent * (each.value_hundredths or 0) for each in components)


def unknown_weight(components: tuple[Component, ...]) -> int:
    """The percent of the weights whose part is not known: of equal totals the one with less stands first."""
    return sum(each.weight_percent for each in components if each.value_hundredths is None)


def _coverage(terms: ReckonedTerms, weight: int) -> Component:
    """The share of the asked amount below the cap."""
    share = terms.covered_share_basis_points
    parameters: dict[str, Parameter] = {} if share is None else {"share_basis_points": share}
    return Component(ComponentName.COVERAGE, weight, share, parameters)


def _cost(terms: ReckonedTerms, basis: CostBasis, weight: int) -> Component:
    """Falls evenly from 2 % to 12 % a year: the effective rate of all that is paid, by contract unless asked.

    The upper end of a band counts: a low "from" buys no place. Nor does a guarantee fee that is not told.
    """
    cost = ranked_cost(terms.cost, basis)
    if cost is None:
        return Component(ComponentName.COST, weight, None)
    span = DEAREST_BASIS_POINTS - CHEAPEST_BASIS_POINTS
    value = _clamped((DEAREST_BASIS_POINTS - cost) * FULL // span)
    parameters: dict[str, Parameter] = {"cost_basis_points": cost, "cost_basis": basis.value}
    if terms.rate.highest_basis_points is not None:
        parameters["rate_basis_points"] = terms.rate.highest_basis_points
    return Component(ComponentName.COST, weight, value, parameters)


def _speed(terms: ReckonedTerms, weight: int) -> Component:
    """Falls evenly from money at once to 60 working days; nothing for money that comes after it is needed."""
    days = terms.days_to_money
    if days is None:
        return Component(ComponentName.SPEED, weight, None)
    value = 0 if terms.late else _clamped((SLOWEST_DAYS - days) * FULL // SLOWEST_DAYS)
    return Component(ComponentName.SPEED, weight, value, {"money_days": days, "late": bool(terms.late)})


def _collateral_burden(candidate: Candidate, terms: ReckonedTerms, weight: int) -> Component:
    """The lightest mode that the enterprise can offer, 100 for plain credit; 0 when it can offer none."""
    mode = terms.guarantee_mode
    if not candidate.guarantee_modes:
        return Component(ComponentName.COLLATERAL_BURDEN, weight, None)
    if mode is None:
        return Component(ComponentName.COLLATERAL_BURDEN, weight, 0)
    return Component(ComponentName.COLLATERAL_BURDEN, weight, BURDEN[mode], {"guarantee_mode": mode.value})


def _fit(need: NeedFacts, candidate: Candidate, facts: FactsAtDate, weight: int) -> Component:
    """40 for the purpose, 30 for a targeted chain, 30 for a targeted honour; half where all are welcome.

    Purposes that are not published add nothing and are left out of the parameters.
    """
    purpose = PURPOSE_FIT if need.purpose in candidate.purposes else 0
    chain = target_fit(candidate.target_chains, facts, FactName.CHAINS)
    honour = target_fit(candidate.target_honours, facts, FactName.HONOURS)
    parameters: dict[str, Parameter] = {"purpose_fit": purpose} if candidate.purposes else {}
    parameters |= {"chain_fit": chain, "honour_fit": honour}
    return Component(ComponentName.FIT, weight, purpose + chain + honour, parameters)


def _reliability(found: Reliability | None, weight: int) -> Component:
    """What `reliability` says of the provider; unknown while the city has nothing to compare with."""
    if found is None:
        return Component(ComponentName.RELIABILITY, weight, None)
    lowest, highest = found.lowest_basis_points, found.highest_basis_points
    parameters: dict[str, Parameter] = {}
    if lowest is not None and highest is not None:
        parameters = {"lowest_basis_points": lowest, "highest_basis_points": highest}
    return Component(ComponentName.RELIABILITY, weight, found.value_hundredths, parameters)


def target_fit(targets: tuple[str, ...], facts: FactsAtDate, name: FactName) -> int:
    if not targets:
        return TARGET_FIT // 2
    value = facts.read(name).value
    return TARGET_FIT if isinstance(value, tuple) and set(value) & set(targets) else 0


def _clamped(value: int) -> int:
    return max(0, min(FULL, value))
