"""Which wishes say the same: nothing of strangers first, then repeats, then the measure itself."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, strategies

from matchmaking.ranking.intake_alike import (
    CLOSE_FROM,
    FULL,
    StatedNeed,
    alike,
    alike_needs,
    jaccard_basis_points,
)
from schemas.vocabulary import PurposeKind

DAY = date(2026, 6, 1)
BREAKS = "再生涤纶经纱断头多，停台时间占四成，换过三种浆料仍不稳定，希望找到上浆配方和张力控制办法。"
DYEING = "低浴比活性染色的匀染性差，缸差大，希望找到染料配伍和升温曲线的控制办法。"
YARN = StatedNeed(
    key="a",
    own=True,
    purpose=PurposeKind.WORKING_CAPITAL,
    amount_fen=300_000_000,
    needed_by=DAY,
    summary="采购秋冬面料用纱，外贸回款后归还",
)


def need(key: str = "b", **changes: Any) -> StatedNeed:
    return replace(YARN, key=key, **changes)


@pytest.mark.parametrize("other", [DYEING, "", "。", "经纱", "完全不同的一件事"])
def test_different_texts_are_not_alike(other: str) -> None:
    assert alike(BREAKS, [("b", other)]) == []


def test_silence_is_like_nothing() -> None:
    assert alike("", [("b", "")]) == []
    assert alike("……", [("b", "……")]) == []


def test_case_width_space_and_punctuation_make_no_difference() -> None:
    found = alike("ＰＶＢ 膜片，稳定性", [("b", "pvb膜片。稳定性！")])
    assert [(one.key, one.share_basis_points, one.same) for one in found] == [("b", FULL, True)]


def test_a_changed_half_sentence_is_close_and_the_most_alike_comes_first() -> None:
    edited = BREAKS.replace("换过三种浆料仍不稳定", "换过几种浆料效果不好")
    found = alike(BREAKS, [("far", DYEING), ("edited", edited), ("same", BREAKS)])
    assert [(one.key, one.same) for one in found] == [("same", True), ("edited", False)]
    assert CLOSE_FROM <= found[1].share_basis_points < FULL


TERMS = strategies.dictionaries(strategies.text(max_size=2), strategies.integers(1, 5), max_size=12)


@given(one=TERMS, other=TERMS)
def test_the_measure_is_jaccards(one: dict[str, int], other: dict[str, int]) -> None:
    """Against the definition over multisets written out."""
    every = set(one) | set(other)
    united = sum(max(one.get(term, 0), other.get(term, 0)) for term in every)
    common = sum(min(one.get(term, 0), other.get(term, 0)) for term in every)
    share = jaccard_basis_points(one, other)
    assert share == jaccard_basis_points(other, one) == (common * FULL // united if united else 0)


@given(strategies.text(min_size=1, max_size=80))
def test_likeness_is_mutual_and_a_text_is_like_itself(text: str) -> None:
    itself = alike(text, [("b", text)])
    assert itself == [] or itself[0].same
    there, back = alike(text, [("b", BREAKS)]), alike(BREAKS, [("b", text)])
    assert there == back


@given(strategies.randoms(use_true_random=False))
def test_cutting_more_and_more_ends_in_nothing_alike(chance: Random) -> None:
    order = chance.sample(range(len(BREAKS)), len(BREAKS))
    shares = []
    for cut in range(0, len(BREAKS) + 1, 6):
        gone = frozenset(order[:cut])
        kept = "".join(each for place, each in enumerate(BREAKS) if place not in gone)
        found = alike(BREAKS, [("b", kept)])
        shares.append(found[0].share_basis_points if found else 0)
    assert shares[0] == FULL
    assert shares[-1] == 0
    assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize(
    "other",
    [
        need(purpose=PurposeKind.EQUIPMENT),
        need(amount_fen=200_000_000),
        need(summary="购买剑杆织机两台"),
        need(own=False, summary=""),
    ],
)
def test_another_need_is_another(other: StatedNeed) -> None:
    assert alike_needs(YARN, [other]) == []


def test_a_need_entered_twice_is_the_same_and_a_moved_one_is_close() -> None:
    moved = need("moved", amount_fen=310_000_000, needed_by=DAY + timedelta(days=9))
    found = alike_needs(YARN, [moved, need("same")])
    assert [(one.key, one.same) for one in found] == [("same", True), ("moved", False)]


def test_needs_without_a_word_are_the_same_only_when_everything_else_is() -> None:
    silent = need("a", summary="")
    assert [one.same for one in alike_needs(silent, [need(summary="")])] == [True]
    assert alike_needs(silent, [need(summary="", needed_by=DAY + timedelta(days=1))]) == []
    assert alike_needs(silent, [need(own=False, summary="")]) == []


def test_a_few_common_words_do_not_tie_two_enterprises() -> None:
    short = need("a", summary="购买原料")
    assert alike_needs(short, [need(own=False, summary="购买原料")]) == []
    assert [one.same for one in alike_needs(YARN, [need(own=False)])] == [True]
