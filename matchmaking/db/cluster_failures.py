"""Why an instance or its PostgreSQL cannot run here: named facts, with sentences in `messages/cluster.toml`.

Nothing here decides what to do about a failure: whoever starts an instance shows the sentence and ends.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class LocalFailed(Exception):
    """A fact about this machine or this state folder; `code` names its sentence, `parameters` fill it."""

    def __init__(self, code: str, **parameters: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.parameters = parameters

    def __str__(self) -> str:
        return f"{self.code} {self.parameters}"


class InstanceFailed(LocalFailed):
    """The state folder cannot be made, locked or written."""


class InstanceTaken(InstanceFailed):
    """Another process holds the state folder; `pid` and `port` are None where it has not written them yet."""

    def __init__(self, state: Path, pid: int | None, port: int | None) -> None:
        code = "instance_taken" if port is not None else "instance_taken_no_port"
        super().__init__(code, folder=shown(state), pid=pid or "?", port=port or "?")
        self.pid = pid
        self.port = port


class ClusterFailed(LocalFailed):
    """The embedded PostgreSQL cannot be made or started."""


CODES_BY_ERRNO = {
    errno.ENOSPC: "state_disk_full",
    errno.EDQUOT: "state_disk_full",
    errno.EROFS: "state_read_only",
    errno.EACCES: "state_denied",
    errno.EPERM: "state_denied",
    errno.ENOENT: "state_missing",
    errno.ENOTDIR: "state_not_a_folder",
    errno.EEXIST: "state_not_a_folder",
}


def shown(path: Path) -> str:
    """A path as text that can be printed, whatever bytes it is made of."""
    return os.fsencode(path).decode(errors="replace")


@contextmanager
def named(failure: type[InstanceFailed | ClusterFailed], folder: Path) -> Iterator[None]:
    """Turn what the operating system says about files into `failure` with a code of its own."""
    try:
        yield
    except OSError as refused:
        code = CODES_BY_ERRNO.get(refused.errno or 0, "state_unusable")
        reason = refused.strerror or str(refused)
        place = Path(os.fsdecode(refused.filename)) if isinstance(refused.filename, str | bytes) else folder
        raise failure(code, folder=shown(folder), place=shown(place), reason=reason) from refused
