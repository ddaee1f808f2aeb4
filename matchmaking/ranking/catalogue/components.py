"""The parts of all candidates' totals at once, each beside its namesake in `matchmaking.ranking.components`.

Values are hundredths of a point; `NONE` is a part that is not known.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaking.ranking.catalogue.columns import NONE, PURPOSE_BIT, Columns, Vocabularies
from matchmaking.ranking.catalogue.reckoning import Reckoned
from matchmaking.ranking.components import (
    CHEAPEST_BASIS_POINTS,
    DEAREST_BASIS_POINTS,
    FULL,
    PURPOSE_FIT,
    SLOWEST_DAYS,
    target_fit,
)
from matchmaking.ranking.cost import UNKNOWN
from matchmaking.ranking.facts import FactsAtDate
from matchmaking.ranking.reliability import Reliabilities
from matchmaking.ranking.request import NeedFacts, Weights
from schemas.vocabulary import ComponentName, FactName

Values = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a component may read."""

    need: NeedFacts
    facts: FactsAtDate
    columns: Columns
    known: Vocabularies
    terms: Reckoned
    reliabilities: Reliabilities


def coverage(scene: Scene) -> Values:
    return scene.terms.share_basis_points.astype(np.int32)


def cost(scene: Scene) -> Values:
    cost = scene.terms.cost_basis_points
    known = cost != UNKNOWN
    saved = DEAREST_BASIS_POINTS - np.where(known, cost, 0)
    values = _clamped(saved * FULL // (DEAREST_BASIS_POINTS - CHEAPEST_BASIS_POINTS))
    return _unless(~known, values.astype(np.int32))


def speed(scene: Scene) -> Values:
    days = scene.columns.days
    values = _clamped((SLOWEST_DAYS - days) * FULL // SLOWEST_DAYS)
    values[scene.terms.late] = 0
    return _unless(days == NONE, values)


def collateral_burden(scene: Scene) -> Values:
    return _unless(scene.columns.modes == 0, np.maximum(scene.terms.burden, 0))


def fit(scene: Scene) -> Values:
    served = scene.columns.purposes & PURPOSE_BIT[scene.need.purpose.value] != 0
    chains = _targets(scene, FactName.CHAINS)[scene.columns.chains]
    honours = _targets(scene, FactName.HONOURS)[scene.columns.honours]
    values: Values = served * np.int32(PURPOSE_FIT) + chains + honours
    return values


def reliability(scene: Scene) -> Values:
    found = [scene.reliabilities.of(name) for name in scene.known.organizations.things]
    values = [NONE if each is None else each.value_hundredths for each in found]
    return np.array(values or [NONE], dtype=np.int32)[scene.columns.organization]


COMPONENTS: Mapping[ComponentName, Callable[[Scene], Values]] = {
    ComponentName.COVERAGE: coverage,
    ComponentName.COST: cost,
    ComponentName.SPEED: speed,
    ComponentName.COLLATERAL_BURDEN: collateral_burden,
    ComponentName.FIT: fit,
    ComponentName.RELIABILITY: reliability,
}


def totals(scene: Scene, weights: Weights) -> tuple[Values, Values]:
    """For each candidate the weighted sum, and the percent of the weights whose part is not known."""
    total = np.zeros(len(scene.columns), dtype=np.int32)
    unknown = np.zeros(len(scene.columns), dtype=np.int32)
    for name, component in COMPONENTS.items():
        weight = getattr(weights, name.value)
        values = component(scene)
        missing = values == NONE
        total += weight * np.maximum(values, 0)
        unknown += np.multiply(missing, weight, dtype=np.int32)
    return total, unknown


def _targets(scene: Scene, fact: FactName) -> Values:
    fits = [target_fit(targets, scene.facts, fact) for targets in scene.known.targets.things]
    return np.array(fits or [0], dtype=np.int32)


def _unless(unknown: NDArray[np.bool_], values: Values) -> Values:
    values[unknown] = NONE
    return values


def _clamped(values: Values) -> Values:
    return np.clip(values, 0, FULL)
