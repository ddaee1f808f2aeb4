"""kill -9 in the middle loses nothing that was acknowledged, and nothing happens twice (B1, B2)."""

import asyncio
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from places import Place, kill_postmaster, place_of_instance, settled
from server_process import ServerProcess
from writers import WRITERS, account, differing_replays, hired, writing

from matchmaking.db.cluster import Cluster

pytestmark = pytest.mark.database

EARLIEST_KILL_SECONDS, LATEST_KILL_SECONDS = 0.1, 1.0
BACK_SECONDS = 5.0
FEW, MANY = 3, 50

full = (pytest.mark.full, pytest.mark.timed)


@pytest.mark.gate("B1")
@pytest.mark.parametrize("rounds", [FEW, pytest.param(MANY, marks=full)])
async def test_killed_database_loses_nothing_acknowledged(
    durable_cluster: Cluster,
    durable_place: Place,
    serve: Callable[..., ServerProcess],
    rounds: int,
    chance: random.Random,
    record_property: Callable[[str, object], None],
) -> None:
    server = serve(durable_place)
    async with settled(durable_place, server) as city, hired(city, server) as writers:
        async with writing(writers):
            for number in range(rounds):
                await asyncio.sleep(chance.uniform(EARLIEST_KILL_SECONDS, LATEST_KILL_SECONDS))
                if number % 2:
                    durable_cluster.kill()
                else:
                    kill_postmaster(durable_cluster)
                await asyncio.to_thread(durable_cluster.start)
        differing = await differing_replays(writers)
    found = account(durable_place.superuser_url, writers)
    record_property("figure", f"PostgreSQL killed {rounds} x under {WRITERS} writers: {found}")
    assert found.acknowledged > rounds * WRITERS
    assert found.sound, found
    assert differing == 0


@pytest.mark.gate("B2")
@pytest.mark.parametrize("rounds", [FEW, pytest.param(MANY, marks=full)])
async def test_killed_server_loses_nothing_acknowledged(
    tmp_path: Path,
    instance: ServerProcess,
    rounds: int,
    chance: random.Random,
    record_property: Callable[[str, object], None],
) -> None:
    instance.start()
    place = place_of_instance(tmp_path / "state")
    slowest = 0.0
    async with settled(place, instance) as city, hired(city, instance) as writers:
        async with writing(writers):
            for _ in range(rounds):
                await asyncio.sleep(chance.uniform(EARLIEST_KILL_SECONDS, LATEST_KILL_SECONDS))
                instance.kill()
                slowest = max(slowest, await asyncio.to_thread(instance.start))
        differing = await differing_replays(writers)
    found = account(place.superuser_url, writers)
    figure = f"server killed {rounds} x under {WRITERS} writers: {found}; back after {slowest:.1f} s at most"
    record_property("figure", figure)
    assert found.acknowledged > rounds * WRITERS
    assert found.sound, found
    assert differing == 0
    assert slowest < BACK_SECONDS
