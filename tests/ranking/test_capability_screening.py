"""Columns find what the ranker finds: verdict, total, place, counts of every capability, to the integer."""

from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from matchmaking.ranking import CapabilityCandidate, DemandFacts, ResearchRequest, rank_capabilities
from matchmaking.ranking.capability_catalogue import CapabilityCatalogue, ListedCapability
from matchmaking.ranking.passages import passages_of, queries_of
from matchmaking.ranking.request import Screened
from schemas.vocabulary import CapabilityKind, Verdict
from tests.ranking.research_cases import TODAY, WORDS, capabilities, demands

CASES = 300
DIMENSION = 16
MODEL = "made up"


def _vectors(chance: np.random.Generator, count: int) -> Any:
    rows = chance.normal(size=(count, DIMENSION)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _listed(candidate: CapabilityCandidate, chance: np.random.Generator) -> ListedCapability:
    """Some with a vector for each passage, some for none of them, some for a few."""
    vectors = _vectors(chance, len(passages_of(candidate)))
    vectors[chance.random(len(vectors)) < chance.choice([0, 0.5, 1])] = 0
    return ListedCapability(candidate, vectors)


def _distinct(found: list[CapabilityCandidate]) -> list[CapabilityCandidate]:
    return [replace(one, candidate_id=f"capability-{place}") for place, one in enumerate(found)]


def _screened(
    catalogue: CapabilityCatalogue, demand: DemandFacts, by_id: dict[str, CapabilityCandidate], questions: Any
) -> tuple[Any, ResearchRequest]:
    """What the catalogue found, and the request with those whom a run would show: here all of them."""
    asking = ResearchRequest(demand=demand, candidates=(), reference_date=TODAY)
    found = catalogue.screen(asking, questions)
    placed = found.screening.shown(len(by_id), 0)
    ids = [found.screening.ids[each.row] for each in placed]
    request = replace(
        asking,
        candidates=tuple(by_id[one] for one in ids),
        text_statistics=found.statistics,
        similarities=found.near and catalogue.similarities(found.near, [each.row for each in placed]),
        screened=Screened(
            positions=tuple(each.position for each in placed),
            counts=found.screening.counts,
            excluded=found.screening.excluded,
            decisive_facts=found.screening.decisive_facts,
            changes=1,
        ),
    )
    return found, request


def _compare(catalogue: CapabilityCatalogue, demand: DemandFacts, standing: Any, questions: Any) -> None:
    by_id = {one.candidate_id: one for one in standing}
    found, request = _screened(catalogue, demand, by_id, questions)
    shown = rank_capabilities(request)
    # The ranker alone, over everybody and with what was frozen, but for the places.
    everybody = tuple(by_id.values())
    alone = rank_capabilities(
        replace(
            request,
            candidates=everybody,
            screened=None,
            similarities=found.near
            and catalogue.similarities(found.near, [catalogue.texts.rows[one] for one in by_id]),
        )
    )
    assert shown.candidates == alone.candidates
    assert shown.counts == alone.counts
    assert (shown.excluded, shown.decisive_facts) == (alone.excluded, alone.decisive_facts)
    for one in alone.candidates:
        row = catalogue.texts.rows[one.candidate_id]
        assert found.screening.weighted_totals[row] == one.weighted_total
        assert list(Verdict)[found.screening.verdicts[row]] is one.verdict
    assert ResearchRequest.from_json(request.to_json()) == request
    assert rank_capabilities(ResearchRequest.from_json(request.to_json())) == shown


@settings(max_examples=CASES, deadline=None)
@given(demand=demands, listed=some.lists(capabilities, max_size=12), seed=some.integers(0, 2**32 - 1))
def test_columns_and_ranker_agree_on_everybody(
    demand: DemandFacts, listed: list[CapabilityCandidate], seed: int
) -> None:
    chance = np.random.default_rng(seed)
    standing = _distinct(listed)
    catalogue = CapabilityCatalogue.build([_listed(one, chance) for one in standing], MODEL, DIMENSION)
    questions = _vectors(chance, len(queries_of(demand))) if seed % 3 else None
    _compare(catalogue, demand, standing, questions)


@settings(max_examples=CASES // 5, deadline=None)
@given(
    demand=demands, listed=some.lists(capabilities, min_size=4, max_size=10), seed=some.integers(0, 2**32 - 1)
)
def test_a_catalogue_that_followed_changes_agrees_too(
    demand: DemandFacts, listed: list[CapabilityCandidate], seed: int
) -> None:
    """Longer than an index keeps apart what was added, so that it is made anew in between."""
    chance, picks = np.random.default_rng(seed), Random(seed)  # noqa: S311
    standing = {one.candidate_id: one for one in _distinct(listed)}
    catalogue = CapabilityCatalogue.build(
        [_listed(one, chance) for one in standing.values()], MODEL, DIMENSION
    )
    for step in range(20):
        gone = picks.choice([*standing, "never there"])
        standing.pop(gone, None)
        added = []
        if picks.random() < 0.8:
            added = [replace(picks.choice(listed), candidate_id=picks.choice([gone, f"new-{step}"]))]
            standing |= {one.candidate_id: one for one in added}
        changed = {gone, *(one.candidate_id for one in added)}
        catalogue = catalogue.apply(changed, [_listed(one, chance) for one in added])
        assert len(catalogue) == len(standing)
        assert len(catalogue.columns) == len(catalogue.texts.layout.keys)
    if len(queries_of(demand)):
        _compare(catalogue, demand, standing.values(), _vectors(chance, len(queries_of(demand))))


def test_the_first_are_followed_by_the_nearest_near_misses_at_their_own_places() -> None:
    """A near miss far behind is shown too, and told where it stands."""
    fitting = [
        CapabilityCandidate(
            candidate_id=f"fits-{place}",
            organization_id="university",
            unit_id="school",
            capability_version=1,
            kind=CapabilityKind.LAB,
            title_zh="船舶涂装",
            valid_until=TODAY,
            readiness_to=9,
        )
        for place in range(5)
    ]
    missing = [
        replace(fitting[0], candidate_id=f"near-{place}", title_zh="锂电池", readiness_to=5)
        for place in range(4)
    ]
    demand = DemandFacts(demand_id="demand", title=WORDS[0], readiness_wanted=6)
    catalogue = CapabilityCatalogue.build([ListedCapability(one) for one in [*missing, *fitting]])
    screening = catalogue.screen(
        ResearchRequest(demand=demand, candidates=(), reference_date=TODAY)
    ).screening
    shown = screening.shown(2, 3)
    assert [each.position for each in shown] == [1, 2, 6, 7, 8]
    assert [screening.ids[each.row].split("-")[0] for each in shown] == ["fits"] * 2 + ["near"] * 3


def test_an_empty_catalogue_answers() -> None:
    request = ResearchRequest(
        demand=DemandFacts(demand_id="demand", title=WORDS[0]), candidates=(), reference_date=TODAY
    )
    found = CapabilityCatalogue.build([], MODEL, DIMENSION).screen(request)
    assert found.screening.shown(20, 3) == []
    assert sum(found.screening.counts.values()) == 0


def test_vectors_of_another_dimension_are_refused() -> None:
    catalogue = CapabilityCatalogue.build([_listed(_any(), np.random.default_rng(1))], MODEL, DIMENSION)
    catalogue = catalogue.apply([], [ListedCapability(_any(), np.ones((1, DIMENSION), np.float32))])
    request = ResearchRequest(
        demand=DemandFacts(demand_id="demand", title=WORDS[0]), candidates=(), reference_date=TODAY
    )
    with pytest.raises(ValueError, match="dimension"):
        catalogue.screen(request, np.ones((1, DIMENSION + 1), np.float32))


def _any() -> CapabilityCandidate:
    return CapabilityCandidate(
        candidate_id="a",
        organization_id="university",
        unit_id="school",
        capability_version=1,
        kind=CapabilityKind.LAB,
        title_zh="船舶涂装",
        valid_until=TODAY,
    )
