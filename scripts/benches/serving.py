"""The process that is measured: the whole service on a loopback port, with a few endpoints to compare with.

Beside it, in the same process, are a bare FastAPI application and a socket that answers fixed bytes. It reads
one line of JSON, prints its ports as another, and ends when its standard input does, so it never outlives the
bench.
"""

import asyncio
import json
import os
import signal
import sys
import threading
from typing import Any, cast
from uuid import UUID

import orjson
import psycopg
import uvloop
from fastapi import APIRouter, FastAPI, Response
from pydantic import BaseModel
from starlette.types import ASGIApp, Receive, Scope, Send

from matchmaking.log import configure_logging
from matchmaking.services.foundation import Foundation
from matchmaking.settings import Settings
from routers.app import create_app
from routers.dependencies import CurrentActor
from routers.listening import LOOPBACK, listen
from routers.server import serve
from routers.strict_json import StrictRoute
from scripts.benches import cases
from scripts.benches.surroundings import bench_settings, driver_address, unpacked

FIXED_ANSWER = (
    b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 15\r\n\r\n{"status":"ok"}'
)


class Nothing(BaseModel):
    status: str = "ok"


async def answer_nothing() -> Nothing:
    return Nothing()


async def check_token(_actor: CurrentActor) -> Nothing:
    return Nothing()


class PlainReads:
    """One row by its id with bare psycopg: no transaction, no actor, no row policy, no shape."""

    def __init__(self, url: str) -> None:
        self._url = driver_address(url)
        self._idle: list[psycopg.AsyncConnection[tuple[Any, ...]]] = []

    async def __call__(self, product_id: UUID) -> Response:
        connection = self._idle.pop() if self._idle else await self._connect()
        try:
            row = await (await connection.execute(cases.PLAIN_READ_STATEMENT, (product_id,))).fetchone()
        finally:
            self._idle.append(connection)
        return Response(orjson.dumps(row), media_type="application/json")

    async def _connect(self) -> psycopg.AsyncConnection[tuple[Any, ...]]:
        return await psycopg.AsyncConnection.connect(self._url, autocommit=True)


class FixedAnswers(asyncio.Protocol):
    """Answers whatever comes with the same bytes: how fast the clients can be."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:  # noqa: ARG002 - a request fits into one packet
        self.transport.write(FIXED_ANSWER)


class Switch:
    """Hands a request to the application that has its path; the service has the rest, and the lifespan."""

    def __init__(self, service: ASGIApp, others: dict[str, ASGIApp]) -> None:
        self.service = service
        self.others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.others.get(scope.get("path", ""), self.service)(scope, receive, send)


def service(settings: Settings, foundation: Foundation) -> FastAPI:
    """The real application; what is added stands in the middle of its routes, which are tried in order."""
    app = create_app(settings, foundation)
    router = APIRouter(route_class=StrictRoute)
    router.get(cases.EMPTY_PATH)(answer_nothing)
    router.get(cases.TOKEN_PATH)(check_token)
    router.get(cases.PLAIN_READ_PATH)(PlainReads(foundation.system_url).__call__)
    app.include_router(router)
    routes = app.router.routes
    routes.insert(len(routes) // 2, routes.pop())
    return app


async def run(foundation: Foundation) -> None:
    settings = bench_settings()
    bare = FastAPI(openapi_url=None)
    bare.get(cases.BARE_PATH)(answer_nothing)
    app = Switch(service(settings, foundation), {cases.BARE_PATH: bare})
    fixed = await asyncio.get_running_loop().create_server(FixedAnswers, LOOPBACK, 0)

    def tell_ports(_host: str, port: int) -> None:
        ports = {"service": port, "fixed": fixed.sockets[0].getsockname()[1]}
        sys.stdout.write(json.dumps(ports) + "\n")
        sys.stdout.flush()

    await serve(app, settings, listen(0), on_ready=tell_ports)
    fixed.close()


def _end_with_the_bench() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    foundation = unpacked(json.loads(sys.stdin.readline()))
    threading.Thread(target=_end_with_the_bench, daemon=True).start()
    configure_logging("info")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(foundation))


if __name__ == "__main__":
    main()
