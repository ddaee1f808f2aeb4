"""The engine's verdict against a naive oracle on thousands of seeded cases; planted faults are found."""

import secrets
from collections import Counter
from collections.abc import Callable
from random import Random

import pytest

from matchmaking.ranking import caps, constraints, eligibility, facts, rank, terms
from schemas.vocabulary import FactSource, RuleOperator, RuleStatus, Verdict
from tests.ranking import oracle
from tests.ranking.financing_cases import random_request

CASES = 5_000
CANDIDATES = 3
PLANTED_CASES = 2_000
PLANTED_SEED = 20_251_120


def disagreements(seed: int, cases: int, most: int = 20) -> tuple[list[str], Counter[str]]:
    """Up to `most` candidates on which engine and oracle differ, and how often each verdict was right."""
    random, found, agreed = Random(seed), [], Counter[str]()  # noqa: S311 - cases, not secrets
    for number in range(cases):
        if len(found) >= most:
            break
        request = random_request(random, CANDIDATES)
        document = request.to_document()
        expected, silent = oracle.verdicts(document), oracle.as_published(document)
        ranking = rank(request)
        assert {one.candidate_id for one in ranking.candidates} == set(expected)
        for one in ranking.candidates:
            unsaid = one.verdict is Verdict.ELIGIBLE and one.candidate_id in silent
            if one.conditions_met_as_published is not unsaid:
                found.append(f"case {number} {one.candidate_id}: as published {unsaid}")
            if one.verdict.value == expected[one.candidate_id]:
                agreed[one.verdict.value] += 1
            else:
                found.append(f"case {number} {one.candidate_id}: {one.verdict} {expected[one.candidate_id]}")
    return found, agreed


def test_engine_and_oracle_agree() -> None:
    seed = secrets.randbelow(2**32)
    print(f"seed {seed}")  # noqa: T201 - a random test tells its seed
    found, agreed = disagreements(seed, CASES)
    print(f"agreed {dict(agreed)}")  # noqa: T201
    assert found == [], f"seed {seed}"
    assert all(agreed[verdict.value] > CASES // 100 for verdict in Verdict), f"seed {seed}: {agreed}"


HOLDS = eligibility._HOLDS
PLANTED_OPERATORS: dict[RuleOperator, Callable[..., bool]] = {
    RuleOperator.AT_LEAST: lambda rule, value: value > rule.value,
    RuleOperator.AT_MOST: lambda rule, value: value < rule.value,
    RuleOperator.BETWEEN: lambda rule, value: rule.value.lowest <= value < rule.value.highest,
    RuleOperator.IS_ONE_OF: lambda rule, value: value in rule.value[:1],
    RuleOperator.HAS_ANY_OF: lambda rule, value: set(rule.value) <= set(value),
    RuleOperator.HAS_ALL_OF: lambda rule, value: bool(set(rule.value) & set(value)),
    RuleOperator.HAS_NONE_OF: lambda rule, value: value not in rule.value,
    RuleOperator.IS_TRUE: lambda _, value: value is not None,
    RuleOperator.IS_FALSE: lambda _, value: value is True,
    RuleOperator.WITHIN_LIST: lambda rule, value: value in rule.value,
}


@pytest.mark.parametrize("operator", list(RuleOperator))
def test_a_planted_wrong_operator_is_found(operator: RuleOperator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eligibility, "_HOLDS", {**HOLDS, operator: PLANTED_OPERATORS[operator]})
    found, _ = disagreements(PLANTED_SEED, PLANTED_CASES, most=1)
    assert found


def _plant_strict_staleness(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = facts.complete_months
    monkeypatch.setattr(facts, "complete_months", lambda start, end: honest(start, end) - 1)


def _plant_unknown_as_unmet(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = eligibility._unknown

    def unmet(*arguments: object) -> object:
        return eligibility.Outcome(RuleStatus.UNMET, honest(*arguments).reason)

    monkeypatch.setattr(eligibility, "_unknown", unmet)


PLANTED_ELSEWHERE: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "stale a month later": _plant_strict_staleness,
    "unknown is unmet": _plant_unknown_as_unmet,
    "three unmet are near": lambda patch: patch.setattr(eligibility, "NEAR_MISS_RULES", 3),
    "no tolerance for wishes": lambda patch: patch.setattr(constraints, "TOLERANCE_BASIS_POINTS", 0),
    "excluded stay": lambda patch: patch.setattr(
        "matchmaking.ranking.financing._is_excluded", lambda *_: False
    ),
    "silence refuses": lambda patch: patch.setattr(constraints, "_not_published", constraints._unmet),
    "silence fulfils": lambda patch: patch.setattr(
        constraints, "_not_published", lambda code, **_: constraints._met(code)
    ),
    "place ignored": lambda patch: patch.setattr(constraints, "covers", lambda *_: True),
    "formulas ignored": lambda patch: patch.setattr(
        caps, "formula_limit", lambda *_: caps.CapLimit("none", 10**14)
    ),
    "the least band counts": lambda patch: patch.setattr(caps, "max", min, raising=False),
    "open bands are over": lambda patch: patch.setattr(
        caps,
        "_reckoned_bands",
        lambda *arguments, honest=caps._reckoned_bands: (honest(*arguments)[0], []),
    ),
    "tables ignored": lambda patch: patch.setattr(caps, "table_limit", lambda *_: None),
    "every miss is far": lambda patch: patch.setattr(eligibility, "miss", lambda *_: (10**15, 1)),
    "pledges ignored": lambda patch: patch.setattr(
        terms, "PLEDGES_NEEDED", dict.fromkeys(terms.PLEDGES_NEEDED, frozenset())
    ),
}


@pytest.mark.parametrize("fault", list(PLANTED_ELSEWHERE))
def test_other_planted_faults_are_found(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    PLANTED_ELSEWHERE[fault](monkeypatch)
    if fault == "excluded stay":
        with pytest.raises(AssertionError):
            disagreements(PLANTED_SEED, PLANTED_CASES, most=1)
        return
    found, _ = disagreements(PLANTED_SEED, PLANTED_CASES, most=1)
    assert found


def test_a_claim_in_any_source_gives_the_same_verdict() -> None:
    """Who says so decides what is shown of a gap, never the verdict."""
    random = Random(7)  # noqa: S311 - cases, not secrets
    for _ in range(50):
        request = random_request(random, CANDIDATES)
        by_source = set()
        for source in FactSource:
            restated = tuple(one.model_copy(update={"source": source}) for one in request.facts)
            document = request.to_document() | {"facts": [one.model_dump(mode="json") for one in restated]}
            ranking = rank(type(request).from_document(document))
            by_source.add(tuple(one.verdict for one in ranking.candidates))
        assert len(by_source) == 1
