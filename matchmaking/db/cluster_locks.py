"""Who may run PostgreSQL on a data folder: one supervisor, one postmaster, whatever was killed before."""

import fcntl
import os
import time
from pathlib import Path

from matchmaking.db.cluster_failures import ClusterFailed, shown
from matchmaking.db.cluster_layout import PORT, Layout
from matchmaking.db.cluster_process import kill_marked, title_of
from matchmaking.db.instance import make_folder

PATIENCE_SECONDS = 30.0
KILLED_SECONDS = 5.0
STEP_SECONDS = 0.01
# Above the highest process number that Linux gives out (2 ** 22).
NOBODYS_PID = 2**22 + 1


def own(layout: Layout) -> int:
    """Lock the folder for this supervisor; the descriptor that holds it. `ClusterFailed` when taken."""
    make_folder(layout.home)
    lock = _open(layout.home / "owner.lock")
    if not _locked(lock):
        holder = os.pread(lock, 32, 0).decode(errors="replace").strip()
        os.close(lock)
        raise ClusterFailed("cluster_taken", folder=shown(layout.state), pid=holder or "?")
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    return lock


def once_processes_are_gone(layout: Layout, patience: float = PATIENCE_SECONDS) -> int:
    """Wait for what a killed supervisor left, which is on its way out; the lock for a new postmaster.

    Every process of PostgreSQL inherits the open lock, so it is free exactly when the last one has ended.
    What takes longer than `patience` seconds is killed: PostgreSQL then recovers from its log. Raises
    `ClusterFailed`.
    """
    lock = _open(layout.home / "process.lock")
    if _locked_within(lock, patience):
        return lock
    if layout.data.exists():
        kill_marked(layout.mark())
    if _locked_within(lock, KILLED_SECONDS):
        return lock
    os.close(lock)
    raise ClusterFailed("cluster_still_stopping", folder=shown(layout.state))


def settle_leftovers(layout: Layout) -> None:
    """Clear the way for a new postmaster. Raises `ClusterFailed` when somebody runs one there by hand."""
    settle_pid_file(layout.data)
    for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
        (layout.socket / name).unlink(missing_ok=True)


def settle_pid_file(data: Path) -> None:
    """See to a `postmaster.pid` that a killed postmaster left, knowing that none of ours runs any more.

    PostgreSQL clears it away itself, unless a process of that number exists: another one that has got it
    since, as after every restart of a container, or the dead postmaster itself, unburied where process 1
    buries nobody. Then it would refuse for ever. The number is replaced instead of the file removed, because
    its other lines let PostgreSQL find out whether anybody still uses the shared memory.
    """
    file = data / "postmaster.pid"
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
    except FileNotFoundError:
        return
    pid = int(lines[0]) if lines and lines[0].strip().isdecimal() else 0
    if not pid:
        file.unlink()
        return
    if not Path(f"/proc/{pid}").exists():
        return
    if _serves(pid, data):
        raise ClusterFailed("cluster_second_postmaster", folder=shown(data), pid=pid)
    descriptor = os.open(file, os.O_WRONLY | os.O_TRUNC | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.writelines([f"{NOBODYS_PID}\n", *lines[1:]])


def _serves(pid: int, data: Path) -> bool:
    """Whether that process is a postmaster in this folder; one of ours would hold the process lock."""
    title = title_of(pid)
    if (
        not title.split(b"\0", 1)[0].endswith((b"postgres", b"postmaster"))
        or b"cluster_name=matchmaking-" in title
    ):
        return False
    try:
        return Path(f"/proc/{pid}/cwd").samefile(data)
    except OSError:
        # Without the right to look, the careful answer: two postmasters on one folder destroy it.
        return True


def _open(file: Path) -> int:
    return os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _locked_within(lock: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not _locked(lock):
        if time.monotonic() > deadline:
            return False
        time.sleep(STEP_SECONDS)
    return True
