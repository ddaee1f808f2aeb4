"""Work that is cancelled in mid-query, by whomever, leaves no connection behind (C6)."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial

import psycopg
import pytest
from fastapi import APIRouter, FastAPI
from leaks import AT_REST, at_rest, open_sockets
from sqlalchemy import text
from starlette.types import Message

from city import City, Member
from matchmaking.clock import ShiftedClock
from matchmaking.db.session import Database
from matchmaking.services.foundation import Foundation
from matchmaking.services.gate import Gate
from matchmaking.settings import Settings
from routers.app import create_app
from routers.dependencies import CurrentActor, Reads
from tests.api.steps import path_of

pytestmark = [pytest.mark.database, pytest.mark.oldest, pytest.mark.gate("C6")]

CANCELS = 500
CROWD = 10
LONGEST_CANCEL_SECONDS = 0.15
DEADLINE_SECONDS = 0.2

Record = Callable[[str, object], None]
Way = Callable[[float], Awaitable[str]]


def add_slow_operation(app: FastAPI) -> None:
    """A query that lasts, in a transaction of the actor; nothing of the product takes that long."""
    router = APIRouter()

    @router.get("/faults/slow")
    async def slow(session: Reads, actor: CurrentActor) -> str:
        await session.execute(text("SELECT pg_sleep(0.3)"))
        return str(actor.organization_id)

    app.include_router(router)


async def call(
    app: FastAPI, member: Member, method: str, path: str, more: dict[str, str] | None = None
) -> int:
    """One request inside this process, so that its task can be cancelled; the status of its answer."""
    fields = {**member.headers, "host": "testserver", **(more or {})}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in fields.items()],
        "client": ("127.0.0.1", 50_000),
        "server": ("testserver", 80),
    }
    statuses: list[int] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await app(scope, receive, send)
    return statuses[0]


async def cancelled(work: Awaitable[int], seconds: float) -> str:
    """Cancel it after so long: "cancelled", or the status where it was faster."""
    task = asyncio.ensure_future(work)
    await asyncio.sleep(seconds)
    task.cancel()
    try:
        return str(await task)
    except asyncio.CancelledError:
        return "cancelled"


@pytest.fixture
async def app(foundation: Foundation, clock: ShiftedClock, database: Database, gate: Gate) -> FastAPI:
    """Ends requests itself after a short while, and has an operation that takes longer."""
    settings = Settings(_env_file=None, request_seconds=DEADLINE_SECONDS)
    app = create_app(settings, foundation, clock=clock, database=database, gate=gate)
    add_slow_operation(app)
    return app


async def test_work_that_is_cancelled_in_mid_query(
    city: City, app: FastAPI, superuser_url: str, chance: random.Random, record_property: Record
) -> None:
    path = await path_of(city).reach("requested")
    accepting = f"/v1/introductions/{path.introduction['id']}/accept"
    await city.database.dispose()
    sockets = open_sockets()

    async def slow_query(seconds: float) -> str:
        return await cancelled(call(app, city.mill, "GET", "/faults/slow"), seconds)

    async def wait_for_lock(seconds: float) -> str:
        return await cancelled(call(app, city.clerk, "POST", accepting, {"if-match": '"1"'}), seconds)

    async def overdue(_seconds: float) -> str:
        return str(await call(app, city.mill, "GET", "/faults/slow"))

    found = Counter[str]()
    with psycopg.connect(superuser_url) as connection:
        connection.execute("SELECT FROM introduction FOR UPDATE")
        for way, number in ((slow_query, 200), (wait_for_lock, 150), (overdue, 150)):
            found += await in_crowds(way, number, chance)
    in_use = await at_rest(superuser_url, partial(checked_out, city.database))
    answer = await city.clerk.post(accepting, seen=1)
    await city.database.dispose()
    left_open = open_sockets() - sockets
    record_property(
        "figure",
        f"{found.total()} cancels {dict(found)}: in use, busy {in_use}; {left_open} sockets left open",
    )
    assert set(found) == {"cancelled", "503"}
    assert (found.total(), found["cancelled"] >= CANCELS / 2) == (CANCELS, True)
    assert in_use == AT_REST
    assert left_open == 0
    assert answer.status_code == 200


async def checked_out(database: Database) -> dict[str, int]:
    engines = {"app": database.app, "system": database.system}
    return {name: engine.sync_engine.pool.checkedout() for name, engine in engines.items()}  # type: ignore[attr-defined]


async def in_crowds(way: Way, number: int, chance: random.Random) -> Counter[str]:
    """A crowd at a time: more than there are connections, so that some are cancelled while they wait."""
    outcomes: list[str] = []
    for _ in range(number // CROWD):
        waits = (chance.uniform(0, LONGEST_CANCEL_SECONDS) for _ in range(CROWD))
        outcomes += await asyncio.gather(*(way(seconds) for seconds in waits))
    return Counter(outcomes)
