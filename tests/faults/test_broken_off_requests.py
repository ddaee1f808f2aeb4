"""Clients that hang up, and work that is cancelled in mid-query, leave no connection behind (C6)."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from uuid import uuid4

import httpx
import psycopg
import pytest
from city import City, Member, need_draft
from fault_points import POOL_PATH
from fastapi import APIRouter, FastAPI
from places import Place, settled
from server_process import ServerProcess
from sqlalchemy import text
from starlette.types import Message
from wire import Wire, request, wires

from matchmaking.clock import ShiftedClock
from matchmaking.db.session import Database
from matchmaking.services.foundation import Foundation
from matchmaking.services.gate import Gate
from matchmaking.settings import Settings
from routers.app import create_app
from routers.dependencies import CurrentActor, Reads
from tests.api.steps import path_of

pytestmark = [pytest.mark.database, pytest.mark.gate("C6")]

DISCONNECTS = 1000
LINES = 40
LONGEST_WAIT_SECONDS = 0.03
CANCELS = 500
SETTLED_SECONDS = 6.0

Record = Callable[[str, object], None]

# Sessions of the application that are still in the middle of something.
BUSY = (
    "SELECT state, query FROM pg_stat_activity WHERE datname = current_database()"
    " AND usename LIKE '%%app' AND state <> 'idle'"
)


async def until_none_is_busy(superuser_url: str) -> list[tuple[str, str]]:
    """What still runs once the server has had time to notice that nobody waits."""
    end = time.monotonic() + SETTLED_SECONDS
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        while (busy := connection.execute(BUSY).fetchall()) and time.monotonic() < end:
            await asyncio.sleep(0.05)
    return busy


def cut_posts(member: Member, chance: random.Random) -> bytes:
    """The first part of a post, which never goes on."""
    whole = keyed_post(member)
    body_begins = whole.index(b"\r\n\r\n") + 4
    return whole[: chance.randrange(body_begins, len(whole))]


def keyed_post(member: Member) -> bytes:
    headers = {**member.headers, "idempotency-key": str(uuid4())}
    return request("POST", "/v1/financing-needs", headers, need_draft(member.actor.person_id))


def whole_requests(member: Member, chance: random.Random) -> bytes:
    """Answered by the database, or with more bytes than one packet takes."""
    page = request("GET", "/v1/financing-needs?limit=100", member.headers)
    document = request("GET", "/openapi.json", {})
    return chance.choice([keyed_post(member), page, document])


async def test_clients_that_hang_up(
    place: Place, serve: Callable[..., ServerProcess], chance: random.Random, record_property: Record
) -> None:
    server = serve(place)
    async with settled(place, server) as city, wires([server], LINES) as lines:
        for kind in (cut_posts, whole_requests):
            await hang_up(lines, lambda kind=kind: kind(city.mill, chance), chance)  # type: ignore[misc]
        busy = await until_none_is_busy(place.superuser_url)
        pools = (await lines[0].send(request("GET", POOL_PATH, {}))).json
        answer = await lines[0].send(keyed_post(city.mill))
    record_property("figure", f"{DISCONNECTS} disconnects: connections in use {pools}, busy in PostgreSQL {len(busy)}")
    assert busy == []
    assert pools == {"app": 0, "system": 0}
    assert answer.status == 201


async def hang_up(lines: list[Wire], message: Callable[[], bytes], chance: random.Random) -> None:
    """Half of all disconnects; each line one after the other."""

    async def repeatedly(line: Wire) -> None:
        for _ in range(DISCONNECTS // 2 // LINES):
            await line.break_off(message(), chance.uniform(0, LONGEST_WAIT_SECONDS))

    await asyncio.gather(*(repeatedly(line) for line in lines))
