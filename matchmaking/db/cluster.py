"""The embedded PostgreSQL of a stand-alone run: its supervisor.

Makes the data folder once, runs one postmaster without a network listener, mends what a killed run left, and
stops it. Which programs, which account, which files and which rights are in the `cluster_*` modules beside
this one; engines and sessions are not its business. A run with `DATABASE_URL` never comes here.
"""

import os
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import URL

from matchmaking.db import cluster_log, cluster_postmaster, cluster_roles
from matchmaking.db.cluster_account import account_for
from matchmaking.db.cluster_binaries import choose
from matchmaking.db.cluster_copy import runnable_by
from matchmaking.db.cluster_failures import ClusterFailed, LocalFailed, named, shown
from matchmaking.db.cluster_initialization import initialize
from matchmaking.db.cluster_layout import PORT, Layout
from matchmaking.db.cluster_locks import once_processes_are_gone, own, settle_leftovers
from matchmaking.db.cluster_process import Child, kill_marked, shut_down
from matchmaking.db.cluster_roles import DATABASE, NAMES, Role
from matchmaking.db.cluster_watch import BackOff
from matchmaking.db.instance import secret_of
from matchmaking.log import logger

PASSWORD_BYTES = 24


class Cluster:
    """One PostgreSQL in one state folder, which must exist. Methods may be called from any thread.

    The postmaster ends with this process, however that ends: the kernel tells it. What a method raises is a
    `LocalFailed`, mostly `ClusterFailed`, whose code has a sentence in `messages/cluster.toml`.
    """

    def __init__(self, state: Path, *, binaries: Path | None = None) -> None:
        """`binaries` (setting MATCHMAKING_POSTGRES_BIN): bin folder of an installation to use instead."""
        self._layout = Layout(state.absolute())
        self._binaries = binaries
        self._guard = threading.RLock()
        self._owner_lock: int | None = None
        self._process: Child | None = None
        self._major: int | None = None
        self._back_off = BackOff()
        self.failure: LocalFailed | None = None

    def start(self) -> None:
        """Make what is missing, run PostgreSQL, return when it accepts connections. Running already is fine.

        A first start takes about 1 s, a later one 0.1 s, one after a crash as long as the recovery.
        """
        with self._guard, named(ClusterFailed, self._layout.state):
            if self.alive():
                return
            if self._owner_lock is None:
                self._owner_lock = own(self._layout)
            try:
                self._bring_up()
            except BaseException:
                self.stop()
                raise

    def stop(self) -> None:
        """Fast shutdown, within 20 s; what does not obey is ended. The folder is free afterwards."""
        with self._guard:
            self._end_process()
            if self._owner_lock is not None:
                self._layout.unlink()
                os.close(self._owner_lock)
                self._owner_lock = None

    def kill(self) -> None:
        """SIGKILL to all of PostgreSQL at once, as a fault; `ensure_alive` brings it back."""
        with self._guard:
            if self._process is not None:
                self._process.kill()
                kill_marked(self._layout.mark())
                self._process.wait()

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def ensure_alive(self) -> bool:
        """Start a postmaster that died, with growing pauses between attempts; whether it runs now.

        To be called about once a second, in a thread, since a recovery takes a while. `failure` holds why the
        last attempt failed. A cluster that was stopped, or never started, stays as it is.
        """
        with self._guard:
            if self._owner_lock is None:
                return False
            if self.alive():
                self._keep_house()
                return True
            now = time.monotonic()
            if not self._back_off.due(now):
                return False
            self._back_off.attempted(now)
            return self._restart()

    def watch(self, ended: threading.Event, *, every_seconds: float = 1.0) -> None:
        """Call `ensure_alive` until `ended` is set. Run it in a thread of its own."""
        while not ended.wait(every_seconds):
            self.ensure_alive()

    def dsn(self, role: Role, database: str = DATABASE) -> str:
        """SQLAlchemy URL for psycopg, password included. Any process may ask once the cluster runs."""
        address = URL.create(
            "postgresql+psycopg",
            username=NAMES[role],
            password=self._password(role),
            database=database,
            query={"host": self._layout.host(), "port": str(PORT)},
        )
        # SQLAlchemy writes a space as "+", which libpq does not read; both read "%20".
        before, mark, query = address.render_as_string(hide_password=False).partition("?")
        return before + mark + query.replace("+", "%20")

    def create_database(self, name: str, template: str | None = None) -> None:
        """A database like `matchmaking`: its owner, who may enter. Nobody may be connected to `template`."""
        with self._door().open("postgres") as connection:
            cluster_roles.create(connection, name, template)

    def drop_database(self, name: str) -> None:
        """Cuts off whoever is connected. A name that is not there is no error."""
        with self._door().open("postgres") as connection:
            cluster_roles.drop(connection, name)

    @property
    def version(self) -> int:
        """Major version of the server, or of the data where it does not run."""
        major = self._major or self._layout.data_major()
        if major is None:
            raise ClusterFailed("cluster_not_running", folder=shown(self._layout.state))
        return major

    @property
    def pid(self) -> int:
        if self._process is None:
            raise ClusterFailed("cluster_not_running", folder=shown(self._layout.state))
        return self._process.pid

    def _bring_up(self) -> None:
        layout = self._layout
        process_lock = once_processes_are_gone(layout)
        try:
            account = account_for(layout.data)
            layout.prepare(account)
            data_major = layout.data_major()
            installation = runnable_by(account, choose(self._binaries, data_major))
            if data_major is None:
                password = self._password("superuser")
                initialize(layout, account, installation, password=password, process_lock=process_lock)
            settle_leftovers(layout)
            layout.link()
            cluster_log.bound(layout.log)
            since = cluster_log.size(layout.log)
            self._process = cluster_postmaster.run(layout, account, installation, process_lock)
        finally:
            os.close(process_lock)
        self._major = installation.major
        with cluster_postmaster.first_connection(self._process, self._door(), layout, since) as connection:
            self._establish(connection)

    def _establish(self, connection: cluster_roles.SuperuserConnection) -> None:
        passwords: dict[Role, str] = {role: self._password(role) for role in cluster_roles.LIMITED}
        if cluster_roles.establish(connection, passwords):
            with self._door().open(DATABASE) as inside:
                cluster_roles.close_public_schema(inside)

    def _restart(self) -> bool:
        try:
            with named(ClusterFailed, self._layout.state):
                self._bring_up()
        except LocalFailed as failure:
            self.failure = failure
            self._end_process()
            logger(__name__).error("postmaster_not_restarted", code=failure.code, **failure.parameters)
            return False
        self.failure = None
        logger(__name__).warning("postmaster_restarted", pid=self.pid)
        return True

    def _keep_house(self) -> None:
        try:
            with named(ClusterFailed, self._layout.state):
                cluster_log.bound(self._layout.log)
                self._layout.link()
        except LocalFailed as failure:
            logger(__name__).warning("postmaster_house_keeping", code=failure.code, **failure.parameters)

    def _end_process(self) -> None:
        if self._process is not None:
            shut_down(self._process)
            self._process = None

    def _door(self) -> cluster_postmaster.Door:
        return cluster_postmaster.Door(self._layout.host(), self._password("superuser"))

    def _password(self, role: Role) -> str:
        return secret_of(self._layout.state, f"postgres-{role}", PASSWORD_BYTES).hex()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
