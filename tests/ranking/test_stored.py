"""Stored documents stay readable, also those of earlier versions; another answer is another version."""

import json
from pathlib import Path
from typing import Any

import pytest

from matchmaking.ranking import (
    RANKER_VERSION,
    RESEARCH_RANKER_VERSION,
    FinancingRanking,
    FinancingRequest,
    ResearchRanking,
    ResearchRequest,
    rank,
    rank_capabilities,
)

STORED = Path(__file__).parent / "stored"


def stored(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((STORED / f"{name}.json").read_text(encoding="utf-8"))
    return document


def says_all(now: Any, before: Any) -> bool:
    """Whether a document read today says all that was stored; fields that came later may stand beside."""
    if isinstance(before, dict):
        return isinstance(now, dict) and all(
            name in now and says_all(now[name], value) for name, value in before.items()
        )
    if isinstance(before, list):
        return isinstance(now, list) and len(now) == len(before) and all(map(says_all, now, before))
    return bool(now == before)


@pytest.mark.parametrize("name", ["financing_1", "financing_2", "financing_3"])
def test_financing_documents_are_read(name: str) -> None:
    document = stored(name)
    request = FinancingRequest.from_document(document["request"])
    ranking = FinancingRanking.from_document(document["ranking"])
    assert says_all(request.to_document(), document["request"])
    assert says_all(ranking.to_document(), document["ranking"])
    assert ranking.ranker_version == name.replace("_", "/")
    assert all(one.reasons for one in ranking.candidates)


@pytest.mark.parametrize("name", ["research_1", "research_2"])
def test_research_documents_are_read(name: str) -> None:
    document = stored(name)
    ranking = ResearchRanking.from_document(document["ranking"])
    request = ResearchRequest.from_document(document["request"])
    assert says_all(request.to_document(), document["request"])
    assert says_all(ranking.to_document(), document["ranking"])
    assert all(one.reasons for one in ranking.candidates)


def test_the_present_version_gives_the_answer_that_it_gave() -> None:
    """Whoever changes what is reckoned gives it another version and stores a document of it here."""
    financing = stored(RANKER_VERSION.replace("/", "_"))
    found = rank(FinancingRequest.from_document(financing["request"]))
    assert says_all(found.to_document(), financing["ranking"])
    research = stored(RESEARCH_RANKER_VERSION.replace("/", "_"))
    ranked = rank_capabilities(ResearchRequest.from_document(research["request"]))
    assert says_all(ranked.to_document(), research["ranking"])


def test_terms_that_were_published_rank_as_before() -> None:
    """Conditions and verdicts of version 1 stand; cost is reckoned otherwise since, and reliability came."""
    before = stored("financing_1")
    again = rank(FinancingRequest.from_document(before["request"])).to_document()
    found = {one["candidate_id"]: one for one in again["candidates"]}
    for one in before["ranking"]["candidates"]:
        now = found[one["candidate_id"]]
        for part in ("verdict", "constraints", "rules", "conditions_met_as_published", "tie_hash"):
            assert says_all(now[part], one[part])
        parts = {each["name"]: each for each in now["components"]}
        same = [each for each in one["components"] if each["name"] != "cost"]
        assert all(says_all(parts[each["name"]], each) for each in same)
