import json

import pytest
from typer.testing import CliRunner

from scripts.bench import app


@pytest.mark.database
def test_a_short_bench_of_capabilities_measures_every_peer() -> None:
    asked = ["capabilities", "--number", "60", "--number", "240", "--demands", "4", "--json"]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert [size["capabilities"] for size in report["sizes"]] == [60, 240]
    for size in report["sizes"]:
        for peer in ("screen", "by_words", "explained", "floor", "words_and_matrix", "postgresql"):
            assert 0 < size[peer]["p50"] <= size[peer]["p99"]
    assert report["growth"]["memory"][0] > 1
