"""Reading texts, and how much of a demand a text says."""

import pytest
from hypothesis import given, strategies

from matchmaking.ranking import CapabilityTexts, TextStatistics
from matchmaking.ranking.passages import Passage
from matchmaking.ranking.phrases import QueryPhrases, rarest_first
from matchmaking.ranking.segments import IndexEntry
from matchmaking.ranking.text_index import TextIndex
from matchmaking.ranking.words import (
    MOST_CHARACTERS,
    contained_basis_points,
    runs_of,
    says_anything,
    spoken_runs,
    term_counts,
    terms_of,
)
from schemas.vocabulary import CapabilityText, RelevanceBasis
from tests.ranking.research_cases import capability, demand

WORK = CapabilityText.PAST_WORK


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("船舶涂装，机器人", ["船舶涂装", "机器人"]),
        ("锂离子 电池", ["锂离子电池"]),
        ("Batteries and ALLOYS of glass, gas", ["batteri", "alloy", "glass", "gas"]),
        ("ＰＭ２.５检测 Li-ion", ["pm2", "5", "检测", "li", "ion"]),
        ("船舶技术研究院涂装", ["船舶", "涂装"]),
        ("关键技术研究。", []),
    ],
)
def test_runs(text: str, runs: list[str]) -> None:
    assert runs_of(text) == runs


def test_chinese_is_read_as_characters_pairs_and_long_words() -> None:
    assert terms_of("涂装机") == ["涂", "装", "机", "涂装", "装机"]
    assert terms_of("聚丙烯")[-1] == "聚丙烯"
    assert terms_of("robot") == ["robot"]
    assert dict(term_counts("涂装。涂")) == {"涂": 2, "装": 1, "涂装": 1}
    assert (says_anything("。……技术"), says_anything("涂")) == (False, True)


def test_forms_of_an_english_word_read_alike() -> None:
    assert runs_of("coating coated coatings") == ["coat"] * 3
    assert runs_of("batteries") == runs_of("battery")


def shares(query: str, *texts: str) -> list[int]:
    entries = (
        IndexEntry(str(place), (Passage(WORK, 0, ((WORK, text),)),)) for place, text in enumerate(texts)
    )
    return [int(share) for share in TextIndex.build(entries).shares([query])]


def test_a_text_that_says_the_whole_demand_says_all_of_it() -> None:
    """Against itself as a text of usual length: these are equally long."""
    whole, part, nothing = shares("船舶涂装焊接", "船舶涂装焊接", "涂装生产甲乙", "食品检测子丑")
    assert whole in range(9_990, 10_001)
    assert 0 < part < whole
    assert nothing == 0


def test_rare_words_say_more_than_usual_ones() -> None:
    usual = [f"材料{character}" for character in "甲乙丙丁戊己庚辛"]
    found = shares("锂电材料", "锂电", *usual)
    assert found[0] > found[1]


def test_relevance_can_be_compared_between_demands() -> None:
    """Saying half of a long demand is no more than saying half of a short one."""
    texts = ("甲乙丙丁戊己庚辛", "子丑", "寅卯")
    short = shares("甲乙丙丁天地玄黄", *texts)[0]
    long = shares("甲乙丙丁戊己庚辛天地玄黄宇宙洪荒", *texts)[0]
    assert abs(short - long) < 1_500


def test_the_title_of_a_demand_counts_several_times() -> None:
    asked = demand(title="激光焊接", problem="我们希望改善车间里的噪声与粉尘，减轻工人负担，也要省电。")
    by_title, by_problem = CapabilityTexts(
        [
            capability("a", title_zh="激光焊接", description="", fields=()),
            capability("b", title_zh="粉尘", description="", fields=()),
        ]
    ).to_demand(asked)
    assert (by_title.value_hundredths or 0) > 2 * (by_problem.value_hundredths or 0) > 0


def test_the_name_of_a_capability_counts_several_times() -> None:
    named, described = CapabilityTexts(
        [
            capability("a", title_zh="激光焊接", description="船舶分段车间", fields=()),
            capability("b", title_zh="船舶分段", description="激光焊接车间", fields=()),
        ]
    ).to_demand(demand(title="激光焊接", problem=""))
    assert (named.value_hundredths or 0) > (described.value_hundredths or 0) > 0


def test_texts_are_read_one_by_one() -> None:
    """Many texts that each say a little are not taken for one that says it all."""
    one = capability("one", title_zh="平台", description="", fields=(), past_work=("耐辐照聚丙烯材料",))
    scattered = capability(
        "scattered", title_zh="平台", description="", fields=(), past_work=("耐辐", "照聚", "丙烯", "材料")
    )
    whole, parts = CapabilityTexts([one, scattered]).to_demand(demand(title="耐辐照聚丙烯材料", problem=""))
    assert (whole.value_hundredths or 0) > (parts.value_hundredths or 0) > 0
    assert [match.text for match in whole.matches] == [CapabilityText.PAST_WORK]
    assert len(parts.matches) == 4
    assert whole.matches[0].phrases == ("耐辐照聚丙烯材料",)


def test_an_abstract_is_compared_with_nothing_but_itself() -> None:
    told = CapabilityTexts([capability()]).to_abstract("船舶涂装")
    assert (told[0].value_hundredths or 0) > 0
    assert told[0].basis is RelevanceBasis.WORDS
    assert CapabilityTexts([capability()]).to_abstract("。")[0].value_hundredths is None


@pytest.mark.parametrize(
    ("query", "text", "phrases"),
    [
        ("涂装机器人与船舶焊接 robot 的", "船舶分段的涂装机器人 robots", ("涂装机器人", "船舶", "robot")),
        ("起重机吊钩、车轮无氧化锻造", "车轮无氧化热处理", ("车轮无氧化",)),
        ("织物无氟防水整理", "织物无甲醛整理", ("织物", "整理")),
        ("锂电池的回收", "锂电池的梯次利用", ("锂电池",)),
        ("Coating of steel plates", "plate coated with zinc", ("coating", "plates")),
        ("甲乙丙丁", "戊己庚辛", ()),
    ],
)
def test_phrases_are_whole_words_that_both_say(query: str, text: str, phrases: tuple[str, ...]) -> None:
    assert sorted(QueryPhrases([query]).shared_with(text)) == sorted(phrases)


def test_the_rarest_phrase_is_told_first() -> None:
    common = TextStatistics(passages=100, holding=dict.fromkeys("材料", 90) | {"材料": 90}, usual_lengths={})
    assert rarest_first(["材料", "辐照"], common) == ["辐照", "材料"]


@pytest.mark.parametrize(
    ("name", "share"), [("涂装", 10_000), ("涂装焊", 6_000), ("食品", 0), ("", 0), ("技术研究", 0)]
)
def test_how_much_of_a_field_a_demand_says(name: str, share: int) -> None:
    assert contained_basis_points(name, term_counts("船舶涂装")) == share


HOSTILE = (
    "",
    "\0\0",
    "\ud800 lone \udfff",
    "。，！？…… \u3000",
    "涂" * 100_000,
    "x" * 100_000,
    "涂装 " * 50_000,
    "e\u0301" * 999,
    "\U00020000\U00020001",
    "ﷺ" * 5_000,
    "\u202e船舶\u200b涂装",
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("query", ["船舶涂装 robot", *HOSTILE[1:4]], ids=range(4))
def test_hostile_texts_are_read_and_ranked(text: str, query: str) -> None:
    found = CapabilityTexts([capability(description=text), capability("b", past_work=(text,))]).to_demand(
        demand(title=query, problem=text[:500])
    )
    for relevance in found:
        assert 0 <= (relevance.value_hundredths or 0) <= 10_000
        assert all(match.share_basis_points >= 0 for match in relevance.matches)


def test_what_stands_behind_many_characters_is_not_read() -> None:
    assert sum(term_counts("涂" * 100_000)[term] for term in "涂") == MOST_CHARACTERS


@given(strategies.text(max_size=200), strategies.lists(strategies.text(max_size=60), min_size=1, max_size=5))
def test_any_text_can_be_read(query: str, texts: list[str]) -> None:
    assert all(share >= 0 for share in shares(query, *texts))
    for text in texts:
        for phrase in QueryPhrases([query]).shared_with(text):
            assert phrase in "".join(spoken_runs(query))
