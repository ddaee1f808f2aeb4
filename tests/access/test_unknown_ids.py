"""Another tenant's id and an id of nothing: answered alike, so that nobody finds out what exists."""

import json
import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Any
from uuid import uuid4

import httpx
import pytest
from uuid_utils.compat import uuid7

from city import City
from matchmaking.clock import ShiftedClock
from matchmaking.db.session import Database
from matchmaking.services.foundation import Foundation
from matchmaking.services.gate import Gate
from matchmaking.settings import Settings
from routers.app import create_app
from tests.access.expectations import read_expectations
from tests.access.matrix_city import Forgetful, MatrixCity
from tests.access.matrix_requests import Cell, Request, request_of
from tests.access.test_permission_matrix import _cells

pytestmark = [pytest.mark.database, pytest.mark.gate("D3")]
EXPECTED = read_expectations()
EVERYBODY = {"other", "involved", "branch", "lab"}
UUID_FORM = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# What a body names of the thing that is asked about; the other ids in it are the caller's own.
NAMING = ("need_id", "demand_id", "candidate_id", "introduction_id", "project_id", "capability_id")
NAMING += ("capability_candidate_id", "adoption_id")
OF_THE_REQUEST = ("x-request-id", "date")


def _hidden(matrix: MatrixCity, *, every_role: bool) -> Iterator[Cell]:
    """Cells in which a thing must not be known of; one role of each kind and relation is enough for most."""
    seen: set[tuple[str, str, str]] = set()
    for cell in _cells(matrix, EVERYBODY):
        if cell.expected.expected(cell.person.holder, cell.relation) != "hidden":
            continue
        alike = (cell.expected.label, cell.person.holder[0], cell.person.group)
        if every_role or alike not in seen:
            seen.add(alike)
            yield cell


def _of_nothing(request: Request) -> Request:
    """The same request about an id that was never given."""
    fresh = str(uuid7())
    body = request.body
    if isinstance(body, dict):
        body = {name: fresh if name in NAMING else value for name, value in body.items()}
    path = UUID_FORM.sub(fresh, request.path)
    assert (path, body) != (request.path, request.body), f"{request.path}: nothing to replace"
    return Request(path, body, request.seen)


def _told(answer: httpx.Response) -> tuple[int, Any, dict[str, str]]:
    """All of an answer but what names this one request."""
    body = json.loads(answer.text)
    for name in ("instance", "request_id"):
        body.pop(name, None)
    headers = {name: value for name, value in answer.headers.items() if name not in OF_THE_REQUEST}
    return answer.status_code, body, headers


async def _ask(client: httpx.AsyncClient, cell: Cell, request: Request) -> httpx.Response:
    headers = {**cell.person.member.headers, "idempotency-key": str(uuid4())}
    if request.seen is not None:
        headers["if-match"] = f'"{request.seen}"'
    method = cell.expected.route.partition(" ")[0]
    content = None if request.body is None else json.dumps(request.body).encode()
    if content is not None:
        headers["content-type"] = "application/json"
    return await client.request(method, request.path, headers=headers, content=content)


@pytest.mark.parametrize(
    "every_role", [False, pytest.param(True, marks=pytest.mark.full)], ids=["a_role_of_each", "every_role"]
)
async def test_a_foreign_id_is_answered_like_one_of_nothing(  # noqa: PLR0913 - what an application stands on
    city: City,
    settings: Settings,
    foundation: Foundation,
    clock: ShiftedClock,
    database: Database,
    gate: Gate,
    superuser_url: str,
    record_property: Any,
    *,
    every_role: bool,
) -> None:
    forgetful = Forgetful(**{each.name: getattr(database, each.name) for each in fields(database)})
    app = create_app(settings, foundation, clock=clock, database=forgetful, gate=gate)
    matrix = await MatrixCity.settle(city, EXPECTED.holders, superuser_url)
    compared, differing, routes = 0, [], set()
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://testserver"
    ) as client:
        for cell in _hidden(matrix, every_role=every_role):
            request = request_of(cell, matrix)
            foreign = _told(await _ask(client, cell, request))
            nothing = _told(await _ask(client, cell, _of_nothing(request)))
            compared += 1
            routes.add(cell.expected.route)
            if foreign != nothing or foreign[0] != 404:
                differing.append((cell.label, foreign, nothing))
    assert not differing, differing[:5]
    assert compared > 100
    record_property(
        "figure",
        f"{compared} foreign ids at {len(routes)} operations answered like ids of nothing: 404, same body",
    )
