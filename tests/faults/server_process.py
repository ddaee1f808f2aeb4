"""Starts and ends the servers of `serving.py`, by process id only."""

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
END_SECONDS = 60.0
PIECE_BYTES = 4096


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
        self._program: subprocess.Popen[bytes] | None = None
        self._told = b""
        self._pid = 0
        self.port = 0

    def start(self, *, afresh: bool = False) -> float:
        """Seconds until it takes requests; `afresh` counts the imports too."""
        began = time.monotonic()
        if afresh:
            self.close()
        if self._program is None:
            self._program = self._launch()
        assert self._program.stdin is not None
        self._program.stdin.write(b"start\n")
        self._program.stdin.flush()
        self._pid = self._learn("pid", READY_SECONDS)
        self.port = self._learn("port", READY_SECONDS)
        return time.monotonic() - began

    def kill(self) -> None:
        """SIGKILL, as a fault."""
        os.kill(self._pid, signal.SIGKILL)
        self.wait()

    def terminate(self) -> tuple[int, float]:
        """SIGTERM, as whoever deploys does: the exit code, and the seconds it took."""
        began = time.monotonic()
        os.kill(self._pid, signal.SIGTERM)
        return self.wait(), time.monotonic() - began

    def wait(self) -> int:
        """The exit code of a server that is ending; negative for a signal."""
        return self._learn("ended", END_SECONDS)

    def close(self) -> None:
        """Whatever still runs is ended at once: the kernel ends the server with the program."""
        if self._program is not None:
            self._program.kill()
            self._program.communicate()
            self._program = None
            self._told = b""

    def _launch(self) -> "subprocess.Popen[bytes]":
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, str(PROGRAM)],
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )

    def _learn(self, what: str, seconds: float) -> int:
        """The number that the program tells next, which must be under this name."""
        end = time.monotonic() + seconds
        while True:
            line, mark, rest = self._told.partition(b"\n")
            if not mark:
                self._listen(end)
                continue
            self._told = rest
            name, _, number = line.decode().partition(" ")
            assert name == what, f"{name} {number} instead of {what}: {self._log.read_text()[-2000:]}"
            return int(number)

    def _listen(self, end: float) -> None:
        assert self._program is not None
        assert self._program.stdout is not None
        stdout = self._program.stdout.fileno()
        ready, _, _ = select.select([stdout], [], [], max(0.0, end - time.monotonic()))
        piece = os.read(stdout, PIECE_BYTES) if ready else b""
        assert piece, f"the server says nothing: {self._log.read_text()[-2000:]}"
        self._told += piece

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
