"""Hostile values in every field of every operation: never a server error, and nothing said again."""

import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import fields
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from city import City, Member
from matchmaking.clock import ShiftedClock
from matchmaking.db.session import Database
from matchmaking.services.foundation import Foundation
from matchmaking.services.gate import Gate
from matchmaking.settings import Settings
from routers.app import create_app
from tests.access.matrix_city import Forgetful
from tests.api.changes import CHANGES, Change
from tests.api.hostile_values import EVERYTHING, IN_QUERIES, MARK, leaves, with_hostile

pytestmark = [pytest.mark.database, pytest.mark.gate("A2")]
Document = dict[str, Any]
# These hand out or end access: asked a hundred times they would lock out whoever asks for the rest.
APART = {"create_session", "refresh_session", "end_session"}
QUICK_A_FIELD = 3


@pytest.fixture
def app(
    settings: Settings, foundation: Foundation, clock: ShiftedClock, database: Database, gate: Gate
) -> FastAPI:
    """Rolls back what it answers, so that one thing serves all the values."""
    forgetful = Forgetful(**{each.name: getattr(database, each.name) for each in fields(database)})
    return create_app(settings, foundation, clock=clock, database=forgetful, gate=gate)


@pytest.fixture
async def attacker(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield client


class Findings:
    """What was answered, and what should not have been."""

    def __init__(self) -> None:
        self.statuses: Counter[int] = Counter()
        self.wrong: list[str] = []

    def judge(self, where: str, answer: httpx.Response) -> None:
        self.statuses[answer.status_code] += 1
        if answer.status_code >= 500:
            self.wrong.append(f"{where}: {answer.status_code} {answer.text[:200]}")
        told = answer.text + "".join(f"{name}{value}" for name, value in answer.headers.items())
        if answer.status_code >= 400 and MARK in told:
            self.wrong.append(f"{where}: echoed in {told[:300]}")

    @property
    def told(self) -> str:
        counted = ", ".join(f"{count} x {status}" for status, count in sorted(self.statuses.items()))
        return f"{self.statuses.total()} requests ({counted}), 0 answers >= 500, nothing echoed"


async def _attack_bodies(city: City, attacker: httpx.AsyncClient, rng: random.Random, most: int) -> Findings:
    found = Findings()
    for name, prepare in CHANGES.items():
        if name in APART:
            continue
        change = await prepare(city)
        if change.body is None:
            continue
        for place in leaves(change.body):
            values = rng.sample(EVERYTHING, most) if most < len(EVERYTHING) else EVERYTHING
            for raw in values:
                content = with_hostile(change.body, place, raw)
                where = f"{name} {place} {raw[:40]}"
                found.judge(where, await _send(attacker, change, content))
    return found


async def _send(attacker: httpx.AsyncClient, change: Change, content: bytes) -> httpx.Response:
    headers = {**change.member.headers, "content-type": "application/json", "idempotency-key": str(uuid4())}
    if change.seen is not None:
        headers["if-match"] = f'"{change.seen}"'
    return await attacker.request(change.method, change.path, headers=headers, content=content)


@pytest.mark.parametrize("most", [QUICK_A_FIELD, pytest.param(len(EVERYTHING), marks=pytest.mark.full)])
async def test_no_value_in_a_body_breaks_anything(
    city: City, attacker: httpx.AsyncClient, most: int, record_property: Any
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")  # noqa: T201 - to repeat the run
    found = await _attack_bodies(city, attacker, random.Random(seed), most)  # noqa: S311 - picks values
    assert not found.wrong, (seed, found.wrong[:20])
    assert found.statuses.total() > 100
    assert {200, 201, 400, 422} & set(found.statuses), found.statuses
    record_property("figure", f"bodies, {most} values a field, seed {seed}: {found.told}")


def _readings(document: Document) -> list[tuple[str, list[str], list[str]]]:
    """Path, names in the path and names in the query of every operation that reads."""
    found = []
    for path, operations in document["paths"].items():
        if "get" not in operations:
            continue
        parameters = operations["get"].get("parameters", [])
        named = {
            place: [one["name"] for one in parameters if one["in"] == place] for place in ("path", "query")
        }
        found.append((path, named["path"], named["query"]))
    return found


async def _read_hostile(attacker: httpx.AsyncClient, member: Member, url: str, found: Findings) -> None:
    answer = await attacker.get(url, headers={**member.headers, "accept-language": MARK})
    found.judge(url[:120], answer)


async def test_no_value_in_a_path_or_query_breaks_anything(
    city: City, app: FastAPI, attacker: httpx.AsyncClient, record_property: Any
) -> None:
    found = Findings()
    for path, in_path, in_query in _readings(app.openapi()):
        plain = path
        for name in in_path:
            plain = plain.replace("{" + name + "}", str(uuid4()))
        for value in IN_QUERIES:
            for member in (city.mill, city.clerk):
                for name in in_query:
                    await _read_hostile(attacker, member, f"{plain}?{name}={value}", found)
            for name in in_path:
                await _read_hostile(
                    attacker, city.mill, path.replace("{" + name + "}", value or "%20"), found
                )
    assert not found.wrong, found.wrong[:20]
    record_property("figure", f"paths and queries: {found.told}")


async def test_no_value_in_a_header_breaks_anything(
    city: City, attacker: httpx.AsyncClient, record_property: Any
) -> None:
    found = Findings()
    names = ("authorization", "accept-language", "if-none-match", "x-request-id", "origin", "idempotency-key")
    values = (
        f"{MARK}\x7f",
        f"Bearer {MARK}",
        f'"{"9" * 5_000}"',
        f"'; --{MARK}",
        "\x80\xff" + MARK,
        "," * 999,
    )
    for name in names:
        for value in values:
            headers = {**city.mill.headers, name: value.encode("latin-1")}
            found.judge(f"{name} {value[:30]}", await attacker.get("/v1/financing-needs", headers=headers))
    assert not found.wrong, found.wrong[:20]
    record_property("figure", f"headers: {found.told}")
