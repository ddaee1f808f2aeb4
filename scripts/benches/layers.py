"""What each layer costs: a ground with all layers against grounds that lack one, without a network between.

A layer takes microseconds, which sockets and other processes would drown. Runs as a process of its own and
answers each line of JSON with one, a round.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from typing import Any

import uvloop
from fastapi import APIRouter
from starlette.types import ASGIApp, Message

from matchmaking.log import configure_logging
from matchmaking.settings import Settings
from routers.ground import lay_ground
from routers.middleware import LAYERS, Layer
from routers.strict_json import StrictRoute
from scripts.benches.serving import answer_nothing
from scripts.benches.surroundings import bench_settings

ALL = "all"
NONE = "none"
PATH = "/bench/empty"
CALLS = 20
MICROSECONDS = 1_000_000
SCOPE: dict[str, Any] = {
    "type": "http",
    "asgi": {"version": "3.0", "spec_version": "2.3"},
    "http_version": "1.1",
    "server": ("127.0.0.1", 8000),
    "client": ("127.0.0.1", 50_000),
    "scheme": "http",
    "method": "GET",
    "root_path": "",
    "path": PATH,
    "raw_path": PATH.encode(),
    "query_string": b"",
    "headers": [(b"host", b"127.0.0.1:8000"), (b"accept", b"application/json"), (b"user-agent", b"bench")],
}


def ground(settings: Settings, layers: Sequence[Layer]) -> ASGIApp:
    """Layers around an empty endpoint and nothing else."""

    async def ready() -> None:
        return

    app = lay_ground(settings, readiness=ready, layers=layers)
    router = APIRouter(route_class=StrictRoute)
    router.get(PATH)(answer_nothing)
    app.include_router(router)
    return app


def grounds(settings: Settings) -> dict[str, ASGIApp]:
    """By the name of the layer that is missing; also all layers, and none."""
    stacks: dict[str, Sequence[Layer]] = {ALL: LAYERS, NONE: ()}
    stacks |= {one.name: [layer for layer in LAYERS if layer is not one] for one in LAYERS}
    return {name: ground(settings, layers) for name, layers in stacks.items()}


async def spent(app: ASGIApp, calls: int) -> float:
    """Microseconds of CPU time for one of `calls` requests."""

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_message: Message) -> None:
        return

    began = time.process_time()
    for _ in range(calls):
        await app({**SCOPE, "state": {}}, receive, send)
    return (time.process_time() - began) / calls * MICROSECONDS


async def one_round(apps: dict[str, ASGIApp], passes: int) -> dict[str, float]:
    """The least of many short passes: whatever else the machine does can only add."""
    least = dict.fromkeys(apps, float("inf"))
    for _ in range(passes):
        for name, app in apps.items():
            least[name] = min(least[name], await spent(app, CALLS))
    return least


def main() -> None:
    apps = grounds(bench_settings())
    configure_logging("info")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(one_round(apps, 1))
        for line in sys.stdin:
            least = runner.run(one_round(apps, json.loads(line)["passes"]))
            sys.stdout.write(json.dumps(least) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
