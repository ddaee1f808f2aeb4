"""Clients that keep asking through an outage and note what they got, and ways to take the database away."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from places import kill_postmaster
from wire import Wire, request

from city import Member, need_draft
from matchmaking.db.cluster import Cluster
from matchmaking.db.cluster_process import marked

PAUSE_SECONDS = 0.1
PROGRAM = Path(__file__).with_name("freezer.py")

Asked = Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Note:
    """One request: when it was sent, when its answer was there (monotonic seconds), and what that was."""

    what: str
    sent: float
    answered: float
    status: int
    retry_after: str | None

    @property
    def seconds(self) -> float:
        return self.answered - self.sent


@dataclass
class Notebook:
    notes: list[Note] = field(default_factory=list)

    def between(self, begin: float, end: float, *, what: str | None = None) -> list[Note]:
        """Requests sent in that time, of one kind if it is named."""
        return [
            note for note in self.notes if begin <= note.sent < end and (what is None or note.what == what)
        ]

    def first_success(self, after: float, what: str) -> float:
        """Seconds from `after` to the first good answer."""
        good = (note.answered for note in self.notes if note.what == what and note.status in {200, 201})
        return min(answered for answered in good if answered >= after) - after

    async def ask(self, wire: Wire, what: str, asked: Asked) -> None:
        """Again and again, until cancelled."""
        while True:
            sent = time.monotonic()
            reply = await wire.send(asked())
            self.notes.append(Note(what, sent, time.monotonic(), reply.status, reply.retry_after))
            await asyncio.sleep(PAUSE_SECONDS)


def reading(member: Member) -> Asked:
    return lambda: request("GET", "/v1/financing-needs", member.headers)


def writing(member: Member) -> Asked:
    def post() -> bytes:
        headers = {**member.headers, "idempotency-key": str(uuid4())}
        return request("POST", "/v1/financing-needs", headers, need_draft(member.actor.person_id))

    return post


def probing(path: str) -> Asked:
    return lambda: request("GET", path, {})


@asynccontextmanager
async def asking(
    notebook: Notebook, lines: Sequence[Wire], kinds: Sequence[tuple[str, Asked]]
) -> AsyncIterator[None]:
    """Each line asks one kind of thing while the block runs."""
    tasks = [
        asyncio.create_task(notebook.ask(line, *kinds[place % len(kinds)]))
        for place, line in enumerate(lines)
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome


@dataclass(frozen=True, slots=True)
class Away:
    """Nothing answers between `gone` and `returning`; from `back` on everything does."""

    gone: float
    returning: float
    back: float


Outage = Callable[[Cluster, float], Awaitable[Away]]


async def killed(cluster: Cluster, seconds: float) -> Away:
    """The postmaster dies and nobody starts it again for so long.

    It takes connections a moment before its start counts as done. Sessions of a dead postmaster end when
    they notice, so they may answer for a moment.
    """
    await asyncio.to_thread(kill_postmaster, cluster)
    while marked(cluster._layout.mark()):  # noqa: ASYNC110 - other processes set no event
        await asyncio.sleep(PAUSE_SECONDS)
    gone = time.monotonic()
    await asyncio.sleep(seconds)
    returning = time.monotonic()
    await asyncio.to_thread(cluster.start)
    return Away(gone, returning, time.monotonic())


async def frozen(cluster: Cluster, seconds: float) -> Away:
    """All its processes stand still for so long."""
    with _freezer(cluster, seconds) as process:
        assert process.stdout is not None
        gone = float(await asyncio.to_thread(process.stdout.readline))
        back = float(await asyncio.to_thread(process.stdout.readline))
    return Away(gone, back, back)


@contextmanager
def _freezer(cluster: Cluster, seconds: float) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, str(PROGRAM), str(seconds), cluster._layout.mark()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            yield process
        finally:
            process.terminate()
