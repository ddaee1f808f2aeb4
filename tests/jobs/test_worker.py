"""The worker: what is asked for comes with its transaction, and neither kills nor outages lose any of it."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg
import pytest

from city import City, Member
from encoders import SpellingEncoder
from matchmaking.db.queue import ENQUEUE_FUNCTION, TaskName, enqueue
from matchmaking.db.session import Database
from matchmaking.encoding.encoder import Encoder
from matchmaking.jobs.tasks import TASKS
from matchmaking.jobs.worker import work, worker_beside
from matchmaking.services.foundation import Foundation
from matchmaking.services.vector_keeping import count_waiting
from schemas.vocabulary import OrganizationKind, Role
from tests.api.research_steps import capability_draft
from tests.api.steps import done

pytestmark = [pytest.mark.database, pytest.mark.oldest]

LISTINGS = 24
PATIENCE_SECONDS = 60.0


@pytest.fixture
async def secretary(city: City) -> Member:
    return await city.enrol(OrganizationKind.UNIVERSITY, Role.SECRETARY)


async def _list(secretary: Member, count: int) -> None:
    for number in range(count):
        draft = capability_draft(secretary, title_zh=f"实验室{number}", description=f"第{number}号研究")
        done(await secretary.post("/v1/capabilities", draft), 201)


async def _until(database: Database, waiting: int) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            async with database.as_system() as session:
                if await count_waiting(session) <= waiting:
                    return
            await asyncio.sleep(0.02)


async def _until_true(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not reached():  # noqa: ASYNC110 - what is awaited happens elsewhere
            await asyncio.sleep(0.02)


def _jobs(superuser_url: str) -> list[tuple[str, str]]:
    with psycopg.connect(superuser_url) as connection:
        rows = connection.execute(
            "SELECT task_name, status::text FROM procrastinate.procrastinate_jobs"
            " WHERE task_name = 'encode_texts'"
        )
        return rows.fetchall()


@asynccontextmanager
async def _worker(foundation: Foundation, database: Database, encoder: Encoder) -> AsyncIterator[None]:
    async with worker_beside(work(foundation.system_url, database, encoder)):
        yield


def test_every_name_has_a_task_and_every_task_a_name() -> None:
    assert sorted(task.name for task in TASKS) == sorted(TaskName)


def test_the_engine_is_the_one_whose_tables_were_migrated() -> None:
    """Another version needs a revision with what its own migrations change, and then another line here."""
    assert version("procrastinate") == "3.10.0"


def test_the_function_of_the_queue_is_the_one_in_code(superuser_url: str) -> None:
    with psycopg.connect(superuser_url) as connection:
        body = connection.execute("SELECT prosrc FROM pg_proc WHERE proname = 'enqueue'").fetchone()
    assert body is not None
    assert body[0] in ENQUEUE_FUNCTION


async def test_a_task_comes_with_its_transaction_and_waits_once(
    city: City, database: Database, superuser_url: str
) -> None:
    async with database.writing(city.mill.actor.entrance) as session:
        await enqueue(session, TaskName.ENCODE_TEXTS)
        await session.rollback()
    assert _jobs(superuser_url) == []
    for _ in range(3):
        async with database.writing(city.mill.actor.entrance) as session:
            await enqueue(session, TaskName.ENCODE_TEXTS)
    assert _jobs(superuser_url) == [("encode_texts", "todo")]


async def test_transactions_that_ask_at_once_do_not_wait_for_each_other(
    city: City, database: Database
) -> None:
    async with asyncio.timeout(10):
        async with database.writing(city.mill.actor.entrance) as first:
            await enqueue(first, TaskName.ENCODE_TEXTS)
            async with database.writing(city.other_mill.actor.entrance) as second:
                await enqueue(second, TaskName.ENCODE_TEXTS)


async def test_a_listing_has_its_vectors_soon_after_it_was_made(
    secretary: Member, database: Database, foundation: Foundation, superuser_url: str
) -> None:
    heard: list[int] = []
    encoder = SpellingEncoder()
    async with worker_beside(work(foundation.system_url, database, encoder, heard.append)):
        await asyncio.sleep(1)
        began = time.monotonic()
        await _list(secretary, 1)
        await _until(database, 0)
        seconds = time.monotonic() - began
        await _until_true(lambda: 0 in heard)
    print(f"{seconds:.2f} s from the request to the vectors")  # noqa: T201
    assert len(encoder.passed) == 1
    assert _jobs(superuser_url) == []


async def test_what_was_there_before_the_worker_is_found(
    secretary: Member, database: Database, foundation: Foundation, superuser_url: str
) -> None:
    """As after an import or the demo, which ask for no task."""
    await _list(secretary, 2)
    with psycopg.connect(superuser_url) as connection:
        connection.execute("TRUNCATE text_to_encode")
    encoder = SpellingEncoder()
    async with _worker(foundation, database, encoder):
        await _until_true(lambda: len(encoder.passed) == 2)
        await _until(database, 0)


async def test_a_worker_that_ends_in_the_middle_leaves_the_rest_to_the_next(
    secretary: Member, database: Database, foundation: Foundation
) -> None:
    await _list(secretary, LISTINGS)
    first = SpellingEncoder(seconds=0.4)
    async with _worker(foundation, database, first):
        await _until(database, LISTINGS - 1)
    async with database.as_system() as session:
        left = await count_waiting(session)
    assert 0 < left < LISTINGS
    async with _worker(foundation, database, SpellingEncoder()):
        await _until(database, 0)


class _Encoding(BaseHTTPRequestHandler):
    """An endpoint that takes its time; the server counts what it was given."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.given += asked["input"]  # type: ignore[attr-defined]
        time.sleep(0.1)
        data = [{"index": place, "embedding": [1.0] * 8} for place in range(len(asked["input"]))]
        body = json.dumps({"data": data}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def endpoint() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Encoding) as server:
        server.given = []  # type: ignore[attr-defined]
        serving = threading.Thread(target=server.serve_forever, daemon=True)
        serving.start()
        yield server
        server.shutdown()
        serving.join()


def _worker_process(foundation: Foundation, port: int, log: Path) -> subprocess.Popen[bytes]:
    environment = {
        "DATABASE_URL": foundation.app_url,
        "MATCHMAKING_OWNER_DATABASE_URL": foundation.owner_url,
        "MATCHMAKING_SYSTEM_DATABASE_URL": foundation.system_url,
        "MATCHMAKING_SIGNING_KEY": foundation.signing_key_pem,
        "MATCHMAKING_PSEUDONYM_SECRET": "0123456789abcdef0123456789abcdef",
        "MATCHMAKING_CURSOR_SECRET": "0123456789abcdef0123456789abcdef",
        "MATCHMAKING_ENCODER": "endpoint",
        "MATCHMAKING_ENCODER_ADDRESS": f"http://127.0.0.1:{port}/v1/embeddings",
        "MATCHMAKING_ENCODER_MODEL": "loopback",
        "MATCHMAKING_ENCODER_DIMENSION": "8",
    }
    with log.open("ab") as stream:
        return subprocess.Popen(
            [sys.executable, "-m", "scripts.cli", "worker"],
            env=os.environ | environment,
            stdout=stream,
            stderr=stream,
        )


async def test_a_worker_killed_in_the_middle_loses_nothing(
    secretary: Member,
    database: Database,
    foundation: Foundation,
    endpoint: ThreadingHTTPServer,
    tmp_path: Path,
    superuser_url: str,
) -> None:
    await _list(secretary, LISTINGS)
    log = tmp_path / "worker.log"
    kills = 0
    for wanted in (LISTINGS - 1, LISTINGS // 2):
        worker = _worker_process(foundation, endpoint.server_address[1], log)
        await _until(database, wanted)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        kills += 1
    worker = _worker_process(foundation, endpoint.server_address[1], log)
    try:
        await _until(database, 0)
    finally:
        worker.terminate()
        assert worker.wait(timeout=30) == 0, log.read_text()
    given: list[str] = endpoint.given  # type: ignore[attr-defined]
    assert len(set(given)) == LISTINGS
    # A killed one had at most one batch in hand.
    assert len(given) <= LISTINGS + kills * 8
    with psycopg.connect(superuser_url) as connection:
        rows = connection.execute(
            "SELECT count(*), count(DISTINCT listing_id) FROM listing_vectors"
        ).fetchone()
    assert rows == (LISTINGS, LISTINGS)
    print(f"{kills} kills, {len(given)} texts encoded for {LISTINGS} listings")  # noqa: T201


async def test_a_job_of_a_killed_worker_is_given_to_another(
    database: Database, foundation: Foundation, superuser_url: str
) -> None:
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute("SET search_path TO procrastinate")
        connection.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour')"
        )
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id)"
            " SELECT 'default', 'encode_texts', 'doing', id FROM procrastinate_workers"
        )
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('default', 'rescue_stalled')"
        )
    async with _worker(foundation, database, SpellingEncoder()):
        await _until_true(lambda: not _jobs(superuser_url))
