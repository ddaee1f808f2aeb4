"""The clock opens interest windows for enterprises that do not look."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from city import City
from encoders import SpellingEncoder
from matchmaking.clock import ShiftedClock
from matchmaking.db.queue import TaskName, enqueue
from matchmaking.db.session import Database
from matchmaking.jobs.worker import work, worker_beside
from matchmaking.services.foundation import Foundation
from matchmaking.tables.followup import Task
from schemas.vocabulary import TaskKind
from tests.api.interest_steps import carded, express

pytestmark = pytest.mark.database
PATIENCE_SECONDS = 60.0


async def _given(database: Database) -> list[Task]:
    wanted = select(Task).where(Task.kind == TaskKind.CONSIDER_INTEREST)
    async with database.as_system() as system:
        return list((await system.execute(wanted)).scalars())


async def test_a_window_that_opened_is_a_task_though_nobody_has_looked(
    city: City, database: Database, foundation: Foundation, clock: ShiftedClock
) -> None:
    path, card_id = await carded(city)
    await express(city.clerk, card_id, path.product)
    clock.advance(timedelta(days=4))
    assert await _given(database) == []
    async with database.writing(city.mill.actor.entrance) as session:
        await enqueue(session, TaskName.FOLLOW_WINDOWS)
    working = work(foundation.system_url, database, SpellingEncoder())
    async with worker_beside(working), asyncio.timeout(PATIENCE_SECONDS):
        while not await _given(database):  # noqa: ASYNC110 - what is awaited happens in the worker
            await asyncio.sleep(0.05)
    (given,) = await _given(database)
    assert (given.organization_id, str(given.subject_id)) == (
        city.mill.actor.organization_id,
        path.need["id"],
    )
