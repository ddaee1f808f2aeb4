"""Clients that hang up in the middle of their request or of its answer leave no connection behind (C6)."""

import asyncio
import random
from collections.abc import Callable
from uuid import uuid4

import pytest
from fault_points import POOL_PATH
from leaks import AT_REST, at_rest
from places import Place, settled
from server_process import ServerProcess
from wire import Wire, request, wires

from city import Member, need_draft

pytestmark = [pytest.mark.database, pytest.mark.oldest, pytest.mark.gate("C6")]

DISCONNECTS = 1000
LINES = 40
LONGEST_WAIT_SECONDS = 0.03

Record = Callable[[str, object], None]


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

        async def in_use() -> dict[str, int]:
            counts: dict[str, int] = (await lines[0].send(request("GET", POOL_PATH, {}))).json
            return counts

        found = await at_rest(place.superuser_url, in_use)
        answer = await lines[0].send(keyed_post(city.mill))
    record_property("figure", f"{DISCONNECTS} disconnects: connections in use, busy sessions {found}")
    assert found == AT_REST
    assert answer.status == 201


async def hang_up(lines: list[Wire], message: Callable[[], bytes], chance: random.Random) -> None:
    """Half of all disconnects; each line one after the other."""

    async def repeatedly(line: Wire) -> None:
        for _ in range(DISCONNECTS // 2 // LINES):
            await line.break_off(message(), chance.uniform(0, LONGEST_WAIT_SECONDS))

    await asyncio.gather(*(repeatedly(line) for line in lines))
