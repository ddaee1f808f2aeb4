"""A catalogue in memory shows what the database shows, however transactions interleave."""

import asyncio
import secrets
from collections.abc import Callable, Iterator
from random import Random
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import bindparam, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from city import City, product_draft
from matchmaking.db.session import Database
from matchmaking.services import catalogue_feed
from matchmaking.services.catalogue_feed import CatalogueFeed, Changed, Size, forget_old_changes
from matchmaking.services.foundation import Foundation
from matchmaking.settings import Settings
from matchmaking.tables.catalogue_changes import NOTING_FUNCTION, NOTING_TRIGGERS, CatalogueSubject
from tests.api.steps import done, list_product, path_of

pytestmark = [pytest.mark.database, pytest.mark.oldest]

BANKS = 6
NAMES = text("SELECT id, name_zh FROM organization WHERE kind = 'bank'")
SOME_NAMES = text("SELECT id, name_zh FROM organization WHERE id IN :ids").bindparams(
    bindparam("ids", expanding=True)
)
Names = dict[UUID, str]


class BankNames:
    """The names of banks as a catalogue; `loads` counts how often it was read whole."""

    name = "bank_names"
    subjects = frozenset({CatalogueSubject.ORGANIZATION})

    def __init__(self) -> None:
        self.loads = 0

    async def load(self, connection: AsyncConnection) -> Names:
        self.loads += 1
        return {row[0]: row[1] for row in await connection.execute(NAMES)}

    async def follow(self, connection: AsyncConnection, catalogue: Names, changed: Changed) -> Names:
        ids = list(changed[CatalogueSubject.ORGANIZATION])
        return catalogue | {row[0]: row[1] for row in await connection.execute(SOME_NAMES, {"ids": ids})}

    def size(self, catalogue: Names) -> Size:
        return Size(len(catalogue), 0)


class Renamers:
    """Connections of the superuser, each in a transaction of its own, that rename banks."""

    def __init__(self, url: str, count: int) -> None:
        self.connections = [psycopg.connect(url) for _ in range(count)]

    def rename(self, number: int, bank: UUID, name: str) -> None:
        self.connections[number].execute("UPDATE organization SET name_zh = %s WHERE id = %s", (name, bank))


@pytest.fixture
def banks(superuser_url: str) -> list[UUID]:
    with psycopg.connect(superuser_url) as behind:
        rows = behind.execute(
            "INSERT INTO organization (id, created_at, version, kind, state, name_zh, district)"
            " SELECT gen_random_uuid(), now(), 1, 'bank', 'active', 'bank', '320602'"
            " FROM generate_series(1, %s) RETURNING id",
            (BANKS,),
        ).fetchall()
    return [row[0] for row in rows]


@pytest.fixture
def renamers(superuser_url: str, banks: list[UUID]) -> Iterator[Renamers]:
    opened = Renamers(superuser_url, len(banks))
    yield opened
    for connection in opened.connections:
        connection.close()


@pytest.fixture
def feed(database: Database) -> CatalogueFeed[Names]:
    return CatalogueFeed(database.system, BankNames())


async def until(condition: Callable[[], bool], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - no event tells of what another task has read
            await asyncio.sleep(0.01)


def loads(feed: CatalogueFeed[Names]) -> int:
    assert isinstance(feed.reader, BankNames)
    return feed.reader.loads


async def test_a_transaction_that_takes_its_number_early_and_commits_late_is_not_missed(
    feed: CatalogueFeed[Names], banks: list[UUID], renamers: Renamers
) -> None:
    await feed.catch_up()
    renamers.rename(0, banks[0], "early")
    renamers.rename(1, banks[1], "late")
    renamers.connections[1].commit()
    held = await feed.catch_up()
    assert (held.catalogue[banks[0]], held.catalogue[banks[1]]) == ("bank", "late")
    renamers.connections[0].commit()
    assert (await feed.catch_up()).catalogue[banks[0]] == "early"
    assert loads(feed) == 1


async def test_however_transactions_interleave_a_feed_shows_what_the_database_shows(
    feed: CatalogueFeed[Names], banks: list[UUID], renamers: Renamers, superuser_url: str
) -> None:
    seed = secrets.randbits(32)
    print(f"seed {seed}")  # noqa: T201 - to repeat it
    random = Random(seed)  # noqa: S311 - cases, not secrets
    changing: dict[int, bool] = {}
    await feed.catch_up()
    with psycopg.connect(superuser_url, autocommit=True) as behind:
        for step in range(300):
            number = random.randrange(BANKS)
            if random.random() < 0.5:
                # Each renames its own bank, so that none waits for another.
                renamers.rename(number, banks[number], f"name {step}")
                changing[number] = True
            elif changing.pop(number, False):
                connection = renamers.connections[number]
                (connection.commit if random.random() < 0.8 else connection.rollback)()
            else:
                told = dict(behind.execute("SELECT id, name_zh FROM organization WHERE kind = 'bank'"))
                assert (await feed.catch_up()).catalogue == told
    assert loads(feed) == 1


async def test_what_is_held_is_replaced_and_never_changed(
    feed: CatalogueFeed[Names], banks: list[UUID], renamers: Renamers
) -> None:
    before = await feed.catch_up()
    copied = dict(before.catalogue)
    renamers.rename(0, banks[0], "another")
    renamers.connections[0].commit()
    after = await feed.catch_up()
    assert before.catalogue == copied
    assert after.catalogue is not before.catalogue
    assert after.number > before.number


async def test_a_reader_that_was_away_for_long_reads_everything_anew(
    feed: CatalogueFeed[Names], monkeypatch: pytest.MonkeyPatch
) -> None:
    await feed.catch_up()
    monkeypatch.setattr(catalogue_feed, "ANEW_AFTER_SECONDS", 0.0)
    await feed.catch_up()
    assert loads(feed) == 2


async def test_many_changes_at_once_are_read_as_a_whole(
    feed: CatalogueFeed[Names], superuser_url: str, banks: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    await feed.catch_up()
    monkeypatch.setattr(catalogue_feed, "ANEW_AFTER_CHANGES", BANKS - 1)
    with psycopg.connect(superuser_url) as behind:
        behind.execute("UPDATE organization SET name_zh = 'all'")
    held = await feed.catch_up()
    assert (loads(feed), {held.catalogue[bank] for bank in banks}) == (2, {"all"})


async def test_many_who_ask_at_once_make_it_read_once_or_twice(feed: CatalogueFeed[Names]) -> None:
    await asyncio.gather(*(feed.catch_up() for _ in range(50)))
    assert loads(feed) == 1


async def test_every_process_shows_a_change_within_two_seconds(
    foundation: Foundation, settings: Settings, banks: list[UUID], renamers: Renamers, clock: Any
) -> None:
    """Two pools and two feeds, as two processes have them, and nobody who asks for a match."""
    databases = [foundation.database(settings, clock) for _ in range(2)]
    feeds = [CatalogueFeed(each.system, BankNames()) for each in databases]
    following = [asyncio.create_task(each.follow()) for each in feeds]
    try:
        await until(lambda: all(each.held for each in feeds), 10)
        renamers.rename(0, banks[0], "fresh")
        renamers.connections[0].commit()
        await until(lambda: all(each.held and each.held.catalogue[banks[0]] == "fresh" for each in feeds), 2)
        assert all(each.age_seconds < 2 for each in feeds)
    finally:
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)
        for each in databases:
            await each.dispose()


class Severed:
    """A way to the database that can be cut."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.cut = False

    def connect(self) -> Any:
        if self.cut:
            raise DBAPIError("connect", {}, OSError("cut"))
        return self.engine.connect()

    def begin(self) -> Any:
        return self.engine.begin()


async def test_an_outage_leaves_the_old_catalogue_with_a_growing_age_and_is_survived(
    database: Database, banks: list[UUID], renamers: Renamers
) -> None:
    way = Severed(database.system)
    feed: CatalogueFeed[Names] = CatalogueFeed(way, BankNames())  # type: ignore[arg-type]
    assert (feed.held, feed.size.rows) == (None, 0)
    await feed.catch_up()
    way.cut = True
    following = asyncio.create_task(feed.follow())
    renamers.rename(0, banks[0], "after")
    renamers.connections[0].commit()
    await asyncio.sleep(1.2)
    assert feed.held is not None
    assert feed.held.catalogue[banks[0]] == "bank"
    assert feed.age_seconds > 1
    way.cut = False
    await until(lambda: feed.held is not None and feed.held.catalogue[banks[0]] == "after", 2)
    following.cancel()
    assert (feed.age_seconds < 2, feed.size.rows, loads(feed)) == (True, BANKS, 1)


async def test_every_way_of_changing_what_is_offered_is_noted(city: City, superuser_url: str) -> None:
    """Over HTTP, by the system and behind all walls; what enterprises do is none of it."""
    with psycopg.connect(superuser_url, autocommit=True) as behind:

        def noted() -> list[tuple[str, UUID]]:
            rows = behind.execute("SELECT DISTINCT subject, subject_id FROM catalogue_change").fetchall()
            behind.execute("TRUNCATE catalogue_change")
            return sorted(rows)

        noted()
        product = await list_product(city.product_manager, city.official)
        product_id = UUID(product["id"])
        assert noted() == [("credit_product", product_id)]
        manager, there = city.product_manager, f"/v1/credit-products/{product_id}"
        terms = product_draft()["terms"] | {"days_to_money": 9}
        product = done(await manager.call("PATCH", there, {"terms": terms}, seen=product["version"]))
        assert noted() == [("credit_product", product_id)]
        done(await manager.post(f"{there}/suspend", seen=product["version"]))
        assert noted() == [("credit_product", product_id)]
        await path_of(city).reach("need_submitted")
        noted()
        done(await city.mill.post("/v1/enterprise-facts", {"facts": []}), 422)
        assert noted() == []
        behind.execute("UPDATE product_adoption SET quota_fen = 1")
        assert ("credit_product", product_id) in noted()
        behind.execute("UPDATE unit SET name_zh = 'x' WHERE id = %s", (manager.actor.unit_id,))
        assert noted() == [("unit", manager.actor.unit_id)]
        behind.execute("UPDATE organization SET name_zh = name_zh || 'x'")
        assert ("organization", manager.actor.organization_id) in noted()


def test_rows_are_noted_by_the_triggers_in_code_and_by_nobody_else(
    foundation: Foundation, superuser_url: str
) -> None:
    with psycopg.connect(superuser_url) as behind:
        body = behind.execute("SELECT prosrc FROM pg_proc WHERE proname = 'note_catalogue_change'").fetchone()
        assert body is not None
        assert body[0] in NOTING_FUNCTION
        found = _definitions(behind)
        for table, trigger in NOTING_TRIGGERS.items():
            behind.execute(f'DROP TRIGGER note_catalogue_change ON "{table}"')
            behind.execute(trigger)
        assert found == _definitions(behind)
        behind.rollback()
    for url in (foundation.app_url, foundation.system_url):
        with psycopg.connect(url.replace("+psycopg", "")) as anybody, pytest.raises(InsufficientPrivilege):
            anybody.execute(
                "INSERT INTO catalogue_change (transaction_id, subject, subject_id)"
                " VALUES (1, 'unit', gen_random_uuid())"
            )


def _definitions(behind: Any) -> set[str]:
    rows = behind.execute(
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = 'note_catalogue_change'"
    )
    return {row[0] for row in rows.fetchall()}


async def test_old_changes_are_forgotten_and_young_ones_are_not(
    database: Database, banks: list[UUID], superuser_url: str
) -> None:
    with psycopg.connect(superuser_url, autocommit=True) as behind:
        behind.execute("TRUNCATE catalogue_change")
        behind.execute("UPDATE organization SET name_zh = 'new'")
        behind.execute(
            "UPDATE catalogue_change SET noted_at = now() - interval '25 hours' WHERE subject_id = %s",
            (banks[0],),
        )
        assert await forget_old_changes(database.system) == 1
        left = behind.execute("SELECT count(*) FROM catalogue_change").fetchone()
    assert left == (BANKS - 1,)
