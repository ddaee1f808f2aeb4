"""The processes of a bench: started as modules of ours, spoken to in lines of JSON, ended by their ids."""

import json
import select
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO, cast

from scripts.failures import CommandRefused

READY_SECONDS = 60.0
END_SECONDS = 15.0


class Child:
    """A Python module as a process that answers each line with one. It ends at the latest with us."""

    def __init__(self, module: str, log: Path) -> None:
        self._log = log
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="utf-8",
            )
        self._orders = cast("TextIO", self._process.stdin)
        self._answers = cast("TextIO", self._process.stdout)

    def ask(self, command: dict[str, Any], within: float = READY_SECONDS) -> dict[str, Any]:
        """CommandRefused with the end of its log when the process does not answer."""
        try:
            self._orders.write(json.dumps(command) + "\n")
            self._orders.flush()
        except BrokenPipeError:
            raise self._silent() from None
        ready, _, _ = select.select([self._answers], [], [], within)
        line = self._answers.readline() if ready else ""
        if not line:
            raise self._silent()
        answer: dict[str, Any] = json.loads(line)
        return answer

    def busy_seconds(self) -> float:
        """CPU time of all its threads so far."""
        # clock_getcpuclockid(3) by hand, which Python offers for threads only.
        return time.clock_gettime((~self._process.pid << 3) | 2)

    def _silent(self) -> CommandRefused:
        last = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
        return CommandRefused("bench.process_failed", {"reason": last[0][:500] if last else "-"})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._orders.close()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._answers.close()
