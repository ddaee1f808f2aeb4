import re

import pytest

from tests.scripts.trials import ask

COMMANDS = (
    "run",
    "serve",
    "worker",
    "vectors",
    "migrate",
    "demo",
    "intake",
    "create-official",
    "reset-password",
    "tidy",
    "import",
    "export-openapi",
    "doctor",
    "bench",
)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_an_unknown_command_is_refused() -> None:
    result = ask("fly")
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_without_a_command_the_help_is_shown() -> None:
    assert "doctor" in ask().output


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_names_every_command_in_both_languages(option: str) -> None:
    result = ask(option)
    assert result.exit_code == 0
    for command in COMMANDS:
        line = next(line for line in result.output.splitlines() if line.split()[:1] == [command])
        assert CHINESE.search(line), line
        assert re.search(r"[A-Z][a-z]+ ", line), line
        assert "..." not in line, line


@pytest.mark.parametrize("command", [one for one in COMMANDS if one != "bench"])
def test_each_command_explains_itself(command: str) -> None:
    result = ask(command, "-h")
    assert result.exit_code == 0
    assert CHINESE.search(result.output)
    assert len(result.output.splitlines()) < 40
