import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from fastapi import Depends, FastAPI, Request, Response
from hypothesis import given
from hypothesis import strategies as st

from matchmaking.settings import Settings
from routers.ground import lay_ground
from routers.problems import MalformedBody
from routers.strict_json import DEEPEST, LARGEST_INTEGER, MOST_ITEMS, StrictRoute, parse
from tests.http.conftest import client_of

REFUSED = (
    (b"", "malformed_json"),
    (b"{", "malformed_json"),
    (b"{'a': 1}", "malformed_json"),
    (b"[1,]", "malformed_json"),
    (b"[1] 2", "malformed_json"),
    (b"NaN", "malformed_json"),
    (b"[Infinity]", "malformed_json"),
    (b"[-Infinity]", "malformed_json"),
    (b"[1e999]", "malformed_json"),
    (b"[-1e999]", "malformed_json"),
    (b"[01]", "malformed_json"),
    (b'"\\ud800"', "malformed_json"),
    (b'"\\udc00\\ud800"', "malformed_json"),
    (b'"\xed\xa0\x80"', "malformed_json"),
    (b'"\xff"', "malformed_json"),
    (b'"\xc0\xaf"', "malformed_json"),
    (b'"a\x00b"', "malformed_json"),
    (b'"a\nb"', "malformed_json"),
    (b"\xef\xbb\xbf{}", "malformed_json"),
    ('{"a": 1}'.encode("utf-16"), "malformed_json"),
    ('{"a": 1}'.encode("utf-32"), "malformed_json"),
    (b"[" * 100_000, "json_too_many_items"),
    (b"[" * 5_000, "malformed_json"),
    (b'{"a": "x\\u0000"}', "json_nul_character"),
    (b'{"x\\u0000": 1}', "json_nul_character"),
    (b'[["\\u0000"]]', "json_nul_character"),
    (b'{"a": 1, "a": 2}', "json_key_repeated"),
    (b'{"a": 1, "\\u0061": 2}', "json_key_repeated"),
    (b'[{"b": {"a": 1, "a": 1}}]', "json_key_repeated"),
    (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), "json_too_deep"),
    (b'{"a":' * (DEEPEST + 1) + b"1" + b"}" * (DEEPEST + 1), "json_too_deep"),
    (b"[" + b"0," * MOST_ITEMS + b"0]", "json_too_many_items"),
    (b"[" + b"[]," * MOST_ITEMS + b"0]", "json_too_many_items"),
    (json.dumps({str(number): 0 for number in range(MOST_ITEMS + 1)}).encode(), "json_too_many_items"),
    (str(LARGEST_INTEGER + 1).encode(), "json_integer_too_large"),
    (b'{"a": [-9223372036854775809]}', "json_integer_too_large"),
    (b"1" + b"0" * 300, "json_integer_too_large"),
    (b"1" + b"0" * 4000, "malformed_json"),
)
ACCEPTED = (
    (b"[" * DEEPEST + b"]" * DEEPEST, None),
    (b"[" + b"0," * (MOST_ITEMS - 1) + b"0]", None),
    (b'{"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]}', {"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]}),
    (b'"\\\\u0000"', "\\u0000"),
    ('"利率 🦀"'.encode(), "利率 🦀"),
    (b'"\\ud83e\\udd80"', "🦀"),
    (str(LARGEST_INTEGER).encode(), LARGEST_INTEGER),
    (str(-LARGEST_INTEGER - 1).encode(), -LARGEST_INTEGER - 1),
    (b'"12345678901234567890123"', "12345678901234567890123"),
    (b"[1.5, -0.0, 1e-999, 1E3]", [1.5, 0.0, 0.0, 1000.0]),
    (b"  null ", None),
    (b'"' + b"[,{" * 10_000 + b'"', None),
)
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8", exclude_characters="\0")), inner, max_size=4)
    ),
    max_leaves=20,
)


@pytest.mark.parametrize(("body", "code"), REFUSED)
def test_what_is_not_strict_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(MalformedBody) as refused:
        parse(body)
    assert refused.value.code == code


@pytest.mark.parametrize(("body", "value"), ACCEPTED)
def test_what_is_strict_passes(body: bytes, value: object) -> None:
    found = parse(body)
    assert value is None or found == value


@given(PLAIN)
def test_any_plain_value_survives(value: object) -> None:
    assert parse(json.dumps(value).encode()) == value
    assert parse(json.dumps(value, ensure_ascii=False).encode()) == value


@given(
    st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_any_bytes_are_a_value_or_a_refusal(body: bytes) -> None:
    try:
        value = parse(body)
    except MalformedBody:
        return
    assert json.loads(body) == value


async def test_the_answer_is_malformed_json_and_repeats_nothing(client: httpx.AsyncClient) -> None:
    headers = {"content-type": "application/json"}
    for body, _ in REFUSED[1:]:
        answer = await client.post("/v1/probes", content=body[:200_000], headers=headers)
        assert answer.status_code == 400
        assert answer.json()["code"] == "malformed_json"
    repeated = await client.post("/v1/probes", content=b'{"canary": 1, "canary": 2}', headers=headers)
    assert repeated.json()["detail"] == "同一个 JSON 对象中有重复的键。每个键只写一次。"
    assert "canary" not in repeated.text


@pytest.mark.parametrize(
    "body",
    [
        b'"' + b'\\"' * 500_000,
        b'"' * 1_000_000,
        b"\\" * 1_000_000,
        b'"' + b"\\" * 999_999,
        b'"",' * 333_333,
        b"[," * 500_000,
    ],
)
def test_no_body_takes_long_to_refuse(body: bytes) -> None:
    began = time.perf_counter()
    with pytest.raises(MalformedBody):
        parse(body)
    # Linear it is some 30 ms; quadratic it would be minutes.
    assert time.perf_counter() - began < 3


@pytest.mark.timed
def test_parsing_an_ordinary_body_is_cheap(record_property: Callable[[str, object], None]) -> None:
    body = json.dumps(
        {
            "name": "贷款",
            "amount_fen": 5_000_000_00,
            "tags": list("abcdefgh"),
            "rules": [{"kind": "amount"}] * 4,
        }
    ).encode()
    rounds = 300
    best = min(_seconds(body, rounds) for _ in range(5)) / rounds
    assert best < 0.0001
    record_property("figure", f"{best * 1e6:.0f} us for a body of {len(body)} bytes")


def _seconds(body: bytes, rounds: int) -> float:
    began = time.perf_counter()
    for _ in range(rounds):
        parse(body)
    return time.perf_counter() - began


EVENTS: list[str] = []


async def transaction() -> AsyncIterator[list[str]]:
    yield EVENTS
    EVENTS.append("committed")


class RememberingRoute(StrictRoute):
    async def finish(self, request: Request, response: Response) -> Response:
        body = await request.json() if request.method == "POST" else None
        EVENTS.append(f"finished {response.status_code} {bytes(response.body).decode()} {body}")
        response.headers["x-remembered"] = "yes"
        return response


@pytest.fixture
def remembering(settings: Settings) -> FastAPI:
    async def ready() -> None: ...

    app = lay_ground(settings, readiness=ready)
    app.router.route_class = RememberingRoute
    EVENTS.clear()

    @app.post("/v1/echoes", status_code=201)
    async def echo(given: dict[str, int], events: list[str] = Depends(transaction, scope="function")) -> int:
        events.append("worked")
        if "fail" in given:
            raise MalformedBody("malformed_json")
        return given["a"]

    return app


async def test_finish_runs_inside_the_transaction_and_before_the_answer(remembering: FastAPI) -> None:
    async with client_of(remembering) as client:
        answer = await client.post("/v1/echoes", json={"a": 7})
    assert EVENTS == ["worked", "finished 201 7 {'a': 7}", "committed"]
    assert (answer.status_code, answer.headers["x-remembered"], answer.text) == (201, "yes", "7")


async def test_finish_is_not_asked_about_refusals(remembering: FastAPI) -> None:
    async with client_of(remembering) as client:
        answer = await client.post("/v1/echoes", json={"fail": 1})
    assert answer.status_code == 400
    assert EVENTS == ["worked"]


async def test_a_client_that_leaves_in_the_middle_of_its_body_is_no_failure(app: FastAPI) -> None:
    arriving: list[dict[str, object]] = [
        {"type": "http.disconnect"},
        {"type": "http.request", "body": b"{", "more_body": True},
    ]
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        await asyncio.sleep(0)
        return arriving.pop()

    async def send(message: dict[str, object]) -> None:
        await asyncio.sleep(0)
        sent.append(message)

    headers = [(b"host", b"testserver"), (b"content-type", b"application/json"), (b"content-length", b"9")]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/probes",
        "query_string": b"",
        "headers": headers,
        "scheme": "http",
        "root_path": "",
        "http_version": "1.1",
        "client": None,
        "server": None,
    }
    await app(scope, receive, send)  # type: ignore[arg-type]
    assert sent[0]["status"] == 400
    assert b"request_cut_off" in sent[1]["body"]  # type: ignore[operator]
