"""Enterprises that post needs without a pause, and remember what was acknowledged to them.

A writer asks again under the same key until it has an answer, as a careful client does, also when the server
it asked has meanwhile been ended and another one started.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic
from uuid import uuid4

import psycopg
from wire import HasPort, LineBroken, Reply, Wire, request, wires

from city import City, Member, need_draft
from schemas.vocabulary import NeedState

PAUSE_SECONDS = 0.02
LONGEST_OUTAGE_SECONDS = 60.0
REPLAYED = 40
WRITERS = 8
NO_ANSWER_YET = (409, 503)


@dataclass
class Acknowledged:
    """A need that the server said it has made, and perhaps has submitted.

    The idempotency key is also the need's summary, by which its row is found.
    """

    marker: str
    message: bytes
    reply: Reply
    submitted: bool = False

    @property
    def need_id(self) -> str:
        return str(self.reply.json["id"])


@dataclass
class Writer:
    """Posts a need, submits it, and so on; `acknowledged` is what it may rely on."""

    member: Member
    wire: Wire
    acknowledged: list[Acknowledged] = field(default_factory=list)
    asked_again: int = 0
    _pending: tuple[str, bytes] | None = None

    async def write(self) -> None:
        """Until cancelled; a post without an answer is asked again by the next call."""
        while True:
            if self._pending is None:
                self._pending = self._next_post()
            marker, message = self._pending
            reply = await self._answered(message)
            made = Acknowledged(marker, message, reply)
            self.acknowledged.append(made)
            self._pending = None
            await self._submit(made)

    async def replay(self) -> int:
        """Ask the latest again under their old keys: how many answers differed from the first."""
        latest = self.acknowledged[-REPLAYED:]
        replies = [await self._answered(made.message) for made in latest]
        return sum(
            reply.body != made.reply.body or reply.headers["etag"] != made.reply.headers["etag"]
            for made, reply in zip(latest, replies, strict=True)
        )

    async def _answered(self, message: bytes) -> Reply:
        reply: Reply | None = None
        give_up = monotonic() + LONGEST_OUTAGE_SECONDS
        while monotonic() < give_up:
            with suppress(LineBroken):
                reply = await self.wire.send(message)
                if reply.status == 201:
                    return reply
                assert reply.status in NO_ANSWER_YET, reply
                assert reply.retry_after, reply
            self.asked_again += 1
            await asyncio.sleep(PAUSE_SECONDS)
        raise AssertionError(reply)

    async def _submit(self, made: Acknowledged) -> None:
        """Once: without an answer nobody knows whether it was done, and nothing is relied on."""
        headers = {**self.member.headers, "if-match": '"1"'}
        try:
            reply = await self.wire.send(
                request("POST", f"/v1/financing-needs/{made.need_id}/submit", headers)
            )
        except LineBroken:
            return
        assert reply.status in {200, 503}, (reply.status, reply.body)
        made.submitted = reply.status == 200

    def _next_post(self) -> tuple[str, bytes]:
        marker = str(uuid4())
        headers = {**self.member.headers, "idempotency-key": marker}
        draft = need_draft(self.member.actor.person_id, summary=marker)
        return marker, request("POST", "/v1/financing-needs", headers, draft)


@asynccontextmanager
async def writing(writers: Sequence[Writer]) -> AsyncIterator[None]:
    """All write while the block runs; what one of them found wrong is raised at its end."""
    tasks = [asyncio.create_task(writer.write()) for writer in writers]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome


async def progress(writers: Sequence[Writer], number: int) -> None:
    """Wait until so many further posts were acknowledged: however fast the machine is, a fault meets work."""
    goal = number + sum(len(writer.acknowledged) for writer in writers)
    async with asyncio.timeout(LONGEST_OUTAGE_SECONDS):
        while sum(len(writer.acknowledged) for writer in writers) < goal:  # noqa: ASYNC110 - they only count
            await asyncio.sleep(PAUSE_SECONDS / 4)


@asynccontextmanager
async def hired(city: City, server: HasPort, number: int = WRITERS) -> AsyncIterator[list[Writer]]:
    """Writers of both mills; their connections last as long as the block."""
    mills = (city.mill, city.other_mill)
    async with wires([server], number) as lines:
        yield [Writer(mills[place % 2], line) for place, line in enumerate(lines)]


async def differing_replays(writers: Sequence[Writer]) -> int:
    """How many answers under old keys are not what they were."""
    return sum(await asyncio.gather(*(writer.replay() for writer in writers)))


@dataclass(frozen=True, slots=True)
class Account:
    """What the database holds against what was acknowledged."""

    acknowledged: int
    lost: int
    double: int
    changed_back: int
    unjournaled: int
    asked_again: int

    @property
    def sound(self) -> bool:
        return not (self.lost or self.double or self.changed_back or self.unjournaled)

    def __str__(self) -> str:
        return (
            f"{self.acknowledged} writes acknowledged, {self.asked_again} asked again: {self.lost} lost,"
            f" {self.double} double, {self.changed_back} changed back, {self.unjournaled} without journal"
        )


def account(superuser_url: str, writers: Sequence[Writer]) -> Account:
    """Read as the superuser, so that no row policy hides anything."""
    with psycopg.connect(superuser_url) as connection:
        rows = connection.execute("SELECT id, summary, state FROM financing_need").fetchall()
        journal = "SELECT subject_id FROM journal_entry WHERE action = 'financing_needs.create'"
        journaled = Counter(subject for (subject,) in connection.execute(journal).fetchall())
    by_marker = Counter(summary for _, summary, _ in rows)
    states = {str(need_id): (summary, state) for need_id, summary, state in rows}
    made = [made for writer in writers for made in writer.acknowledged]
    kept = [one for one in made if states.get(one.need_id, ("", ""))[0] == one.marker]
    return Account(
        acknowledged=len(made) + sum(one.submitted for one in made),
        lost=len(made) - len(kept),
        double=sum(number - 1 for number in by_marker.values()),
        changed_back=sum(one.submitted and states[one.need_id][1] == NeedState.DRAFT for one in kept),
        unjournaled=sum(journaled[need_id] != 1 for need_id, _, _ in rows),
        asked_again=sum(writer.asked_again for writer in writers),
    )
