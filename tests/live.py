"""The application on a real loopback port, served by a thread of this process, for clients with a socket."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import uvicorn
from argon2 import PasswordHasher

from city import City
from matchmaking.clock import Clock, SystemClock
from matchmaking.services.foundation import Foundation
from matchmaking.services.gate import open_gate
from matchmaking.settings import Settings
from routers.app import create_app


@dataclass(frozen=True, slots=True)
class Live:
    """Where it listens, and access tokens of the members of a small city by their names there."""

    url: str
    city: City


@contextmanager
def served(settings: Settings, foundation: Foundation, clock: Clock | None = None) -> Iterator[Live]:
    clock = clock or SystemClock()
    database = foundation.database(settings, clock)
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    gate = open_gate(settings, database, foundation.signing_key_pem, hasher=cheap)
    app = create_app(settings, foundation, clock=clock, database=database, gate=gate)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])), daemon=True)
        thread.start()
        deadline = time.monotonic() + 10
        while not server.started:
            if time.monotonic() > deadline:
                raise TimeoutError
            time.sleep(0.02)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        try:
            yield Live(url, asyncio.run(_settle(settings, foundation, url, clock)))
        finally:
            server.should_exit = True
            thread.join(10)


async def _settle(settings: Settings, foundation: Foundation, url: str, clock: Clock) -> City:
    database = foundation.database(settings, clock)
    gate = open_gate(settings, database, foundation.signing_key_pem)
    async with httpx.AsyncClient(base_url=url) as client:
        city = await City.settle(database, gate, client)
    await database.dispose()
    return city
