"""The real application as a program of its own, on free ports of the loopback interface, for faults.

Imports once, then starts a server in a fork of its own for each line on standard input, one after another,
and says on standard output which process it is, on which port it is ready, and how it ended. Settings come
from the environment as in production. It ends with its input, and the server with it: so nothing outlives
the tests.
"""

import ctypes
import os
import signal
import sys
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

PR_SET_PDEATHSIG = 1


def main() -> None:
    starter = os.getpid()
    for _order in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _end_with(starter)
            serve()
            return
        _tell(f"pid {pid}")
        _, status = os.waitpid(pid, 0)
        _tell(f"ended {os.waitstatus_to_exitcode(status)}")


def serve() -> None:
    """As `matchmaking serve` does, with fault points around the application."""
    settings = Settings()
    configure_logging(settings.log_level)
    clock = SystemClock()
    with terminable(), standing_on_port(settings, 0, LOOPBACK) as (standing, listener):
        migrate_or_check(standing)
        database = standing.foundation.database(settings, clock)
        app = FaultPoints(create_app(settings, standing.foundation, clock=clock, database=database), database)
        with watched(standing.cluster):
            server.run(app, settings, listener, on_ready=lambda _host, port: _tell(f"port {port}"))


def _end_with(starter: int) -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != starter:
        os._exit(1)


def _tell(fact: str) -> None:
    sys.stdout.write(f"{fact}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
