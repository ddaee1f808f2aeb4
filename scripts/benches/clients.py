"""A few keep-alive clients in a process of their own: as little work per request as Python allows.

Reads one command per line, JSON on standard input, and answers each with one line; ends with its input.
"""

import asyncio
import itertools
import json
import secrets
import statistics
import sys
import time
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import psycopg
import uvloop

from scripts.benches.cases import KEY

LENGTH = b"\r\ncontent-length: "
LONGEST_WAIT_SECONDS = 30.0


@dataclass
class Script:
    """One case as it is sent: pieces around the idempotency key, in turn, without end."""

    port: int
    expected: bytes
    at_most: int | None
    turn: Iterator[list[bytes]]
    latencies: "array[float]" = field(default_factory=lambda: array("d"))

    @classmethod
    def of(cls, given: dict[str, Any]) -> "Script":
        pieces = [request.encode().split(KEY.encode()) for request in given["requests"]]
        expected = str(given["expected_status"]).encode()
        return cls(given["port"], expected, given["at_most"], itertools.cycle(pieces))


class Run:
    """One case for one while, over connections that were opened before the time counts."""

    keys = itertools.count()
    mark = secrets.token_hex(8)

    def __init__(self, script: Script, connections: int) -> None:
        self.script = script
        self.connections = connections
        self.open: set[Connection] = set()
        self.latencies = array("d")
        self.left = script.at_most
        self.ends = 0.0
        self.last = 0.0
        self.failure: str | None = None
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def measure(self, seconds: float) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        for _ in range(self.connections):
            await loop.create_connection(lambda: Connection(self), "127.0.0.1", self.script.port)
        busy, began = time.process_time(), time.perf_counter()
        self.ends, self.last = began + seconds, began
        for connection in tuple(self.open):
            connection.send_next(began)
        async with asyncio.timeout(seconds + LONGEST_WAIT_SECONDS):
            await self.over
        self.script.latencies.extend(self.latencies)
        return {
            "answers": len(self.latencies),
            "seconds": self.last - began,
            "client_seconds": time.process_time() - busy,
            "failure": self.failure,
        }

    def next_request(self, now: float) -> bytes | None:
        """None once the time or the number is over."""
        if now >= self.ends or self.failure is not None or self.left == 0:
            return None
        if self.left is not None:
            self.left -= 1
        pieces = next(self.script.turn)
        if len(pieces) == 1:
            return pieces[0]
        return pieces[0] + f"{self.mark}-{next(self.keys)}".encode() + pieces[1]

    def answered(self, answer: bytes, sent: float, now: float) -> None:
        self.last = now
        self.latencies.append(now - sent)
        if answer[9:12] != self.script.expected:
            self.fail(answer.decode(errors="replace")[:1000])

    def fail(self, reason: str) -> None:
        self.failure = self.failure or reason

    def closed(self, connection: "Connection") -> None:
        self.open.discard(connection)
        if not self.open and not self.over.done():
            self.over.set_result(None)


class Connection(asyncio.Protocol):
    """Sends the next request when an answer is complete."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.received = b""
        self.sent = 0.0
        self.done = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.run.open.add(self)

    def send_next(self, now: float) -> None:
        request = self.run.next_request(now)
        if request is None:
            self.done = True
            self.transport.close()
            return
        self.sent = now
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        received = self.received + data if self.received else data
        head = received.find(b"\r\n\r\n")
        if head < 0 or len(received) < head + 4 + _declared_length(received, head):
            self.received = received
            return
        self.received = b""
        now = time.perf_counter()
        self.run.answered(received, self.sent, now)
        self.send_next(now)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done:
            self.run.fail(f"the connection was lost: {exc}")
        self.run.closed(self)


def _declared_length(received: bytes, head: int) -> int:
    """Our answers declare their length in lower case; one without a length has no body."""
    start = received.find(LENGTH, 0, head)
    if start < 0:
        return 0
    start += len(LENGTH)
    return int(received[start : received.find(b"\r\n", start)])


def percentiles(latencies: "array[float]") -> dict[str, float]:
    """Milliseconds."""
    if len(latencies) < 2:  # noqa: PLR2004 - fewer have no quantiles
        return {"p50": latencies[0] * 1000, "p99": latencies[0] * 1000} if latencies else {}
    cuts = statistics.quantiles(latencies, n=100, method="inclusive")
    return {"p50": cuts[49] * 1000, "p99": cuts[98] * 1000}


def read_plainly(script: Script, url: str, statement: str, row_id: str, seconds: float) -> dict[str, Any]:
    """One row by its id, one read after another, with bare psycopg and nothing else."""
    count = len(script.latencies)
    with psycopg.connect(url, autocommit=True) as connection:
        busy, began = time.process_time(), time.perf_counter()
        now = began
        while now < began + seconds:
            connection.execute(statement, (row_id,)).fetchone()
            sent, now = now, time.perf_counter()
            script.latencies.append(now - sent)
        return {
            "answers": len(script.latencies) - count,
            "seconds": now - began,
            "client_seconds": time.process_time() - busy,
            "failure": None,
        }


def obey(command: dict[str, Any], scripts: dict[str, Script], runner: asyncio.Runner) -> Any:
    match command["do"]:
        case "learn":
            scripts.update({given["name"]: Script.of(given) for given in command["cases"]})
            return {}
        case "measure":
            script = scripts[command["case"]]

            async def measure() -> dict[str, Any]:
                return await Run(script, command["connections"]).measure(command["seconds"])

            return runner.run(measure())
        case "forget":
            for script in scripts.values():
                del script.latencies[:]
            return {}
        case "read_plainly":
            script = scripts.setdefault(command["case"], Script(0, b"", None, iter(())))
            return read_plainly(
                script, command["url"], command["statement"], command["id"], command["seconds"]
            )
        case _:
            return {name: percentiles(script.latencies) for name, script in scripts.items()}


def main() -> None:
    scripts: dict[str, Script] = {}
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        for line in sys.stdin:
            sys.stdout.write(json.dumps(obey(json.loads(line), scripts, runner)) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
