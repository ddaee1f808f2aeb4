from pathlib import Path

import pytest
import yaml

from scripts.export_openapi import COMMITTED, exported
from tests.scripts.trials import ask


@pytest.fixture(scope="module")
def current() -> str:
    return exported()


def test_the_committed_document_is_what_the_application_says(current: str) -> None:
    assert COMMITTED.read_text(encoding="utf-8") == current, "run matchmaking export-openapi, read the diff"


def test_a_difference_is_shown_and_nothing_is_written(tmp_path: Path, current: str) -> None:
    file = tmp_path / "openapi.yaml"
    altered = current.replace("/livez:", "/alive:", 1)
    file.write_text(altered, encoding="utf-8")
    result = ask("export-openapi", "--check", "--file", str(file))
    assert result.exit_code == 1
    assert "-  /alive:" in result.output
    assert "+  /livez:" in result.output
    assert "2 行不同" in result.output
    assert file.read_text(encoding="utf-8") == altered


def test_a_missing_document_is_named(tmp_path: Path) -> None:
    result = ask("export-openapi", "--check", "--file", str(tmp_path / "openapi.yaml"))
    assert result.exit_code == 1
    assert str(tmp_path / "openapi.yaml") in result.output


def test_what_is_written_compares_equal_and_reads_as_openapi_3_1(tmp_path: Path) -> None:
    file = tmp_path / "openapi.yaml"
    assert ask("export-openapi", "--file", str(file)).exit_code == 0
    assert ask("export-openapi", "--check", "--file", str(file)).exit_code == 0
    text = file.read_text(encoding="utf-8")
    document = yaml.safe_load(text)
    assert document["openapi"].startswith("3.1")
    assert "未找到" in text
    assert "&id" not in text
