"""One postmaster: its command line, and the wait until it lets us in."""

import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from subprocess import TimeoutExpired

import psycopg

from matchmaking.db import cluster_log
from matchmaking.db.cluster_account import Account
from matchmaking.db.cluster_binaries import Installation
from matchmaking.db.cluster_failures import ClusterFailed, shown
from matchmaking.db.cluster_initialization import SUPERUSER
from matchmaking.db.cluster_layout import PORT, Layout, inside, opened
from matchmaking.db.cluster_process import Child, launch

START_SECONDS = 300.0
STEP_SECONDS = 0.005
CONNECT_SECONDS = 10
STATUS_LINE = 7

# What nobody may change in postgresql.conf: no network, one socket in its folder, one log.
FIXED: Mapping[str, str] = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_directories": "../socket",
    "unix_socket_permissions": "0700",
    "logging_collector": "off",
    "log_destination": "stderr",
}


def run(layout: Layout, account: Account, installation: Installation, process_lock: int) -> Child:
    """Start the postmaster; when we die, it makes a fast shutdown by itself."""
    with opened(layout.data) as data:
        settings = {**FIXED, "cluster_name": layout.mark()}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        program = [installation.postgres, "-D", inside(data), *options]
        kept = (data, process_lock)
        return launch(program, account, death_signal=signal.SIGINT, kept=kept, log=layout.log)


@dataclass(frozen=True, slots=True)
class Door:
    """How the supervisor itself connects, as the superuser."""

    host: str
    password: str

    def open(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host=self.host,
            port=PORT,
            user=SUPERUSER,
            password=self.password,
            dbname=database,
            connect_timeout=CONNECT_SECONDS,
            application_name="matchmaking supervisor",
            autocommit=True,
        )


def first_connection(child: Child, door: Door, layout: Layout, since: int) -> psycopg.Connection:
    """Wait until the postmaster accepts us, however long it recovers, for 300 s at most.

    `since` is the size of the log before the start: a postmaster that ends is explained by what it wrote
    after that.
    """
    deadline = time.monotonic() + START_SECONDS
    while True:
        if _reports_ready(child, layout):
            return _admitted(door, layout)
        try:
            child.wait(STEP_SECONDS)
        except TimeoutExpired:
            if time.monotonic() < deadline:
                continue
            raise ClusterFailed(
                "cluster_start_slow", seconds=int(START_SECONDS), log=shown(layout.log)
            ) from None
        raise cluster_log.failure("cluster_start_failed", layout.log, since)


def _reports_ready(child: Child, layout: Layout) -> bool:
    """Read from its pid file: attempts to connect would fill the log with refusals during a recovery."""
    try:
        lines = (layout.data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return False
    complete = len(lines) > STATUS_LINE
    return complete and lines[0].strip() == str(child.pid) and lines[STATUS_LINE].strip() == "ready"


def _admitted(door: Door, layout: Layout) -> psycopg.Connection:
    try:
        return door.open("postgres")
    except psycopg.OperationalError as refused:
        if "password authentication failed" in str(refused):
            raise ClusterFailed("cluster_password_refused", folder=shown(layout.state)) from refused
        raise ClusterFailed("cluster_start_failed", reason=str(refused), log=shown(layout.log)) from refused
