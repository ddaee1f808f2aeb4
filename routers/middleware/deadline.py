"""Ends requests that take too long, so that one stuck dependency cannot hold every worker."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matchmaking.errors import Unavailable

Work = asyncio.Task[object]


class Deadline:
    """Cancels a handler that did not begin its answer in time. An answer under way is never cut.

    All requests have the same patience, so they fall due in the order they came: one timer for the first of
    them is enough, where a timer for each would cost as much as several layers.
    """

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self.app = app
        self.seconds = seconds
        self.due: dict[Work, float] = {}
        self.overdue: set[Work] = set()
        self.timer: asyncio.TimerHandle | None = None
        self.loop: asyncio.AbstractEventLoop | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        work = asyncio.current_task()
        if scope["type"] != "http" or work is None:
            await self.app(scope, receive, send)
            return

        async def send_in_time(message: Message) -> None:
            self.due.pop(work, None)
            await send(message)

        self._begin(work)
        try:
            await self.app(scope, receive, send_in_time)
        except asyncio.CancelledError:
            # Somebody else may have cancelled too, and that one waits for the cancellation to come through.
            if work in self.overdue and work.uncancel() == 0:
                raise Unavailable("deadline_passed", {"seconds": round(self.seconds)}) from None
            raise
        else:
            if work in self.overdue:
                work.uncancel()
        finally:
            self.due.pop(work, None)
            self.overdue.discard(work)

    def _begin(self, work: Work) -> None:
        loop = asyncio.get_running_loop()
        if loop is not self.loop:
            # What a loop of the past left behind can be neither timed nor cancelled any more.
            self.due.clear()
            self.timer, self.loop = None, loop
        self.due[work] = loop.time() + self.seconds
        if self.timer is None:
            self.timer = loop.call_later(self.seconds, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Cancel what is due, and come back when the next is."""
        self.timer = None
        while self.due:
            work, end = next(iter(self.due.items()))
            if end > loop.time():
                self.timer = loop.call_at(end, self._look, loop)
                return
            del self.due[work]
            self.overdue.add(work)
            work.cancel()
