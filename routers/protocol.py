"""How one connection may behave: uvicorn's protocol with absolute deadlines and bounds.

Uvicorn waits for slow clients without end: each byte restarts its patience. Here a request has one deadline
from its first byte to its last, an answer must be taken in time, and heads, bodies, connections are counted.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, cast

import orjson
from uuid_utils import uuid7
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from matchmaking.messages import Language
from routers.problems import PROBLEM_TYPE, Answer, problem_of

CLOSING_SECONDS = 2.0
LANGUAGE: Language = "zh"


@dataclass(frozen=True)
class Bounds:
    """Seconds and bytes that one connection may take, and how many connections there may be.

    `request_bytes` covers head, body and framing; the body limit proper is a layer of the application.
    """

    receive_seconds: float
    head_bytes: int
    request_bytes: int
    connections: int


class HeadTooLarge(Exception):
    """Raised into the parser, which then stops reading."""


class BoundedProtocol(HttpToolsProtocol):
    """Closes clients that send or read slowly, or send without end; 408, 431, 503 where it can be told.

    `receive_by` is the loop time by which the request under way must be complete; None between requests. One
    timer per connection looks at it, so that a request costs an assignment and no timer of its own.
    """

    bounds: Bounds

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast("asyncio.Transport", transport))
        self.receive_by: float | None = self.loop.time() + self.bounds.receive_seconds
        self.received = 0
        self.in_head = True
        self.refused = False
        self.sent_by: float | None = None
        self.seen_closing = False
        self.watch = self.loop.call_later(self.bounds.receive_seconds, self._look)
        if len(self.connections) > self.bounds.connections:
            self._refuse(Answer(503, "server_full", headers={"retry-after": "1"}))

    def connection_lost(self, exc: Exception | None) -> None:
        self.watch.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.refused:
            return
        if self.receive_by is None:
            self.receive_by = self.loop.time() + self.bounds.receive_seconds
        self.received += len(data)
        super().data_received(data)
        if self.in_head and self.received > self.bounds.head_bytes:
            self._refuse(self._head_too_large())
        elif self.received > self.bounds.request_bytes:
            # No honest request is that long, whatever its framing.
            self._refuse(Answer(413, "body_too_large", {"limit": self.bounds.request_bytes}))

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.in_head = True
        if self.receive_by is None:
            self.receive_by = self.loop.time() + self.bounds.receive_seconds

    def on_headers_complete(self) -> None:
        if self.received > self.bounds.head_bytes and self._head_size() > self.bounds.head_bytes:
            raise HeadTooLarge
        super().on_headers_complete()
        self.in_head = False
        # Fields after the body would join those that the layers have already judged.
        self.headers = []

    def on_message_complete(self) -> None:
        self.receive_by = None
        self.received = 0
        self.in_head = True
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002
        """What the parser could not read, answered as a problem."""
        too_large = self.in_head and self.received > self.bounds.head_bytes
        self._refuse(self._head_too_large() if too_large else Answer(400, "http_unreadable"))

    def pause_writing(self) -> None:
        self.sent_by = self.loop.time() + self.bounds.receive_seconds
        super().pause_writing()

    def resume_writing(self) -> None:
        self.sent_by = None
        super().resume_writing()

    def _look(self) -> None:
        """The connection's timer: end what is overdue, and come back when the next thing may be."""
        now = self.loop.time()
        if self.receive_by is not None and self._is_working():
            self.receive_by = now + self.bounds.receive_seconds
        if self.seen_closing or (self.sent_by is not None and now >= self.sent_by):
            self.transport.abort()
        elif self.receive_by is not None and now >= self.receive_by:
            self._end_overdue()
        else:
            self.seen_closing = self.transport.is_closing()
            ends = [now + self.bounds.receive_seconds, self.receive_by, self.sent_by]
            self.watch = self.loop.call_at(min(end for end in ends if end is not None), self._look)

    def _is_working(self) -> bool:
        """The application owes an answer to a complete request, so whatever follows it has to wait."""
        if self.pipeline:
            return True
        return self.cycle is not None and not self.cycle.response_complete and not self.cycle.more_body

    def _end_overdue(self) -> None:
        if self.received == 0:
            self._close()
        else:
            seconds = max(1, round(self.bounds.receive_seconds))
            self._refuse(Answer(408, "request_timeout", {"seconds": seconds}))

    def _head_size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def _head_too_large(self) -> Answer:
        return Answer(431, "header_too_large", {"limit": self.bounds.head_bytes})

    def _refuse(self, answer: Answer) -> None:
        """Answer without the application, where the client does not wait for another answer, and close."""
        if self.refused:
            return
        if self._is_next_to_answer():
            self.transport.write(raw_problem(answer, self.server_state.default_headers))
        self._close()

    def _is_next_to_answer(self) -> bool:
        if self.in_head:
            return self.cycle is None or self.cycle.response_complete
        return not self.cycle.response_started and not self._is_working()

    def _close(self) -> None:
        self.refused = True
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.close()
        self.watch.cancel()
        # Closing waits until everything is sent, which a client that does not read can prevent for ever.
        self.watch = self.loop.call_later(CLOSING_SECONDS, self.transport.abort)


def bounded(bounds: Bounds) -> type[BoundedProtocol]:
    """The protocol class for one server."""
    return type("BoundedProtocol", (BoundedProtocol,), {"bounds": bounds})


def raw_problem(answer: Answer, server_headers: list[tuple[bytes, bytes]]) -> bytes:
    """A whole HTTP/1.1 answer for a connection that no application sees."""
    identifier = str(uuid7())
    body = orjson.dumps(problem_of(answer, LANGUAGE, identifier))
    fields: dict[str, Any] = {
        "content-type": PROBLEM_TYPE,
        "content-length": len(body),
        "content-language": LANGUAGE,
        "x-request-id": identifier,
        "x-content-type-options": "nosniff",
        **answer.headers,
        "connection": "close",
    }
    head = [STATUS_LINE[answer.status]]
    head += [name + b": " + value + b"\r\n" for name, value in server_headers]
    head += [f"{name}: {value}\r\n".encode("ascii") for name, value in fields.items()]
    return b"".join([*head, b"\r\n", body])
