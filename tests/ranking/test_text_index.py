"""The columnar index against a naive oracle, changed against built anew, and meaning beside words."""

from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings, strategies

from matchmaking.ranking import (
    CapabilityCandidate,
    CapabilityTexts,
    Similarities,
    rank_capabilities,
    segments,
)
from matchmaking.ranking.fusion import fused_all, fused_hundredths
from matchmaking.ranking.passages import passages_of, queries_of
from matchmaking.ranking.segments import IndexEntry
from matchmaking.ranking.text_index import MOST_SEGMENTS, TextIndex
from matchmaking.ranking.text_scores import nearness, score_texts
from matchmaking.ranking.vectors import columns_of
from matchmaking.ranking.words import term_counts
from schemas.vocabulary import CapabilityText, RelevanceBasis
from tests.ranking import text_oracle
from tests.ranking.research_cases import capabilities, capability, demand, request

DIMENSION = 8
EXAMPLES = settings(max_examples=120, deadline=None)

written = strategies.lists(capabilities, max_size=7, unique_by=lambda one: one.candidate_id)
asked = strategies.lists(
    strategies.sampled_from(["船舶涂装", "锂电池 wind turbine", "聚丙烯 聚丙烯", "。", "焊接机器人与船舶"]),
    min_size=1,
    max_size=2,
    unique=True,
)


def cases(seed: str) -> Random:
    return Random(seed)  # noqa: S311 - cases, not secrets


def vectors(random: Random, rows: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Of length one; some rows are zeros, which stand for no vector."""
    found = np.array([[random.gauss(0, 1) for _ in range(DIMENSION)] for _ in range(rows)], dtype=np.float32)
    found = found.reshape(rows, DIMENSION)
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    return found * np.array([[random.random() < 0.8] for _ in range(rows)], dtype=np.float32).reshape(rows, 1)


def entry(one: CapabilityCandidate, seed: int = 0) -> IndexEntry:
    passages = passages_of(one)
    return IndexEntry(one.candidate_id, passages, vectors(cases(f"{one.candidate_id}{seed}"), len(passages)))


@EXAMPLES
@given(written, asked)
def test_columns_say_what_the_naive_oracle_says(listed: list[CapabilityCandidate], texts: list[str]) -> None:
    index = TextIndex.build(map(entry, listed))
    passages = [passage for one in listed for passage in passages_of(one)]
    expected = text_oracle.shares(
        [term_counts(text) for text in texts],
        [(passage.text, passage.counts()) for passage in passages],
        index.usual_lengths,
    )
    assert index.shares(texts).tolist() == expected
    weights = [50 if passage.text in {"equipment", "intellectual_property"} else 100 for passage in passages]
    weighed = [share * weight // 100 for share, weight in zip(expected, weights, strict=True)]
    starts = index.layout.starts.tolist()
    values = [text_oracle.value(weighed[start:end]) for start, end in pairwise(starts)]
    assert score_texts(index, texts).values.tolist() == values


@EXAMPLES
@given(written, written, asked, strategies.data())
def test_a_changed_index_says_what_one_built_anew_says(
    before: list[CapabilityCandidate],
    after: list[CapabilityCandidate],
    texts: list[str],
    data: strategies.DataObject,
) -> None:
    index = TextIndex.build((entry(one) for one in before), dimension=DIMENSION)
    standing = {one.candidate_id: (one, 0) for one in before}
    for number, one in enumerate(after, start=1):
        replaced = data.draw(strategies.sampled_from([one.candidate_id, *standing]))
        changed = capability(replaced, title_zh=one.title_zh, past_work=one.past_work)
        removed = data.draw(strategies.lists(strategies.sampled_from([*standing, "nobody"]), max_size=2))
        index = index.changed([entry(changed, number)], removed)
        for key in removed:
            standing.pop(key, None)
        standing[replaced] = (changed, number)
    anew = TextIndex.build(
        (entry(one, seed) for one, seed in standing.values()), index.usual_lengths, DIMENSION
    )
    assert index.rows.keys() == anew.rows.keys() == standing.keys()
    assert index.statistics(texts) == anew.statistics(texts)
    asked_for = vectors(cases("questions"), len(texts)) + np.float32(0.01)
    for found in (index, index.compacted()):
        assert _values(found, texts, asked_for) == _values(anew, texts, asked_for)


def _values(
    index: TextIndex, texts: list[str], questions: np.ndarray[tuple[int, int], np.dtype[np.float32]]
) -> dict[str, int]:
    scores = score_texts(index, texts, nearness(index, questions))
    return {key: int(scores.values[row]) for key, row in index.rows.items()}


def test_segments_are_made_one_before_they_are_many() -> None:
    index = TextIndex.build([], dimension=DIMENSION)
    for number in range(3 * MOST_SEGMENTS):
        index = index.changed([entry(capability(str(number % 5)))])
        assert len(index.segments) <= MOST_SEGMENTS
    assert sorted(index.rows) == ["0", "1", "2", "3", "4"]
    assert index.bytes > 0


def test_an_older_index_reads_on_as_it_was() -> None:
    first = TextIndex.build([entry(capability("a", title_zh="锂电池"))])
    before = score_texts(first, ["锂电池"]).values.tolist()
    first.changed([entry(capability("a", title_zh="食品")), entry(capability("b", title_zh="锂电池"))], ["a"])
    assert score_texts(first, ["锂电池"]).values.tolist() == before


@given(strategies.lists(strategies.lists(strategies.integers(0, 60_000), max_size=11), max_size=9))
def test_many_are_fused_as_each_is(values: list[list[int]]) -> None:
    starts = np.cumsum([0, *map(len, values)])
    flat = np.array([value for each in values for value in each], dtype=np.int64)
    assert fused_all(flat, starts).tolist() == [fused_hundredths(each) for each in values]
    assert fused_all(flat, starts).tolist() == [text_oracle.value(each) for each in values]


def test_whole_numbers_keep_cosines_to_a_thousandth() -> None:
    random = np.random.default_rng(5)
    rows = random.normal(size=(500, 384)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    found = columns_of(rows).similarities(rows[:3])
    assert np.abs(found / 10_000 - (rows @ rows[:3].T)).max() < 0.002
    assert found[:3].diagonal().tolist() == pytest.approx([10_000] * 3, abs=20)


def test_a_frozen_request_gives_the_values_of_the_collection_that_it_came_from() -> None:
    """Screened over all by columns, explained for a few: the numbers are the same."""
    random, everybody = (
        cases("collection"),
        [capability(str(number), title_zh=f"涂装{number}线") for number in range(60)],
    )
    index = TextIndex.build(
        (IndexEntry(one.candidate_id, passages_of(one), np.abs(vectors(random, 1))) for one in everybody),
        dimension=DIMENSION,
    )
    wanted = demand(title="涂装7线", problem="船舶分段涂装")
    questions = queries_of(wanted)
    near = nearness(index, np.abs(vectors(random, len(questions))) + np.float32(0.01))
    screened = score_texts(index, questions, near)
    few = [one for one in everybody if int(one.candidate_id) % 9 == 7]
    rows = {
        one.candidate_id: tuple(
            tuple(near.similarities[place].tolist()) if near.held[place] else None
            for place in range(*index.layout.starts[index.rows[one.candidate_id] :][:2])
        )
        for one in few
    }
    frozen = request(
        *few,
        demand=wanted,
        text_statistics=index.statistics(questions),
        similarities=Similarities(
            model="made-up", usual=near.usual.mean, spread=near.usual.spread, of_candidates=rows
        ),
    )
    ranking = rank_capabilities(frozen)
    assert ranking.relevance_model == "made-up"
    for one in ranking.candidates:
        assert one.relevance.value_hundredths == int(screened.values[index.rows[one.candidate_id]])


def near_to(*closeness: int | None) -> Similarities:
    """One passage per candidate a, b, ...; the usual cosine is 0.80 and its spread 0.01."""
    rows = {
        name: (None if one is None else (one, one),) for name, one in zip("abcd", closeness, strict=False)
    }
    return Similarities(model="made-up", usual=(8_000, 8_000), spread=(100, 100), of_candidates=rows)


def test_a_chinese_demand_finds_an_english_laboratory_by_meaning() -> None:
    foreign = capability("a", title_zh="Marine coating robotics", description="", fields=())
    other = capability("b", title_zh="Food safety testing", description="", fields=())
    asked_for = demand(title="船舶涂装机器人", problem="")
    both = CapabilityTexts([foreign, other])
    by_words = both.to_demand(asked_for)
    assert [one.value_hundredths for one in by_words] == [0, 0]
    assert {one.basis for one in by_words} == {RelevanceBasis.WORDS}
    close, far = both.to_demand(asked_for, near_to(8_400, 7_900))
    assert (close.value_hundredths, far.value_hundredths) == (4_186, 0)
    assert close.basis is RelevanceBasis.WORDS_AND_MEANING
    assert (close.matches[0].share_basis_points, close.matches[0].closeness_basis_points) == (0, 1_800)


@pytest.mark.parametrize(
    ("given_numbers", "said"), [(None, True), (near_to(None), True), (near_to(8_300), False)]
)
def test_the_answer_says_when_words_alone_decided(given_numbers: Similarities | None, said: bool) -> None:
    found = rank_capabilities(request(capability("a"), similarities=given_numbers))
    codes = [reason.code.value for reason in found.candidates[0].reasons]
    assert ("text_by_words_alone" in codes) is said
    assert found.relevance_model == (given_numbers and "made-up")


def test_close_in_other_words_is_said() -> None:
    foreign = capability("a", title_zh="Marine coating", description="", fields=())
    found = rank_capabilities(
        request(foreign, demand=demand(title="船舶涂装", problem=""), similarities=near_to(8_400))
    )
    codes = [reason.code.value for reason in found.candidates[0].reasons]
    assert "text_close" in codes
    assert found.candidates[0].relevance.matches[0].text is CapabilityText.TITLE


def test_numbers_for_other_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="questions_differ"):
        Similarities(model="m", usual=(8_000, 8_000), spread=(100, 100), of_candidates={"a": ((8_000,),)})
    index = TextIndex.build([entry(capability())], dimension=DIMENSION)
    with pytest.raises(ValueError, match="dimension"):
        nearness(index, np.ones((1, DIMENSION + 1), dtype=np.float32))


def test_read_in_parts_is_read_as_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    everybody = [
        capability(str(number), title_zh=f"涂装{number}线", past_work=("船舶",)) for number in range(40)
    ]
    whole = TextIndex.build(map(entry, everybody), dimension=DIMENSION)
    monkeypatch.setattr(segments, "PASSAGES_AT_ONCE", 7)
    monkeypatch.setattr(segments, "ENTRIES_AT_ONCE", 3)
    parts = TextIndex.build(map(entry, everybody), dimension=DIMENSION)
    texts, questions = ["船舶涂装7线"], vectors(cases("questions"), 1) + np.float32(0.01)
    assert _values(parts, texts, questions) == _values(whole, texts, questions)
    assert parts.statistics(texts) == whole.statistics(texts)
