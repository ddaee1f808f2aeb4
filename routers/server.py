"""Serves an application on a TCP port: uvicorn with uvloop and httptools, our own bounds, and a clean end.

Returns after SIGTERM or SIGINT once requests under way are done, at most `GRACE_SECONDS` later; a second
signal ends the wait. What made the application's start fail is raised as it was.
"""

import asyncio
import gc
import logging
import resource
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

import uvicorn
import uvloop
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matchmaking.log import Relay, logger
from matchmaking.settings import Settings
from routers.listening import ServerNotStarted
from routers.protocol import Bounds, bounded

HEAD_BYTES = 32 * 1024
KEEP_ALIVE_SECONDS = 5
REQUEST_GRACE_SECONDS = 6
GRACE_SECONDS = 9.0
MOST_CONNECTIONS = 12_000
OTHER_FILES = 256

Ready = Callable[[str, int], None]


def run(
    app: ASGIApp,
    settings: Settings,
    listener: socket.socket,
    *,
    on_ready: Ready | None = None,
    trusted_proxies: Sequence[str] = (),
) -> None:
    """Serve until a signal ends it; for the main thread of a process of its own."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(app, settings, listener, on_ready=on_ready, trusted_proxies=trusted_proxies))


async def serve(
    app: ASGIApp,
    settings: Settings,
    listener: socket.socket,
    *,
    on_ready: Ready | None = None,
    trusted_proxies: Sequence[str] = (),
) -> None:
    """Like `run`, inside a loop. `on_ready` is called with host and port once requests are taken.

    `trusted_proxies` are addresses whose `X-Forwarded-For` and `-Proto` count; from others they are ignored,
    since whoever may choose an address escapes limits per address.
    """
    _log_through_us()
    watched = _StartWatched(app)
    config = uvicorn.Config(
        watched,
        loop="none",
        http=bounded(_bounds(settings)),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=list(trusted_proxies),
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=REQUEST_GRACE_SECONDS,
    )
    server = _Server(config, listener, on_ready)
    try:
        await server.serve(sockets=[listener])
    except SystemExit:
        raise watched.failure or ServerNotStarted("server.start_refused", {}) from None
    finally:
        listener.close()


def _bounds(settings: Settings) -> Bounds:
    return Bounds(
        receive_seconds=settings.receive_seconds,
        head_bytes=HEAD_BYTES,
        # Chunk sizes and line ends may outweigh a body that arrives in very small chunks.
        request_bytes=HEAD_BYTES + 4 * settings.body_limit_bytes,
        connections=_affordable_connections(),
    )


def _affordable_connections() -> int:
    """As many as open files allow, after raising the soft limit; accept() must never run out of them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return MOST_CONNECTIONS if soft == resource.RLIM_INFINITY else min(MOST_CONNECTIONS, soft - OTHER_FILES)


def _spare_the_collector() -> None:
    """What was made until now stays as long as the process: no collection need look at it again."""
    gc.collect()
    gc.freeze()


class _StartWatched:
    """Remembers what the lifespan raised: uvicorn turns it into a log line and an exit code."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.failure: Exception | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self.app(scope, receive, send)
            return

        async def send_silently(message: Message) -> None:
            # The text is a traceback with messages that may quote secrets, and uvicorn would log it.
            await send({**message, "message": ""} if "message" in message else message)

        try:
            await self.app(scope, receive, send_silently)
        except Exception as failure:
            self.failure = failure
            raise


class _Server(uvicorn.Server):
    """Says when it is ready, ends in bounded time, and gives control back to its caller."""

    def __init__(self, config: uvicorn.Config, listener: socket.socket, on_ready: Ready | None) -> None:
        super().__init__(config)
        self.listener = listener
        self.on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        _spare_the_collector()
        if self.on_ready is not None and not self.should_exit:
            host, port = self.listener.getsockname()[:2]
            self.on_ready(host, port)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            async with asyncio.timeout(GRACE_SECONDS):
                await super().shutdown(sockets)
        except TimeoutError:
            logger("server").warning("shutdown_cut_short", seconds=GRACE_SECONDS)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The base class raises the signal again at the end, which kills before the caller cleans up."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        handled = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self.handle_exit) for number in handled}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        self.force_exit = self.should_exit
        self.should_exit = True


def _log_through_us() -> None:
    for name in ("uvicorn", "uvicorn.error", "asyncio"):
        log = logging.getLogger(name)
        log.handlers = [Relay("server")] if name != "uvicorn.error" else []
        log.propagate = name == "uvicorn.error"
        # Warnings are about single clients that send no HTTP; anybody could fill a disk with them.
        log.setLevel(logging.ERROR)
