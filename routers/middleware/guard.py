"""Turns whatever is raised into a problem answer, and records what nobody foresaw."""

import asyncio
import traceback
from collections.abc import Iterator

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matchmaking.errors import Unavailable
from matchmaking.log import logger
from routers.problems import Answer, ProblemResponse, answer_for, respond
from routers.scopes import request_id, route_template

UNFORESEEN = 500
MOST_FRAMES = 12


class Guard:
    """Stands twice: inside, so that other layers see a proper answer, and outermost, for their own errors."""

    def __init__(self, app: ASGIApp, *, outermost: bool = False) -> None:
        self.app = app
        self.outermost = outermost
        self.log = logger("guard")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, send_watched)
        except asyncio.CancelledError:
            # Only the server cancels whole requests: it is stopping and its grace is over.
            if not started:
                stopping = answer_for(Unavailable("shutting_down"), scope)
                await self._response(stopping, scope)(scope, receive, send)
            raise
        except Exception as error:  # noqa: BLE001
            answer = answer_for(error, scope)
            self._record(error, answer, started, scope)
            # Once an answer has begun nothing can mend it; the server notices its missing end and closes.
            if not started:
                await self._response(answer, scope)(scope, receive, send)

    def _response(self, answer: Answer, scope: Scope) -> ProblemResponse:
        response = respond(answer, scope)
        if self.outermost:
            # The layers that would have added these are behind us.
            response.headers["x-request-id"] = request_id(scope)
            response.headers["x-content-type-options"] = "nosniff"
        return response

    def _record(self, error: Exception, answer: Answer, started: bool, scope: Scope) -> None:
        if answer.status < UNFORESEEN and not started:
            return
        unforeseen = answer.status == UNFORESEEN
        cause = error if unforeseen else getattr(error, "orig", None) or error
        write = self.log.error if unforeseen else self.log.warning
        write(
            answer.code,
            route=route_template(scope),
            kind=type(cause).__name__,
            broken_off=started,
            trace=list(trace(error)) if unforeseen else [],
        )


def trace(error: BaseException) -> Iterator[str]:
    """Where it happened, for the log: kinds and frames of the whole chain, without messages.

    Messages of drivers and validators quote values: names, amounts, tokens.
    """
    link: BaseException | None = error
    seen: set[int] = set()
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield f"{type(link).__module__}.{type(link).__qualname__}"
        for frame in traceback.extract_tb(link.__traceback__)[-MOST_FRAMES:]:
            yield f"  {frame.filename}:{frame.lineno} {frame.name}"
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
