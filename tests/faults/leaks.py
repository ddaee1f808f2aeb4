"""Looks for what requests may leave behind: connections in use, busy sessions, open sockets."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import psycopg

SETTLED_SECONDS = 30.0
AT_REST = ({"app": 0, "system": 0}, 0)

InUse = Callable[[], Awaitable[dict[str, int]]]

# Sessions of the application that are still in the middle of something.
BUSY = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND usename LIKE '%app' AND state <> 'idle'"
)


def busy_sessions(superuser_url: str) -> int:
    with psycopg.connect(superuser_url) as connection:
        (found,) = connection.execute(BUSY).fetchall()
        return int(found[0])


async def at_rest(superuser_url: str, in_use: InUse) -> tuple[dict[str, int], int]:
    """Connections in use, and busy sessions, once the server has had time to end what nobody waits for."""
    end = time.monotonic() + SETTLED_SECONDS
    while True:
        pools, busy = await in_use(), busy_sessions(superuser_url)
        if (not busy and not any(pools.values())) or time.monotonic() > end:
            return pools, busy
        await asyncio.sleep(0.05)


def open_sockets() -> int:
    """Of this process."""
    found = 0
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            found += str(descriptor.readlink()).startswith("socket:")
    return found
