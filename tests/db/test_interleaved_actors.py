"""Many actors over few pooled connections: none is ever taken for another."""

import asyncio
import random
from collections import Counter
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from city import City, Member
from matchmaking.access.actor import Actor
from matchmaking.clock import ShiftedClock
from matchmaking.db.session import Database
from matchmaking.errors import NotSignedIn
from matchmaking.services.foundation import Foundation
from matchmaking.settings import Settings
from tests.api.steps import path_of

pytestmark = [pytest.mark.database, pytest.mark.oldest]
TRANSACTIONS = 10_000
AT_ONCE = 24
COUNT_BY_OWNER = "SELECT organization_id, count(*) FROM {} GROUP BY 1"


class Visits:
    """Transactions of different actors, each reading all it can; what is foreign to its actor is counted."""

    own = (
        *("enterprise_fact", "match_run", "match_candidate"),
        *("remembered_answer", "journal_entry", "financing_need"),
    )

    def __init__(self, database: Database, actors: list[Actor]) -> None:
        self.database = database
        self.actors = actors
        self.foreign: Counter[str] = Counter()
        self.rows: Counter[UUID] = Counter()

    async def one(self, actor: Actor, table: str) -> None:
        async with self.database.reading(actor.entrance) as session:
            found = await session.execute(text(COUNT_BY_OWNER.format(table)))
            for owner, count in found:
                self.rows[actor.organization_id] += count
                if owner != actor.organization_id:
                    self.foreign[table] += count


@pytest.mark.gate("D4")
async def test_ten_thousand_interleaved_transactions_see_no_foreign_row(
    city: City, foundation: Foundation, clock: ShiftedClock, record_property: Any
) -> None:
    """Over a pool smaller than the number at once, some ending in an error, some under an ended sign-in."""
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")  # noqa: T201
    chance = random.Random(seed)  # noqa: S311
    owners = [city.mill, city.other_mill]
    owners += [await city.beside(city.mill, city.mill.actor.role) for _ in range(2)]
    for owner in owners[:2]:
        await path_of(city, owner=owner).reach("matched")
    outsiders = [await _stranger(city) for _ in range(3)]
    pool = Settings(_env_file=None, pool_size=4, pool_wait_seconds=30)
    database = foundation.database(pool, clock)
    visits = Visits(database, [member.actor for member in (*owners, *outsiders)])
    ended = replace(city.mill.actor, credential_id=city.other_mill.actor.credential_id)
    turns = iter(range(TRANSACTIONS))

    async def visitor() -> None:
        for turn in turns:
            if turn % 50 == 0:
                with pytest.raises(NotSignedIn):
                    await visits.one(ended, "match_run")
            await visits.one(chance.choice(visits.actors), chance.choice(visits.own))

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(visitor())
    await database.dispose()
    assert visits.foreign == Counter()
    seen = {visits.rows[owner.actor.organization_id] > 0 for owner in owners}
    assert seen == {True}
    told = f"{TRANSACTIONS} interleaved transactions, {len(visits.actors)} actors, 4 connections"
    record_property("figure", f"{told}: 0 foreign rows")


async def _stranger(city: City) -> Member:
    kind, role = city.other_clerk.actor.organization_kind, city.other_clerk.actor.role
    return await city.enrol(kind, role)
