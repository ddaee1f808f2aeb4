import asyncio
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from matchmaking.settings import Settings
from routers.strict_json import StrictRoute
from tests.http import probe
from tests.http.conftest import client_of

PROBLEM = {"$ref": "#/components/schemas/Problem"}


@pytest.fixture
def document(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def test_every_refusal_is_documented_as_a_problem(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        refusals = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
        assert {"400", "500", "503"} <= set(refusals), name
        for answer in refusals.values():
            assert answer["content"] == {"application/problem+json": {"schema": PROBLEM}}
            assert "X-Request-ID" in answer["headers"]
        assert "Retry-After" in refusals["503"]["headers"]
    assert "HTTPValidationError" not in json.dumps(document)


def statuses(document: dict[str, Any], method: str, path: str) -> set[str]:
    return set(document["paths"][path][method]["responses"])


def test_statuses_follow_from_what_an_operation_asks_for(document: dict[str, Any]) -> None:
    always = {"400", "500", "503"}
    with_body = always | {"413", "415", "422"}
    assert statuses(document, "get", "/v1/empty") == always | {"200"}
    assert statuses(document, "get", "/v1/probes") == always | {"200", "422"}
    assert statuses(document, "post", "/v1/probes") == with_body | {"201", "409"}
    assert statuses(document, "put", "/v1/probes/{probe_id}") == with_body | {"200", "404", "412", "428"}
    assert statuses(document, "post", "/v1/private") == with_body | {"200", "401", "403"}


def test_headers_and_schemes_are_described_once_and_referred_to(document: dict[str, Any]) -> None:
    created = document["paths"]["/v1/probes"]["post"]["responses"]["201"]
    assert {"ETag", "Location", "X-Request-ID"} == set(created["headers"])
    assert document["openapi"].startswith("3.1")
    assert document["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"
    for reference in set(re.findall(r'"#/([^"]+)"', json.dumps(document))):
        here: Any = document
        for step in reference.split("/"):
            here = here[step]


def test_a_needed_precondition_is_documented_as_required(document: dict[str, Any]) -> None:
    parameters = document["paths"]["/v1/probes/{probe_id}"]["put"]["parameters"]
    (condition,) = [one for one in parameters if one["name"] == "if-match"]
    assert condition["required"] is True
    assert re.fullmatch(condition["schema"]["pattern"], '"12"')


def test_the_document_is_the_same_each_time(settings: Settings) -> None:
    first, second = probe.make(settings).openapi(), probe.make(settings).openapi()
    assert json.dumps(first) == json.dumps(second)


def test_every_route_reads_bodies_strictly(app: FastAPI) -> None:
    routes = [context.original_route for context in iter_route_contexts(app.routes)]
    assert len(routes) > 10
    assert all(isinstance(route, StrictRoute) for route in routes if isinstance(route, APIRoute))


async def test_the_page_names_no_outside_host_and_runs_no_inline_script(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert not re.search(r"<script(?![^>]*\bsrc=)", page.text)
    for asset in re.findall(r'(?:src|href)="(docs/[^"]+)"', page.text):
        answer = await client.get(f"/{asset}")
        assert answer.status_code == 200
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert (await client.get("/openapi.json")).json()["info"]["title"] == "matchmaking"
    assert (await client.get("/")).headers["location"] == "docs"


@pytest.mark.parametrize(
    "name", ["__init__.py", "..%2f..%2fmain.py", "documentation.html", "%2e%2e", "nothing"]
)
async def test_only_listed_assets_are_served(client: httpx.AsyncClient, name: str) -> None:
    assert (await client.get(f"/docs/{name}")).status_code == 404


async def test_health_tells_running_from_ready(client: httpx.AsyncClient, shelf: probe.Shelf) -> None:
    assert (await client.get("/readyz")).json() == {"status": "ok"}
    shelf.ready = False
    assert (await client.get("/livez")).json() == {"status": "ok"}
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
    assert answer.headers["retry-after"] == "1"
    assert "secret" not in answer.text


@pytest.mark.timed
async def test_readiness_answers_in_time_when_the_database_hangs(
    settings: Settings, record_property: Callable[[str, object], None]
) -> None:
    class Hanging(probe.Shelf):
        async def readiness(self) -> None:
            await asyncio.sleep(60)

    loop = asyncio.get_running_loop()
    async with client_of(probe.make(settings, Hanging())) as client:
        began = loop.time()
        answer = await client.get("/readyz")
        seconds = loop.time() - began
    assert answer.status_code == 503
    assert seconds < 2.5
    record_property("figure", f"not ready after {seconds:.2f} s of a hanging database")
