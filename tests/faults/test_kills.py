"""kill -9 in the middle loses nothing that was acknowledged, and nothing happens twice (B1, B2)."""

import asyncio
import os
import random
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from statistics import median

import pytest
from places import Place, kill_postmaster, place_of_instance, postmaster_of_instance, settled
from server_process import ServerProcess
from writers import WRITERS, account, differing_replays, hired, progress, writing

from matchmaking.db.cluster import Cluster

pytestmark = [pytest.mark.database, pytest.mark.oldest]

MOST_WRITES = 60
BACK_SECONDS = 5.0
LONGEST_RESTART_SECONDS = 20.0
FEW, MANY = 3, 50
# The supervisor waits longer after each.
RESTARTS = 2


@pytest.mark.gate("B1")
@pytest.mark.parametrize("rounds", [FEW, pytest.param(MANY, marks=pytest.mark.full)])
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
                await progress(writers, chance.randint(1, MOST_WRITES))
                if number % 2:
                    durable_cluster.kill()
                else:
                    kill_postmaster(durable_cluster)
                await asyncio.to_thread(durable_cluster.start)
            await progress(writers, WRITERS)
        differing = await differing_replays(writers)
    found = account(durable_place.superuser_url, writers)
    record_property("figure", f"PostgreSQL killed {rounds} x under {WRITERS} writers: {found}")
    assert found.sound, found
    assert differing == 0


@pytest.mark.gate("B2")
@pytest.mark.timed
@pytest.mark.parametrize("rounds", [FEW, pytest.param(MANY, marks=pytest.mark.full)])
async def test_killed_server_loses_nothing_acknowledged(
    tmp_path: Path,
    instance: ServerProcess,
    rounds: int,
    chance: random.Random,
    record_property: Callable[[str, object], None],
) -> None:
    instance.start()
    place = place_of_instance(tmp_path / "state")
    starts: list[float] = []
    async with settled(place, instance) as city, hired(city, instance) as writers:
        async with writing(writers):
            for _ in range(rounds):
                await progress(writers, chance.randint(1, MOST_WRITES))
                instance.kill()
                starts.append(await asyncio.to_thread(instance.start, afresh=True))
            await progress(writers, WRITERS)
        differing = await differing_replays(writers)
    found = account(place.superuser_url, writers)
    back = f"back after {median(starts):.1f} s, {max(starts):.1f} s at most"
    record_property("figure", f"server killed {rounds} x under {WRITERS} writers: {found}; {back}")
    assert found.sound, found
    assert differing == 0
    assert median(starts) < BACK_SECONDS


async def test_supervised_database_is_started_again_and_has_lost_nothing(
    tmp_path: Path,
    instance: ServerProcess,
    chance: random.Random,
    record_property: Callable[[str, object], None],
) -> None:
    instance.start()
    state = tmp_path / "state"
    place = place_of_instance(state)
    async with settled(place, instance) as city, hired(city, instance) as writers:
        async with writing(writers):
            for _ in range(RESTARTS):
                await progress(writers, chance.randint(1, MOST_WRITES))
                before = postmaster_of_instance(state)
                os.kill(before, signal.SIGKILL)
                await another_postmaster(state, before)
            await progress(writers, WRITERS)
        differing = await differing_replays(writers)
    found = account(place.superuser_url, writers)
    record_property(
        "figure", f"embedded PostgreSQL killed {RESTARTS} x, started again by its supervisor: {found}"
    )
    assert found.sound, found
    assert differing == 0


async def another_postmaster(state: Path, before: int) -> None:
    """Wait until the supervisor, which looks once a second, has started a new one."""
    async with asyncio.timeout(LONGEST_RESTART_SECONDS):
        while True:
            with suppress(OSError, ValueError):
                if postmaster_of_instance(state) != before:
                    return
            await asyncio.sleep(0.02)
