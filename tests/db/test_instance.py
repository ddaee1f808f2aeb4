import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from matchmaking.db.cluster_failures import InstanceFailed, InstanceTaken, named
from matchmaking.db.instance import Instance, make_folder, secret_of

HOLDER = """
import sys, time
from pathlib import Path
from matchmaking.db.instance import Instance
instance = Instance.open(Path(sys.argv[1]))
if len(sys.argv) > 2:
    instance.announce(int(sys.argv[2]))
print("held", flush=True)
time.sleep(60)
"""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@contextmanager
def another_process(state: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLDER, str(state), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        try:
            yield holder
        finally:
            holder.kill()


@pytest.mark.gate("C10")
def test_a_second_instance_is_refused_and_told_where_the_first_one_serves(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    state = tmp_path / "状态 目录"
    with another_process(state, "8123") as holder, pytest.raises(InstanceTaken) as refused:
        Instance.open(state)
    assert (refused.value.code, refused.value.pid, refused.value.port) == ("instance_taken", holder.pid, 8123)
    record_property("figure", f"second instance refused, naming pid {holder.pid} and port 8123")


def test_a_second_instance_is_refused_before_the_first_one_knows_its_port(tmp_path: Path) -> None:
    with another_process(tmp_path) as holder, pytest.raises(InstanceTaken) as refused:
        Instance.open(tmp_path)
    assert (refused.value.code, refused.value.pid) == ("instance_taken_no_port", holder.pid)
    assert refused.value.port is None


def test_a_second_instance_in_the_same_process_is_refused(tmp_path: Path) -> None:
    with Instance.open(tmp_path), pytest.raises(InstanceTaken):
        Instance.open(tmp_path)
    Instance.open(tmp_path).close()


def test_an_unreadable_record_still_refuses(tmp_path: Path) -> None:
    with Instance.open(tmp_path):
        (tmp_path / "instance.lock").write_text("{", encoding="ascii")
        with pytest.raises(InstanceTaken) as refused:
            Instance.open(tmp_path)
    assert refused.value.pid is None
    assert refused.value.parameters["pid"] == "?"


def test_a_killed_instance_gives_the_folder_back(tmp_path: Path) -> None:
    with another_process(tmp_path) as holder:
        holder.kill()
        holder.wait()
        Instance.open(tmp_path).close()


def test_the_lock_is_not_passed_on_to_programs(tmp_path: Path) -> None:
    instance = Instance.open(tmp_path)
    with subprocess.Popen(["sleep", "60"], close_fds=False) as other:
        instance.close()
        Instance.open(tmp_path).close()
        other.kill()


def test_the_folder_alone_is_made_and_no_parent_changes(tmp_path: Path) -> None:
    parent = tmp_path / "parent"
    parent.mkdir()
    parent.chmod(0o751)
    before = os.umask(0o777)
    try:
        Instance.open(parent / "state").close()
    finally:
        os.umask(before)
    assert (mode(parent), mode(parent / "state")) == (0o751, 0o700)
    assert mode(parent / "state" / "instance.lock") == 0o600 & ~0o777 or os.geteuid() == 0


def test_a_folder_that_exists_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    Instance.open(tmp_path).close()
    assert mode(tmp_path) == 0o755


def test_a_missing_parent_and_a_file_in_the_way_have_sentences_of_their_own(tmp_path: Path) -> None:
    with pytest.raises(InstanceFailed) as missing:
        Instance.open(tmp_path / "none" / "state")
    assert missing.value.code == "state_missing"
    assert not (tmp_path / "none").exists()
    (tmp_path / "file").touch()
    for path in (tmp_path / "file", tmp_path / "file" / "state"):
        with pytest.raises(InstanceFailed) as refused:
            Instance.open(path)
        assert refused.value.code == "state_not_a_folder"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "state_disk_full"),
        (errno.EDQUOT, "state_disk_full"),
        (errno.EROFS, "state_read_only"),
        (errno.EACCES, "state_denied"),
        (errno.EIO, "state_unusable"),
    ],
)
def test_what_the_operating_system_says_becomes_one_named_fact(number: int, code: str) -> None:
    with pytest.raises(InstanceFailed) as refused, named(InstanceFailed, Path("/somewhere")):
        raise OSError(number, os.strerror(number), "/somewhere/file")
    assert refused.value.code == code
    assert refused.value.parameters["place"] == "/somewhere/file"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small file system")
@pytest.mark.parametrize(
    ("option", "fill", "code"), [("size=64k", True, "state_disk_full"), ("ro", False, "state_read_only")]
)
def test_a_full_and_a_read_only_file_system(tmp_path: Path, option: str, fill: bool, code: str) -> None:
    program = f"""
import sys
from pathlib import Path
from matchmaking.db.cluster_failures import InstanceFailed
from matchmaking.db.instance import Instance
place = Path({str(tmp_path)!r})
try:
    if {fill}:
        (place / "filler").write_bytes(bytes(56 * 1024))
        (place / "rest").write_bytes(bytes(4 * 1024))
    with Instance.open(place / "state") as instance:
        instance.secret("signing")
except InstanceFailed as failure:
    print(failure.code)
"""
    mounting = f'mount -t tmpfs -o {option} none "$1" && shift && exec "$@"'
    command = ["unshare", "--mount", "sh", "-c", mounting, "sh", str(tmp_path), sys.executable, "-c", program]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if "unshare failed" in answer.stderr or "permission denied" in answer.stderr:
        pytest.skip(f"no mount here: {answer.stderr.strip()}")
    assert (answer.stdout.strip(), answer.stderr) == (code, "")


def test_a_secret_is_made_once_and_readable_by_nobody_else(tmp_path: Path) -> None:
    with Instance.open(tmp_path) as instance:
        first = instance.secret("signing", 48)
        assert len(first) == 48
        assert instance.secret("signing", 48) == first
        assert instance.secret("cursor", 48) != first
    assert secret_of(tmp_path, "signing", 48) == first
    assert mode(tmp_path / "secrets") == 0o700
    assert {mode(file) for file in (tmp_path / "secrets").iterdir()} == {0o600}


def test_many_who_ask_at_once_get_the_same_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as askers:
        for number in range(20):
            answers = {*askers.map(lambda _, name=f"s{number}": secret_of(tmp_path, name), range(16))}
            assert len(answers) == 1
    assert len([*(tmp_path / "secrets").iterdir()]) == 20


@pytest.mark.parametrize("content", [b"", b"abc", b"zz" * 32, b"\xff" * 64, b"00" * 31])
def test_a_damaged_secret_is_refused_and_kept(tmp_path: Path, content: bytes) -> None:
    make_folder(tmp_path / "secrets")
    file = tmp_path / "secrets" / "signing"
    file.write_bytes(content)
    with pytest.raises(InstanceFailed) as refused:
        secret_of(tmp_path, "signing")
    assert refused.value.code == "secret_damaged"
    assert file.read_bytes() == content


def test_a_secret_that_others_may_read_is_closed(tmp_path: Path) -> None:
    first = secret_of(tmp_path, "signing")
    file = tmp_path / "secrets" / "signing"
    file.chmod(0o644)
    assert secret_of(tmp_path, "signing") == first
    assert mode(file) == 0o600
