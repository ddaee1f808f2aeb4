"""The real application as a program of its own, on a free port of the loopback interface, for faults to be done to.

Settings come from the environment as in production. It imports everything, waits for a line on standard
input, starts, prints its port, and ends when its input does: so it never outlives the tests.
"""

import os
import signal
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from fault_points import FaultPoints

from matchmaking.clock import SystemClock
from matchmaking.db.cluster import Cluster
from matchmaking.db.instance import Instance
from matchmaking.log import configure_logging
from matchmaking.migrations import migrate
from matchmaking.services.foundation import Foundation, from_settings, stand_alone
from matchmaking.settings import Settings
from routers import listening, server
from routers.app import create_app


def main() -> None:
    if not sys.stdin.readline():
        return
    threading.Thread(target=_end_with_the_tests, daemon=True).start()
    settings = Settings()
    configure_logging(settings.log_level)
    with ExitStack() as stack:
        foundation = _foundation(settings, stack)
        clock = SystemClock()
        database = foundation.database(settings, clock)
        app = create_app(settings, foundation, clock=clock, database=database)
        server.run(FaultPoints(app, database), settings, listening.listen(0), on_ready=_tell_port)


def _foundation(settings: Settings, stack: ExitStack) -> Foundation:
    if not settings.stand_alone:
        return from_settings(settings)
    instance = stack.enter_context(Instance.open(settings.state))
    cluster = stack.enter_context(Cluster(settings.state, binaries=settings.postgres_bin))
    migrate(cluster.dsn("owner"))
    ended = threading.Event()
    threading.Thread(target=cluster.watch, args=(ended,), daemon=True).start()
    stack.callback(ended.set)
    return stand_alone(instance, cluster)


def _end_with_the_tests() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGKILL)


def _tell_port(_host: str, port: int) -> None:
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
