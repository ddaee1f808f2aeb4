import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files

import httpx
import psycopg
import pytest
from sqlalchemy import exc
from starlette.types import ASGIApp, Receive, Scope, Send

from matchmaking import messages
from matchmaking.db.outage import is_outage
from matchmaking.errors import Refusal
from matchmaking.messages import catalogue
from matchmaking.settings import Settings
from routers.middleware import LAYERS, Layer
from routers.problems import GENERAL_CODES, STATUSES
from routers.wording import is_documented
from schemas.problems import Problem
from tests.http import probe
from tests.http.conftest import client_of

CHINESE = re.compile("[\u4e00-\u9fff]")
JSON = {"content-type": "application/json"}
GOOD = b'{"name": "x", "amount_fen": 1}'
CANARY = "canary"


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    status: int
    code: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


def failing(kind: str, status: int, code: str) -> Asked:
    return Asked("GET", f"/v1/failures/{kind}", status, code)


def posted(body: bytes, status: int, code: str, **headers: str) -> Asked:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Asked("POST", "/v1/probes", status, code, {**JSON, **named}, body)


UNKNOWN = "/v1/probes/00000000-0000-7000-8000-000000000000"
EVERY_ANSWER = (
    Asked("GET", "/canary", 404, "address_unknown"),
    Asked("GET", "/v1/probes/", 404, "address_unknown"),
    Asked("GET", "/docs/canary", 404, "not_found"),
    Asked("GET", "/problems/canary", 404, "not_found"),
    Asked("GET", UNKNOWN, 404, "not_found"),
    Asked("DELETE", "/v1/probes", 405, "method_not_allowed"),
    Asked("CANARY", "/livez", 405, "method_not_allowed"),
    Asked("OPTIONS", "/v1/empty", 405, "method_not_allowed"),
    Asked("GET", "/v1/empty", 400, "host_unknown", {"host": "canary.example"}),
    Asked("GET", "/v1/empty?canary=%00", 400, "target_malformed"),
    Asked("GET", "/v1/failures/%00", 400, "target_malformed"),
    Asked(
        "OPTIONS",
        "/v1/empty",
        403,
        "origin_not_allowed",
        {"origin": "https://canary.example", "access-control-request-method": "GET"},
    ),
    Asked("GET", "/v1/probes?limit=canary", 422, "validation_failed"),
    Asked("GET", "/v1/probes?cursor=canary", 400, "cursor_invalid"),
    Asked("GET", "/v1/probes/canary", 422, "validation_failed"),
    Asked("PUT", UNKNOWN, 428, "if_match_missing", JSON, GOOD),
    Asked("PUT", UNKNOWN, 400, "if_match_malformed", {**JSON, "if-match": "canary"}, GOOD),
    Asked("POST", "/v1/private", 401, "not_signed_in", JSON, GOOD),
    Asked("POST", "/v1/private", 401, "not_signed_in", JSON, b'{"canary": 1}'),
    Asked("POST", "/v1/private", 400, "malformed_json", JSON, b'{"canary": '),
    posted(b'{"canary"', 400, "malformed_json"),
    posted(b'{"name": "canary", "name": "canary"}', 400, "malformed_json"),
    posted(b'{"name": "canary", "amount_fen": -1, "canary <b>": 0}', 422, "validation_failed"),
    posted(b"[" * 5000, 400, "malformed_json"),
    posted(b"x" * (1 << 21), 413, "body_too_large"),
    posted(GOOD, 415, "content_encoding_unsupported", content_encoding="gzip"),
    posted(GOOD, 415, "media_type_unsupported", content_type="text/canary"),
    posted(GOOD, 415, "media_type_unsupported", content_type="application/json; charset=gbk"),
    Asked("POST", "/v1/probes", 422, "validation_failed"),
    Asked("GET", "/v1/slow", 503, "deadline_passed"),
    failing("not-allowed", 403, "not_allowed"),
    failing("credential-missing", 401, "not_signed_in"),
    failing("conflict", 409, "conflict"),
    failing("stale", 412, "version_stale"),
    failing("precondition", 428, "if_match_missing"),
    failing("invalid", 422, "number_too_small"),
    failing("malformed", 400, "bad_request"),
    failing("too-many", 429, "too_many_requests"),
    failing("unavailable", 503, "unavailable"),
    failing("undocumented", 409, "conflict"),
    failing("unforeseen", 500, "internal_error"),
    failing("connection-refused", 503, "unavailable"),
    failing("pool-exhausted", 503, "unavailable"),
    failing("lock-timeout", 503, "unavailable"),
    failing("broken-constraint", 500, "internal_error"),
)


async def send(client: httpx.AsyncClient, asked: Asked, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await client.request(
        asked.method, asked.path, headers={**asked.headers, **named}, content=asked.body
    )


def assert_problem(answer: httpx.Response, asked: Asked, language: str) -> Problem:
    assert answer.status_code == asked.status, (asked, answer.text)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == language
    assert "Accept-Language" in answer.headers["vary"]
    problem = Problem.model_validate_json(answer.content, strict=True, extra="forbid")
    assert problem.code == asked.code
    assert problem.type == f"/problems/{asked.code}"
    assert problem.status == asked.status
    assert problem.request_id == answer.headers["x-request-id"]
    for text in (problem.title, problem.detail, *(fault.detail for fault in problem.errors)):
        assert bool(CHINESE.search(text)) == (language == "zh"), text
        assert "{" not in text, text
    assert CANARY not in answer.text.lower()
    return problem


@pytest.fixture
def settings() -> Settings:
    return Settings(_env_file=None, request_seconds=1)


@pytest.mark.gate("A3")
async def test_every_answer_is_a_documented_problem_in_both_languages(
    client: httpx.AsyncClient, record_property: Callable[[str, object], None]
) -> None:
    statuses = set()
    for asked in EVERY_ANSWER:
        for accepted, language in ((None, "zh"), ("en-GB, zh;q=0.5", "en")):
            headers = {"accept_language": accepted} if accepted else {}
            problem = assert_problem(await send(client, asked, **headers), asked, language)
            document = await client.get(problem.type)
            assert document.status_code == 200
            assert document.json()["type"] == problem.type
            assert document.json()["status"] in (None, problem.status)
            for fault in problem.errors:
                assert (await client.get(f"/problems/{fault.code}")).status_code == 200
        statuses.add(asked.status)
    record_property(
        "figure",
        f"{len(EVERY_ANSWER)} refusals x 2 languages, {len(statuses)} statuses: all RFC 9457, all documented",
    )


async def test_answers_keep_the_headers_of_their_status(client: httpx.AsyncClient) -> None:
    async def headers(kind: str) -> httpx.Headers:
        return (await client.get(f"/v1/failures/{kind}")).headers

    assert (await headers("credential-missing"))["www-authenticate"] == "Bearer"
    assert (await headers("credential-ended"))["www-authenticate"] == 'Bearer error="invalid_token"'
    assert (await headers("too-many"))["retry-after"] == "7"
    assert (await headers("unavailable"))["retry-after"] == "1"
    assert (await headers("connection-refused"))["retry-after"] == "1"
    assert "retry-after" not in await headers("conflict")


async def test_allow_names_the_methods_of_all_routes_at_a_path(client: httpx.AsyncClient) -> None:
    assert (await client.delete("/v1/probes")).headers["allow"] == "GET, POST"
    assert (await client.delete(UNKNOWN)).headers["allow"] == "GET, PUT"


async def test_a_head_request_is_refused_without_a_wrong_length(client: httpx.AsyncClient) -> None:
    answer = await client.head("/v1/probes")
    assert answer.status_code == 405


def test_every_refusal_has_a_status_and_every_status_a_documented_code() -> None:
    assert {kind for kind in Refusal.__subclasses__() if kind.__module__ == "matchmaking.errors"} <= set(
        STATUSES
    )
    for status, code in GENERAL_CODES.items():
        assert is_documented(code)
        assert catalogue()[code].get("status") == str(status)
        assert f"status.{status}" in catalogue()


def test_every_text_of_http_stands_in_both_languages() -> None:
    tables = tomllib.loads((files(messages) / "http.toml").read_text(encoding="utf-8"))
    for code, texts in (tables | tables["status"] | tables["server"]).items():
        forms = {
            language: {key[2:] for key in texts if key.startswith(language)} for language in ("zh", "en")
        }
        assert forms["zh"] == forms["en"], code


async def test_an_error_in_a_layer_is_a_problem_too(settings: Settings) -> None:
    class Broken:
        def __init__(self, app: ASGIApp) -> None:
            self.app = app

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                raise RuntimeError(CANARY)
            await self.app(scope, receive, send)

    asked = Asked("GET", "/v1/empty", 500, "internal_error")
    for place in range(2, len(LAYERS) + 1):
        layers = (*LAYERS[:place], Layer("broken", lambda app, _: Broken(app)), *LAYERS[place:])
        async with client_of(probe.make(settings, layers=layers)) as client:
            assert_problem(await client.get("/v1/empty"), asked, "zh")


async def test_without_any_layer_refusals_are_still_problems(settings: Settings) -> None:
    async with client_of(probe.make(settings, layers=())) as client:
        answer = await client.get("/v1/failures/conflict")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["request_id"] == "-"


async def test_the_list_of_problems_leads_to_each(client: httpx.AsyncClient) -> None:
    items = (await client.get("/problems")).json()["items"]
    assert {"not_found", "validation_failed", "field_missing"} <= {item["code"] for item in items}
    assert all("." not in item["code"] for item in items)
    for item in items[:5]:
        assert (await client.get(item["type"])).json() == item


async def test_a_browser_gets_a_page_that_runs_nothing(client: httpx.AsyncClient) -> None:
    for path in ("/problems", "/problems/not_found"):
        answer = await client.get(path, headers={"accept": "text/html,*/*;q=0.8"})
        assert answer.headers["content-type"].startswith("text/html")
        assert "没有这个资源" in answer.text
        assert "There is no such thing" in answer.text
        assert "script" not in answer.headers["content-security-policy"]
        assert "<script" not in answer.text


PASSING = (
    psycopg.OperationalError("connection failed"),
    psycopg.InterfaceError("the connection is closed"),
    psycopg.errors.QueryCanceled(),
    psycopg.errors.LockNotAvailable(),
    psycopg.errors.SerializationFailure(),
    psycopg.errors.DeadlockDetected(),
    psycopg.errors.TooManyConnections(),
    psycopg.errors.DiskFull(),
    psycopg.errors.AdminShutdown(),
    psycopg.errors.CannotConnectNow(),
    psycopg.errors.IdleInTransactionSessionTimeout(),
    psycopg.errors.ReadOnlySqlTransaction(),
    exc.TimeoutError("QueuePool limit"),
    exc.PendingRollbackError("Can't reconnect", code="8s2b"),
    exc.PendingRollbackError("Original exception was: (psycopg.OperationalError)", code="7s2a"),
    ExceptionGroup("both", [psycopg.OperationalError("connection failed")]),
    ConnectionRefusedError(),
)
LASTING = (
    psycopg.errors.UniqueViolation(),
    psycopg.errors.UndefinedTable(),
    psycopg.errors.InsufficientPrivilege(),
    psycopg.errors.StringDataRightTruncation(),
    psycopg.ProgrammingError("no result"),
    exc.NoResultFound("none"),
    exc.PendingRollbackError("Original exception was: (psycopg.errors.UniqueViolation)", code="7s2a"),
    ValueError("connection failed"),
)


@pytest.mark.parametrize("error", PASSING, ids=repr)
def test_outages_are_told_from_mistakes(error: Exception) -> None:
    wrapped = RuntimeError()
    wrapped.__cause__ = error
    assert is_outage(error)
    assert is_outage(wrapped)
    if isinstance(error, psycopg.Error):
        assert is_outage(exc.DBAPIError("SELECT", {}, error))


@pytest.mark.parametrize("error", LASTING, ids=repr)
def test_mistakes_are_no_outages(error: Exception) -> None:
    assert not is_outage(error)
    if isinstance(error, psycopg.Error):
        assert not is_outage(exc.DBAPIError("SELECT", {}, error))


async def test_a_message_without_its_parameter_still_answers(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = replace(probe.FAILURES["too-many"], parameters={})  # type: ignore[type-var]
    monkeypatch.setitem(probe.FAILURES, "too-many", bare)
    answer = await client.get("/v1/failures/too-many")
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "60"
    assert "…" in answer.json()["detail"]
