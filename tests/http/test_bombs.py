"""Gate A4: what bombs cost the server, and what others notice of them. The server is a process of its own."""

import gzip
import json
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from tests.http.conftest import Served, serving

MEBIBYTE = 1 << 20
SENT = 100 * MEBIBYTE
HEAD = b"POST /v1/probes HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
SLOWEST_SECONDS = 1.0
MOST_GROWTH_MEBIBYTES = 64
HEALTHY_P99_SECONDS = 0.2
MADE_UP = b'{"name": "x", "amount_fen": 1, "tags": [%s]}'


def whole(body: bytes, *fields: bytes) -> bytes:
    lines = (*fields, b"content-length: %d" % len(body))
    return HEAD + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + body


def keys(count: int) -> bytes:
    return json.dumps({f"{number:x}": 0 for number in range(count)}, separators=(",", ":")).encode()


def filled(part: bytes, size: int) -> bytes:
    return MADE_UP % (b",".join([part] * (size // (len(part) + 1))))


# Each is within the body limit but where its size is the point.
BOMBS: dict[str, tuple[bytes, int]] = {
    "depth": (whole(b"[" * (MEBIBYTE - 1)), 400),
    "depth, closed": (whole(b"[" * 500_000 + b"]" * 500_000), 400),
    "depth of 1,000": (whole(b"[" * 1000 + b"]" * 1000), 400),
    "90,000 keys": (whole(keys(90_000)), 400),
    "10,000 unknown keys": (whole(keys(9_990)), 422),
    "a million keys": (whole(keys(1_000_000)), 413),
    "500,000 wrong items": (whole(filled(b"0", MEBIBYTE - 100)), 400),
    "a million wrong items": (whole(filled(b"0", 2_000_000)), 413),
    "9,900 wrong items": (whole(filled(b"0", 19_800)), 422),
    "300,000 empty objects": (whole(filled(b"{}", MEBIBYTE - 100)), 400),
    "one long text": (whole(b'{"name": "%s", "amount_fen": 1}' % (b"x" * (MEBIBYTE - 100))), 422),
    "one long number": (whole(b'{"name": "x", "amount_fen": %s}' % (b"9" * (MEBIBYTE - 100))), 400),
    "one key, 100,000 times": (whole(b"{%s}" % b",".join([b'"a":0'] * 100_000)), 400),
    "5,000 repeated keys": (whole(b"{%s}" % b",".join([b'"a":0'] * 5_000)), 400),
    "gzip": (whole(gzip.compress(b" " * SENT), b"content-encoding: gzip"), 415),
    "deflate": (whole(b"x", b"content-encoding: deflate"), 415),
    "long header": (HEAD + b"x-long: " + b"x" * MEBIBYTE, 431),
    "100,000 headers": (HEAD + b"x: y\r\n" * 100_000, 431),
}


def declared() -> Iterator[bytes]:
    yield HEAD + b"content-length: %d\r\n\r\n" % SENT
    part = b"[" * MEBIBYTE
    for _ in range(SENT // MEBIBYTE):
        yield part


def chunked() -> Iterator[bytes]:
    yield HEAD + b"transfer-encoding: chunked\r\n\r\n"
    part = b"%x\r\n" % MEBIBYTE + b"[" * MEBIBYTE + b"\r\n"
    for _ in range(SENT // MEBIBYTE):
        yield part


def in_small_chunks() -> Iterator[bytes]:
    yield HEAD + b"transfer-encoding: chunked\r\n\r\n"
    for _ in range(SENT // (6 * 65536)):
        yield b"1\r\n[\r\n" * 65536


def endless_trailers() -> Iterator[bytes]:
    yield HEAD + b"transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n"
    for _ in range(SENT // MEBIBYTE):
        yield b"x" * MEBIBYTE


STREAMS: dict[str, Callable[[], Iterator[bytes]]] = {
    "100 MB declared": declared,
    "100 MB chunked": chunked,
    "100 MB in chunks of one byte": in_small_chunks,
    "100 MB of trailers": endless_trailers,
}


def throw(served: Served, parts: Iterator[bytes]) -> tuple[int, float]:
    """Send as a client would that never looks up, then read; status 0 for a connection closed unanswered."""
    began = time.perf_counter()
    with socket.create_connection(("127.0.0.1", served.port), timeout=15) as bomber:
        try:
            for part in parts:
                bomber.sendall(part)
        except OSError:
            pass
        status = _status(bomber)
    return status, time.perf_counter() - began


def _status(bomber: socket.socket) -> int:
    answer = b""
    try:
        while b"\r\n\r\n" not in answer and (part := bomber.recv(65536)):
            answer += part
    except OSError:
        pass
    return int(answer.split(b" ", 2)[1]) if answer else 0


def throw_all(served: Served) -> dict[str, float]:
    """Seconds by bomb; fails on any other status than the bomb's own."""
    seconds = {}
    for name, (sent, expected) in BOMBS.items():
        status, seconds[name] = throw(served, iter([sent]))
        assert status == expected, name
    for name, stream in STREAMS.items():
        status, seconds[name] = throw(served, stream())
        assert status == 413, name
    return seconds


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving(receive_seconds=10) as running:
        httpx.post(f"{running.url}/v1/probes", json={"name": "warm", "amount_fen": 1})
        yield running


@pytest.mark.gate("A4")
@pytest.mark.timed
def test_no_bomb_takes_a_second_or_much_memory(
    served: Served, record_property: Callable[[str, object], None]
) -> None:
    before = served.kilobytes("VmRSS")
    seconds = min((throw_all(served) for _ in range(3)), key=lambda found: max(found.values()))
    growth = (served.kilobytes("VmHWM") - before) / 1024
    slowest = max(seconds, key=lambda name: seconds[name])
    assert seconds[slowest] < SLOWEST_SECONDS, (slowest, seconds)
    assert growth < MOST_GROWTH_MEBIBYTES
    assert httpx.get(f"{served.url}/livez").status_code == 200
    record_property(
        "figure",
        f"{len(seconds)} bombs, slowest {slowest!r} {seconds[slowest]:.2f} s, peak memory +{growth:.0f} MiB",
    )


@dataclass
class Bystander(threading.Thread):
    """An honest client that asks all the time and notes how long each answer took."""

    served: Served
    stop: threading.Event
    seconds: list[float] = field(default_factory=list)
    wrong: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        with httpx.Client(base_url=self.served.url, timeout=30) as client:
            while not self.stop.wait(0.01):
                began = time.perf_counter()
                answer = client.get("/v1/probes")
                self.seconds.append(time.perf_counter() - began)
                if answer.status_code != 200:
                    self.wrong.append(answer.status_code)


def p99(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=100)[98]


def _waiting_while_bombed(served: Served, rounds: int) -> float:
    """The bystanders' 99th percentile in seconds."""
    stop = threading.Event()
    bystanders = [Bystander(served, stop) for _ in range(2)]
    for bystander in bystanders:
        bystander.start()
    try:
        for _ in range(rounds):
            throw_all(served)
    finally:
        stop.set()
        for bystander in bystanders:
            bystander.join()
    assert [bystander.wrong for bystander in bystanders] == [[], []]
    return p99([one for bystander in bystanders for one in bystander.seconds])


@pytest.mark.gate("A4")
@pytest.mark.timed
def test_others_hardly_notice_the_bombs(
    served: Served, record_property: Callable[[str, object], None]
) -> None:
    best = min(_waiting_while_bombed(served, 3) for _ in range(3))
    assert best < HEALTHY_P99_SECONDS
    record_property(
        "figure", f"p99 of bystanders {best * 1000:.0f} ms while {len(BOMBS) + len(STREAMS)} bombs fall"
    )
