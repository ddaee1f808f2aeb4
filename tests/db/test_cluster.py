import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import create_engine, make_url, text

from matchmaking.db.cluster import Cluster
from matchmaking.db.cluster_failures import ClusterFailed
from matchmaking.db.cluster_process import marked
from matchmaking.db.cluster_roles import Role

pytestmark = [pytest.mark.database, pytest.mark.oldest]


@dataclass(frozen=True)
class FirstRun:
    cluster: Cluster
    state: Path
    seconds: float
    modes_before: list[int]


def modes_above(path: Path) -> list[int]:
    return [stat.S_IMODE(parent.stat().st_mode) for parent in path.parents]


def connect(cluster: Cluster, role: Role, database: str = "matchmaking") -> psycopg.Connection:
    url = make_url(cluster.dsn(role, database))
    return psycopg.connect(
        host=url.query["host"],
        port=url.query["port"],
        user=url.username,
        password=url.password,
        dbname=url.database,
        autocommit=True,
    )


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FirstRun]:
    state = tmp_path_factory.mktemp("closed") / "空 目录" / "状态"
    state.mkdir(parents=True)
    for folder in (state.parent.parent, state.parent, state):
        folder.chmod(0o700)
    before = modes_above(state)
    given = os.environ.get("MATCHMAKING_POSTGRES_BIN")
    cluster = Cluster(state, binaries=Path(given) if given else None)
    start = time.perf_counter()
    cluster.start()
    seconds = time.perf_counter() - start
    yield FirstRun(cluster, state, seconds, before)
    cluster.stop()


@pytest.fixture(scope="module")
def cluster(first_run: FirstRun) -> Cluster:
    return first_run.cluster


@pytest.fixture(scope="module")
def app(cluster: Cluster) -> Iterator[psycopg.Connection]:
    with connect(cluster, "app") as connection:
        yield connection


@pytest.mark.timed
@pytest.mark.gate("C10")
def test_first_start_in_an_empty_closed_folder_with_a_space_and_chinese(
    first_run: FirstRun, record_property: Callable[[str, object], None]
) -> None:
    assert first_run.seconds < 5
    assert modes_above(first_run.state) == first_run.modes_before
    who = "root" if os.geteuid() == 0 else "not root"
    record_property("figure", f"first start as {who} in {first_run.seconds:.2f} s, no parent's mode changed")


@pytest.mark.gate("C10")
def test_no_process_of_it_listens_on_the_network(
    first_run: FirstRun, record_property: Callable[[str, object], None]
) -> None:
    pids = marked(first_run.cluster._layout.mark())
    assert first_run.cluster.pid in pids
    descriptors = {name for pid in pids for name in _open_by(pid)}
    of_network = set()
    for protocol in ("tcp", "tcp6", "udp", "udp6"):
        lines = Path("/proc/net", protocol).read_text(encoding="ascii").splitlines()[1:]
        of_network |= {f"socket:[{line.split()[9]}]" for line in lines}
    assert any(name.startswith("socket:") for name in descriptors)
    assert not descriptors & of_network
    record_property("figure", f"{len(pids)} processes, 0 network sockets")


def _open_by(pid: int) -> Iterator[str]:
    """What a process has open; background workers may end meanwhile."""
    with suppress(FileNotFoundError):
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            yield str(entry.readlink())


def test_the_application_may_not_make_anything(app: psycopg.Connection) -> None:
    for statement in (
        "CREATE TABLE public.mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE DATABASE mine",
        "CREATE ROLE mine",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "SELECT pg_read_file('PG_VERSION')",
        "SELECT rolpassword FROM pg_authid",
        "ALTER SYSTEM SET work_mem = '1GB'",
        "SET ROLE matchmaking_system",
        "SET ROLE matchmaking_owner",
        "SET SESSION AUTHORIZATION postgres",
        "ALTER ROLE matchmaking_app BYPASSRLS",
        "GRANT matchmaking_system TO matchmaking_app",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            app.execute(statement)


def test_the_application_and_the_system_are_members_of_nothing(cluster: Cluster) -> None:
    with connect(cluster, "superuser", "postgres") as superuser:
        members = superuser.execute(
            "SELECT roleid::regrole::text FROM pg_auth_members"
            " WHERE member::regrole::text LIKE 'matchmaking%'"
        ).fetchall()
        flags = superuser.execute(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 'matchmaking%'"
            " AND NOT (rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication)"
            " AND rolcanlogin ORDER BY 1"
        ).fetchall()
    assert members == []
    assert flags == [("matchmaking_app",), ("matchmaking_owner",), ("matchmaking_system",)]


@pytest.mark.parametrize("role", ["owner", "app", "system"])
@pytest.mark.parametrize("database", ["postgres", "template1"])
def test_other_databases_are_closed(cluster: Cluster, role: Role, database: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        connect(cluster, role, database)


def test_public_has_no_right_to_the_database(cluster: Cluster) -> None:
    with connect(cluster, "superuser") as superuser:
        superuser.execute("CREATE ROLE passer_by LOGIN PASSWORD 'known'")
        try:
            for right in ("CONNECT", "TEMPORARY", "CREATE"):
                row = superuser.execute(
                    "SELECT has_database_privilege('passer_by', 'matchmaking', %s)", [right]
                ).fetchone()
                assert row == (False,)
            schema = superuser.execute(
                "SELECT has_schema_privilege('passer_by', 'public', 'CREATE')"
            ).fetchone()
            assert schema == (False,)
        finally:
            superuser.execute("DROP ROLE passer_by")


@pytest.mark.parametrize("password", ["", "wrong"])
@pytest.mark.parametrize("user", ["postgres", "matchmaking_owner", "matchmaking_app", "nobody"])
def test_nobody_comes_in_without_a_password(cluster: Cluster, user: str, password: str) -> None:
    host = make_url(cluster.dsn("app")).query["host"]
    with pytest.raises(psycopg.OperationalError, match=r"password"):
        psycopg.connect(host=host, user=user, password=password, dbname="matchmaking")


def test_secrets_data_and_socket_are_closed_to_others(first_run: FirstRun) -> None:
    state = first_run.state
    passwords = {file.read_text(encoding="ascii") for file in (state / "secrets").iterdir()}
    assert len(passwords) == 4
    closed = [
        *(state / "secrets").iterdir(),
        state / "secrets",
        state / "postgres/data",
        state / "postgres/socket",
    ]
    assert [path for path in [*closed, *(state / "log").iterdir()] if path.stat().st_mode & 0o077] == []


def test_the_owner_migrates_and_the_others_connect(cluster: Cluster) -> None:
    for role in ("owner", "app", "system"):
        engine = create_engine(cluster.dsn(role))
        with engine.begin() as connection:
            assert connection.execute(text("SELECT current_user")).scalar() == f"matchmaking_{role}"
        engine.dispose()
    with connect(cluster, "owner") as owner:
        owner.execute("CREATE TABLE migrated (id int)")
        owner.execute("DROP TABLE migrated")


def test_data_are_checked_synced_and_in_unicode(app: psycopg.Connection) -> None:
    expected = {
        "data_checksums": "on",
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "listen_addresses": "",
        "server_encoding": "UTF8",
        "TimeZone": "UTC",
    }
    shown = {name: app.execute("SELECT current_setting(%s)", [name]).fetchone() for name in expected}
    assert shown == {name: (value,) for name, value in expected.items()}
    collation = app.execute(
        "SELECT datcollate, datctype, datlocprovider FROM pg_database WHERE datname = 'matchmaking'"
    ).fetchone()
    assert collation == ("C.UTF-8", "C.UTF-8", "c")


def test_the_log_has_no_statement_and_no_value(first_run: FirstRun) -> None:
    with connect(first_run.cluster, "owner") as owner:
        owner.execute("CREATE TABLE people (name text PRIMARY KEY)")
        owner.execute("INSERT INTO people VALUES ('canary-7f3a')")
        with pytest.raises(errors.UniqueViolation):
            owner.execute("INSERT INTO people VALUES ('canary-7f3a')")
        owner.execute("DROP TABLE people")
    log = (first_run.state / "log" / "postgresql.log").read_text(encoding="utf-8")
    assert "duplicate key value" in log
    assert "canary-7f3a" not in log


def test_a_database_is_copied_with_its_rights_and_dropped(cluster: Cluster) -> None:
    cluster.create_database("template_for_test")
    with connect(cluster, "owner", "template_for_test") as owner:
        owner.execute("CREATE TABLE copied AS SELECT 7 AS number")
    cluster.create_database("copy_for_test", "template_for_test")
    with connect(cluster, "owner", "copy_for_test") as owner:
        assert owner.execute("SELECT number FROM copied").fetchone() == (7,)
        cluster.drop_database("copy_for_test")
    with connect(cluster, "superuser", "postgres") as superuser:
        row = superuser.execute(
            "SELECT has_database_privilege('public', 'template_for_test', 'CONNECT')"
        ).fetchone()
        assert row == (False,)
    cluster.drop_database("template_for_test")
    cluster.drop_database("template_for_test")


def test_a_second_supervisor_is_refused_and_the_first_one_lives_on(first_run: FirstRun) -> None:
    with pytest.raises(ClusterFailed) as refused:
        Cluster(first_run.state).start()
    assert (refused.value.code, refused.value.parameters["pid"]) == ("cluster_taken", str(os.getpid()))
    assert first_run.cluster.alive()
    pid = first_run.cluster.pid
    first_run.cluster.start()
    assert first_run.cluster.pid == pid


def test_another_process_can_ask_for_the_address(first_run: FirstRun) -> None:
    assert Cluster(first_run.state).dsn("app") == first_run.cluster.dsn("app")
    assert Cluster(first_run.state).version == first_run.cluster.version
    with pytest.raises(ClusterFailed) as refused:
        Cluster(first_run.state).pid  # noqa: B018 - the property refuses
    assert refused.value.code == "cluster_not_running"
