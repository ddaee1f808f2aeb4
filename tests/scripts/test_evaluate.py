"""Measuring relevance: known figures on a collection made by hand, and nothing is skipped silently."""

import json
from pathlib import Path

import pytest

from scripts.evaluate import evaluate, interval, lexical_scores, measured, normalized_gain, plain_scores, read

DOCUMENTS = {"a": "船舶涂装机器人", "b": "食品检测", "c": "涂装线", "d": "锂电池"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    corpus = [json.dumps({"_id": name, "title": "", "text": text}) for name, text in DOCUMENTS.items()]
    queries = [
        json.dumps({"_id": "q", "title": "船舶涂装", "text": "船舶涂装\n漆膜不均"}),
        json.dumps({"_id": "unjudged", "text": "锂电池"}),
    ]
    (tmp_path / "corpus.jsonl").write_text("\n".join(corpus), encoding="utf-8")
    (tmp_path / "queries.jsonl").write_text("\n".join(queries), encoding="utf-8")
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq\ta\t3\nq\tc\t1\n", encoding="utf-8")
    (tmp_path / "candidates.tsv").write_text("q\tb c a\nunjudged\td\n", encoding="utf-8")
    return tmp_path


def test_a_missing_collection_is_skipped_visibly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evaluate(tmp_path)
    said = capsys.readouterr().out
    assert "跳过" in said
    assert "Skipped" in said
    assert "nDCG" not in said


def test_gain_is_discounted_and_compared_with_the_best_order() -> None:
    gains = {"a": 3, "c": 1}
    assert normalized_gain(["a", "c", "b"], gains) == 1
    assert normalized_gain(["b", "d"], gains) == 0
    assert round(normalized_gain(["c", "a"], gains), 4) == 0.7967
    assert normalized_gain([*"bdefghijkl", "a"], gains) == 0


def test_a_small_collection_is_measured(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    collection = read(folder)
    assert measured(collection, plain_scores(collection)) == [1.0]
    assert measured(collection, lexical_scores(collection)) == [1.0]
    evaluate(folder)
    said = capsys.readouterr().out
    assert said.count("1.0000") >= 2
    assert "0.0000" in said


def test_the_interval_holds_the_mean_and_is_the_same_again() -> None:
    values = [0.1, 0.9, 0.4, 0.6, 0.5]
    lowest, highest = interval(values)
    assert lowest < 0.5 < highest
    assert interval(values) == (lowest, highest)
