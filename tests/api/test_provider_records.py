"""What a ranking counts of providers: introductions of some age, by how hard they were; nobody reads them."""

import psycopg
import pytest

from city import City
from matchmaking.services.provider_records import ProviderRecords
from schemas.vocabulary import NeedDifficulty
from tests.api.steps import done, fact_draft, path_of

pytestmark = pytest.mark.database
BACKDATED = "UPDATE introduction SET created_at = now() - make_interval(days => %s)"


def backdate(superuser_url: str, days: int) -> None:
    with psycopg.connect(superuser_url) as behind:
        behind.execute(BACKDATED, [days])


async def declined(city: City) -> None:
    path = await path_of(city).reach("requested")
    there = f"/v1/introductions/{path.introduction['id']}/decline"
    seen = path.introduction["version"]
    done(await city.clerk.post(there, {"code": "quota"}, seen=seen))


@pytest.mark.parametrize("days", [0, 59, 731])
async def test_what_is_too_young_or_too_old_counts_nowhere(city: City, superuser_url: str, days: int) -> None:
    await declined(city)
    backdate(superuser_url, days)
    records = await ProviderRecords(city.database).current()
    assert records.each == ()
    assert all(counts.asked == 0 for counts in records.city)


async def test_answers_lapses_and_money_are_told_apart(city: City, superuser_url: str) -> None:
    secured = await path_of(city, need_changes={"pledges": ["real_estate"]}).reach("signed")
    there = f"/v1/agreements/{secured.agreement['id']}/fulfilment-facts"
    await declined(city)
    lapsed = await path_of(city).reach("requested")
    waiting = await path_of(city, need_changes={"pledges": ["receivables"]}).reach("requested")
    backdate(superuser_url, 90)
    with psycopg.connect(superuser_url) as behind:
        behind.execute("UPDATE introduction SET state = 'lapsed' WHERE id = %s", [lapsed.introduction["id"]])
    before = await ProviderRecords(city.database).current()
    done(await city.clerk.post(there, fact_draft()), 201)
    assert waiting.introduction["state"] == "requested"
    after = await ProviderRecords(city.database).current()
    for records, paid in ((before, 0), (after, 1)):
        assert [record.organization_id for record in records.each] == [str(city.clerk.actor.organization_id)]
        found = {
            each.difficulty: (each.asked, each.answered_in_time, each.accepted_offers, each.became_money)
            for each in records.city
        }
        assert found == {
            NeedDifficulty.SECURED: (1, 1, 1, paid),
            NeedDifficulty.RIGHTS_ONLY: (0, 0, 0, 0),
            NeedDifficulty.NOTHING_TO_PLEDGE: (2, 1, 0, 0),
        }
        assert {each.difficulty: each for each in records.each[0].counts}.items() <= {
            each.difficulty: each for each in records.city
        }.items()


async def test_it_is_counted_once_for_many_matches(city: City, superuser_url: str) -> None:
    records = ProviderRecords(city.database)
    empty = await records.current()
    await declined(city)
    backdate(superuser_url, 90)
    assert await records.current() is empty
