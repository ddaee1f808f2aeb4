"""Making the data folder with initdb: complete or not there at all."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

from matchmaking.db import cluster_log
from matchmaking.db.cluster_account import Account
from matchmaking.db.cluster_binaries import Installation
from matchmaking.db.cluster_failures import ClusterFailed
from matchmaking.db.cluster_layout import Layout, inside, opened
from matchmaking.db.cluster_process import launch
from matchmaking.db.instance import sync_folder

SUPERUSER = "postgres"
INITDB_SECONDS = 180.0

# Defaults that an administrator may change in the data folder's postgresql.conf. DETAIL lines and statements
# carry people's data, so the log gets neither.
CONFIGURATION = """
# Written once by matchmaking.
shared_buffers = 128MB
max_connections = 100
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %u@%d '
log_error_verbosity = terse
log_min_error_statement = panic
log_checkpoints = off
"""


def initialize(
    layout: Layout, account: Account, installation: Installation, *, password: str, process_lock: int
) -> None:
    """Run initdb in a folder of its own and rename the result.

    What an interrupted attempt left is thrown away. Needs the process lock held.
    Raises `ClusterFailed`.
    """
    workspace = layout.home / "initializing"
    _discard(workspace)
    workspace.mkdir()
    workspace.chmod(layout.home.stat().st_mode & 0o777)
    try:
        data = workspace / "data"
        data.mkdir(mode=0o700)
        account.give(data)
        _write_password(workspace / "password", password, account)
        _run_initdb(workspace, account, installation, process_lock, layout.log)
        _configure(data / "postgresql.conf")
        data.rename(layout.data)
        sync_folder(layout.home)
    finally:
        _discard(workspace)


def _run_initdb(workspace: Path, account: Account, installation: Installation, lock: int, log: Path) -> None:
    since = cluster_log.size(log)
    with opened(workspace / "data") as data, opened(workspace) as folder:
        command = [
            installation.initdb,
            f"--pgdata={inside(data)}",
            f"--username={SUPERUSER}",
            f"--pwfile={inside(folder, 'password')}",
            "--auth-local=scram-sha-256",
            "--auth-host=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--text-search-config=simple",
            "--data-checksums",
            "--no-instructions",
        ]
        kept = (data, folder, lock)
        process = launch(command, account, death_signal=signal.SIGTERM, kept=kept, log=log)
        try:
            status = process.wait(INITDB_SECONDS)
        except subprocess.TimeoutExpired:
            raise ClusterFailed("cluster_initialization_slow", seconds=int(INITDB_SECONDS)) from None
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    if status != 0:
        raise cluster_log.failure("cluster_initialization_failed", log, since)


def _write_password(file: Path, password: str, account: Account) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(password + "\n")
    account.give(file)


def _configure(file: Path) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(CONFIGURATION)
        stream.flush()
        os.fsync(descriptor)


def _discard(workspace: Path) -> None:
    if workspace.exists():
        shutil.rmtree(workspace)
