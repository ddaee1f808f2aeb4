"""The worker: does tasks until it is told to stop, and begins anew after the database was away.

One runs beside the server of a stand-alone installation; elsewhere `matchmaking worker` runs apart, on any
number of machines.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

from procrastinate import App, PsycopgConnector

from matchmaking.db.session import Database
from matchmaking.encoding.encoder import Encoder
from matchmaking.jobs.tasks import Told, job_engine
from matchmaking.log import logger, relay
from matchmaking.services.vector_keeping import note_unencoded

AGAIN_AFTER_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 10.0
# A pool that waits longer for a database that is away leaves the worker dead in a living process.
POOL_WAIT_SECONDS = 2.0
# Of the server's time to end; what is not done by then is taken up again.
GRACE_SECONDS = 2.0
POLL_SECONDS = 5.0


@asynccontextmanager
async def worker_beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Lets `work` go on while the block runs, and ends it with the block."""
    worker = asyncio.create_task(work, name="worker")
    try:
        yield
    finally:
        worker.cancel()
        with suppress(asyncio.CancelledError):
            await worker


async def work(
    system_url: str, database: Database, encoder: Encoder, told: Told = lambda _waiting: None
) -> None:
    """For ever, until cancelled. `told` hears after each round how many listings have no vectors yet."""
    relay("procrastinate", "worker", logging.ERROR)
    # While the database is away it would say so many times a second.
    relay("psycopg.pool", "worker", logging.CRITICAL)
    log, pause = logger("worker"), AGAIN_AFTER_SECONDS
    while True:
        try:
            await note_unencoded(database, encoder.model)
            pause = AGAIN_AFTER_SECONDS
            await _work_once(job_engine(_connector(system_url), database, encoder, told))
            log.warning("worker_ended")
        except Exception as failure:  # noqa: BLE001 - whatever it was, a worker that is gone helps nobody
            log.warning("worker_failed", kind=type(failure).__name__)
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


async def _work_once(engine: App) -> None:
    async with engine.open_async():
        await engine.run_worker_async(
            install_signal_handlers=False,
            delete_jobs="successful",
            shutdown_graceful_timeout=GRACE_SECONDS,
            fetch_job_polling_interval=POLL_SECONDS,
        )


def _connector(system_url: str) -> PsycopgConnector:
    return PsycopgConnector(
        conninfo=system_url.replace("postgresql+psycopg://", "postgresql://", 1),
        kwargs={"options": "-c search_path=procrastinate", "connect_timeout": 2},
        min_size=1,
        max_size=3,
        timeout=POOL_WAIT_SECONDS,
    )
