"""Gives every request a name that stands in its answer and in every log line about it."""

import re

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils import uuid7

from routers.scopes import REQUEST_ID, header

SANE = re.compile(rb"[A-Za-z0-9._-]{1,64}")


class RequestId:
    """Takes over a caller's `X-Request-ID` only if it can do no harm in a header or a log."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = header(scope, b"x-request-id")
        sane = given is not None and SANE.fullmatch(given) is not None
        identifier = given.decode() if given is not None and sane else str(uuid7())
        scope.setdefault("state", {})[REQUEST_ID] = identifier
        answered = (b"x-request-id", identifier.encode())

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), answered]
            await send(message)

        bound = structlog.contextvars.bind_contextvars(request_id=identifier)
        try:
            await self.app(scope, receive, send_named)
        finally:
            structlog.contextvars.reset_contextvars(**bound)
