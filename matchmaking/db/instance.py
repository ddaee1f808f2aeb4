"""An instance is a state folder with a lock: one process at a time serves from it.

Also the secrets that a stand-alone run makes for itself. What is kept in the folder besides is the business
of others; a run with `DATABASE_URL` takes its secrets from settings and never comes here.
"""

import fcntl
import json
import os
import secrets as randomness
from pathlib import Path
from types import TracebackType
from typing import Self

from matchmaking.db.cluster_failures import InstanceFailed, InstanceTaken, named, shown

LOCK_NAME = "instance.lock"
SECRETS_NAME = "secrets"
LONGEST_RECORD_BYTES = 4096


class Instance:
    """Made by `Instance.open`; a context manager that gives the folder back at its end.

    The kernel drops the lock when the process ends in whatever way, so a killed instance leaves nothing to
    clean.
    """

    def __init__(self, state: Path, lock: int) -> None:
        self.state = state
        self._lock = lock

    @classmethod
    def open(cls, state: Path) -> Self:
        """Make the folder (0700, itself only) where it is missing, and lock it.

        Raises `InstanceTaken` when another process has it, `InstanceFailed` when the folder cannot be made or
        written.
        """
        folder = state.absolute()
        with named(InstanceFailed, folder):
            make_folder(folder)
            lock = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            try:
                _lock_or_refuse(lock, folder)
                instance = cls(folder, lock)
                instance._record()
            except BaseException:
                os.close(lock)
                raise
        return instance

    def announce(self, port: int) -> None:
        """Write the port into the lock, so that a second instance can say where the first one serves."""
        with named(InstanceFailed, self.state):
            self._record(port)

    def secret(self, name: str, nbytes: int = 32) -> bytes:
        return secret_of(self.state, name, nbytes)

    def close(self) -> None:
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _record(self, port: int | None = None) -> None:
        text = json.dumps({"pid": os.getpid(), "port": port}) + "\n"
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, text.encode(), 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def make_folder(folder: Path, mode: int = 0o700) -> None:
    """Make one folder with exactly `mode`; one that exists keeps its mode, and so does every parent."""
    try:
        folder.mkdir(mode)
    except FileExistsError:
        if not folder.is_dir():
            raise
        return
    # The umask of the caller may have taken even the owner's bits.
    folder.chmod(mode)


def secret_of(state: Path, name: str, nbytes: int = 32) -> bytes:
    """`nbytes` random bytes, made once and kept as hexadecimal text in `<state>/secrets/<name>` (0600).

    Two processes that ask at the same moment get the same bytes. Raises `InstanceFailed`.
    """
    file = state / SECRETS_NAME / name
    with named(InstanceFailed, state):
        make_folder(file.parent)
        if not file.exists():
            _store_once(file, randomness.token_hex(nbytes))
        if file.stat().st_mode & 0o077:
            file.chmod(0o600)
        text = file.read_text(encoding="ascii", errors="replace").strip()
    try:
        secret = bytes.fromhex(text)
    except ValueError:
        secret = b""
    if len(secret) != nbytes:
        raise InstanceFailed("secret_damaged", file=shown(file))
    return secret


def _store_once(file: Path, text: str) -> None:
    """Whole or not at all: written beside its place and linked into it, where the first writer wins."""
    draft = file.with_name(f".{file.name}.{randomness.token_hex(8)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(text + "\n")
            stream.flush()
            os.fchmod(descriptor, 0o600)
            os.fsync(descriptor)
        try:
            file.hardlink_to(draft)
        except FileExistsError:
            return
        sync_folder(file.parent)
    finally:
        draft.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lock_or_refuse(lock: int, folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as taken:
        pid, port = _holder(lock)
        raise InstanceTaken(folder, pid, port) from taken


def _holder(lock: int) -> tuple[int | None, int | None]:
    """What the holder wrote; it may be in the middle of writing, then nothing is known."""
    try:
        record = json.loads(os.pread(lock, LONGEST_RECORD_BYTES, 0))
        return record["pid"], record["port"]
    except (ValueError, KeyError, TypeError):
        return None, None
