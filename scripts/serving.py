"""Serving until a signal ends it: the application on its port, the embedded PostgreSQL watched beside it."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager

from matchmaking.clock import Clock
from matchmaking.db.cluster import Cluster
from matchmaking.db.instance import Instance
from matchmaking.log import configure_logging
from matchmaking.services.foundation import stand_alone
from matchmaking.settings import Settings
from routers import server
from routers.app import create_app
from routers.listening import listen
from routers.server import Ready
from scripts.speaking import both_lines, to_people
from scripts.standing import Standing, migrate_or_check, server_foundation

WATCH_ENDS_WITHIN_SECONDS = 60.0


@contextmanager
def standing_on_port(settings: Settings, port: int, host: str) -> Iterator[tuple[Standing, socket.socket]]:
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


def serve_only(settings: Settings, port: int, host: str, trusted_proxies: Sequence[str]) -> None:
    """No demo and no main job: an embedded database is migrated, a server's must be."""
    configure_logging(settings.log_level)
    with standing_on_port(settings, port, host) as (standing, listener):
        migrate_or_check(standing)

        def tell(host: str, port: int) -> None:
            if standing.instance is not None:
                standing.instance.announce(port)
            to_people().print(both_lines("cli.serving", url=f"http://{host}:{port}"))

        serve_until_stopped(standing, listener, tell, trusted_proxies or settings.trusted_proxies)


def serve_until_stopped(
    standing: Standing,
    listener: socket.socket,
    on_ready: Ready,
    trusted_proxies: Sequence[str] = (),
    clock: Clock | None = None,
) -> None:
    """For the main thread. The server ends first, then whoever watches PostgreSQL."""
    with_worker = standing.cluster is not None
    app = create_app(standing.settings, standing.foundation, clock=clock, with_worker=with_worker)
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
