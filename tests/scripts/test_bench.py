"""The bench as a smoke test: everything is measured once, briefly. Its figures prove nothing here."""

import json
import tempfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from routers.middleware import LAYERS
from scripts.bench import app
from scripts.benches import cases
from scripts.benches.ranking import measuring


@pytest.mark.database
def test_a_short_bench_measures_every_case_and_every_layer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    result = CliRunner().invoke(app, ["http", "--rounds", "1", "--seconds", "0.05", "--json"])
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    rows = {row["name"]: row for row in report["rows"]}
    assert list(rows) == list(cases.SHOWN)
    for row in rows.values():
        assert row["answers"] > 0
        assert row["ratio"] > 0
        assert 0 < row["p50_milliseconds"] <= row["p99_milliseconds"]
    assert [layer["name"] for layer in report["layers"]] == [*(layer.name for layer in LAYERS), "all"]
    assert set(report["aims"]) <= set(rows)
    assert report["machine"]["fsync"] == "on"
    assert not list(tmp_path.iterdir())


@pytest.mark.database
def test_a_short_ranking_bench_finds_what_its_peer_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Columns, PostgreSQL and the floor answer the same needs; a difference would end the bench."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(measuring, "QUICK_SIZES", (60, 300))
    result = CliRunner().invoke(app, ["ranking", "--quick", "--needs", "6", "--json"])
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert [size["products"] for size in report["sizes"]] == [60, 300]
    for size in report["sizes"]:
        assert 0 < size["screen"]["p50"] <= size["screen"]["p99"]
        assert min(size[name] for name in ("to_floor", "faster_than_postgresql", "load_seconds")) > 0
    assert report["growth"]["memory"][0] > 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "wrong", [["--rounds", "0"], ["--rounds", "51"], ["--seconds", "11"], ["--seconds", "0"]]
)
def test_a_bench_is_bounded(wrong: list[str]) -> None:
    assert CliRunner().invoke(app, ["http", *wrong]).exit_code == 2
