"""The standing report on recommendations: who reads it, what is withheld, and a recount in SQL."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import select
from uuid_utils.compat import uuid7

from city import City, Member
from matchmaking.db.session import Database, WriteSession
from matchmaking.tables.needs import FinancingNeed
from matchmaking.tables.offers import ProductAdoption
from matchmaking.tables.recommendations import Recommendation, RecommendationOffer
from schemas.vocabulary import LineOfDuty, OrganizationKind, RecommendationReason, Role
from tests.api.interest_steps import another_bank, fellow_official, named
from tests.api.random_city import OTHER_DISTRICT, random_city
from tests.api.steps import Thing, done, path_of, refused

pytestmark = pytest.mark.database
ROUTE = "/v1/recommendation-shares"
GOVERNMENT = OrganizationKind.GOVERNMENT
HERE = """
WITH here AS (
    SELECT r.id, r.unit_id, m.person_id, u.line_of_duty AS line, r.enterprise_organization_id AS enterprise,
           r.has_interest, r.fewer_reason
    FROM recommendation r JOIN membership m ON m.id = r.made_by_membership_id JOIN unit u ON u.id = r.unit_id
    JOIN organization o ON o.id = r.enterprise_organization_id
    WHERE o.district LIKE %(area)s AND date_part('year', r.created_at AT TIME ZONE 'UTC') = %(year)s
)
"""
BY_AUTHOR = """
SELECT p.display_name, h.unit_id::text, h.line, count(*), count(DISTINCT h.enterprise),
       count(*) FILTER (WHERE h.has_interest), count(h.fewer_reason)
FROM here h JOIN person p ON p.id = h.person_id GROUP BY 1, 2, 3
"""
BY_PROVIDER = """
SELECT p.display_name, h.unit_id::text, o.provider_organization_id::text, count(DISTINCT h.id)
FROM here h JOIN person p ON p.id = h.person_id JOIN recommendation_offer o ON o.recommendation_id = h.id
GROUP BY 1, 2, 3
"""
ENTERPRISES_OF = """
SELECT count(DISTINCT h.enterprise) FROM here h JOIN person p ON p.id = h.person_id
WHERE p.display_name || h.unit_id::text = ANY (%(authors)s)
"""


async def test_nobody_but_government_reads_it(city: City) -> None:
    for member in (city.mill, city.other_mill, city.clerk, city.product_manager):
        refused(await member.get(ROUTE), 403, "not_permitted")
    administrator = await city.beside(city.official, Role.ADMINISTRATOR)
    refused(await administrator.get(ROUTE), 403, "not_permitted")


async def test_a_party_office_reads_it_and_recommends_nothing(city: City) -> None:
    path = await path_of(city).reach("need_open")
    party = await city.enrol(GOVERNMENT, Role.OFFICIAL, line_of_duty=LineOfDuty.PARTY_OFFICE)
    draft = named(path, path.product)
    refused(await party.post("/v1/recommendations", draft), 403, "not_permitted")
    colleague = await fellow_official(city)
    done(await colleague.post("/v1/recommendations", draft), 201)
    for reader in (party, city.observer, city.official):
        assert done(await reader.get(ROUTE))["recommendations"] == 1


@pytest.mark.parametrize("query", ["year=1999", "year=2101", "year=x", "month=1", "from=2026-01"])
async def test_only_whole_years_are_asked_for(city: City, query: str) -> None:
    refused(await city.official.get(f"{ROUTE}?{query}"), 422, "validation_failed")


async def test_a_recommendation_counts_once_for_each_provider_it_names(city: City) -> None:
    path = await path_of(city).reach("need_open")
    _, second = await another_bank(city)
    colleague = await fellow_official(city)
    done(await colleague.post("/v1/recommendations", named(path, path.product, second)), 201)
    (own,) = done(await colleague.get(ROUTE))["officials"]
    assert (own["recommendations"], own["fewer_than_three"], own["interest_declared"]) == (1, 1, 0)
    assert not own["withheld"], "an office reads its own recommendations one by one"
    told = {one["provider_organization_id"]: (one["count"], one["of"]) for one in own["providers"]}
    assert told == {path.product["organization_id"]: (1, 1), second["organization_id"]: (1, 1)}
    elsewhere = await city.enrol(GOVERNMENT, Role.OFFICIAL)
    (withheld,) = done(await elsewhere.get(ROUTE))["officials"]
    assert (withheld["recommendations"], withheld["withheld"], withheld["providers"]) == (1, True, [])
    assert withheld["interest_declared"] is withheld["fewer_than_three"] is None
    far = await city.enrol(GOVERNMENT, Role.OFFICIAL, area="320500")
    assert done(await far.get(ROUTE))["officials"] == []


async def test_it_speaks_both_languages_and_says_what_it_counts(city: City) -> None:
    chinese = done(await city.official.get(ROUTE))
    english = done(await city.official.get(ROUTE, headers={"accept-language": "en"}))
    for part in ("definition", "withholding"):
        assert chinese[part] != english[part]
        assert "five" in english[part] or "5" in english[part] or "share" in english[part]


async def test_every_number_equals_a_recount(
    city: City, database: Database, superuser_url: str, record_property: Any
) -> None:
    await random_city(database, 60)
    authors = await _authors(city)
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed of recommendations {seed}")  # noqa: T201 - to repeat the run
    await _recommend_at_random(database, authors, random.Random(seed))  # noqa: S311 - a test city
    with psycopg.connect(superuser_url) as behind:
        behind.execute("UPDATE person SET display_name = login")
    readers = [(city.official, "3206%"), (authors[0], "3206%"), (authors[3], OTHER_DISTRICT)]
    told: Counter[str] = Counter()
    for reader, area in readers:
        for year in (datetime.now(UTC).year, datetime.now(UTC).year - 1):
            answer = done(await reader.get(f"{ROUTE}?year={year}"))
            own_unit = str(reader.actor.unit_id)
            _compare(answer, _Recount(superuser_url, {"area": area, "year": year}, own_unit), told)
    assert set(told) == {"withheld", "alone", "beside others"}
    record_property("figure", str(told))


async def test_each_year_is_told_by_itself(city: City, superuser_url: str) -> None:
    path = await path_of(city).reach("need_open")
    colleague = await fellow_official(city)
    done(await colleague.post("/v1/recommendations", named(path, path.product)), 201)
    year = done(await city.official.get(ROUTE))["year"]
    with psycopg.connect(superuser_url) as behind:
        behind.execute("UPDATE recommendation SET created_at = created_at - interval '1 year'")
    told = [done(await city.official.get(f"{ROUTE}?year={one}")) for one in (year, year - 1, year - 2)]
    assert [one["recommendations"] for one in told] == [0, 1, 0]
    assert [one["year"] for one in told] == [year, year - 1, year - 2]


async def _authors(city: City) -> list[Member]:
    """Colleagues of one office, and officials of others and of other lines; in two lines one has few."""
    science, industry = LineOfDuty.SCIENCE, LineOfDuty.INDUSTRY
    return [
        await city.enrol(GOVERNMENT, Role.OFFICIAL),
        await fellow_official(city),
        await city.enrol(GOVERNMENT, Role.OFFICIAL),
        await city.enrol(GOVERNMENT, Role.OFFICIAL, area=OTHER_DISTRICT),
        await city.enrol(GOVERNMENT, Role.OFFICIAL, line_of_duty=science),
        await city.enrol(GOVERNMENT, Role.OFFICIAL, line_of_duty=science),
        await city.enrol(GOVERNMENT, Role.OFFICIAL, line_of_duty=industry),
        await city.enrol(GOVERNMENT, Role.OFFICIAL, line_of_duty=industry),
    ]


async def _recommend_at_random(database: Database, authors: Sequence[Member], chance: random.Random) -> None:
    """Unevenly many by each, so that some concern few enterprises; over two years."""
    how_many = (40, 25, 3, 12, 30, 4, 40, 40)
    async with database.as_system() as session:
        needs = list((await session.execute(select(FinancingNeed))).scalars())
        offers = list((await session.execute(select(ProductAdoption))).scalars())
        for author, count in zip(authors, how_many, strict=True):
            for _ in range(count):
                named_here = chance.sample(offers, chance.choice((1, 2, 3)))
                await _recommend(session, author, chance.choice(needs), named_here, chance)


async def _recommend(
    session: WriteSession,
    author: Member,
    need: FinancingNeed,
    offers: Sequence[ProductAdoption],
    chance: random.Random,
) -> None:
    made = {"created_at": session.instant - timedelta(days=chance.randrange(700))}
    between: dict[str, Any] = {
        "organization_id": author.actor.organization_id,
        "enterprise_organization_id": need.organization_id,
    }
    row = Recommendation(
        id=uuid7(),
        **made,
        **between,
        unit_id=author.actor.unit_id,
        made_by_membership_id=author.actor.membership_id,
        need_id=need.id,
        reason=chance.choice(list(RecommendationReason)),
        has_interest=chance.random() < 0.2,
        fewer_reason="只有这些" if chance.random() < 0.3 else None,
    )
    session.add(row)
    await session.flush()
    for position, offer in enumerate(offers, 1):
        of = {"recommendation_id": row.id, "position": position, "adoption_id": offer.id}
        provider = offer.organization_id
        session.add(
            RecommendationOffer(id=uuid7(), **made, **between, **of, provider_organization_id=provider)
        )
    await session.flush()


class _Recount:
    """The same year and area, counted in SQL."""

    def __init__(self, url: str, asked: dict[str, Any], own_unit: str) -> None:
        self.url, self.asked = url, asked
        self.authors = {(row[0], row[1]): row[2:] for row in self._rows(BY_AUTHOR)}
        self.named = {tuple(row[:3]): row[3] for row in self._rows(BY_PROVIDER)}
        self.hidden = {key for key, row in self.authors.items() if key[1] != own_unit and row[2] < 5}

    def _rows(self, query: str, **more: Any) -> list[Any]:
        with psycopg.connect(self.url) as behind:
            return behind.execute(HERE + query, self.asked | more).fetchall()

    def others(self, key: tuple[str, str]) -> set[tuple[str, str]]:
        line = self.authors[key][0]
        return {other for other, row in self.authors.items() if other != key and row[0] == line}

    def may_be_pooled(self, key: tuple[str, str]) -> bool:
        left = ["".join(other) for other in self.others(key) & self.hidden]
        ((enterprises,),) = self._rows(ENTERPRISES_OF, authors=left)
        return enterprises == 0 or enterprises >= 5

    def beside(self, key: tuple[str, str], provider: str) -> tuple[int | None, int | None]:
        if not self.may_be_pooled(key):
            return None, None
        others = self.others(key)
        naming = sum(self.named.get((*other, provider), 0) for other in others)
        return naming, sum(self.authors[other][1] for other in others)


def _compare(answer: Thing, recount: _Recount, told: Counter[str]) -> None:
    """All that is told, and that exactly what may be told is."""
    shown = {(one["official_name"], one["unit_id"]): one for one in answer["officials"]}
    assert set(shown) == set(recount.authors)
    assert answer["recommendations"] == sum(row[1] for row in recount.authors.values())
    for key, one in shown.items():
        line, count, _, interested, fewer = recount.authors[key]
        assert (one["line_of_duty"], one["recommendations"]) == (line, count)
        assert one["withheld"] == (key in recount.hidden)
        if one["withheld"]:
            interested = fewer = None
            told["withheld"] += 1
        assert (one["interest_declared"], one["fewer_than_three"]) == (interested, fewer)
        _compare_providers(key, one, recount, told)


def _compare_providers(key: tuple[str, str], one: Thing, recount: _Recount, told: Counter[str]) -> None:
    counts = {place[2]: number for place, number in recount.named.items() if place[:2] == key}
    wanted = set() if one["withheld"] else set(counts)
    assert {each["provider_organization_id"] for each in one["providers"]} == wanted
    for each in one["providers"]:
        provider = each["provider_organization_id"]
        assert (each["count"], each["of"]) == (counts[provider], one["recommendations"])
        beside = (each["others_count"], each["others_of"])
        assert beside == recount.beside(key, provider)
        told["alone" if beside == (None, None) else "beside others"] += 1
