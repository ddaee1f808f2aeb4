"""Where the files of the embedded PostgreSQL lie in the state folder, and how its socket is reached.

    <state>/postgres/data            what initdb made, 0700, of the account PostgreSQL runs as
    <state>/postgres/socket          0700, likewise
    <state>/postgres/owner.lock      held by the process that supervises
    <state>/postgres/process.lock    held by PostgreSQL itself, down to its last process
    <state>/log/postgresql.log

The programs are handed *open folders* and name them `/proc/self/fd/<n>`: so they need no right to enter any
folder above, and a path may be as long and as odd as it likes. Only clients name the socket by a path.
"""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from matchmaking.db.cluster_account import Account
from matchmaking.db.cluster_failures import ClusterFailed, shown
from matchmaking.db.instance import make_folder

PORT = 5432
LONGEST_SOCKET_BYTES = 107
LONGEST_HOST_BYTES = LONGEST_SOCKET_BYTES - len(f"/.s.PGSQL.{PORT}")
# A link lies in a folder of mode 0700 with a random name, made in the first of these that can be written.
LINK_FOLDERS = (Path("/run"), Path("/tmp"), Path("/dev/shm"), Path("/var/tmp"))  # noqa: S108


@dataclass(frozen=True, slots=True)
class Layout:
    state: Path

    @property
    def home(self) -> Path:
        return self.state / "postgres"

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def socket(self) -> Path:
        return self.home / "socket"

    @property
    def log(self) -> Path:
        return self.state / "log" / "postgresql.log"

    @property
    def _link_note(self) -> Path:
        return self.home / "socket.link"

    def prepare(self, account: Account) -> None:
        """Make what is missing. A lent account owns `data` and `socket` only: no traps for root."""
        make_folder(self.home)
        if account.lent:
            self.home.chmod(0o711)
        make_folder(self.log.parent)
        make_folder(self.socket)
        account.give(self.socket)
        if self.data.exists():
            self._adopt(account)

    def _adopt(self, account: Account) -> None:
        """Mend owner and mode, on which PostgreSQL insists: data from a backup may have lost them."""
        if account.lent and self.data.stat().st_uid != account.uid:
            for folder, folders, files in os.walk(self.data):
                for name in (*folders, *files):
                    account.give(Path(folder, name))
            account.give(self.data)
        if self.data.stat().st_uid == account.uid:
            self.data.chmod(0o700)

    def data_major(self) -> int | None:
        """The major version that made the data; None where there is none yet."""
        if not self.data.exists():
            return None
        try:
            text = (self.data / "PG_VERSION").read_text(encoding="ascii", errors="replace")
        except FileNotFoundError:
            text = ""
        found = re.match(r"(\d+)", text)
        if not found:
            raise ClusterFailed("cluster_data_damaged", folder=shown(self.data))
        return int(found.group(1))

    def mark(self) -> str:
        """What stands in the title of each process of this data folder, and of no other here."""
        status = self.data.stat()
        return f"matchmaking-{status.st_dev:x}-{status.st_ino:x}"

    def host(self) -> str:
        """The folder to connect to: the socket's own path, or the link that stands for it."""
        if reachable(self.socket):
            return str(self.socket)
        link = self._noted_link()
        if link is None:
            raise ClusterFailed("cluster_not_running", folder=shown(self.state))
        return str(link)

    def link(self) -> None:
        """Make or mend the short link, where one is needed. Something may have tidied it away meanwhile."""
        if reachable(self.socket):
            return
        link = self._noted_link() or self._new_link()
        if not link.is_symlink():
            link.parent.mkdir(mode=0o700, exist_ok=True)
            _private(link.parent)
            link.symlink_to(self.socket)

    def unlink(self) -> None:
        link = self._noted_link()
        if link is not None:
            link.unlink(missing_ok=True)
            if link.parent.is_dir():
                link.parent.rmdir()
            self._link_note.unlink()

    def _noted_link(self) -> Path | None:
        try:
            link = Path(self._link_note.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        points_elsewhere = link.is_symlink() and link.readlink() != self.socket
        return None if points_elsewhere else link

    def _new_link(self) -> Path:
        for shared in LINK_FOLDERS:
            folder = shared / f"matchmaking-{secrets.token_hex(8)}"
            try:
                folder.mkdir(mode=0o700)
            except OSError:
                continue
            link = folder / "s"
            self._link_note.write_text(str(link), encoding="utf-8")
            return link
        raise ClusterFailed("cluster_socket_unreachable", folder=shown(self.socket))


def reachable(socket: Path) -> bool:
    """Whether a client can name the folder: short enough, UTF-8, and no comma, which makes it two hosts."""
    path = os.fsencode(socket)
    return len(path) <= LONGEST_HOST_BYTES and b"," not in path and shown(socket) == str(socket)


def _private(folder: Path) -> None:
    status = folder.lstat()
    if status.st_uid != os.geteuid() or status.st_mode & 0o077 or folder.is_symlink():
        raise ClusterFailed("cluster_socket_unreachable", folder=shown(folder))


@contextmanager
def opened(folder: Path) -> Iterator[int]:
    """An open folder to hand to a program, which then names it `inside(descriptor)`."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def inside(descriptor: int, name: str = "") -> str:
    return f"/proc/self/fd/{descriptor}/{name}".rstrip("/")
