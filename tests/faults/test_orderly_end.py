"""SIGTERM under load: what was acknowledged stands, and the server is gone within 10 s (C9)."""

import asyncio
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from places import place_of_instance, settled
from server_process import ServerProcess
from writers import WRITERS, account, differing_replays, hired, progress, writing

pytestmark = [pytest.mark.database, pytest.mark.oldest, pytest.mark.gate("C9"), pytest.mark.timed]

ROUNDS = 20
MOST_WRITES = 30
LONGEST_END_SECONDS = 10.0


async def test_terminated_server_keeps_what_it_acknowledged(
    tmp_path: Path,
    instance: ServerProcess,
    chance: random.Random,
    record_property: Callable[[str, object], None],
) -> None:
    instance.start()
    place = place_of_instance(tmp_path / "state")
    ends: list[tuple[int, float]] = []
    async with settled(place, instance) as city, hired(city, instance) as writers:
        for _ in range(ROUNDS):
            async with writing(writers):
                await progress(writers, chance.randint(1, MOST_WRITES))
                ends.append(await asyncio.to_thread(instance.terminate))
            await asyncio.to_thread(instance.start)
        differing = await differing_replays(writers)
        found = account(place.superuser_url, writers)
    longest = max(seconds for _, seconds in ends)
    record_property(
        "figure", f"SIGTERM {ROUNDS} x under {WRITERS} writers: {found}; gone in {longest:.2f} s at most"
    )
    assert {code for code, _ in ends} == {0}
    assert longest < LONGEST_END_SECONDS
    assert found.sound, found
    assert differing == 0
