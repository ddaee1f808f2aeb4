"""Freezes processes for a while and thaws them, also when the test that asked for it is gone.

    freezer.py SECONDS MARK

A program of its own, since nothing else would wake a stopped PostgreSQL after a killed test run. It prints
the monotonic time at which all processes with MARK in their title had stopped, and when they went on.
"""

import os
import signal
import sys
import time
from contextlib import suppress
from types import FrameType

from matchmaking.db.cluster_process import marked


class Thaw(BaseException):
    """Somebody wants it to end earlier."""


def send(mark: str, number: signal.Signals) -> None:
    for pid in sorted(marked(mark)):
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def thaw(_number: int, _frame: FrameType | None) -> None:
    raise Thaw


def tell() -> None:
    sys.stdout.write(f"{time.monotonic()}\n")
    sys.stdout.flush()


def main(seconds: float, mark: str) -> None:
    signal.signal(signal.SIGTERM, thaw)
    try:
        # Twice, for those that the postmaster started before it stopped.
        send(mark, signal.SIGSTOP)
        send(mark, signal.SIGSTOP)
        tell()
        time.sleep(seconds)
    except Thaw:
        pass
    finally:
        send(mark, signal.SIGCONT)
        tell()


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2])
