"""Becomes PostgreSQL: run as a program of its own, never imported by ours, standard library only.

Between fork and exec three things must happen in this order: give up root, ask the kernel for a signal when
the starting thread ends (giving up root would cancel that wish), and check that it has not ended already.
Doing this in a program of its own instead of a `preexec_fn` keeps Python code out of a forked copy of a
process with threads.

    cluster_launcher.py PARENT_PID SIGNAL UID GID PROGRAM ARGUMENT...
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
CANNOT_RUN = 126


def become(parent: int, death_signal: int, uid: int, gid: int, program: list[str]) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if uid != os.geteuid():
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:
        return
    os.umask(0o077)
    os.execv(program[0], program)  # noqa: S606 - becoming that program is the purpose


if __name__ == "__main__":
    starter, number, user, group = map(int, sys.argv[1:5])
    command = sys.argv[5:]
    try:
        become(starter, number, user, group, command)
    except OSError as refused:
        sys.exit(f"FATAL:  cannot run {command[0]}: {refused}")
    sys.exit(CANNOT_RUN)
