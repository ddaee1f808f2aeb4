"""The order of capabilities: reproducible, recomputable from the answer, monotone in each of its parts."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, strategies

from matchmaking.ranking import (
    RESEARCH_RANKER_VERSION,
    CapabilityCandidate,
    RankedCapability,
    ResearchRanking,
    ResearchRequest,
    ResearchWeights,
    rank_capabilities,
)
from matchmaking.ranking.fusion import fused_hundredths
from schemas.vocabulary import ComponentName, PlatformLevel, Verdict
from tests.ranking.research_cases import TODAY, WAN, capability, demand, ranked, request, requests
from tests.ranking.test_research_verdicts import EXAMPLES


def value(found: RankedCapability, name: ComponentName) -> int | None:
    return next(part.value_hundredths for part in found.components if part.name is name)


def listed(*candidates: CapabilityCandidate, **changes: Any) -> list[str]:
    return [one.candidate_id for one in rank_capabilities(request(*candidates, **changes)).candidates]


@EXAMPLES
@given(requests)
def test_stored_requests_and_rankings_are_read_back_whole(made: ResearchRequest) -> None:
    again = ResearchRequest.from_json(json.dumps(json.loads(made.to_json()), sort_keys=True))
    ranking = rank_capabilities(made)
    assert again == made
    assert ResearchRequest.from_document(made.to_document()) == made
    assert rank_capabilities(again).to_json() == ranking.to_json()
    assert ResearchRanking.from_json(ranking.to_json()) == ranking
    read = ResearchRanking.from_document(ranking.to_document())
    assert [one.reasons for one in read.candidates] == [one.reasons for one in ranking.candidates]


@EXAMPLES
@given(requests, strategies.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(made: ResearchRequest, random: Any) -> None:
    shuffled = replace(made, candidates=tuple(random.sample(made.candidates, len(made.candidates))))
    assert rank_capabilities(shuffled) == rank_capabilities(made)


@EXAMPLES
@given(requests)
def test_every_number_that_led_to_the_order_is_shown(made: ResearchRequest) -> None:
    """Recomputed from the answer alone, in the way that is published."""
    document, places = rank_capabilities(made).to_document(), []
    for one in document["candidates"]:
        parts = {part["name"]: part for part in one["components"]}
        total = sum(part["weight_percent"] * (part["value_hundredths"] or 0) for part in parts.values())
        weighed = [
            (match["share_basis_points"] + (match["closeness_basis_points"] or 0))
            * match["weight_percent"]
            // 100
            for match in one["relevance"]["matches"]
        ]
        fused = sum(each * int(10_000 * 0.75**place) // 10_000 for place, each in enumerate(weighed))
        assert weighed == sorted(weighed, reverse=True)
        assert (parts["relevance"]["value_hundredths"] or 0) == 10_000 * fused // (fused + 2_500)
        assert one["weighted_total"] == total
        assert sum(part["weight_percent"] for part in parts.values()) == 100
        assert all(0 <= (part["value_hundredths"] or 0) <= 10_000 for part in parts.values())
        unknown = sum(part["weight_percent"] for part in parts.values() if part["value_hundredths"] is None)
        tie = hashlib.sha256(f"{document['demand_id']}:{one['candidate_id']}".encode()).hexdigest()
        assert one["tie_hash"] == tie
        places.append((one["verdict"] == "ineligible", -total, unknown, tie))
    assert places == sorted(places)
    assert [one["position"] for one in document["candidates"]] == list(range(1, len(places) + 1))


@EXAMPLES
@given(requests)
def test_excluded_institutions_are_gone_before_anything_else(made: ResearchRequest) -> None:
    """What they wrote does not even change what is rare among the others."""
    asked = made.demand
    kept = tuple(
        one
        for one in made.candidates
        if one.organization_id not in asked.excluded_organization_ids
        and one.unit_id not in asked.excluded_unit_ids
    )
    ranking, without = rank_capabilities(made), rank_capabilities(replace(made, candidates=kept))
    assert ranking.candidates == without.candidates
    assert ranking.decisive_facts == without.decisive_facts
    assert (ranking.excluded, without.excluded) == (len(made.candidates) - len(kept), 0)


def test_what_is_about_the_matter_comes_before_what_only_qualifies() -> None:
    elsewhere = capability("other", title_zh="食品检测平台", description="农药残留", fields=("食品安全",))
    near = capability("near", readiness_to=5)
    assert rank_capabilities(request(elsewhere, near)).counts[Verdict.NEAR_MISS] == 1
    assert listed(elsewhere, near) == ["near", "other"]
    full = capability("full", free_projects=0)
    assert listed(elsewhere, full) == ["other", "full"]


ONLY_BUDGET = ResearchWeights(
    relevance=0, chain_and_field=0, readiness=0, budget_fit=100, capacity=0, platform_level=0
)


def test_an_unknown_budget_comes_after_one_worth_nothing() -> None:
    # Both are ineligible for another reason, so that only the parts decide.
    worthless = capability("a", smallest_contract_fen=200 * WAN, free_projects=0)
    for name in ("a", "m", "z"):
        known = replace(worthless, candidate_id=name)
        silent = capability("q", smallest_contract_fen=None, largest_contract_fen=None, free_projects=0)
        assert value(ranked(known), ComponentName.BUDGET_FIT) == 0
        assert listed(known, silent, weights=ONLY_BUDGET) == [name, "q"]


LADDERS: dict[str, tuple[ComponentName, list[dict[str, Any]], dict[str, Any]]] = {
    "readiness": (
        ComponentName.READINESS,
        [{"readiness_from": 1, "readiness_to": level} for level in range(1, 10)],
        {"smallest_contract_fen": None},
    ),
    "budget": (
        ComponentName.BUDGET_FIT,
        [{"smallest_contract_fen": wan * WAN} for wan in (300, 180, 166, 150, 125, 101, 100, 50, 1)],
        {},
    ),
    "capacity": (ComponentName.CAPACITY, [{"free_projects": free} for free in (0, 1, 2, 3, 4, 900)], {}),
    "platform": (
        ComponentName.PLATFORM_LEVEL,
        [{"platform_level": level} for level in reversed(PlatformLevel)],
        {},
    ),
    "chain": (ComponentName.CHAIN_AND_FIELD, [{"chains": ("chips",)}, {"chains": ("chips", "ships")}], {}),
    "field": (
        ComponentName.CHAIN_AND_FIELD,
        [{"fields": ("食品",)}, {"fields": ("涂装工艺",)}, {"fields": ("食品", "涂装")}],
        {},
    ),
}


@pytest.mark.parametrize("ladder", list(LADDERS))
def test_parts_are_monotone_and_move_the_total(ladder: str) -> None:
    name, steps, fixed = LADDERS[ladder]
    found = [ranked(capability(**(fixed | step)), chain="ships") for step in steps]
    values = [value(one, name) for one in found]
    assert None not in values
    assert values == sorted(values, key=lambda each: each or 0)
    assert values[0] != values[-1]
    if ladder != "field":
        totals = [one.weighted_total for one in found]
        assert totals == sorted(totals)


def test_parts_that_nobody_told_have_no_value() -> None:
    bare = CapabilityCandidate(
        candidate_id="bare",
        organization_id="university-1",
        unit_id="school-1",
        capability_version=1,
        kind=capability().kind,
        title_zh="涂装",
        valid_until=TODAY + timedelta(days=1),
    )
    found = ranked(bare, chain="ships")
    assert (found.verdict, found.conditions_met_as_published) == (Verdict.ELIGIBLE, True)
    told = [part.name for part in found.components if part.value_hundredths is not None]
    assert told == [ComponentName.RELEVANCE]
    assert ranked(bare, title="。", problem="……").components[0].value_hundredths is None


@given(strategies.lists(strategies.integers(0, 10_000), max_size=12), strategies.data())
def test_saying_more_of_a_demand_never_makes_less_relevant(shares: list[int], data: Any) -> None:
    before = fused_hundredths(shares)
    assert 0 <= before <= 10_000
    assert fused_hundredths([*shares, data.draw(strategies.integers(0, 10_000))]) >= before
    if shares:
        place = data.draw(strategies.integers(0, len(shares) - 1))
        more = [*shares]
        more[place] += data.draw(strategies.integers(0, 10_000 - shares[place]))
        assert fused_hundredths(more) >= before


def test_weights_are_percent_and_nothing_stands_twice() -> None:
    with pytest.raises(ValueError, match="weights_not_100"):
        ResearchWeights(relevance=61)
    with pytest.raises(ValueError, match="candidate_twice"):
        request(capability("a"), capability("a"))


def test_an_answer_without_candidates_is_an_answer() -> None:
    empty = rank_capabilities(ResearchRequest(demand=demand(), candidates=(), reference_date=TODAY))
    assert (empty.candidates, empty.excluded, empty.ranker_version) == ((), 0, RESEARCH_RANKER_VERSION)
    assert RESEARCH_RANKER_VERSION == "research/2"
