"""The real application as a program of its own, on a free port of the loopback interface, for faults.

Settings come from the environment as in production. It imports everything, waits for a line on standard
input, starts, prints its port, and ends when its input does: so it never outlives the tests.
"""

import os
import signal
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from fault_points import FaultPoints

from matchmaking.clock import SystemClock
from matchmaking.log import configure_logging
from matchmaking.settings import Settings
from routers import server
from routers.app import create_app
from routers.listening import LOOPBACK
from scripts.serving import standing_on_port, watched
from scripts.signals import terminable
from scripts.standing import migrate_or_check


def main() -> None:
    if not sys.stdin.readline():
        return
    threading.Thread(target=_end_with_the_tests, daemon=True).start()
    settings = Settings()
    configure_logging(settings.log_level)
    clock = SystemClock()
    with terminable(), standing_on_port(settings, 0, LOOPBACK) as (standing, listener):
        migrate_or_check(standing)
        database = standing.foundation.database(settings, clock)
        app = create_app(settings, standing.foundation, clock=clock, database=database)
        with watched(standing.cluster):
            server.run(FaultPoints(app, database), settings, listener, on_ready=_tell_port)


def _end_with_the_tests() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGKILL)


def _tell_port(_host: str, port: int) -> None:
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
