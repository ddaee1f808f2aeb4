"""Measuring relevance: figures worked out by hand, one function for match and measure."""

import json
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from matchmaking.encoding.encoder import EncoderFailed, EncoderFault, NoEncoder
from matchmaking.ranking import DemandFacts, ResearchRequest, rank_capabilities, relevance, text_scores
from scripts.evaluate import Wishes, evaluate
from scripts.evaluation import dense, engine, vector_cache
from scripts.evaluation.collection import read
from scripts.evaluation.measures import interval, measured, normalized_gain, ranks_of
from scripts.evaluation.peers import Bm25, fused, pairs, words
from tests.ranking.research_cases import TODAY

DOCUMENTS = {"a": "船舶涂装机器人", "b": "食品检测", "c": "涂装线", "d": "锂电池"}
QUERIES = [
    {"_id": "q", "title": "船舶涂装", "text": "船舶涂装\n漆膜不均"},
    {"_id": "unjudged", "text": "锂电池"},
    {"_id": "nothing of use", "title": "", "text": "食品"},
]


class Letters:
    """Encodes by counting Chinese characters in eight heaps: close texts share characters."""

    model, dimension = "letters", 8

    def __init__(self) -> None:
        self.asked: list[str] = []

    def passages(self, texts: Sequence[str]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        return np.stack([self.query(text) for text in texts])

    def query(self, text: str) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        self.asked.append(text)
        found = np.full(self.dimension, 0.1, dtype=np.float32)
        for character in text:
            found[ord(character) % self.dimension] += 1
        return found / np.linalg.norm(found)


class Broken(Letters):
    def query(self, text: str) -> np.ndarray[tuple[int], np.dtype[np.float32]]:  # noqa: ARG002 - whatever
        raise EncoderFailed(EncoderFault.DOWN)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "collection"
    made.mkdir()
    corpus = [json.dumps({"_id": name, "title": "", "text": text}) for name, text in DOCUMENTS.items()]
    (made / "corpus.jsonl").write_text("\n".join(corpus) + "\n", encoding="utf-8")
    (made / "queries.jsonl").write_text("\n".join(map(json.dumps, QUERIES)), encoding="utf-8")
    judged = "query-id\tcorpus-id\tscore\nq\ta\t3\nq\tc\t1\nq\tlost\t3\nnothing of use\tb\t0\n"
    (made / "qrels.tsv").write_text(judged, encoding="utf-8")
    (made / "candidates.tsv").write_text("q\tb c a\nunjudged\td\n", encoding="utf-8")
    return made


def rows(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    cache: Path,
    encoder: object = None,
    *,
    judged: bool = False,
) -> dict[str, dict[str, object]]:
    wishes = Wishes(judged=judged, as_json=True, cache=cache)
    assert evaluate(folder, wishes, encoder or NoEncoder()) == 0  # type: ignore[arg-type]
    lines = capsys.readouterr().out.splitlines()
    return {row["system"]: row for row in map(json.loads, lines)}


def test_a_missing_collection_is_skipped_visibly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate(tmp_path, Wishes()) == 2
    said = capsys.readouterr().out
    assert "跳过" in said
    assert "Skipped" in said
    assert "nDCG" not in said


def test_lists_that_are_not_there_are_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "candidates.tsv").unlink()
    assert evaluate(folder, Wishes(judged=True)) == 2
    assert "candidates.tsv" in capsys.readouterr().out


def test_a_folder_is_read_liberally(folder: Path) -> None:
    collection = read(folder)
    places = {document.name: place for place, document in enumerate(collection.documents)}
    assert collection.gains["q"] == {places["a"]: 3, places["c"]: 1}
    assert [collection.questions[place].name for place in collection.judged] == ["q"]
    assert collection.questions[0].texts == ("船舶涂装", "船舶涂装\n漆膜不均")
    assert collection.questions[1].texts == ("锂电池",)
    assert sorted(collection.lists["q"]) == sorted(places[name] for name in "abc")
    (folder / "qrels.tsv").write_text("q 0 a 3\nq 0 c 1\n", encoding="utf-8")
    assert read(folder).gains["q"] == collection.gains["q"]
    (folder / "profile_docs.jsonl").write_text(
        '{"_id": "1", "expert": "a", "doc": "x", "text": "一"}\n{"_id": "2", "expert": "a", "text": "二"}\n',
        encoding="utf-8",
    )
    assert read(folder).documents[places["a"]].texts == ("一", "二")


def test_gain_is_discounted_and_compared_with_the_best_order() -> None:
    gains = {0: 3, 1: 1, 5: 0}
    best = 3 + 1 / math.log2(3)
    assert normalized_gain({0: 1, 1: 2}, gains) == 1
    assert normalized_gain({0: 2, 1: 1}, gains) == pytest.approx((1 + 3 / math.log2(3)) / best)
    assert normalized_gain({0: 11, 1: 10}, gains) == pytest.approx(1 / math.log2(11) / best)
    assert normalized_gain({}, gains) == 0


def test_ranks_recall_and_first_places() -> None:
    scores = np.array([0.5, 0.9, 0.5, float("nan"), 0.1])
    assert ranks_of(scores, [0, 2, 3, 4]) == {0: 2, 2: 3, 3: 5, 4: 4}
    assert ranks_of(scores, [0, 1], np.array([0, 2, 4])) == {0: 1}
    found = measured([{0: 2, 2: 21}, {}], [{0: 1, 2: 1}, {3: 1}])
    assert found.recall.tolist() == [0.5, 0.0]
    assert found.reciprocal_rank.tolist() == [0.5, 0.0]


def test_fusion_adds_reciprocal_ranks() -> None:
    total = fused([np.array([3.0, 2.0, 1.0]), np.array([0.0, 9.0, 0.0])])
    assert total.tolist() == pytest.approx([1 / 61 + 1 / 62, 1 / 62 + 1 / 61, 1 / 63 + 1 / 63])


def test_peers_cut_texts_in_their_ways(folder: Path) -> None:
    assert words("涂装机器人 Robots") == ["涂装", "机器人", "robot"]
    assert pairs("涂装机，器 Robots") == ["涂装", "装机", "器", "robot"]
    scores = Bm25(read(folder), pairs).scores(0)
    names = [document.name for document in read(folder).documents]
    assert sorted(names, key=lambda name: -scores[names.index(name)])[:2] == ["a", "c"]


def test_a_small_collection_is_measured(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = rows(folder, capsys, tmp_path / "cache")
    assert {"ours", "bm25_words", "bm25_bigrams", "tantivy", "ours_minus_characters"} <= found.keys()
    assert {"dense", "rrf", "ours_minus_meaning"}.isdisjoint(found)
    for name in ("ours", "bm25_bigrams"):
        own = found[name]
        assert (own["ndcg10"], own["recall20"], own["mrr"]) == (1.0, 1.0, 1.0)
        assert (own["low"], own["high"]) == (1.0, 1.0)
    assert found["bm25_bigrams"]["ours_minus"] == 0.0
    assert found["ours"]["model"] is None


def test_vectors_are_made_once_and_kept_by_text_and_model(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    encoder, cache = Letters(), tmp_path / "cache"
    found = rows(folder, capsys, cache, encoder, judged=True)
    assert {"dense", "rrf", "rrf_four_way", "ours_minus_meaning", "ours_minus_title_question"} <= found.keys()
    assert (found["ours"]["model"], found["ours"]["mode"]) == ("letters", "judged")
    questions = ["船舶涂装", "船舶涂装\n漆膜不均", "食品", "锂电池"]
    assert sorted(encoder.asked) == sorted([*DOCUMENTS.values(), *questions])
    again = Letters()
    assert rows(folder, capsys, cache, again, judged=True) == found
    assert again.asked == []


def test_a_broken_encoder_leaves_words(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(folder, Wishes(as_json=True, cache=tmp_path / "cache"), Broken()) == 0
    said = capsys.readouterr()
    assert "down" in said.err
    assert "words alone" in said.err
    assert "dense" not in said.out
    quiet = Letters()
    assert evaluate(folder, Wishes(encode=False, cache=tmp_path / "cache"), quiet) == 0
    assert quiet.asked == []
    assert "words alone" in capsys.readouterr().out


def test_shipped_vectors_are_taken(folder: Path, tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    docs = random.normal(size=(4, 384)).astype(np.float16)
    questions, titles = (random.normal(size=(3, 384)).astype(np.float16) for _ in range(2))
    np.savez(folder / "vectors_e5.npz", docs=docs, queries=questions, query_titles=titles)

    class Named(Broken):
        model, dimension = vector_cache.SHIPPED_MODEL, 384

    collection = read(folder)
    wishes = {"encode": False, "cache": tmp_path / "cache"}
    found = dense.encoded(collection, folder, Named(), _Silent(), **wishes)  # type: ignore[arg-type]
    assert found is not None
    names = [document.name for document in collection.documents]
    assert np.array_equal(found.documents[names.index("b")], docs[1:2].astype(np.float32))
    assert np.array_equal(found.questions[0], np.stack([titles[0], questions[0]]).astype(np.float32))
    np.savez(folder / "vectors_e5.npz", docs=docs[:3], queries=questions)
    other = tmp_path / "other"
    wishes["cache"] = other
    assert dense.encoded(collection, folder, Named(), _Silent(), **wishes) is None  # type: ignore[arg-type]


class _Silent:
    def print(self, *_said: object) -> None: ...


def test_match_and_measure_call_one_function(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not only the same name: the values of a match are those that are measured."""
    assert engine.score_texts is relevance.score_texts is text_scores.score_texts
    collection = read(folder)
    measure = engine.Engine.over(collection, None)
    question = collection.questions[0]
    matched = rank_capabilities(
        ResearchRequest(
            demand=DemandFacts(demand_id="q", title=question.title, problem="漆膜不均"),
            candidates=tuple(map(engine.capability_of, collection.documents)),
            reference_date=TODAY,
        )
    )
    values = {one.candidate_id: one.relevance.value_hundredths for one in matched.candidates}
    names = [document.name for document in collection.documents]
    assert values == dict(zip(names, measure.scores(0).tolist(), strict=True))
    alone = ResearchRequest(
        demand=DemandFacts(demand_id="q", title="涂装"),
        candidates=(engine.capability_of(collection.documents[0]),),
        reference_date=TODAY,
    )
    for module, work in ((engine, lambda: measure.scores(0)), (relevance, lambda: rank_capabilities(alone))):
        with monkeypatch.context() as patched:
            patched.setattr(module, "score_texts", lambda *_, **__: 1 // 0)
            with pytest.raises(ZeroDivisionError):
                work()


def test_the_interval_holds_the_mean_and_is_the_same_again() -> None:
    values = np.array([0.1, 0.9, 0.4, 0.6, 0.5])
    lowest, highest = interval(values)
    assert lowest < 0.5 < highest
    assert interval(values) == (lowest, highest)
