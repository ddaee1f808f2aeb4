import pytest
from hypothesis import given
from hypothesis import strategies as st

from routers.languages import preferred

CASES = (
    (None, "zh"),
    ("", "zh"),
    ("zh", "zh"),
    ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
    ("en", "en"),
    ("EN-us", "en"),
    ("en-GB, en;q=0.9, zh;q=0.8", "en"),
    ("en;q=0.8, zh", "zh"),
    ("en;q=0.8, zh;q=0.8", "zh"),
    ("zh;q=0, en;q=0.1", "en"),
    ("en;q=0", "zh"),
    ("fr", "zh"),
    ("fr, en;q=0.1", "en"),
    ("*", "zh"),
    ("en, *;q=0.5", "en"),
    ("zh;q=0.1, *", "en"),
    ("*;q=0", "zh"),
    ("en;q=x", "zh"),
    ("en;x=1", "zh"),
    ("en;q=-1", "zh"),
    ("en;q=1e5", "zh"),
    ("en ; q = 0.5", "en"),
    ("english", "zh"),
    (";;;,,,q=", "zh"),
    ("x," * 10_000 + "en", "zh"),
)


@pytest.mark.parametrize(("accepted", "language"), CASES)
def test_the_better_liked_language_wins(accepted: str | None, language: str) -> None:
    assert preferred(accepted.encode() if accepted is not None else None) == language


@given(st.binary(max_size=300))
def test_no_header_breaks_it(accepted: bytes) -> None:
    assert preferred(accepted) in ("zh", "en")
