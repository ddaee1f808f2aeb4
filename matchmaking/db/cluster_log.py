"""The log file of the embedded PostgreSQL: kept bounded, and read for the reason of a failure."""

import os
import shutil
from pathlib import Path

from matchmaking.db.cluster_failures import ClusterFailed, shown

LARGEST_BYTES = 10 * 1024 * 1024
TAIL_BYTES = 64 * 1024
LONGEST_REASON = 300

CODES_BY_PHRASE = {
    "No space left on device": "state_disk_full",
    # PostgreSQL's hint when a write stopped short, which carries no error of the operating system.
    "Check free disk space": "state_disk_full",
    "Disk quota exceeded": "state_disk_full",
    "Read-only file system": "state_read_only",
    "database files are incompatible with server": "cluster_data_incompatible",
    'lock file "postmaster.pid" already exists': "cluster_second_postmaster_unseen",
    "pre-existing shared memory block": "cluster_still_stopping",
}
SEVERITIES = ("PANIC:", "FATAL:", "initdb: error:")


def bound(log: Path) -> None:
    """Move a log over 10 MiB to `<log>.1`, of which one is kept.

    PostgreSQL appends through a descriptor it has open, so the file is emptied and not renamed; a line
    written in that instant may be lost.
    """
    if log.exists() and log.stat().st_size > LARGEST_BYTES:
        shutil.copyfile(log, log.with_name(f"{log.name}.1"))
        os.truncate(log, 0)


def size(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0


def failure(code: str, log: Path, since: int) -> ClusterFailed:
    """What the log says after byte `since`: a known cause, otherwise `code` with its gravest line."""
    with log.open("rb") as stream:
        stream.seek(max(since, size(log) - TAIL_BYTES))
        text = stream.read().decode(errors="replace")
    folder = shown(log.parent.parent)
    for phrase, known in CODES_BY_PHRASE.items():
        if phrase in text:
            return ClusterFailed(known, folder=folder, place=folder, reason=phrase, log=shown(log))
    return ClusterFailed(code, reason=_gravest(text), log=shown(log))


def _gravest(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    grave = [line for line in lines if any(severity in line for severity in SEVERITIES)]
    return (grave or lines or ["-"])[-1][:LONGEST_REASON]
