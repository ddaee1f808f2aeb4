"""Starts and ends the program in `serving.py`, by its process id only."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

PROGRAM = Path(__file__).with_name("serving.py")
TOKEN_SECONDS = 3600
READY_SECONDS = 60.0
END_SECONDS = 30.0

Program = subprocess.Popen[str]


class ServerProcess:
    """One server after another in the same surroundings; `port` is that of the latest.

    `settings` are environment variables; standard error goes to the end of `log`.
    """

    def __init__(self, settings: Mapping[str, str], log: Path) -> None:
        inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        usual = {
            "MATCHMAKING_ACCESS_TOKEN_SECONDS": str(TOKEN_SECONDS),
            "MATCHMAKING_LOG_LEVEL": "warning",
        }
        self._environment = {**inherited, **usual, **settings}
        self._log = log
        self._spare: Program | None = None
        self._running: Program | None = None
        self.port = 0

    def warm_up(self) -> None:
        """Let the next server do its imports now; it touches nothing before `start`."""
        if self._spare is None:
            with self._log.open("a") as log:
                self._spare = subprocess.Popen(
                    [sys.executable, str(PROGRAM)],
                    env=self._environment,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    text=True,
                )

    def start(self) -> float:
        """Seconds until it takes requests."""
        began = time.monotonic()
        self.warm_up()
        self._running, self._spare = self._spare, None
        assert self._running is not None
        assert self._running.stdin is not None
        assert self._running.stdout is not None
        self._running.stdin.write("go\n")
        self._running.stdin.flush()
        ready, _, _ = select.select([self._running.stdout], [], [], READY_SECONDS)
        line = self._running.stdout.readline() if ready else ""
        assert line, f"the server did not start: {self._log.read_text()[-2000:]}"
        self.port = int(line)
        return time.monotonic() - began

    def kill(self) -> None:
        """SIGKILL, as a fault."""
        assert self._running is not None
        self._running.kill()
        self.wait()

    def terminate(self) -> tuple[int, float]:
        """SIGTERM, as whoever deploys does: the exit code, and the seconds it took."""
        assert self._running is not None
        began = time.monotonic()
        self._running.send_signal(signal.SIGTERM)
        return self.wait(), time.monotonic() - began

    def wait(self) -> int:
        """The exit code of a server that is ending."""
        assert self._running is not None
        code = self._running.wait(END_SECONDS)
        _close_pipes(self._running)
        return code

    def close(self) -> None:
        """Whatever still runs is ended at once."""
        for program in (self._spare, self._running):
            if program is not None:
                program.kill()
                program.wait()
                _close_pipes(program)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _close_pipes(program: Program) -> None:
    for pipe in (program.stdin, program.stdout):
        if pipe is not None:
            pipe.close()
