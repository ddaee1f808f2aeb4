"""The order as a whole: reproducible, indifferent to the order of the input, recomputable from the answer."""

import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from matchmaking.ranking import (
    RANKER_VERSION,
    CapFormula,
    FinancingRanking,
    FinancingRequest,
    RankedCandidate,
    Rate,
    ReasonCode,
    Weights,
    rank,
    visible_part,
)
from schemas.vocabulary import CapBasis, FactName, RateKind, RuleVisibility, Verdict
from tests.ranking.financing_cases import WAN, candidate, fact, need, random_request, request, rules

HEADCOUNT = {"fact": "headcount", "operator": "at_least", "unit": "count", "value": 10}
PATENTS = {"fact": "invention_patents", "operator": "at_least", "unit": "count", "value": 1}
HERE = fact("district", "320602")


@pytest.fixture
def random() -> Random:
    seed = secrets.randbelow(2**32)
    print(f"seed {seed}")  # noqa: T201 - a random test tells its seed
    return Random(seed)  # noqa: S311 - cases, not secrets


def test_a_stored_request_ranks_to_the_identical_result(random: Random) -> None:
    for _ in range(200):
        made = random_request(random, 5)
        stored = json.dumps(json.loads(made.to_json()), sort_keys=True)
        again = FinancingRequest.from_json(stored)
        assert again == made
        assert rank(again).to_json() == rank(made).to_json()
        assert FinancingRequest.from_document(json.loads(stored)) == made
        assert json.loads(made.to_json()) == made.to_document()


def test_a_stored_ranking_is_read_back_whole(random: Random) -> None:
    for _ in range(50):
        ranking = rank(random_request(random, 5))
        assert FinancingRanking.from_json(ranking.to_json()) == ranking
        assert FinancingRanking.from_document(ranking.to_document()) == ranking
        assert [one.reasons for one in FinancingRanking.from_json(ranking.to_json()).candidates] == [
            one.reasons for one in ranking.candidates
        ]


def test_the_order_of_the_input_does_not_matter(random: Random) -> None:
    for _ in range(100):
        made = random_request(random, 8)
        expected = rank(made)
        shuffled = replace(
            made,
            candidates=tuple(random.sample(made.candidates, len(made.candidates))),
            facts=tuple(random.sample(made.facts, len(made.facts))),
            reference_rates=tuple(random.sample(made.reference_rates, len(made.reference_rates))),
        )
        assert rank(shuffled) == expected


def test_every_number_that_led_to_the_order_is_shown(random: Random) -> None:
    """Recomputed from the answer alone, in the way that is published."""
    for _ in range(100):
        made = random_request(random, random.choice((1, 8, 30)))
        document = rank(made).to_document()
        listed = []
        for one in document["candidates"]:
            parts = one["components"]
            total = sum(part["weight_percent"] * (part["value_hundredths"] or 0) for part in parts)
            assert one["weighted_total"] == total
            assert sum(part["weight_percent"] for part in parts) == 100
            assert all(0 <= (part["value_hundredths"] or 0) <= 10_000 for part in parts)
            tie = hashlib.sha256(f"{document['need_id']}:{one['candidate_id']}".encode()).hexdigest()
            assert one["tie_hash"] == tie
            verdict = ["eligible", "incomplete", "near_miss", "ineligible"].index(one["verdict"])
            unknown = sum(part["weight_percent"] for part in parts if part["value_hundredths"] is None)
            listed.append((verdict, -total, unknown, tie, one["organization_id"], one["position"]))
        by_points = sorted(listed)
        assert [place[-1] for place in first_page_first(by_points)] == list(range(1, len(listed) + 1))
        for one in document["candidates"]:
            before = [place[-1] for place in by_points].index(one["position"]) + 1
            assert one["moved_from"] == (None if before == one["position"] else before)


def first_page_first(by_points: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The published rule, as naively as it reads: at most 3 of a bank among the first 20, else by points."""
    page: list[tuple[Any, ...]] = []
    for most in (3, len(by_points)):
        for one in by_points:
            verdict, bank = one[0], one[4]
            of_bank = [other for other in page if other[4] == bank]
            if verdict < 3 and len(page) < 20 and len(of_bank) < most and one not in page:
                page.append(one)
    return sorted(page) + [one for one in by_points if one not in page]


@pytest.fixture
def order() -> Callable[..., list[str]]:
    def listed(*candidates: Any, **changes: Any) -> list[str]:
        return [one.candidate_id for one in rank(request(*candidates, **changes)).candidates]

    return listed


def fixed(basis_points: int) -> Rate:
    return Rate(kind=RateKind.FIXED_BAND, lowest_basis_points=basis_points, highest_basis_points=basis_points)


def test_verdict_comes_before_total(order: Callable[..., list[str]]) -> None:
    better = {"rate": fixed(300), "days_to_money": 1}
    listed = order(
        candidate("far", **better, rules=rules(HEADCOUNT | {"value": 100})),
        candidate("near", **better, rules=rules(HEADCOUNT | {"value": 6})),
        candidate("open", **better, rules=rules(PATENTS)),
        candidate("good", rules=rules(HEADCOUNT | {"value": 5})),
        facts=(HERE, fact("headcount", 5)),
    )
    assert listed == ["good", "open", "near", "far"]


def test_an_unknown_rate_comes_after_every_known_one(order: Callable[..., list[str]]) -> None:
    for worst in (1_199, 1_200, 2_400):
        for name in ("dear", "a", "z"):
            known = candidate(name, rate=fixed(worst))
            assert order(candidate("unknown"), known) == [name, "unknown"]


def test_a_lower_rate_more_cover_and_less_time_come_first(order: Callable[..., list[str]]) -> None:
    assert order(candidate("b", rate=fixed(346)), candidate("a", rate=fixed(345))) == ["a", "b"]
    assert order(candidate("b", authority_limit_fen=100 * WAN), candidate("a")) == ["a", "b"]
    assert order(candidate("b", days_to_money=5), candidate("a", days_to_money=4)) == ["a", "b"]


def test_weights_decide_what_counts(order: Callable[..., list[str]]) -> None:
    cheap, fast = candidate("cheap", rate=fixed(300)), candidate("fast", days_to_money=1)
    cost = Weights(coverage=0, cost=100, speed=0, collateral_burden=0, fit=0)
    speed = Weights(coverage=0, cost=0, speed=100, collateral_burden=0, fit=0)
    assert order(cheap, fast, weights=cost) == ["cheap", "fast"]
    assert order(cheap, fast, weights=speed) == ["fast", "cheap"]
    for wrong in ({"coverage": 31}, {"coverage": -10, "cost": 70}):
        with pytest.raises(ValueError, match="weights_not_100"):
            Weights(**wrong)


def test_excluded_providers_are_gone_before_anything_else() -> None:
    asked = need(excluded_organization_ids=("bank-2",), excluded_unit_ids=("branch-7",))
    ranking = rank(
        request(
            candidate("a"),
            candidate("b", organization_id="bank-2", rules=rules(PATENTS)),
            candidate("c", unit_id="branch-7"),
            need=asked,
        )
    )
    assert ([one.candidate_id for one in ranking.candidates], ranking.excluded) == (["a"], 2)
    assert ranking.decisive_facts == ()
    assert "bank-2" not in ranking.to_json()


def test_hidden_rules_are_never_seen_and_the_verdict_says_so() -> None:
    hidden = PATENTS | {"visibility": "bank_only", "value": 777}
    seen, others = visible_part(rules(HEADCOUNT, hidden), frozenset({RuleVisibility.PUBLIC}))
    product = candidate(rules=seen, unpublished_rules=others)
    made = request(product, facts=(HERE, fact("headcount", 10), fact("invention_patents", 0)))
    found = rank(made).candidates[0]
    assert (found.verdict, found.conditions_met_as_published) == (Verdict.ELIGIBLE, True)
    assert ReasonCode.CONDITIONS_MET_AS_PUBLISHED in {reason.code for reason in found.reasons}
    assert "777" not in made.to_json() + rank(made).to_json()
    assert visible_part(rules(HEADCOUNT), frozenset({RuleVisibility.PUBLIC})) == (rules(HEADCOUNT), False)
    short = rank(replace(made, facts=(HERE, fact("headcount", 1)))).candidates[0]
    assert (short.verdict, short.conditions_met_as_published) == (Verdict.INELIGIBLE, False)


def test_a_request_with_a_hidden_rule_is_refused() -> None:
    product = candidate(rules=rules(PATENTS | {"visibility": "after_consent"}))
    with pytest.raises(ValueError, match="hidden_rule_in_request"):
        request(product)
    consented = (RuleVisibility.PUBLIC, RuleVisibility.AFTER_CONSENT)
    assert rank(request(product, visible=consented)).candidates[0].verdict is Verdict.INCOMPLETE


def test_nothing_may_stand_twice() -> None:
    with pytest.raises(ValueError, match="candidate_twice"):
        request(candidate("a"), candidate("a"))
    with pytest.raises(ValueError, match="fact_twice"):
        request(facts=(HERE, HERE))


def test_the_most_decisive_missing_fact_comes_first() -> None:
    by_tax = (CapFormula(basis=CapBasis.TAX_PAID, share_basis_points=40_000),)
    ranking = rank(
        request(
            candidate("a", rules=rules(HEADCOUNT)),
            candidate("b", rules=rules(HEADCOUNT, PATENTS)),
            candidate("c", rules=rules(HEADCOUNT), territory=("110000",)),
            candidate("d", cap_formulas=by_tax, rules=rules({"any_of": [PATENTS]})),
        )
    )
    found = [(one.missing, one.candidates, one.alone) for one in ranking.decisive_facts]
    assert found == [
        (FactName.HEADCOUNT, 2, 1),
        (FactName.INVENTION_PATENTS, 2, 0),
        (FactName.TAX_PAID_LAST_12_MONTHS, 1, 0),
    ]
    assert ranking.decisive_facts[0].reason.parameters == {"missing": "headcount", "count": 2, "alone": 1}
    assert ranking.counts == {
        Verdict.ELIGIBLE: 0,
        Verdict.INCOMPLETE: 3,
        Verdict.NEAR_MISS: 0,
        Verdict.INELIGIBLE: 1,
    }


def reasons_of(found: RankedCandidate) -> list[ReasonCode]:
    return [reason.code for reason in found.reasons]


def test_reasons_tell_first_what_stands_in_the_way() -> None:
    curable = PATENTS | {"curable": True, "remedy": "file_patent"}
    both = {"any_of": [curable, HEADCOUNT | {"value": 100}]}
    found = rank(
        request(
            candidate(rules=rules(both, {"fact": "overdue_debt", "operator": "is_false"})),
            facts=(HERE, fact("headcount", 5), fact("invention_patents", 0)),
        )
    ).candidates[0]
    assert found.verdict is Verdict.NEAR_MISS
    assert reasons_of(found)[:5] == [
        ReasonCode.ALTERNATIVES_UNMET,
        ReasonCode.RULE_UNMET_GAP,
        ReasonCode.RULE_UNMET_GAP,
        ReasonCode.REMEDY,
        ReasonCode.RULE_UNKNOWN,
    ]


def test_an_answer_without_candidates_is_an_answer() -> None:
    empty = rank(replace(request(), candidates=()))
    assert (empty.candidates, empty.excluded, empty.ranker_version) == ((), 0, RANKER_VERSION)
    assert RANKER_VERSION == "financing/3"


def test_the_total_is_in_points() -> None:
    found = rank(request()).candidates[0]
    assert found.total == found.weighted_total / 10_000
    assert 0 < found.total < 100
    assert [part.points for part in found.components] == [100.0, None, None, 100.0, 70.0, None]
