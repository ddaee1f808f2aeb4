"""Faults that a test's request can ask for inside the server; only `serving.py` puts them there.

The header `x-fault` names one: the process ends as by kill -9 right before the commit of this request, or
right after it, before the first byte of the answer. `GET /faults/pool` tells how many connections are in use.
"""

import json
import os
import signal
from contextvars import ContextVar

from sqlalchemy import Connection, event
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matchmaking.db.session import Database

BEFORE_COMMIT = "before-commit"
AFTER_COMMIT = "after-commit"
POOL_PATH = "/faults/pool"

_asked: ContextVar[str | None] = ContextVar("asked", default=None)


class FaultPoints:
    """Stands around the whole application."""

    def __init__(self, app: ASGIApp, database: Database) -> None:
        self.app = app
        self.pools = {"app": database.app.sync_engine.pool, "system": database.system.sync_engine.pool}
        event.listen(database.app.sync_engine, "commit", _end_before_commit)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == POOL_PATH:
            await self._tell_pools(send)
            return
        fault = dict(scope.get("headers", ())).get(b"x-fault", b"").decode()
        _asked.set(fault or None)

        async def send_or_end(message: Message) -> None:
            if fault == AFTER_COMMIT and message["type"] == "http.response.start":
                _end()
            await send(message)

        await self.app(scope, receive, send_or_end)

    async def _tell_pools(self, send: Send) -> None:
        counts = {name: pool.checkedout() for name, pool in self.pools.items()}  # type: ignore[attr-defined]
        body = json.dumps(counts).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _end_before_commit(_connection: Connection) -> None:
    if _asked.get() == BEFORE_COMMIT:
        _end()


def _end() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
