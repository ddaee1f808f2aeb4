"""The server on real sockets: who is closed, who is answered, and how it ends."""

import asyncio
import os
import signal
import socket
import statistics
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress

import httpx
import pytest
from fastapi import FastAPI

from matchmaking.settings import Settings
from routers import server
from routers.ground import lay_ground
from routers.listening import PortTaken, ServerNotStarted, listen
from routers.server import KEEP_ALIVE_SECONDS, REQUEST_GRACE_SECONDS
from tests.http import probe
from tests.http.conftest import Served, serving

RECEIVE_SECONDS = 1.0
SLOW_CLIENTS = 200
# What a machine busy with other tests may add to any wait.
PATIENCE_SECONDS = 4
HEAD = b"GET /v1/empty HTTP/1.1\r\nhost: 127.0.0.1\r\n"
POST = b"POST /v1/probes HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"


def connected(served: Served) -> socket.socket:
    return socket.create_connection(("127.0.0.1", served.port), timeout=10)


def everything(client: socket.socket) -> bytes:
    """All that comes until the server closes."""
    answer = b""
    with suppress(ConnectionResetError):
        while part := client.recv(65536):
            answer += part
    return answer


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving(receive_seconds=RECEIVE_SECONDS, request_seconds=20) as running:
        yield running


SLOW = {
    "head": (HEAD + b"x-slow: ", b" 408 "),
    "request line": (b"GET /v1/em", b" 408 "),
    "declared body": (POST + b'content-length: 30\r\n\r\n{"na', b" 408 "),
    "chunked body": (POST + b'transfer-encoding: chunked\r\n\r\n4\r\n{"na\r\n', b" 408 "),
    "blank lines": (b"\r\n\r\n", b" 408 "),
    "nothing": (b"", b""),
}


@pytest.mark.parametrize("kind", SLOW)
def test_a_request_has_one_deadline_from_its_first_byte(served: Served, kind: str) -> None:
    sent, status = SLOW[kind]
    began = time.perf_counter()
    with connected(served) as client:
        client.sendall(sent)
        answer = everything(client)
    seconds = time.perf_counter() - began
    assert RECEIVE_SECONDS * 0.9 < seconds < RECEIVE_SECONDS + PATIENCE_SECONDS
    if not status:
        assert answer == b""
        return
    assert status in answer.split(b"\r\n")[0]
    assert b"application/problem+json" in answer
    assert b'"code":"request_timeout"' in answer
    assert b"connection: close" in answer


def test_a_byte_now_and_then_does_not_help(served: Served) -> None:
    began = time.perf_counter()
    with connected(served) as client:
        with suppress(OSError):
            for _ in range(200):
                client.sendall(b"x")
                time.sleep(0.05)
        assert time.perf_counter() - began < RECEIVE_SECONDS + PATIENCE_SECONDS


def test_an_idle_connection_is_closed_and_a_used_one_kept(served: Served) -> None:
    with connected(served) as client:
        for _ in range(3):
            client.sendall(HEAD + b"\r\n")
            time.sleep(RECEIVE_SECONDS * 0.6)
            assert client.recv(65536).startswith(b"HTTP/1.1 200")
        began = time.perf_counter()
        assert everything(client) == b""
    assert time.perf_counter() - began < KEEP_ALIVE_SECONDS + PATIENCE_SECONDS


def test_pipelined_requests_are_answered_in_order(served: Served) -> None:
    slow = b"GET /v1/slow?seconds=%.1f HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n" % (RECEIVE_SECONDS * 1.5)
    with connected(served) as client:
        client.sendall(slow + HEAD + b"connection: close\r\n\r\n")
        answer = everything(client)
    assert answer.count(b"HTTP/1.1 200 OK") == 2
    assert answer.index(b"rested") < answer.index(b"null")


def test_a_client_that_does_not_read_is_dropped(served: Served) -> None:
    before = served.kilobytes("VmRSS")
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", served.port))
        client.sendall(b"GET /v1/large?megabytes=16 HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
        time.sleep(RECEIVE_SECONDS * 2.5)
        client.settimeout(5)
        assert len(everything(client)) < 16 << 20
    assert served.kilobytes("VmRSS") - before < 40_000


def test_trailers_do_not_become_headers(served: Served) -> None:
    body = b'{"name": "x", "amount_fen": 1}'
    sent = POST + b"transfer-encoding: chunked\r\nconnection: close\r\n\r\n"
    with connected(served) as client:
        client.sendall(sent + b"%x\r\n%s\r\n0\r\ncontent-encoding: gzip\r\n\r\n" % (len(body), body))
        assert everything(client).startswith(b"HTTP/1.1 201")


def test_what_is_no_http_is_refused_in_form(served: Served) -> None:
    for sent in (
        b"\x16\x03\x01\x02\x00\x01",
        b"GET / HTTP/9.9\r\n\r\n",
        b"CONNECT x:1 HTTP/1.1\r\n\r\n",
        b"x" * 99,
    ):
        with connected(served) as client:
            client.sendall(sent + b"\r\n\r\n")
            answer = everything(client)
        assert answer == b"" or b'"code":"http_unreadable"' in answer, (sent, answer)
    odd_chunk = b"transfer-encoding: chunked\r\n\r\n" + b"zz" * 40_000
    both_lengths = b"content-length: 1\r\ntransfer-encoding: chunked"
    for smuggled in (both_lengths, b"content-length: x", odd_chunk):
        with connected(served) as client:
            client.sendall(POST + smuggled)
            assert b" 400 " in everything(client).split(b"\r\n")[0]


def test_an_upgrade_is_not_taken(served: Served) -> None:
    with connected(served) as client:
        client.sendall(HEAD + b"upgrade: websocket\r\nconnection: upgrade, close\r\n\r\n")
        assert client.recv(65536).startswith(b"HTTP/1.1 200")


@pytest.mark.timed
def test_slow_clients_are_closed_while_others_are_served(
    served: Served, record_property: Callable[[str, object], None]
) -> None:
    slow = [connected(served) for _ in range(SLOW_CLIENTS)]
    began = time.perf_counter()
    for client in slow:
        client.sendall(HEAD + b"x-slow: ")
    waits = []
    with httpx.Client(base_url=served.url) as healthy:
        while time.perf_counter() - began < RECEIVE_SECONDS + 1:
            asked = time.perf_counter()
            assert healthy.get("/v1/empty").status_code == 200
            waits.append(time.perf_counter() - asked)
            for client in slow[:: SLOW_CLIENTS // 10]:
                with suppress(OSError):
                    client.send(b"x")
    closed = sum(b"request_timeout" in everything(client) for client in slow)
    for client in slow:
        client.close()
    p99 = statistics.quantiles(waits, n=100)[98]
    assert closed >= SLOW_CLIENTS * 0.99
    assert p99 < 0.25
    record_property(
        "figure", f"{closed} of {SLOW_CLIENTS} slow clients closed, healthy p99 {p99 * 1000:.1f} ms"
    )


def ended(process: "Served", began: float) -> float:
    assert process.process.wait(15) == 0
    return time.perf_counter() - began


def at_work(process: "Served") -> None:
    """Returns when the slow request has arrived, however busy the machine is."""
    assert process.process.stdout is not None
    assert process.process.stdout.readline() == "resting\n"


def test_sigterm_answers_what_was_asked_and_ends() -> None:
    with serving() as running:
        with connected(running) as busy, connected(running) as idle, connected(running) as half:
            idle.sendall(HEAD + b"\r\n")
            assert idle.recv(65536).startswith(b"HTTP/1.1 200")
            half.sendall(HEAD)
            busy.sendall(b"GET /v1/slow?seconds=1 HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
            at_work(running)
            began = time.perf_counter()
            running.process.send_signal(signal.SIGTERM)
            answer = everything(busy)
        seconds = ended(running, began)
        assert running.process.stdout is not None
        assert "ended" in running.process.stdout.read()
    assert b"rested" in answer
    assert 0.5 < seconds < REQUEST_GRACE_SECONDS


def test_a_request_longer_than_the_grace_is_told_so() -> None:
    with serving(request_seconds=60) as running:
        with connected(running) as busy:
            busy.sendall(b"GET /v1/slow HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
            at_work(running)
            began = time.perf_counter()
            running.process.send_signal(signal.SIGTERM)
            busy.settimeout(15)
            answer = everything(busy)
        seconds = ended(running, began)
    assert b" 503 " in answer.split(b"\r\n")[0]
    assert b'"code":"shutting_down"' in answer
    assert seconds < 10


def test_a_second_signal_does_not_wait() -> None:
    with serving(request_seconds=60) as running, connected(running) as busy:
        busy.sendall(b"GET /v1/slow HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
        at_work(running)
        began = time.perf_counter()
        running.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        running.process.send_signal(signal.SIGINT)
        assert ended(running, began) < REQUEST_GRACE_SECONDS


def test_a_taken_port_is_one_sentence() -> None:
    with listen(0) as first:
        port = first.getsockname()[1]
        with pytest.raises(PortTaken) as refused:
            listen(port)
    assert str(refused.value) == (
        f"Port {port} on 127.0.0.1 is already in use; choose another with --port (0 takes any free one)."
    )
    assert str(port) in refused.value.sentence("zh")
    with listen(port) as again:
        assert again.getsockname()[1] == port


@pytest.mark.parametrize("port", [65536, -1])
def test_an_impossible_port_is_one_sentence(port: int) -> None:
    with pytest.raises(ServerNotStarted) as refused:
        listen(port)
    assert not isinstance(refused.value, PortTaken)
    assert str(port) in str(refused.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may listen anywhere")
def test_a_forbidden_port_is_one_sentence() -> None:
    with pytest.raises(ServerNotStarted, match="Permission denied"):
        listen(1)


async def ready() -> None: ...


def test_what_fails_the_start_is_raised_as_it_was(settings: Settings) -> None:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        raise LookupError("no cluster")
        yield

    with pytest.raises(LookupError, match="no cluster"):
        server.run(lay_ground(settings, readiness=ready, lifespan=lifespan), settings, listen(0))


@asynccontextmanager
async def here(app: FastAPI, settings: Settings) -> AsyncIterator[int]:
    """The port of a server in this very loop, ended by a signal like any other."""
    listener = listen(0)
    told: asyncio.Future[tuple[str, int]] = asyncio.get_running_loop().create_future()
    serving_here = asyncio.create_task(
        server.serve(app, settings, listener, on_ready=lambda *place: told.set_result(place))
    )
    host, port = await asyncio.wait_for(told, 10)
    assert host == "127.0.0.1"
    yield port
    signal.raise_signal(signal.SIGTERM)
    await asyncio.wait_for(serving_here, 10)


async def test_it_serves_inside_a_loop_and_trusts_no_proxy_by_itself(settings: Settings) -> None:
    async with here(probe.make(settings), settings) as port, httpx.AsyncClient() as client:
        forged = {"x-forwarded-proto": "https", "x-forwarded-for": "6.6.6.6"}
        answer = await client.get(f"http://127.0.0.1:{port}/livez", headers=forged)
        assert answer.status_code == 200
        assert "strict-transport-security" not in answer.headers


async def test_connections_beyond_the_bound_are_told_so(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "MOST_CONNECTIONS", 3)
    async with here(probe.make(settings), settings) as port:
        opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
        opened.append(await asyncio.open_connection("127.0.0.1", port))
        answer = await asyncio.wait_for(opened[-1][0].read(), 5)
        assert b" 503 " in answer.split(b"\r\n")[0]
        assert b'"code":"server_full"' in answer
        assert b"retry-after: 1\r\n" in answer
        opened[0][1].close()
        await asyncio.sleep(0.2)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD + b"connection: close\r\n\r\n")
        assert (await asyncio.wait_for(reader.read(), 5)).startswith(b"HTTP/1.1 200")
        for _, one in (*opened, (reader, writer)):
            one.close()
            with suppress(ConnectionError):
                await one.wait_closed()
