"""Matches by meaning over HTTP: another language's words are found, and where vectors lack it is said."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import col

from city import City, Member
from matchmaking.db.session import Database
from matchmaking.encoding.packaged import PackagedEncoder
from matchmaking.ranking import ResearchRequest, rank_capabilities
from matchmaking.services.vector_making import make_missing_vectors
from matchmaking.tables.research import CapabilityMatchCandidate, CapabilityMatchRun
from schemas.vocabulary import LineOfDuty, OrganizationKind, Role
from tests.api.research_steps import capability_draft, demand_draft
from tests.api.steps import Thing, done

pytestmark = pytest.mark.database

ENCODER = PackagedEncoder(threads=1)
LABORATORIES = {
    "dyeing": ("Dyehouse chemistry group", "Low temperature dyeing of cotton knits, colour fastness."),
    "hulls": ("Marine structures group", "Fatigue of welded ship hulls in sea water."),
    "power": ("Power electronics group", "Inverters for photovoltaic plants."),
    "cells": ("Electrochemistry group", "Electrolytes of lithium cells at low temperature."),
}


class Campus:
    """Laboratories without a Chinese word, a mill with a Chinese demand, an official who opens both."""

    def __init__(self, city: City, secretary: Member, official: Member) -> None:
        self.mill, self.secretary, self.official = city.mill, secretary, official
        self.laboratories: dict[str, Thing] = {}

    async def open(self, noun: str, owner: Member, draft: Thing) -> Thing:
        thing = done(await owner.post(f"/v1/{noun}", draft), 201)
        thing = done(await owner.post(f"/v1/{noun}/{thing['id']}/submit", seen=thing["version"]), 200)
        opened = await self.official.post(f"/v1/{noun}/{thing['id']}/open", seen=thing["version"])
        return done(opened, 200)

    async def list(self, name: str, title: str, description: str) -> None:
        draft = capability_draft(
            self.secretary,
            title_zh=title,
            title_en=title,
            description=description,
            fields=["Engineering"],
            chains=[],
            equipment=[],
        )
        self.laboratories[name] = await self.open("capabilities", self.secretary, draft)

    async def demand(self, **changes: Any) -> Thing:
        draft = demand_draft(
            self.mill,
            title="针织面料低温染色",
            problem="棉针织物在低温下染色牢度不足，需要低温染色助剂和工艺。",
            public_abstract="寻求棉针织物低温染色工艺。",
            chain=None,
            indicators=[],
        )
        return await self.open("research-demands", self.mill, draft | changes)

    async def match(self, demand: Thing, language: str = "en") -> Thing:
        asked = {"demand_id": demand["id"]}
        headers = {"accept-language": language}
        return done(await self.mill.call("POST", "/v1/capability-match-runs", asked, headers=headers), 201)


@pytest.fixture
async def campus(city: City) -> Campus:
    secretary = await city.enrol(OrganizationKind.UNIVERSITY, Role.SECRETARY)
    official = await city.enrol(OrganizationKind.GOVERNMENT, Role.OFFICIAL, line_of_duty=LineOfDuty.SCIENCE)
    made = Campus(city, secretary, official)
    for name, texts in LABORATORIES.items():
        await made.list(name, *texts)
    return made


def _order(run: Thing) -> list[str]:
    return [one["capability_id"] for one in run["candidates"]]


async def test_without_vectors_words_decide_and_both_languages_say_so(campus: Campus) -> None:
    demand = await campus.demand()
    for language, told in (("en", "words"), ("zh", "词")):
        run = await campus.match(demand, language)
        assert run["relevance_basis"] == "words"
        assert told in run["relevance_basis_text"].lower()
        assert len(run["candidates"]) == len(LABORATORIES)
        # Nobody shares a word with the demand, so that nobody is relevant.
        assert {one["components"]["relevance"] for one in run["candidates"]} == {0}


async def test_a_chinese_demand_finds_the_english_laboratory_of_its_trade(
    campus: Campus, database: Database
) -> None:
    demand = await campus.demand()
    await make_missing_vectors(database, ENCODER)
    run = await campus.match(demand)
    assert run["relevance_basis"] == "words_and_meaning"
    assert _order(run)[0] == campus.laboratories["dyeing"]["id"]
    first, *others = (one["components"]["relevance"] for one in run["candidates"])
    assert first > max(others)
    chinese = await campus.match(demand, "zh")
    assert chinese["relevance_basis_text"] != run["relevance_basis_text"]
    assert _order(chinese) == _order(run)


async def test_vectors_of_the_demand_alone_or_of_laboratories_alone_are_not_enough(
    campus: Campus, database: Database
) -> None:
    await make_missing_vectors(database, ENCODER)
    late = await campus.demand()
    assert (await campus.match(late))["relevance_basis"] == "words"
    await make_missing_vectors(database, ENCODER)
    assert (await campus.match(late))["relevance_basis"] == "words_and_meaning"


async def test_vectors_follow_a_changed_text_and_a_withdrawn_capability_leaves(
    campus: Campus, database: Database
) -> None:
    demand = await campus.demand()
    await make_missing_vectors(database, ENCODER)
    hulls = campus.laboratories["hulls"]

    async def similarity() -> list[int] | None:
        """Of what the laboratory says of itself to the questions of the demand."""
        run, _ = await _stored(database, await campus.match(demand))
        found: list[int] | None = run.request["similarities"]["of_candidates"][hulls["id"]][0]
        return found

    before = await similarity()
    title, description = LABORATORIES["dyeing"]
    draft = capability_draft(
        campus.secretary, title_zh=f"{title} two", title_en=title, description=description, fields=["Dyeing"]
    )
    change = {
        name: value
        for name, value in (draft | {"chains": [], "equipment": []}).items()
        if name not in {"kind", "unit_id", "valid_until"}
    }
    path = f"/v1/capabilities/{hulls['id']}"
    changed = done(await campus.secretary.call("PUT", path, change, seen=hulls["version"]), 200)
    # Until the background has come round, its old vector stands for no text that it has.
    assert await similarity() is None
    fresh = await campus.match(demand)
    told = {one["capability_id"]: one for one in fresh["candidates"]}
    assert told[hulls["id"]]["capability_version"] == changed["version"]
    await make_missing_vectors(database, ENCODER)
    after = await similarity()
    assert before is not None
    assert after is not None
    assert min(after) > max(before)
    done(await campus.secretary.post(f"{path}/withdraw", seen=changed["version"]), 200)
    assert hulls["id"] not in _order(await campus.match(demand))


async def _stored(database: Database, run: Thing) -> tuple[CapabilityMatchRun, list[Any]]:
    async with database.as_system() as session:
        found = await session.get(CapabilityMatchRun, UUID(run["id"]))
        assert found is not None
        statement = (
            select(CapabilityMatchCandidate)
            .where(col(CapabilityMatchCandidate.run_id) == found.id)
            .order_by(col(CapabilityMatchCandidate.position))
        )
        return found, [row.outcome for row in (await session.execute(statement)).scalars()]


@pytest.mark.parametrize("encoded", [False, True])
async def test_a_stored_run_ranks_the_same_again(campus: Campus, database: Database, encoded: bool) -> None:
    demand = await campus.demand()
    if encoded:
        await make_missing_vectors(database, ENCODER)
    run, outcomes = await _stored(database, await campus.match(demand))
    again = rank_capabilities(ResearchRequest.from_document(run.request)).to_document()
    assert again["candidates"] == outcomes
    counts = {name: count for name, count in run.summary["counts"].items() if count}
    assert sum(counts.values()) == len(LABORATORIES)
    assert {name: run.summary[name] for name in again if name in run.summary} == {
        name: value for name, value in again.items() if name in run.summary
    }


async def test_more_than_are_shown_are_counted_and_near_misses_come_along(campus: Campus) -> None:
    for number in range(24):
        await campus.list(f"more-{number}", f"Group {number}", "Knitting and dyeing of cotton.")
    far = capability_draft(
        campus.secretary, title_zh="Far away", description="Nothing.", fields=[], readiness_to=5
    )
    near = await campus.open("capabilities", campus.secretary, far)
    run = await campus.match(await campus.demand())
    assert sum(run["counts"].values()) == len(LABORATORIES) + 24 + 1
    positions = [one["position"] for one in run["candidates"]]
    assert positions[:20] == list(range(1, 21))
    last = run["candidates"][-1]
    assert (last["capability_id"], last["verdict"]) == (near["id"], "near_miss")
    assert last["position"] > 20
    read = done(await campus.mill.get(f"/v1/capability-match-runs/{run['id']}"), 200)
    assert _order(read) == _order(run)
