"""The parts of every capability's total at once: `research_components`, an array for each.

Each function has its scalar twin there; tests compare the two. `NONE` stands for a part that is not known.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaking.ranking.capability_catalogue.columns import FULL, NONE, CapabilityColumns, Known
from matchmaking.ranking.capability_catalogue.constraints import budget_misses, reach_of
from matchmaking.ranking.passages import whole_text
from matchmaking.ranking.research_components import (
    BUDGET_WORTHLESS_BASIS_POINTS,
    CAPACITY_BY_FREE_PROJECTS,
    READINESS_BY_LEVELS_SHORT,
)
from matchmaking.ranking.research_request import DemandFacts, ResearchWeights
from matchmaking.ranking.words import term_counts

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Totals:
    """Percent times hundredths of a point, and the percent of the weights whose part is not known."""

    weighted: Whole
    unknown: Whole


def total_all(
    demand: DemandFacts,
    columns: CapabilityColumns,
    known: Known,
    relevance: Whole | None,
    weights: ResearchWeights,
) -> Totals:
    """`relevance` in hundredths by row, None when the demand says nothing that could be compared."""
    unasked = np.full(len(columns), NONE, dtype=np.int64)
    parts = (
        (weights.relevance, unasked if relevance is None else relevance),
        (weights.chain_and_field, _chain_and_field(demand, columns, known)),
        (weights.readiness, _readiness(demand, columns)),
        (weights.budget_fit, _budget_fit(demand, columns)),
        (weights.capacity, _capacity(columns)),
        (weights.platform_level, columns.recognised),
    )
    weighted, unknown = np.zeros(len(columns), dtype=np.int64), np.zeros(len(columns), dtype=np.int64)
    for weight, values in parts:
        weighted += weight * np.maximum(values, 0)
        unknown += weight * (values == NONE)
    return Totals(weighted, unknown)


def _chain_and_field(demand: DemandFacts, columns: CapabilityColumns, known: Known) -> Whole:
    said = known.fields.said_by(term_counts(whole_text(demand)))
    field = -columns.fields.least(-said)
    if demand.chain is None:
        return field
    published = columns.chains.least(np.arange(len(known.chains), dtype=np.int64)) > 0
    wanted = np.zeros(len(known.chains), dtype=np.int64)
    if (number := known.chains.find(demand.chain)) is not None:
        wanted[number] = NONE
    shared = published & (columns.chains.least(wanted) == NONE)
    value = (FULL * shared + np.maximum(field, 0)) // 2
    return np.where(published | (field != NONE), value, NONE)


def _readiness(demand: DemandFacts, columns: CapabilityColumns) -> Whole:
    wanted, reach = demand.readiness_wanted, reach_of(columns).astype(np.int64)
    if wanted is None:
        return np.full(len(columns), NONE, dtype=np.int64)
    unknown = (reach == NONE) | ((columns.readiness_to == NONE) & (wanted > reach))
    short = np.clip(wanted - reach, 0, len(READINESS_BY_LEVELS_SHORT) - 1)
    return np.where(unknown, NONE, np.array(READINESS_BY_LEVELS_SHORT, dtype=np.int64)[short])


def _budget_fit(demand: DemandFacts, columns: CapabilityColumns) -> Whole:
    missed = budget_misses(demand, columns)
    if missed is None:
        return np.full(len(columns), NONE, dtype=np.int64)
    value = np.maximum(0, FULL - missed * FULL // BUDGET_WORTHLESS_BASIS_POINTS)
    return np.where(missed == NONE, NONE, value)


def _capacity(columns: CapabilityColumns) -> Whole:
    most = len(CAPACITY_BY_FREE_PROJECTS) - 1
    value = np.array(CAPACITY_BY_FREE_PROJECTS, dtype=np.int64)[np.clip(columns.free_projects, 0, most)]
    return np.where(columns.free_projects == NONE, NONE, value)
