"""A laboratory sees which demands it is close to, in any language, and from their abstracts alone."""

from typing import Any

import pytest

from city import City, Member
from matchmaking.db.session import Database
from matchmaking.encoding.packaged import PackagedEncoder
from matchmaking.services.vector_making import make_missing_vectors
from schemas.vocabulary import LineOfDuty, OrganizationKind, Role
from tests.api.neighbours import PLAIN, settle_neighbours, state_facts
from tests.api.research_steps import capability_draft, demand_draft
from tests.api.steps import Thing, done

pytestmark = pytest.mark.database

NEAR = "寻求棉针织物低温染色工艺。"
FAR = "寻求船用柴油机排放检测。"
OTHERS = (
    "Ship hulls",
    "Power electronics",
    "Vaccine production",
    "Rice breeding",
    "Tax law",
    "Tunnel surveys",
)


@pytest.fixture
async def science(city: City) -> Member:
    return await city.enrol(OrganizationKind.GOVERNMENT, Role.OFFICIAL, line_of_duty=LineOfDuty.SCIENCE)


@pytest.fixture
async def listing(city: City, science: Member) -> tuple[Member, str]:
    """The secretary of a laboratory that says nothing in Chinese, and where its demands are listed."""
    for mill in (city.mill, city.other_mill):
        await state_facts(city, mill.actor.organization_id, PLAIN)
    await settle_neighbours(city, 6)
    secretary = await city.enrol(OrganizationKind.UNIVERSITY, Role.SECRETARY)
    texts: dict[str, Any] = {
        "title_zh": "Dyehouse chemistry",
        "title_en": "Dyehouse chemistry",
        "description": "Low temperature dyeing of cotton knits.",
        "fields": [],
        "equipment": [],
    }
    # What is usual among few is hardly usual: the others are of other trades.
    others = [texts | {"title_zh": title, "title_en": None, "description": title} for title in OTHERS]
    ids = [
        (await _open(secretary, science, "capabilities", capability_draft(secretary, **each)))["id"]
        for each in (texts, *others)
    ]
    return secretary, f"/v1/demand-cards?capability_id={ids[0]}"


async def _open(owner: Member, official: Member, noun: str, draft: Thing) -> Thing:
    thing = done(await owner.post(f"/v1/{noun}", draft), 201)
    thing = done(await owner.post(f"/v1/{noun}/{thing['id']}/submit", seen=thing["version"]))
    return done(await official.post(f"/v1/{noun}/{thing['id']}/open", seen=thing["version"]))


async def _cards(secretary: Member, path: str, language: str = "en") -> dict[str, Thing]:
    answer = await secretary.call("GET", path, headers={"accept-language": language})
    return {card["public_abstract"]: card for card in done(answer)["items"]}


async def test_meaning_brings_a_demand_close_and_only_through_its_abstract(
    city: City, science: Member, listing: tuple[Member, str], database: Database
) -> None:
    secretary, path = listing
    for abstract in (NEAR, FAR):
        # What strangers may not read says the opposite, and must tell nothing.
        secret = FAR if abstract == NEAR else NEAR
        draft = demand_draft(city.mill, title="保密标题", problem=secret, public_abstract=abstract)
        await _open(city.mill, science, "research-demands", draft)
    by_words = await _cards(secretary, path)
    assert {card["relevance_basis"] for card in by_words.values()} == {"words"}
    assert {card["relevance"] for card in by_words.values()} == {0}
    for language, told in (("en", "Words alone"), ("zh", "只比较了用语")):
        card = (await _cards(secretary, path, language))[NEAR]
        assert card["reasons"][-1]["code"] == "words_alone"
        assert told in card["reasons"][-1]["text"]
    await make_missing_vectors(database, PackagedEncoder(threads=1))
    by_meaning = await _cards(secretary, path)
    assert {card["relevance_basis"] for card in by_meaning.values()} == {"words_and_meaning"}
    assert by_meaning[NEAR]["relevance"] > by_meaning[FAR]["relevance"]
    assert by_meaning[NEAR]["reasons"][0]["code"] == "close_meaning"
    assert list(by_meaning) == list(by_words)
