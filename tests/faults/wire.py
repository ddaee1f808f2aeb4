"""A bare HTTP/1.1 client over one kept connection: cheap enough for 200 at once, and able to break off."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any, Protocol

LOOPBACK = "127.0.0.1"
LONGEST_IDLE_SECONDS = 3.0
LONGEST_REPLY_BYTES = 1 << 22


class LineBroken(Exception):
    """No whole answer came; what the request did is not known."""


class HasPort(Protocol):
    """A server, which may come back on another port."""

    @property
    def port(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def retry_after(self) -> str | None:
        return self.headers.get("retry-after")


def request(method: str, path: str, headers: Mapping[str, str], body: Any = None) -> bytes:
    """The bytes of a whole request; `body` is anything JSON, or None."""
    content = b"" if body is None else json.dumps(body).encode()
    fields = {"host": LOOPBACK, **headers}
    if body is not None:
        fields |= {"content-type": "application/json"}
    if method != "GET":
        fields |= {"content-length": str(len(content))}
    head = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    return "\r\n".join(head).encode() + content


class Wire:
    """One connection, opened when first needed and again after it broke."""

    def __init__(self, server: HasPort) -> None:
        self._server = server
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._used = 0.0

    async def send(self, message: bytes) -> Reply:
        """The whole answer. LineBroken when there is none."""
        try:
            reader, writer = await self._opened()
            writer.write(message)
            await writer.drain()
            return await _reply(reader)
        except (OSError, EOFError, asyncio.LimitOverrunError) as broken:
            self.close()
            raise LineBroken(type(broken).__name__) from broken
        except asyncio.CancelledError:
            self.close()
            raise
        finally:
            self._used = monotonic()

    async def open(self) -> None:
        await self._opened()

    async def break_off(self, message: bytes, seconds: float) -> None:
        """Send, wait a moment without reading, and hang up with a reset."""
        _reader, writer = await self._opened()
        writer.write(message)
        await asyncio.sleep(seconds)
        writer.transport.abort()
        self._streams = None

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None

    async def _opened(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        # The server is about to close a connection that was idle for long.
        if self._streams is not None and monotonic() - self._used > LONGEST_IDLE_SECONDS:
            self.close()
        self._used = monotonic()
        if self._streams is None:
            self._streams = await asyncio.open_connection(
                LOOPBACK, self._server.port, limit=LONGEST_REPLY_BYTES
            )
        return self._streams


@asynccontextmanager
async def wires(servers: Sequence[HasPort], number: int) -> AsyncIterator[list[Wire]]:
    """So many connections, to the servers by turns; all are closed in the end."""
    opened = [Wire(servers[place % len(servers)]) for place in range(number)]
    try:
        yield opened
    finally:
        for wire in opened:
            wire.close()
        # A transport lets go of its socket in the next turn of the loop.
        await asyncio.sleep(0)


async def _reply(reader: asyncio.StreamReader) -> Reply:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    fields = (line.partition(":") for line in head[1:] if line)
    headers = {name.lower(): value.strip() for name, _, value in fields}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Reply(int(head[0].split(" ")[1]), headers, body)
