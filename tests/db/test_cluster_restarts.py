import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from matchmaking.db.cluster import Cluster
from matchmaking.db.cluster_account import account_for
from matchmaking.db.cluster_binaries import choose
from matchmaking.db.cluster_copy import runnable_by
from matchmaking.db.cluster_failures import ClusterFailed
from matchmaking.db.cluster_layout import Layout, inside, opened
from matchmaking.db.cluster_locks import once_processes_are_gone
from matchmaking.db.cluster_process import launch, marked, shut_down
from matchmaking.db.cluster_roles import Role

pytestmark = [pytest.mark.database, pytest.mark.oldest]

OWNER = """
import sys, time
from pathlib import Path
from matchmaking.db.cluster import Cluster
cluster = Cluster(Path(sys.argv[1]))
print("begun", flush=True)
cluster.start()
print(cluster.pid, flush=True)
time.sleep(120)
"""


def connect(cluster: Cluster, role: Role = "owner") -> psycopg.Connection:
    url = make_url(cluster.dsn(role))
    host = url.query["host"]
    return psycopg.connect(
        host=host, user=url.username, password=url.password, dbname=url.database, autocommit=True
    )


def stored(cluster: Cluster) -> list[int]:
    with connect(cluster) as connection:
        return [number for (number,) in connection.execute("SELECT number FROM kept ORDER BY 1").fetchall()]


def store(cluster: Cluster, number: int) -> None:
    with connect(cluster) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (number int)")
        connection.execute("INSERT INTO kept VALUES (%s)", [number])


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> float:
    start = time.perf_counter()
    while not condition():
        assert time.perf_counter() - start < seconds
        time.sleep(0.01)
    return time.perf_counter() - start


@contextmanager
def owner_process(state: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", OWNER, str(state)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "begun\n"
        try:
            yield owner
        finally:
            owner.kill()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Started once, so that each test has data of its own; a test may stop it."""
    cluster = Cluster(tmp_path)
    cluster.start()
    store(cluster, 1)
    yield cluster
    cluster.stop()


@pytest.mark.timed
@pytest.mark.gate("C10")
def test_a_second_start_is_quick_and_keeps_the_data(
    cluster: Cluster, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    mark = cluster._layout.mark()
    cluster.stop()
    cluster.stop()
    assert marked(mark) == []
    start = time.perf_counter()
    with Cluster(tmp_path) as again:
        seconds = time.perf_counter() - start
        assert stored(again) == [1]
    assert seconds < 2
    record_property("figure", f"second start in {seconds:.2f} s with the data kept")


@pytest.mark.gate("C10")
def test_a_killed_owner_takes_its_postmaster_along_and_the_next_start_has_the_data(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    with owner_process(tmp_path) as owner:
        assert owner.stdout is not None
        postmaster = int(owner.stdout.readline())
        layout = Layout(tmp_path)
        store(Cluster(tmp_path), 1)
        assert postmaster in marked(layout.mark())
        owner.kill()
        owner.wait()
        start = time.perf_counter()
        with Cluster(tmp_path) as cluster:
            seconds = time.perf_counter() - start
            assert postmaster not in marked(layout.mark())
            assert stored(cluster) == [1]
    record_property("figure", f"owner killed by SIGKILL: recovered in {seconds:.2f} s, 0 rows lost")


def test_a_killed_owner_ends_its_postmaster_without_anybody_starting_again(tmp_path: Path) -> None:
    with owner_process(tmp_path) as owner:
        assert owner.stdout is not None
        owner.stdout.readline()
        layout = Layout(tmp_path)
        idle = connect(Cluster(tmp_path))
        owner.kill()
        wait_until(lambda: not marked(layout.mark()))
        idle.close()
    os.close(once_processes_are_gone(layout, patience=0))


def test_an_owner_killed_during_initdb_leaves_nothing_half_made(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    with owner_process(tmp_path) as owner:
        wait_until((layout.home / "initializing" / "data" / "base").exists)
        owner.kill()
        owner.wait()
        assert not layout.data.exists()
    with Cluster(tmp_path) as cluster:
        store(cluster, 1)
        assert stored(cluster) == [1]
    assert not (layout.home / "initializing").exists()


def test_processes_that_do_not_end_are_killed_and_the_data_recovered(tmp_path: Path) -> None:
    with owner_process(tmp_path) as owner:
        assert owner.stdout is not None
        postmaster = int(owner.stdout.readline())
        store(Cluster(tmp_path), 1)
        os.kill(postmaster, signal.SIGSTOP)
        owner.kill()
        owner.wait()
        os.close(once_processes_are_gone(Layout(tmp_path), patience=0.1))
    with Cluster(tmp_path) as cluster:
        assert stored(cluster) == [1]


def test_a_dead_postmaster_is_started_again_with_the_data(cluster: Cluster) -> None:
    first = cluster.pid
    for attempt in range(2):
        store(cluster, attempt + 2)
        cluster.kill()
        assert not cluster.alive()
        wait_until(cluster.ensure_alive)
    assert cluster.pid != first
    assert stored(cluster) == [1, 2, 3]
    assert cluster._back_off.wait == 1.0


def test_a_postmaster_outlives_the_thread_that_started_it(cluster: Cluster) -> None:
    cluster.kill()
    passing = threading.Thread(target=cluster.ensure_alive)
    passing.start()
    passing.join()
    time.sleep(0.3)
    assert cluster.alive()
    assert stored(cluster) == [1]


def test_a_watched_cluster_comes_back_until_the_watch_ends(cluster: Cluster) -> None:
    ended = threading.Event()
    watcher = threading.Thread(
        target=cluster.watch, args=(ended,), kwargs={"every_seconds": 0.01}, daemon=True
    )
    first = cluster.pid
    cluster.kill()
    watcher.start()
    wait_until(lambda: cluster.alive() and cluster.pid != first)
    ended.set()
    watcher.join()
    assert stored(cluster) == [1]


def test_a_restart_that_fails_says_why_and_is_tried_again(cluster: Cluster, tmp_path: Path) -> None:
    cluster.kill()
    configuration = tmp_path / "postgres/data/postgresql.conf"
    good = configuration.read_text(encoding="utf-8")
    configuration.write_text("no_such_setting = 1\n", encoding="utf-8")
    assert not cluster.ensure_alive()
    assert cluster.failure is not None
    assert cluster.failure.code == "cluster_start_failed"
    configuration.write_text(good, encoding="utf-8")
    assert not cluster.ensure_alive()
    wait_until(cluster.ensure_alive)
    assert cluster.failure is None
    assert stored(cluster) == [1]


def test_a_stopped_cluster_is_left_alone(cluster: Cluster) -> None:
    cluster.stop()
    assert not cluster.ensure_alive()
    assert not cluster.alive()


def test_a_pid_file_with_the_number_of_a_stranger_does_not_stop_the_start(
    cluster: Cluster, tmp_path: Path
) -> None:
    cluster.kill()
    cluster.stop()
    file = tmp_path / "postgres/data/postmaster.pid"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    account = account_for(tmp_path / "postgres/data")
    with subprocess.Popen(["sleep", "60"], user=account.uid if account.lent else None) as stranger:
        file.write_text("".join([f"{stranger.pid}\n", *lines[1:]]), encoding="utf-8")
        socket_lock = tmp_path / "postgres/socket/.s.PGSQL.5432.lock"
        assert socket_lock.exists()
        socket_lock.write_text(f"{stranger.pid}\n", encoding="utf-8")
        try:
            cluster.start()
        finally:
            stranger.kill()
        assert stored(cluster) == [1]


def test_a_postmaster_started_by_hand_is_not_joined_by_a_second_one(cluster: Cluster, tmp_path: Path) -> None:
    cluster.stop()
    layout = Layout(tmp_path)
    account = account_for(layout.data)
    installation = runnable_by(account, choose(None, 18))
    with opened(layout.data) as data:
        options = ("-c", "listen_addresses=", "-c", "unix_socket_directories=../socket")
        program = [installation.postgres, "-D", inside(data), *options]
        by_hand = launch(program, account, death_signal=signal.SIGINT, kept=[data], log=layout.log)
    pid_file = layout.data / "postmaster.pid"
    wait_until(lambda: pid_file.exists() and "ready" in pid_file.read_text(encoding="utf-8"))
    try:
        with pytest.raises(ClusterFailed) as refused:
            cluster.start()
        assert by_hand.poll() is None
    finally:
        shut_down(by_hand)
    assert (refused.value.code, refused.value.parameters["pid"]) == ("cluster_second_postmaster", by_hand.pid)
    cluster.start()
    assert stored(cluster) == [1]


def test_data_of_another_major_are_refused_and_untouched(cluster: Cluster, tmp_path: Path) -> None:
    cluster.stop()
    version = tmp_path / "postgres/data/PG_VERSION"
    for content, code in (("14\n", "cluster_other_major"), ("", "cluster_data_damaged")):
        version.write_text(content, encoding="ascii")
        with pytest.raises(ClusterFailed) as refused:
            cluster.start()
        assert refused.value.code == code
        assert not cluster.alive()
    version.unlink()
    with pytest.raises(ClusterFailed) as refused:
        cluster.start()
    assert refused.value.code == "cluster_data_damaged"
    version.write_text("18\n", encoding="ascii")
    version.chmod(0o644)
    cluster.start()
    assert stored(cluster) == [1]


def test_a_lost_password_of_a_role_is_mended_and_that_of_the_superuser_named(
    cluster: Cluster, tmp_path: Path
) -> None:
    before = cluster.dsn("app")
    cluster.stop()
    (tmp_path / "secrets/postgres-app").unlink()
    cluster.start()
    connect(cluster, "app").close()
    assert cluster.dsn("app") != before
    cluster.stop()
    (tmp_path / "secrets/postgres-superuser").unlink()
    with pytest.raises(ClusterFailed) as refused:
        cluster.start()
    assert refused.value.code == "cluster_password_refused"
    assert not cluster.alive()


def test_a_role_that_was_given_too_much_loses_it_at_the_next_start(cluster: Cluster) -> None:
    with connect(cluster, "superuser") as superuser:
        superuser.execute("ALTER ROLE matchmaking_app SUPERUSER BYPASSRLS")
    cluster.stop()
    cluster.start()
    with connect(cluster, "superuser") as superuser:
        query = "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = 'matchmaking_app'"
        assert superuser.execute(query).fetchone() == (False, False)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can lose the owner of data")
def test_data_restored_without_owner_and_mode_are_taken_up(cluster: Cluster, tmp_path: Path) -> None:
    cluster.stop()
    subprocess.run(["chown", "-R", "0:0", str(tmp_path / "postgres")], check=True)
    (tmp_path / "postgres/data").chmod(0o755)
    cluster.start()
    assert stored(cluster) == [1]
