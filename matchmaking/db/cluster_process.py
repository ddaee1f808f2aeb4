"""Starting, finding and ending the processes of PostgreSQL. Knows nothing of what is in the database."""

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path

from matchmaking.db.cluster_account import Account
from matchmaking.db.cluster_binaries import ENVIRONMENT

LAUNCHER = Path(__file__).with_name("cluster_launcher.py")
FAST_SHUTDOWN_SECONDS = 20.0
IMMEDIATE_SHUTDOWN_SECONDS = 5.0

Child = subprocess.Popen[bytes]


class _Starter:
    """One thread that starts all programs and lasts as long as this process.

    The kernel signals a child when the *thread* that forked it ends, so a server that restarts PostgreSQL
    from a passing worker thread would bring it down again. With this thread it does not matter who asks.
    """

    def __init__(self) -> None:
        self._orders: queue.SimpleQueue[tuple[Callable[[], Child], Future[Child]]]
        self._orders = queue.SimpleQueue()
        threading.Thread(target=self._serve, name="cluster-starter", daemon=True).start()

    def start(self, work: Callable[[], Child]) -> Child:
        answer: Future[Child] = Future()
        self._orders.put((work, answer))
        return answer.result()

    def _serve(self) -> None:
        while True:
            work, answer = self._orders.get()
            try:
                answer.set_result(work())
            except BaseException as failure:  # noqa: BLE001 - handed to whoever asked
                answer.set_exception(failure)


_starters: dict[int, _Starter] = {}
_starters_guard = threading.Lock()


def _starter() -> _Starter:
    # Keyed by process: a forked child has a copy of this table and none of the threads.
    with _starters_guard:
        if os.getpid() not in _starters:
            _starters[os.getpid()] = _Starter()
        return _starters[os.getpid()]


def launch(
    program: Sequence[str], account: Account, *, death_signal: signal.Signals, kept: Sequence[int], log: Path
) -> Child:
    """Start `program` as `account` in a session of its own; the kernel sends it `death_signal` when we die.

    `kept` are descriptors that stay open in it; what it prints goes to the end of `log`.
    """
    numbers = (os.getpid(), death_signal.value, account.uid, account.gid)
    command = [sys.executable, "-I", "-S", "-X", "utf8", str(LAUNCHER), *map(str, numbers), *program]
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)

    def start() -> Child:
        return subprocess.Popen(  # noqa: S603 - our launcher and the chosen installation
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=ENVIRONMENT,
            cwd="/",
            pass_fds=tuple(kept),
            start_new_session=True,
        )

    try:
        return _starter().start(start)
    finally:
        os.close(output)


def shut_down(process: Child) -> None:
    """Fast shutdown (clients are cut off, all is written), then an immediate one, then SIGKILL."""
    waits = ((signal.SIGINT, FAST_SHUTDOWN_SECONDS), (signal.SIGQUIT, IMMEDIATE_SHUTDOWN_SECONDS))
    for number, seconds in waits:
        process.send_signal(number)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
        return
    process.kill()
    process.wait()


def kill_marked(mark: str) -> None:
    """SIGKILL to every process of the data folder with this mark, the postmaster first."""
    for pid in sorted(marked(mark)):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def marked(mark: str) -> list[int]:
    """The processes whose title bears the mark. Titles can be read without any right over the process."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        title = title_of(int(entry.name))
        program = title.split(b"\0", 1)[0]
        if mark.encode() in title and (title.startswith(b"postgres: ") or program.endswith(b"/postgres")):
            found.append(int(entry.name))
    return found


def title_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
