"""The report over lists of demands: refusals and absence first, then the counts that docs/intake.md shows."""

import json
import re
from pathlib import Path

import pytest

from schemas.vocabulary import AdviceCode
from scripts.intake import collected_drafts, counted, flagged, reference_drafts, report
from tests.scripts.trials import ask

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "intake.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    texts = [("浆纱", "浆纱\n浆料浓度为12%。"), ("浆纱", "浆纱。浆料浓度为 12%"), ("涂装", "涂装\n")]
    rows = [
        json.dumps({"_id": str(at), "title": title, "text": told}) for at, (title, told) in enumerate(texts)
    ]
    (tmp_path / "queries.jsonl").write_text("\n".join(rows), encoding="utf-8")
    return tmp_path


def test_an_unknown_advice_is_refused_and_the_known_are_named() -> None:
    result = ask("intake", "--only", "be_brilliant")
    assert result.exit_code == 2
    assert "problem_short" in result.output


def test_a_missing_collection_is_skipped_visibly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report(tmp_path, None)
    said = capsys.readouterr().out
    assert "跳过" in said
    assert "Skipped" in said


def test_a_list_made_by_hand_is_counted(folder: Path) -> None:
    counts = counted(flagged(collected_drafts(folder)))
    assert counts[AdviceCode.SAME_AS_ANOTHER] == 2
    assert counts[AdviceCode.ABSTRACT_PROCESS_PARAMETERS] == 2
    assert counts[AdviceCode.PROBLEM_EMPTY] == 1
    assert counts[AdviceCode.INDICATOR_MISSING] == 3


def test_one_advice_lists_its_demands(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report(folder, AdviceCode.ABSTRACT_PROCESS_PARAMETERS)
    assert capsys.readouterr().out.splitlines() == ["浆纱 | 浆料浓度为12%", "浆纱 | 浆料浓度为 12%"]


def test_the_document_shows_what_the_command_counts() -> None:
    documented = re.findall(r"^\| `(\w+)` \| (\d+) \|$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    assert {code: int(count) for code, count in documented} == counted(flagged(reference_drafts()))
