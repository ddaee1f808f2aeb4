"""Serving until a signal ends it: the application on its port, the embedded PostgreSQL watched beside it."""

import signal
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager

from matchmaking.db.cluster import Cluster
from matchmaking.db.instance import Instance
from matchmaking.services.foundation import stand_alone
from matchmaking.settings import Settings
from routers import server
from routers.app import create_app
from routers.listening import LOOPBACK, listen
from routers.server import Ready
from scripts.standing import Standing, server_foundation

WATCH_ENDS_WITHIN_SECONDS = 60.0


@contextmanager
def standing_on_port(
    settings: Settings, port: int, host: str = LOOPBACK
) -> Iterator[tuple[Standing, socket.socket]]:
    """The state folder first: that it is in use says more than that the port is taken."""
    if not settings.stand_alone:
        with closing(listen(port, host)) as listener:
            yield Standing(settings, server_foundation(settings)), listener
        return
    with ExitStack() as stack:
        instance = stack.enter_context(Instance.open(settings.state))
        listener = stack.enter_context(closing(listen(port, host)))
        cluster = stack.enter_context(Cluster(settings.state, binaries=settings.postgres_bin))
        yield Standing(settings, stand_alone(instance, cluster), instance, cluster), listener


def serve_until_stopped(
    standing: Standing, listener: socket.socket, on_ready: Ready, trusted_proxies: Sequence[str] = ()
) -> None:
    """For the main thread. The server ends first, then whoever watches PostgreSQL."""
    app = create_app(standing.settings, standing.foundation)
    with watched(standing.cluster):
        server.run(
            app, standing.settings, listener, on_ready=on_ready, trusted_proxies=tuple(trusted_proxies)
        )


@contextmanager
def watched(cluster: Cluster | None) -> Iterator[None]:
    """A postmaster that dies meanwhile is started again."""
    if cluster is None:
        yield
        return
    ended = threading.Event()
    watcher = threading.Thread(target=cluster.watch, args=(ended,), name="cluster-watch", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join(WATCH_ENDS_WITHIN_SECONDS)


@contextmanager
def terminable() -> Iterator[None]:
    """SIGTERM ends a start as Ctrl+C does: what was opened is closed. While serving the server takes both."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
