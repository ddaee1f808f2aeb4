"""The tasks: one for each name that services may ask for, each able to be done twice without harm.

A task does all there is to do and not what one event brought, so that events may share one.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from procrastinate import App, JobContext, RetryStrategy
from procrastinate.connector import BaseConnector

from matchmaking.db.queue import TaskName
from matchmaking.db.session import Database
from matchmaking.encoding.encoder import Encoder
from matchmaking.services import interest_tasks, tidying
from matchmaking.services.vector_keeping import count_waiting, forget_vectors_of_ended
from matchmaking.services.vector_making import make_missing_vectors

EVERY_MINUTE = "* * * * *"
EVERY_NIGHT = "17 19 * * *"
KEPT_FAILURES_HOURS = 7 * 24
# A worker says every 10 s that it lives.
SILENT_SECONDS = 30
# Without one, what was under way when a worker had to end would be given up.
RETRY = RetryStrategy(max_attempts=8, exponential_wait=2)


Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Means:
    """What tasks work with; `engine` is the job engine itself. `told` hears how many listings wait."""

    database: Database
    encoder: Encoder
    engine: App
    told: Told


Work = Callable[[Means], Awaitable[object]]


async def encode_texts(means: Means) -> None:
    try:
        await make_missing_vectors(means.database, means.encoder)
    finally:
        async with means.database.as_system() as session:
            means.told(await count_waiting(session))


async def follow_windows(means: Means) -> None:
    """Tasks for enterprises whose interest windows have opened, also before they look."""
    async with means.database.as_system() as session:
        await interest_tasks.follow_windows(session)


async def rescue_stalled(means: Means) -> None:
    """Give what a killed worker had begun to another."""
    jobs = means.engine.job_manager
    for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=SILENT_SECONDS):
        await jobs.retry_job(job)


async def tidy(means: Means) -> None:
    await tidying.tidy(means.database)
    await forget_vectors_of_ended(means.database)
    await means.engine.job_manager.delete_old_jobs(
        nb_hours=KEPT_FAILURES_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )


@dataclass(frozen=True, slots=True)
class Task:
    """`comes_round` is in the form of cron, UTC."""

    name: TaskName
    work: Work
    comes_round: str


TASKS = (
    Task(TaskName.ENCODE_TEXTS, encode_texts, EVERY_MINUTE),
    Task(TaskName.FOLLOW_WINDOWS, follow_windows, EVERY_MINUTE),
    Task(TaskName.RESCUE_STALLED, rescue_stalled, EVERY_MINUTE),
    Task(TaskName.TIDY, tidy, EVERY_NIGHT),
)


def job_engine(connector: BaseConnector, database: Database, encoder: Encoder, told: Told) -> App:
    engine = App(connector=connector)
    means = Means(database, encoder, engine, told)
    for task in TASKS:
        _register(engine, task, means)
    return engine


def _register(engine: App, task: Task, means: Means) -> None:
    async def work(_context: JobContext, timestamp: int | None = None) -> None:  # noqa: ARG001 - when it was due
        await task.work(means)

    registered = engine.task(name=task.name.value, pass_context=True, retry=RETRY)(work)
    engine.periodic(cron=task.comes_round)(registered)
