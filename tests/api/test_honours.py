"""Honours held: who may state one, which statement counts, and what a ranking reads of them."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from city import City, today
from matchmaking.services.honours import honours_fact
from matchmaking.tables.base import utc_now
from matchmaking.tables.honours import HeldHonour
from schemas.eligibility import FactValue
from schemas.vocabulary import FactName, FactSource, Honour, OrganizationKind, Role
from tests.api.listing_steps import honours_listed, honours_stated
from tests.api.steps import done, items, path_of, refused

pytestmark = pytest.mark.database
HONOURS = "/v1/honours"
DAY = date(2026, 9, 1)
OWN, LIST = FactSource.SELF_DECLARED, FactSource.OFFICIAL_LIST


async def test_only_the_enterprise_and_officials_state_honours(city: City) -> None:
    helper = await city.beside(city.mill, Role.OBSERVER)
    for member in (helper, city.clerk, city.product_manager, city.observer):
        refused(await member.post(HONOURS, honours_stated()), 403, "not_permitted")
    refused(await city.clerk.get(HONOURS), 403, "not_permitted")


async def test_nobody_states_in_anothers_name(city: City) -> None:
    other = str(city.other_mill.actor.organization_id)
    far = await city.enrol(OrganizationKind.GOVERNMENT, Role.OFFICIAL, area="320583", district="320583")
    bank = str(city.clerk.actor.organization_id)
    for member, body, name, code in (
        (city.mill, honours_stated(source="official_list"), "source", "honour_source_not_yours"),
        (city.mill, honours_stated(source="system_of_record"), "source", "honour_source_not_yours"),
        (city.mill, honours_stated(organization_id=other), "organization_id", "honour_enterprise_missing"),
        (city.official, honours_listed(city, source="self_declared"), "source", "honour_source_not_yours"),
        (
            city.official,
            honours_listed(city, organization_id=None),
            "organization_id",
            "honour_enterprise_missing",
        ),
        (
            city.official,
            honours_listed(city, organization_id=bank),
            "organization_id",
            "honour_enterprise_missing",
        ),
        (far, honours_listed(city), "organization_id", "honour_enterprise_missing"),
    ):
        refused(await member.post(HONOURS, body), 422, code, f"/honours/0/{name}")
    assert await items(city.official, HONOURS) == []


async def test_statements_that_cannot_be_are_refused_all_together(city: City) -> None:
    tomorrow = (today() + timedelta(days=1)).isoformat()
    for changes, code in (
        ({"issued_on": tomorrow, "expires_on": None}, "honour_from_the_future"),
        ({"as_of": tomorrow}, "honour_from_the_future"),
        ({"expires_on": "2026-01-09"}, "honour_dates_reversed"),
        ({"as_of": 0}, "not_date"),
        ({"honour": "best_mill"}, "not_among"),
        ({"level": "galactic"}, "not_among"),
        ({"score": 5}, "field_unknown"),
    ):
        body = {"honours": honours_stated()["honours"] + honours_stated(**changes)["honours"]}
        answer = await city.mill.post(HONOURS, body)
        assert answer.status_code == 422, (changes, answer.text)
        assert code in answer.text, (changes, answer.text)
    assert await items(city.mill, HONOURS) == []


async def test_honours_are_read_by_the_holder_and_officials_of_its_area(city: City) -> None:
    own = done(await city.mill.post(HONOURS, honours_stated()), 201)["honours"][0]
    official = done(await city.official.post(HONOURS, honours_listed(city)), 201)["honours"][0]
    assert official["listed_by"] == str(city.official.actor.organization_id)
    far = await city.enrol(OrganizationKind.GOVERNMENT, Role.OFFICIAL, area="320583", district="320583")
    for member in (city.other_mill, far):
        refused(await member.get(f"{HONOURS}/{own['id']}"), 404, "not_found")
        assert await items(member, HONOURS) == []
    for member in (city.mill, city.official, city.observer):
        assert done(await member.get(f"{HONOURS}/{own['id']}")) == own
        assert [one["id"] for one in await items(member, HONOURS)] == [official["id"], own["id"]]
    ended = honours_listed(city, honour="green_factory", issued_on="2024-01-01", expires_on="2025-01-01")
    done(await city.official.post(HONOURS, ended), 201)
    for query, count in (
        ("source=self_declared", 1),
        ("honour=green_factory", 1),
        ("expired=true", 1),
        ("expired=false&sort=issued_last", 2),
        (f"organization_id={city.mill.actor.organization_id}", 3),
    ):
        assert len(done(await city.official.get(f"{HONOURS}?{query}"))["items"]) == count, query


def held(honour: Honour, source: FactSource, expires: date | None = None, as_of: date = DAY) -> HeldHonour:
    holder = UUID(int=1)
    return HeldHonour(
        id=uuid7(),
        created_at=utc_now(),
        organization_id=holder,
        honour=honour,
        issued_on=date(2023, 1, 1),
        expires_on=expires,
        as_of=as_of,
        source=source,
        listed_by=holder,
    )


def stated(*codes: str, source: FactSource = OWN, as_of: date = date(2026, 3, 1)) -> FactValue:
    return FactValue(name=FactName.HONOURS, value=codes, as_of=as_of, source=source)


def test_the_fact_is_made_of_what_counts_at_the_date() -> None:
    giant, smart, champion = Honour.LITTLE_GIANT, Honour.SMART_FACTORY, Honour.SINGLE_CHAMPION_NATIONAL
    past, last_day = DAY - timedelta(days=1), DAY

    def told(fact: FactValue | None, *rows: HeldHonour) -> tuple[Any, ...] | None:
        found = honours_fact(fact, rows, DAY)
        return None if found is None else (found.value, found.source, found.as_of)

    assert told(None) is None
    assert told(None, held(giant, LIST, past)) is None
    assert told(None, held(giant, LIST, last_day)) == ((giant,), LIST, DAY)
    early = DAY - timedelta(days=90)
    assert told(None, held(giant, LIST, as_of=early)) == ((giant,), LIST, early)
    # An office that says it has ended is believed before the enterprise that says otherwise, in any order.
    ended, claimed = held(giant, LIST, past), held(giant, OWN)
    assert told(None, ended, claimed) is None
    assert told(None, claimed, ended) is None
    assert told(stated(giant, smart), ended, claimed) == ((smart,), OWN, date(2026, 3, 1))
    # Of one's own statements the last counts.
    assert told(None, held(giant, OWN, past), held(giant, OWN)) == ((giant,), OWN, DAY)
    # The set is as strong as its weakest member, and as new as its newest.
    both = (held(giant, LIST, as_of=early), held(smart, OWN))
    assert told(None, *both) == (tuple(sorted((giant, smart))), OWN, DAY)
    official = stated(champion, source=LIST)
    assert told(official, held(giant, LIST)) == (tuple(sorted((champion, giant))), LIST, DAY)
    assert told(official) == ((champion,), LIST, date(2026, 3, 1))


async def test_a_ranking_reads_the_honours_held(city: City) -> None:
    rule = {"fact": "honours", "operator": "has_any_of", "value": ["little_giant"]}
    path = path_of(city, product_changes={"terms": {"rules": {"all_of": [rule]}}})
    await path.reach("need_open")

    async def verdict() -> str:
        run = done(await city.mill.post("/v1/match-runs", {"need_id": path.need["id"]}), 201)
        return str(run["candidates"][0]["verdict"])

    assert await verdict() == "incomplete"
    as_of = today().isoformat()
    done(await city.official.post(HONOURS, honours_listed(city, as_of=as_of)), 201)
    assert await verdict() == "eligible"
    ended = honours_listed(city, as_of=as_of, expires_on=(today() - timedelta(days=1)).isoformat())
    done(await city.official.post(HONOURS, ended), 201)
    done(await city.mill.post(HONOURS, honours_stated(as_of=as_of)), 201)
    assert await verdict() == "incomplete"
