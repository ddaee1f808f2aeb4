"""A strange endpoint: whatever it does has a name, and what it says is checked before it is believed."""

import socket
import time
from collections.abc import Callable, Iterator

import httpx
import numpy as np
import orjson
import pytest
from pydantic import ValidationError

from matchmaking.encoding.choosing import encoder_of
from matchmaking.encoding.encoder import EncoderFailed, EncoderFault, NoEncoder
from matchmaking.encoding.endpoint import Address, EndpointEncoder
from matchmaking.encoding.packaged import PackagedEncoder
from matchmaking.settings import Settings

DIMENSION = 8
Answer = Callable[[httpx.Request], httpx.Response]


def _encoder(answer: Answer, **changes: object) -> EndpointEncoder:
    usual = {
        "url": "http://encoder.invalid/v1/embeddings",
        "model": "m",
        "dimension": DIMENSION,
        "seconds": 1.0,
    }
    return EndpointEncoder(Address(**{**usual, **changes}), httpx.MockTransport(answer))  # type: ignore[arg-type]


def _fault(answer: Answer, **changes: object) -> EncoderFault:
    with pytest.raises(EncoderFailed) as failed:
        _encoder(answer, **changes).passages(["一", "二"])
    return failed.value.fault


def _said(rows: list[list[float]]) -> httpx.Response:
    data = [{"index": place, "embedding": row} for place, row in enumerate(rows)]
    return httpx.Response(200, content=orjson.dumps({"data": data, "model": "m"}))


def _raise(error: Exception) -> Answer:
    def answer(_request: httpx.Request) -> httpx.Response:
        raise error

    return answer


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 302])
def test_another_status_than_success_is_a_refusal(status: int) -> None:
    assert _fault(lambda _: httpx.Response(status, json={"data": []})) is EncoderFault.REFUSED


def test_nobody_there_is_down() -> None:
    assert _fault(_raise(httpx.ConnectError("refused"))) is EncoderFault.DOWN


def test_a_broken_exchange_is_down() -> None:
    assert _fault(_raise(httpx.RemoteProtocolError("cut"))) is EncoderFault.DOWN


def test_no_answer_in_time_is_slow() -> None:
    assert _fault(_raise(httpx.ReadTimeout("late"))) is EncoderFault.SLOW


class _Dripping(httpx.SyncByteStream):
    def __iter__(self) -> Iterator[bytes]:
        while True:
            time.sleep(0.02)
            yield b" "


def test_a_body_that_drips_for_ever_is_slow() -> None:
    began = time.monotonic()
    assert _fault(lambda _: httpx.Response(200, stream=_Dripping()), seconds=0.2) is EncoderFault.SLOW
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b'{"data": null}',
        b'{"data": [1, 2]}',
        b'{"data": [{"embedding": null}, {"embedding": null}]}',
        orjson.dumps({"data": [{"index": 0, "embedding": [1.0] * DIMENSION}]}),
        orjson.dumps({"data": [{"index": 0, "embedding": [1.0] * DIMENSION}] * 2}),
        orjson.dumps({"data": [{"index": {}, "embedding": [1.0] * DIMENSION}] * 2}),
        orjson.dumps({"data": [{"embedding": ["a"] * DIMENSION}] * 2}),
        orjson.dumps({"data": [{"embedding": [[1.0]] * DIMENSION}] * 2}),
        orjson.dumps({"data": [{"embedding": [0.0] * DIMENSION}] * 2}),
        orjson.dumps({"data": [{"embedding": [1e300] * DIMENSION}] * 2}),
        orjson.dumps({"data": [{"embedding": [1.0] * DIMENSION}] * 3}),
    ],
)
def test_what_are_no_vectors_is_garbage(body: bytes) -> None:
    assert _fault(lambda _: httpx.Response(200, content=body)) is EncoderFault.GARBAGE


@pytest.mark.parametrize("dimension", [0, 1, DIMENSION - 1, DIMENSION + 1, 4 * DIMENSION])
def test_another_dimension_than_agreed_is_named(dimension: int) -> None:
    fault = _fault(lambda _: _said([[1.0] * dimension] * 2))
    assert fault is EncoderFault.WRONG_DIMENSION


def test_an_answer_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matchmaking.encoding.endpoint.MOST_ANSWER_BYTES", 1_000)
    assert _fault(lambda _: httpx.Response(200, content=b" " * 2_000)) is EncoderFault.GARBAGE


def test_vectors_come_in_the_order_of_the_texts_and_of_length_one() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        asked = orjson.loads(request.content)
        assert request.headers["authorization"] == "Bearer secret"
        assert asked["model"] == "m"
        rows = [[float(len(text))] + [3.0] * (DIMENSION - 1) for text in asked["input"]]
        data = [{"index": place, "embedding": row} for place, row in enumerate(rows)]
        return httpx.Response(200, json={"data": data[::-1]})

    found = _encoder(answer, key="secret").passages(["一", "二二二", "三三"])
    assert found.shape == (3, DIMENSION)
    assert found.dtype == np.float32
    assert np.allclose(np.linalg.norm(found, axis=1), 1)
    assert found[0, 0] < found[2, 0] < found[1, 0]


def test_texts_are_made_readable_and_prefixed() -> None:
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        texts = orjson.loads(request.content)["input"]
        seen.extend(texts)
        return _said([[1.0] * DIMENSION] * len(texts))

    encoder = _encoder(answer, query_prefix="q: ", passage_prefix="p: ")
    encoder.query("a\0b\ud800c")
    encoder.passages(["长" * 100_000])
    assert seen == ["q: a bc", "p: " + "长" * 4_000]


def test_no_text_asks_nobody() -> None:
    assert _encoder(_raise(AssertionError())).passages([]).shape == (0, DIMENSION)


def test_a_real_socket_that_says_nothing_is_slow_and_a_closed_one_is_down() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        encoder = EndpointEncoder(Address(f"http://127.0.0.1:{port}/v1/embeddings", "m", DIMENSION, 0.3))
        with pytest.raises(EncoderFailed, match="slow"):
            encoder.query("针织")
    with pytest.raises(EncoderFailed, match="down"):
        encoder.query("针织")


def test_the_settings_choose() -> None:
    assert isinstance(encoder_of(Settings(_env_file=None)), PackagedEncoder)
    assert isinstance(encoder_of(Settings(_env_file=None, encoder="none")), NoEncoder)
    chosen = encoder_of(
        Settings(
            _env_file=None,
            encoder="endpoint",
            encoder_address="https://encoder.invalid/v1/embeddings",
            encoder_model="bge-m3",
            encoder_dimension=1024,
        )
    )
    assert (chosen.model, chosen.dimension) == ("bge-m3", 1024)


@pytest.mark.parametrize(
    "incomplete",
    [
        {},
        {"encoder_model": "m"},
        {"encoder_address": "http://x"},
        {"encoder_address": "x", "encoder_model": "m"},
    ],
)
def test_an_endpoint_without_address_or_model_is_refused_at_the_start(incomplete: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="MATCHMAKING_ENCODER_ADDRESS"):
        Settings(_env_file=None, encoder="endpoint", **incomplete)  # type: ignore[arg-type]


def test_the_declared_absence_says_so() -> None:
    with pytest.raises(EncoderFailed, match="absent"):
        NoEncoder().query("针织")
