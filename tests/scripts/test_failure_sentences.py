import errno
import socket
from pathlib import Path

import psycopg
import pytest
import typer

from matchmaking.db.instance import Instance
from matchmaking.errors import Invalid
from scripts.failures import explained, explanation_of
from tests.scripts.trials import SAFE_SECRET, ask, server_settings

CLOSED = "postgresql://matchmaking_app:hunter2-hunter2@127.0.0.1:1/matchmaking"


def _refused(output: str, code: int, wanted: int, *said: str) -> None:
    assert code == wanted, output
    assert "Traceback" not in output
    for part in said:
        assert part in output, output


def test_a_number_out_of_bounds_names_the_variable_and_not_the_value(tmp_path: Path) -> None:
    result = ask("run", "--once", MATCHMAKING_POOL_SIZE="-7", MATCHMAKING_STATE=str(tmp_path / "var"))
    _refused(result.output, result.exit_code, 2, "MATCHMAKING_POOL_SIZE", "超出范围", "out of range", "≥ 1")
    assert "-7" not in result.output
    assert not (tmp_path / "var").exists()


def test_a_value_that_is_not_among_the_choices_lists_them() -> None:
    result = ask("serve", MATCHMAKING_LOG_LEVEL="loud")
    _refused(result.output, result.exit_code, 2, "MATCHMAKING_LOG_LEVEL", "debug, info, warning, error")


def test_every_wrong_setting_has_its_sentence() -> None:
    result = ask("serve", MATCHMAKING_LOG_LEVEL="loud", MATCHMAKING_REQUEST_SECONDS="soon")
    _refused(result.output, result.exit_code, 2, "MATCHMAKING_LOG_LEVEL", "MATCHMAKING_REQUEST_SECONDS")


@pytest.mark.parametrize("command", ["run", "serve", "migrate", "demo", "doctor"])
def test_a_server_without_the_rest_of_its_settings_is_refused(command: str) -> None:
    result = ask(command, DATABASE_URL=CLOSED)
    wanted = 1 if command == "doctor" else 2
    _refused(result.output, result.exit_code, wanted, "MATCHMAKING_SIGNING_KEY", "必须设置", "must be set")
    assert "hunter2" not in result.output


@pytest.mark.parametrize("weak", ["changeme-changeme-changeme-changeme", "short", "a" * 40])
def test_a_server_with_default_secrets_is_refused(weak: str, signing_key_pem: str) -> None:
    settings = server_settings(signing_key_pem, CLOSED, CLOSED, CLOSED)
    result = ask("serve", **(settings | {"MATCHMAKING_PSEUDONYM_SECRET": weak}))
    _refused(result.output, result.exit_code, 2, "MATCHMAKING_PSEUDONYM_SECRET", "默认值", "default")
    assert weak not in result.output


@pytest.mark.parametrize("key", ["nonsense", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"])
def test_a_signing_key_that_is_none_is_refused(key: str) -> None:
    result = ask("serve", **server_settings(key, CLOSED, CLOSED, CLOSED))
    _refused(result.output, result.exit_code, 2, "MATCHMAKING_SIGNING_KEY", "openssl")


@pytest.mark.parametrize("address", ["matchmaking", "mysql://root@db/x", "postgresql://"])
def test_an_address_that_is_none_is_refused(address: str, signing_key_pem: str) -> None:
    result = ask("migrate", **server_settings(signing_key_pem, address, CLOSED, CLOSED))
    _refused(result.output, result.exit_code, 2, "MATCHMAKING_OWNER_DATABASE_URL")


@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_a_server_that_does_not_answer_is_named_without_its_password(
    command: str, signing_key_pem: str
) -> None:
    port = ("--port", "0") if command == "serve" else ()
    result = ask(command, *port, **server_settings(signing_key_pem, CLOSED, CLOSED, CLOSED))
    _refused(result.output, result.exit_code, 1, "数据库没有应答", "does not answer", "refused")
    assert "hunter2" not in result.output


@pytest.mark.parametrize("command", ["run", "demo"])
def test_demo_accounts_do_not_exist_on_a_server(command: str, signing_key_pem: str) -> None:
    result = ask(command, **server_settings(signing_key_pem, CLOSED, CLOSED, CLOSED))
    _refused(result.output, result.exit_code, 2, "DATABASE_URL", "create-official")


def test_once_needs_the_demo(tmp_path: Path) -> None:
    result = ask("run", "--once", "--no-demo", MATCHMAKING_STATE=str(tmp_path / "var"))
    _refused(result.output, result.exit_code, 2, "--no-demo")
    assert not (tmp_path / "var").exists()


def test_a_taken_port_is_found_before_anything_is_made(tmp_path: Path) -> None:
    state = tmp_path / "var"
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = str(holder.getsockname()[1])
        result = ask("run", "--once", "--port", port, MATCHMAKING_STATE=str(state))
    _refused(result.output, result.exit_code, 1, port, "已被占用", "already in use", "--port")
    assert not (state / "postgres").exists()


@pytest.mark.parametrize("command", ["run", "serve"])
def test_a_second_instance_is_told_where_the_first_one_serves(command: str, tmp_path: Path) -> None:
    state = tmp_path / "试用 var"
    with Instance.open(state) as first:
        first.announce(8123)
        result = ask(command, "--port", "0", MATCHMAKING_STATE=str(state))
    _refused(
        result.output, result.exit_code, 1, "http://127.0.0.1:8123", str(state), "已被进程", "already uses"
    )


def test_a_start_that_is_under_way_is_not_joined(tmp_path: Path) -> None:
    state = tmp_path / "var"
    with Instance.open(state):
        result = ask("demo", MATCHMAKING_STATE=str(state))
    _refused(result.output, result.exit_code, 1, str(state))


def test_a_state_folder_without_a_parent_is_refused(tmp_path: Path) -> None:
    result = ask("run", "--port", "0", MATCHMAKING_STATE=str(tmp_path / "nowhere" / "var"))
    _refused(result.output, result.exit_code, 1, "nowhere", "不存在", "does not exist")


def test_a_state_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "var"
    file.touch()
    result = ask("migrate", MATCHMAKING_STATE=str(file))
    _refused(result.output, result.exit_code, 1, "不是目录", "not a folder")


def test_an_interrupt_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended, explained():
        raise KeyboardInterrupt
    assert ended.value.exit_code == 1
    assert capsys.readouterr().err == "已中断。\nInterrupted.\n"


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (psycopg.errors.DiskFull("could not extend file"), "disk is full"),
        (psycopg.errors.InsufficientPrivilege("permission denied for schema public"), "42501"),
        (psycopg.errors.ConnectionTimeout("connection timeout expired"), "timeout expired"),
        (OSError(errno.ENOSPC, "No space left on device", "/var/lib/x"), "/var/lib/x"),
        (Invalid("password_too_short", {"minimum": 12}), "12"),
    ],
)
def test_failures_of_the_surroundings_have_a_sentence_in_each_language(failure: Exception, said: str) -> None:
    found = explanation_of(failure)
    assert found is not None
    assert found.exit_code == 1
    ((chinese, english),) = found.sentences
    assert said in english
    assert chinese != english


def test_what_nobody_expected_is_raised_as_it_is() -> None:
    assert explanation_of(ZeroDivisionError()) is None
    with pytest.raises(ZeroDivisionError), explained():
        raise ZeroDivisionError


def test_the_tests_own_secret_passes() -> None:
    """Otherwise the refusals above would be refusals of something else."""
    assert len(set(SAFE_SECRET)) >= 10
    assert len(SAFE_SECRET) >= 32
