"""A worker whose database goes away and comes back: it lives, and does what came meanwhile."""

import asyncio
from datetime import date, timedelta
from uuid import uuid4

import pytest
from places import Place
from uuid_utils.compat import uuid7

from encoders import SpellingEncoder
from matchmaking.clock import SystemClock
from matchmaking.db.cluster import Cluster
from matchmaking.db.queue import TaskName, enqueue
from matchmaking.db.session import Database
from matchmaking.jobs.worker import work, worker_beside
from matchmaking.services.vector_keeping import count_waiting
from matchmaking.settings import Settings
from matchmaking.tables.identity import Organization, Unit
from matchmaking.tables.research import Capability
from schemas.organizations import OrganizationState
from schemas.vocabulary import CapabilityKind, OrganizationKind, UnitKind

pytestmark = [pytest.mark.database, pytest.mark.oldest]

BACK_SECONDS = 30.0


@pytest.mark.parametrize("seconds", [4.0, pytest.param(35.0, marks=pytest.mark.full)])
async def test_a_worker_lives_through_an_outage_of_the_database(
    seconds: float, durable_cluster: Cluster, durable_place: Place
) -> None:
    foundation = durable_place.foundation
    database = foundation.database(Settings(_env_file=None), SystemClock())
    encoder = SpellingEncoder()
    try:
        async with worker_beside(work(foundation.system_url, database, encoder)):
            await _list(database, 1)
            await _nothing_waits(database)
            await asyncio.to_thread(durable_cluster.kill)
            await asyncio.sleep(seconds)
            await asyncio.to_thread(durable_cluster.start)
            await _list(database, 3)
            await _nothing_waits(database)
    finally:
        await database.dispose()
    assert len(encoder.passed) >= 4
    assert len(set(encoder.passed)) == 4


async def _nothing_waits(database: Database) -> None:
    async with asyncio.timeout(BACK_SECONDS):
        while True:
            async with database.as_system() as session:
                if await count_waiting(session) == 0:
                    return
            await asyncio.sleep(0.05)


async def _list(database: Database, count: int) -> None:
    async with database.as_system() as session:
        made = {"created_at": session.instant}
        institution = Organization(
            id=uuid7(),
            kind=OrganizationKind.UNIVERSITY,
            state=OrganizationState.ACTIVE,
            name_zh=f"测试大学{uuid4()}",
            district="320602",
            **made,
        )
        unit_id = uuid7()
        session.add(institution)
        await session.flush()
        unit = Unit(
            id=unit_id,
            organization_id=institution.id,
            kind=UnitKind.LABORATORY,
            name_zh="实验室",
            lineage=[unit_id],
            **made,
        )
        session.add(unit)
        await session.flush()
        session.add_all(
            Capability(
                id=uuid7(),
                organization_id=institution.id,
                unit_id=unit_id,
                kind=CapabilityKind.LAB,
                title_zh=f"实验室{uuid4()}",
                description="研究",
                valid_until=date.today() + timedelta(days=30),  # noqa: DTZ011 - far enough from midnight
                **made,
            )
            for _ in range(count)
        )
        await enqueue(session, TaskName.ENCODE_TEXTS)
