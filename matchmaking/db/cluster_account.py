"""The operating-system account that PostgreSQL runs as. It refuses root, so root lends it another.

No account is ever created here, and nothing above the instance's own folder changes its owner or its mode.
"""

import errno
import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from matchmaking.db.cluster_failures import ClusterFailed, shown

LENT_ACCOUNTS = ("nobody", "postgres", "daemon")


@dataclass(frozen=True, slots=True)
class Account:
    uid: int
    gid: int

    @property
    def lent(self) -> bool:
        """Whether it is another account than the one this process runs as."""
        return self.uid != os.geteuid()

    def give(self, path: Path) -> None:
        """Hand over one file or folder; `ClusterFailed` in a container whose root may not."""
        if not self.lent:
            return
        try:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)
        except OSError as refused:
            if refused.errno not in (errno.EINVAL, errno.EPERM):
                raise
            raise ClusterFailed("cluster_cannot_lend", uid=self.uid, folder=shown(path)) from refused


def account_for(data: Path) -> Account:
    """Our own account; under root the owner of existing data, otherwise an account without rights.

    Raises `ClusterFailed` where initdb would refuse: a uid that the system has no account for.
    """
    if os.geteuid() != 0:
        return _own_account(needs_name=not data.exists())
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    for name in LENT_ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(entry.pw_uid, entry.pw_gid)
    raise ClusterFailed("cluster_no_lent_account", accounts=", ".join(LENT_ACCOUNTS))


def _own_account(*, needs_name: bool) -> Account:
    uid = os.geteuid()
    if needs_name:
        try:
            pwd.getpwuid(uid)
        except KeyError:
            raise ClusterFailed("cluster_nameless_account", uid=uid) from None
    return Account(uid, os.getegid())
