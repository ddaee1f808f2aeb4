"""One idempotency key, one effect, one answer to the byte: in parallel, and across a crash (B5)."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from uuid import uuid4

import psycopg
import pytest
from fault_points import AFTER_COMMIT, BEFORE_COMMIT
from places import Place, settled
from server_process import ServerProcess
from wire import LineBroken, Reply, Wire, request, wires

from city import City, Member, need_draft

pytestmark = [pytest.mark.database, pytest.mark.oldest, pytest.mark.gate("B5")]

AT_ONCE = 200
MOST_TRIES = 40
RETRY_SECONDS = 0.3
REMEMBERED = ("content-type", "etag", "location")

Record = Callable[[str, object], None]
Serve = Callable[..., ServerProcess]


def post(member: Member, key: str, **changes: object) -> bytes:
    headers = {**member.headers, "idempotency-key": key}
    body = need_draft(member.actor.person_id, summary=key, **changes)
    return request("POST", "/v1/financing-needs", headers, body)


def needs(place: Place, key: str) -> Counter[str]:
    """How many needs came of the key, by organization."""
    with psycopg.connect(place.superuser_url) as connection:
        statement = "SELECT organization_id FROM financing_need WHERE summary = %s"
        return Counter(str(row[0]) for row in connection.execute(statement, [key]).fetchall())


async def insist(wire: Wire, message: bytes, met: Counter[int]) -> Reply:
    """Ask until there is an answer; counts in `met` what came instead of one."""
    for _ in range(MOST_TRIES):
        reply = await wire.send(message)
        if reply.status not in {409, 503}:
            return reply
        assert int(reply.retry_after or 0) >= 1, reply
        met[reply.status] += 1
        await asyncio.sleep(RETRY_SECONDS)
    raise AssertionError(met)


def distinct(replies: Sequence[Reply]) -> set[tuple[object, ...]]:
    return {
        (reply.status, reply.body, *(reply.headers.get(name) for name in REMEMBERED)) for reply in replies
    }


async def test_parallel_requests_under_one_key(place: Place, serve: Serve, record_property: Record) -> None:
    key, met = str(uuid4()), Counter[int]()
    server = serve(place)
    async with settled(place, server) as city, wires([server], AT_ONCE) as lines:
        for line in lines:
            await line.open()
        message = post(city.mill, key)
        replies = await asyncio.gather(*(insist(line, message, met) for line in lines))
        answers = distinct(replies)
        other_body = await lines[0].send(post(city.mill, key, amount_fen=1_000_000))
        stranger = await lines[0].send(post(city.other_mill, key))
        again = await lines[0].send(message)
    mill, other = (str(one.actor.organization_id) for one in (city.mill, city.other_mill))
    record_property(
        "figure",
        f"{AT_ONCE} parallel posts with one key: {needs(place, key)[mill]} effect, {len(answers)} distinct"
        f" answer, {met[409]} x 409 in flight and {met[503]} x 503 on the way",
    )
    assert {reply.status for reply in replies} == {201}
    assert len(answers) == 1
    assert distinct([again]) == answers
    assert (other_body.status, other_body.json["code"]) == (422, "idempotency_key_reused")
    assert stranger.status == 201
    assert stranger.json["id"] != again.json["id"]
    assert needs(place, key) == {mill: 1, other: 1}
    assert met[409] > 0


async def test_key_of_a_request_that_was_refused_is_free(place: Place, serve: Serve) -> None:
    key = str(uuid4())
    server = serve(place)
    async with settled(place, server) as city, wires([server], 1) as (line,):
        refused = await line.send(post(city.mill, key, needed_by="2020-01-01"))
        made = await line.send(post(city.mill, key))
    assert (refused.status, made.status) == (422, 201)
    assert needs(place, key).total() == 1


@pytest.mark.parametrize(
    ("moment", "done_before"), [(BEFORE_COMMIT, 0), (AFTER_COMMIT, 1)], ids=["before", "after"]
)
async def test_replay_after_a_crash_at_commit(
    durable_place: Place, serve: Serve, moment: str, done_before: int, record_property: Record
) -> None:
    key = str(uuid4())
    server = serve(durable_place)
    async with settled(durable_place, server) as city, wires([server], 2) as (line, other_line):
        await crash(city, line, key, moment)
        server.wait()
        assert needs(durable_place, key).total() == done_before
        server.start()
        message = post(city.mill, key)
        replies = [await insist(one, message, Counter()) for one in (line, other_line, line)]
    found = needs(durable_place, key).total()
    record_property("figure", f"server killed {moment}: replays have {found} effect")
    assert found == 1
    assert len(distinct(replies)) == 1
    assert replies[0].status == 201


async def crash(city: City, line: Wire, key: str, moment: str) -> None:
    headers = {**city.mill.headers, "idempotency-key": key, "x-fault": moment}
    body = need_draft(city.mill.actor.person_id, summary=key)
    with pytest.raises(LineBroken):
        await line.send(request("POST", "/v1/financing-needs", headers, body))
