import asyncio
import re

import httpx
import pytest
from fastapi import FastAPI
from structlog.typing import EventDict

from matchmaking.settings import Settings
from routers.middleware.metrics import Measurements
from tests.http import probe
from tests.http.conftest import client_of

SECRET_QUERY = "token=canary-query"
REQUEST_ID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
HARMFUL_IDS = ("a b", "a\r\nset-cookie: x", "\u00e9", "x" * 65, "", "a;b", "<script>", '"', "a\x00")


@pytest.mark.parametrize("given", HARMFUL_IDS)
async def test_a_harmful_request_id_is_replaced(app: FastAPI, given: str) -> None:
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/v1/empty",
        "query_string": b"",
        "headers": [(b"host", b"testserver"), (b"x-request-id", given.encode())],
        "scheme": "http",
        "root_path": "",
    }
    await app(scope, receive, send)  # type: ignore[arg-type]
    found = [value for name, value in sent[0]["headers"] if name == b"x-request-id"]  # type: ignore[attr-defined]
    assert len(found) == 1
    assert REQUEST_ID.fullmatch(found[0].decode())


async def test_a_sane_request_id_is_taken_over(client: httpx.AsyncClient, logged: list[EventDict]) -> None:
    answer = await client.get("/v1/nothing", headers={"x-request-id": "bank-7_x.Y"})
    assert answer.headers["x-request-id"] == "bank-7_x.Y"
    assert answer.json()["request_id"] == "bank-7_x.Y"
    assert answer.json()["instance"] == "/problems/address_unknown#bank-7_x.Y"
    assert len(logged) == 1


async def test_the_access_log_names_routes_and_nothing_of_the_caller(
    client: httpx.AsyncClient, logged: list[EventDict]
) -> None:
    await client.get(
        f"/v1/probes/canary-path?{SECRET_QUERY}", headers={"authorization": "Bearer canary-token"}
    )
    await client.post("/v1/probes", json={"name": "canary-body", "amount_fen": 1})
    await client.get(f"/canary-nowhere?{SECRET_QUERY}")
    lines = [event for event in logged if event["event"] == "request"]
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("GET", "/v1/probes/{probe_id}", 422),
        ("POST", "/v1/probes", 201),
        ("GET", "unmatched", 404),
    ]
    assert all(set(line) <= EXPECTED_FIELDS for line in lines)
    assert lines[1]["bytes"] > 0
    assert lines[1]["milliseconds"] > 0
    assert "canary" not in str(logged)


EXPECTED_FIELDS = {"event", "method", "route", "status", "milliseconds", "bytes", "log_level", "request_id"}


async def test_probes_are_logged_quietly(client: httpx.AsyncClient, logged: list[EventDict]) -> None:
    await client.get("/livez")
    assert [event["log_level"] for event in logged] == ["debug"]


async def test_an_unforeseen_error_is_recorded_without_its_message(
    client: httpx.AsyncClient, logged: list[EventDict]
) -> None:
    await client.get("/v1/failures/unforeseen")
    await client.get("/v1/failures/broken-constraint")
    failures = [event for event in logged if event["event"] == "internal_error"]
    assert [event["kind"] for event in failures] == ["RuntimeError", "IntegrityError"]
    assert any("probe.py" in line and line.endswith(" fail") for line in failures[0]["trace"])
    assert failures[0]["route"] == "/v1/failures/{kind}"
    assert "canary" not in str(logged)


async def test_an_outage_is_a_warning(client: httpx.AsyncClient, logged: list[EventDict]) -> None:
    await client.get("/v1/failures/connection-refused")
    assert [event["log_level"] for event in logged if event["event"] == "unavailable"] == ["warning"]
    assert "canary" not in str(logged)


async def test_an_answer_that_breaks_off_is_recorded_and_not_mended(
    app: FastAPI, logged: list[EventDict]
) -> None:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        with pytest.raises(AssertionError):
            await client.get("/v1/broken-stream")
    broken = [event for event in logged if event.get("broken_off")]
    assert len(broken) == 1
    assert "canary" not in str(logged)


async def test_metrics_count_by_route_template(client: httpx.AsyncClient) -> None:
    await client.get("/v1/probes/canary?canary=1")
    await client.get("/canary")
    await client.request("CANARY", "/v1/empty")
    text = (await client.get("/metrics")).text
    assert 'http_requests_total{method="GET",route="/v1/probes/{probe_id}",status_class="4xx"} 1.0' in text
    assert 'http_requests_total{method="GET",route="unmatched",status_class="4xx"} 1.0' in text
    assert 'http_requests_total{method="other",route="/v1/empty",status_class="4xx"} 1.0' in text
    assert 'http_request_seconds_count{method="GET",route="/v1/probes/{probe_id}"} 1.0' in text
    assert "http_requests_in_flight 1.0" in text
    assert "canary" not in text.lower()


def test_made_up_methods_take_no_memory() -> None:
    measurements = Measurements()
    for number in range(1000):
        measurements.answered(f"M{number}", "/v1/empty", 405, 0.001)
    assert len(measurements._known) == 0


async def test_two_applications_count_apart(settings: Settings) -> None:
    first, second = probe.make(settings), probe.make(settings)
    async with client_of(first) as client:
        await client.get("/v1/empty")
    async with client_of(second) as client:
        assert "/v1/empty" not in (await client.get("/metrics")).text


async def test_every_answer_forbids_browsers_what_they_need_not_do(client: httpx.AsyncClient) -> None:
    for path in ("/v1/empty", "/v1/nothing", "/livez", "/v1/failures/unforeseen"):
        headers = (await client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "strict-transport-security" not in headers
        assert headers.get("cache-control") == ("no-store" if path.startswith("/v1") else None)
        assert "server" not in headers


async def test_encrypted_answers_ask_to_stay_encrypted(app: FastAPI) -> None:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="https://testserver") as client:
        assert "max-age=" in (await client.get("/livez")).headers["strict-transport-security"]


HOSTS = (
    ("testserver", True),
    ("testserver:8000", True),
    ("LOCALHOST:1", True),
    ("127.0.0.1:65535", True),
    ("[::1]", True),
    ("[::1]:8000", True),
    ("a.example.org", True),
    ("a.b.example.org:443", True),
    ("example.org", False),
    ("evilexample.org", False),
    ("testserver.evil.com", False),
    ("evil.com", False),
    ("testserver:x", False),
    ("testserver:80:80", False),
    (":80", False),
    ("", False),
    ("evil.com#testserver", False),
    ("[::1", False),
)


@pytest.mark.parametrize(("host", "ours"), HOSTS)
async def test_only_our_names_are_answered(host: str, ours: bool) -> None:
    hosts = (*Settings(_env_file=None).allowed_hosts, "*.example.org")
    app = probe.make(Settings(_env_file=None, allowed_hosts=hosts))
    async with client_of(app) as client:
        answer = await client.get("/v1/empty", headers={"host": host})
    assert answer.status_code == (200 if ours else 400)


async def test_two_hosts_are_none(client: httpx.AsyncClient) -> None:
    twice = [("host", "testserver"), ("host", "testserver")]
    assert (await client.get("/v1/empty", headers=twice)).status_code == 400


PREFLIGHT = {"origin": "https://city.example", "access-control-request-method": "PATCH"}


@pytest.fixture
def open_app() -> FastAPI:
    return probe.make(Settings(_env_file=None, allowed_origins=("https://city.example",)))


async def test_pages_of_a_named_origin_may_call_and_read(open_app: FastAPI) -> None:
    async with client_of(open_app) as client:
        wanted = {"access-control-request-headers": "authorization, if-match, idempotency-key"}
        preflight = await client.options("/v1/probes", headers=PREFLIGHT | wanted)
        read = await client.get("/v1/empty", headers={"origin": "https://city.example"})
        failed = await client.get("/v1/failures/unforeseen", headers={"origin": "https://city.example"})
    assert preflight.status_code == 200
    for answer in (preflight, read, failed):
        assert answer.headers["access-control-allow-origin"] == "https://city.example"
        assert "access-control-allow-credentials" not in answer.headers
        assert "Origin" in answer.headers["vary"]
    assert "ETag" in read.headers["access-control-expose-headers"]


async def test_other_origins_headers_and_methods_are_refused(open_app: FastAPI) -> None:
    refused = (
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"access-control-request-method": "TRACE"},
        {"access-control-request-headers": "x-evil"},
    )
    async with client_of(open_app) as client:
        for change in refused:
            answer = await client.options("/v1/probes", headers=PREFLIGHT | change)
            assert (answer.status_code, answer.json()["code"]) == (403, "origin_not_allowed")
        read = await client.get("/v1/empty", headers={"origin": "https://evil.example"})
    assert "access-control-allow-origin" not in read.headers


async def test_without_named_origins_nobody_is_allowed(client: httpx.AsyncClient) -> None:
    read = await client.get("/v1/empty", headers={"origin": "https://city.example"})
    assert "access-control-allow-origin" not in read.headers
    assert (await client.options("/v1/empty", headers=PREFLIGHT)).status_code == 403


async def test_a_handler_past_its_deadline_is_cancelled(shelf: probe.Shelf, logged: list[EventDict]) -> None:
    app = probe.make(Settings(_env_file=None, request_seconds=0.5), shelf)
    async with client_of(app) as client:
        answers = await asyncio.gather(*(client.get("/v1/slow") for _ in range(3)), client.get("/v1/empty"))
        after = await client.get("/v1/slow?seconds=0")
    assert [answer.status_code for answer in answers] == [503, 503, 503, 200]
    assert answers[0].json()["code"] == "deadline_passed"
    assert answers[0].headers["retry-after"] == "1"
    assert shelf.cancelled == 3
    assert after.status_code == 200
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    assert [event["log_level"] for event in logged if event["event"] == "deadline_passed"] == ["warning"] * 3
    assert "error" not in {event["log_level"] for event in logged}


async def test_a_cancellation_from_outside_is_no_deadline(shelf: probe.Shelf) -> None:
    app = probe.make(Settings(_env_file=None, request_seconds=5), shelf)
    async with client_of(app) as client:
        asking = asyncio.create_task(client.get("/v1/slow"))
        await asyncio.sleep(0.1)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
    assert shelf.cancelled == 1


def test_deadlines_work_in_a_second_loop(shelf: probe.Shelf) -> None:
    app = probe.make(Settings(_env_file=None, request_seconds=0.5), shelf)

    async def ask(seconds: float) -> int:
        async with client_of(app) as client:
            return (await client.get("/v1/slow", params={"seconds": seconds})).status_code

    with asyncio.Runner() as first:
        assert first.run(ask(0)) == 200
    with asyncio.Runner() as second:
        assert second.run(ask(30)) == 503


BODIES = (
    ({"content-length": "3"}, b"{}x", 400),
    ({"content-type": "application/json"}, b"", 422),
    ({"content-type": "application/json;charset=UTF-8"}, b"{}", 422),
    ({"content-type": 'application/json; charset="utf-8"'}, b"{}", 422),
    ({"content-type": "application/json; charset=utf-16"}, b"{}", 415),
    ({"content-type": "application/json, text/plain"}, b"{}", 415),
    ({"content-type": "application/jsonp"}, b"{}", 415),
    ({"content-type": "application/x-www-form-urlencoded"}, b"name=x", 415),
    ({"content-type": "multipart/form-data; boundary=x"}, b"--x--", 415),
    ({"content-type": ""}, b"{}", 415),
    ({"content-type": "application/json", "content-encoding": "identity"}, b"{}", 422),
    ({"content-type": "application/json", "content-encoding": "gzip"}, b"{}", 415),
    ({"content-type": "application/json", "content-encoding": "identity, br"}, b"{}", 415),
)


@pytest.mark.parametrize(("headers", "body", "status"), BODIES)
async def test_only_plain_json_is_read(
    client: httpx.AsyncClient, headers: dict[str, str], body: bytes, status: int
) -> None:
    given = headers if "content-type" in headers else {"content-type": "application/json"} | headers
    assert (await client.post("/v1/probes", content=body, headers=given)).status_code == status


async def test_a_body_up_to_the_limit_is_read_and_one_byte_more_is_not(shelf: probe.Shelf) -> None:
    app = probe.make(Settings(_env_file=None, body_limit_bytes=1024), shelf)
    headers = {"content-type": "application/json"}
    body = b'{"name": "x", "amount_fen": 1}'

    async def chunked(size: int) -> object:
        async def parts() -> object:
            yield body
            for _ in range(size - len(body)):
                yield b" "

        return parts()

    async with client_of(app) as client:
        for size, status in ((1024, 201), (1025, 413)):
            declared = await client.post("/v1/probes", content=body.ljust(size), headers=headers)
            streamed = await client.post("/v1/probes", content=await chunked(size), headers=headers)  # type: ignore[arg-type]
            assert (declared.status_code, streamed.status_code) == (status, status)
    assert shelf.handled == 2
