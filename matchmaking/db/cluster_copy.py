"""A copy of the wheel's programs for the account that root lends to PostgreSQL.

Under a folder that only root may enter, that account can be handed open folders for the data, but a program
finds its own files by its real path. So the programs (25 MB), and nothing else, are copied once for every
instance of the machine to a folder that everybody may enter; `SHARED_FOLDERS` says where it may be. Root owns
the copy.
"""

import hashlib
import os
import secrets
import shutil
from pathlib import Path

from matchmaking.db.cluster_account import Account
from matchmaking.db.cluster_binaries import WHEEL, Installation, major_of
from matchmaking.db.cluster_failures import ClusterFailed, shown

# The last can be written by anybody: what is found there must be root's own, see `_ours`.
SHARED_FOLDERS = (Path("/var/lib"), Path("/opt"), Path("/usr/local/lib"), Path("/var/tmp"))  # noqa: S108
PROGRAMS = ("initdb", "postgres")
DIGEST_CHARACTERS = 16


def runnable_by(account: Account, installation: Installation) -> Installation:
    """`installation`, or a copy that `account` can run. Raises `ClusterFailed` where there can be none."""
    if not account.lent or major_of(installation.folder, account) is not None:
        return installation
    if _libraries(installation).is_dir():
        for shared in SHARED_FOLDERS:
            copy = _copy_in(shared, installation)
            if copy is not None and major_of(copy.folder, account) is not None:
                return copy
    raise ClusterFailed("cluster_binaries_unreachable", folder=shown(installation.folder))


def _libraries(installation: Installation) -> Path:
    """The wheel's own libraries, which its programs find by a path relative to themselves."""
    return installation.folder.parents[2] / f"{WHEEL}.libs"


def _copy_in(shared: Path, installation: Installation) -> Installation | None:
    target = shared / f"matchmaking-postgresql-{installation.major}-{_digest(installation)}"
    try:
        if not target.exists():
            _copy(installation, target)
    except OSError:
        return None
    place = target / WHEEL / installation.folder.parent.name / "bin"
    return Installation(place, installation.major) if _ours(target) else None


def _ours(target: Path) -> bool:
    """Whether it is root's own: some of the shared folders can be written by anybody."""
    status = target.lstat()
    return target.is_dir() and not target.is_symlink() and status.st_uid == 0 and not status.st_mode & 0o022


def _digest(installation: Installation) -> str:
    """Names the copied files, so that another release of the wheel gets a copy of its own."""
    digest = hashlib.sha256()
    for name in PROGRAMS:
        digest.update((installation.folder / name).read_bytes())
    for folder in (*_folders(installation), _libraries(installation)):
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            digest.update(f"{file.relative_to(folder)} {file.stat().st_size}\n".encode())
    return digest.hexdigest()[:DIGEST_CHARACTERS]


def _folders(installation: Installation) -> tuple[Path, Path]:
    prefix = installation.folder.parent
    return prefix / "lib" / "postgresql", prefix / "share"


def _copy(installation: Installation, target: Path) -> None:
    """Whole or not at all: made beside its place, then renamed; of two at once one is thrown away."""
    draft = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    draft.mkdir(mode=0o700)
    try:
        source = installation.folder.parents[2]
        (draft / installation.folder.relative_to(source)).mkdir(parents=True)
        for name in PROGRAMS:
            program = installation.folder / name
            shutil.copyfile(program, draft / program.relative_to(source))
            (draft / program.relative_to(source)).chmod(0o755)
        for folder in (*_folders(installation), _libraries(installation)):
            place = draft / folder.relative_to(source)
            shutil.copytree(folder, place, ignore=shutil.ignore_patterns("pgxs", "*.a"))
        _open_to_everybody(draft)
        try:
            draft.rename(target)
        except OSError:
            if not target.exists():
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _open_to_everybody(tree: Path) -> None:
    """Readable by all, writable by root: the wheel may have been installed under a strict umask."""
    for folder, _, files in os.walk(tree):
        Path(folder).chmod(0o755)
        for name in files:
            file = Path(folder, name)
            file.chmod(0o755 if file.parent.name == "bin" or ".so" in name else 0o644)
