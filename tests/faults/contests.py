"""Many copies of one talk at the same stage, and crowds that contend for each of them."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import psycopg
from wire import Reply, Wire, request

from city import Member

MOST_TRIES = 30
RETRY_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Talk:
    """One need, its introduction, and the agreement that came of it where there is one already."""

    need_id: str
    introduction_id: str
    agreement_id: str | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """What half of a crowd does: a member posts `body` to `path`, having seen `version`."""

    name: str
    member: Member
    path: str
    version: int
    body: Any = None

    @property
    def message(self) -> bytes:
        headers = {**self.member.headers, "if-match": f'"{self.version}"'}
        return request("POST", self.path, headers, self.body)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`winners` are the moves that were answered 200; `refusals` and `unanswered` count statuses."""

    winners: tuple[str, ...]
    refusals: Counter[int]
    unanswered: int


def copies(superuser_url: str, original: Talk, number: int) -> list[Talk]:
    """So many further talks with all rows of the original as they are now; only ids differ."""
    with psycopg.connect(superuser_url) as connection:
        return [_copy(connection, original) for _ in range(number)]


def _copy(connection: psycopg.Connection[Any], original: Talk) -> Talk:
    signed = original.agreement_id is not None
    talk = Talk(str(uuid4()), str(uuid4()), str(uuid4()) if signed else None)
    need, introduction = {"need_id": talk.need_id}, {"introduction_id": talk.introduction_id}
    _copy_rows(connection, "financing_need", "id", original.need_id, {"id": talk.need_id})
    _copy_rows(
        connection, "introduction", "id", original.introduction_id, {"id": talk.introduction_id, **need}
    )
    if signed:
        own = {"id": talk.agreement_id, **need, **introduction}
        _copy_rows(connection, "agreement", "id", original.agreement_id, own)
        party = {"agreement_id": talk.agreement_id}
        _copy_rows(connection, "agreement_party", "agreement_id", original.agreement_id, party)
    return talk


def _copy_rows(
    connection: psycopg.Connection[Any], table: str, column: str, value: str | None, changes: dict[str, Any]
) -> None:
    identity = "" if "id" in changes else " || jsonb_build_object('id', gen_random_uuid())"
    connection.execute(
        f"INSERT INTO {table} SELECT (jsonb_populate_record(o, %s::jsonb{identity})).*"  # noqa: S608 - our names
        f" FROM {table} o WHERE {column} = %s",
        [json.dumps(changes), value],
    )


async def contend(lines: Sequence[Wire], moves: Sequence[Move], chance: random.Random) -> Outcome:
    """Every line sends one of the moves at the same moment; each gets its answer in the end."""
    crowd = [moves[place % len(moves)] for place in range(len(lines))]
    chance.shuffle(crowd)
    answers = await asyncio.gather(
        *(_insist(line, move.message) for line, move in zip(lines, crowd, strict=True))
    )
    winners = tuple(move.name for move, (reply, _) in zip(crowd, answers, strict=True) if reply.status == 200)
    refusals = Counter(reply.status for reply, _ in answers if reply.status != 200)
    return Outcome(winners, refusals, sum(tries for _, tries in answers))


async def _insist(line: Wire, message: bytes) -> tuple[Reply, int]:
    for tries in range(MOST_TRIES):
        reply = await line.send(message)
        if reply.status != 503:
            return reply, tries
        assert reply.retry_after, reply
        await asyncio.sleep(RETRY_SECONDS)
    raise AssertionError(reply)


def stands(superuser_url: str, talk: Talk) -> tuple[str, str, str | None, int, Counter[str]]:
    """What the rows say: states of need, introduction, agreement; signatures; journal entries by action."""
    with psycopg.connect(superuser_url) as connection:
        states = connection.execute(
            "SELECT n.state, i.state, a.state,"
            " (SELECT count(acknowledged_at) FROM agreement_party p WHERE p.agreement_id = a.id)"
            " FROM financing_need n JOIN introduction i ON i.need_id = n.id"
            " LEFT JOIN agreement a ON a.introduction_id = i.id WHERE n.id = %s",
            [talk.need_id],
        ).fetchall()
        assert len(states) == 1
        journal = connection.execute(
            "SELECT action FROM journal_entry WHERE outcome = 'done' AND subject_id = ANY (%s)",
            [[talk.introduction_id, talk.agreement_id]],
        )
        actions = Counter(action for (action,) in journal.fetchall())
    need, introduction, agreement, signatures = states[0]
    return need, introduction, agreement, signatures, actions
