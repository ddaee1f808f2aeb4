"""Reading texts, and how much of a demand a text says."""

import pytest
from hypothesis import given, strategies

from matchmaking.ranking import CapabilityTexts
from matchmaking.ranking.text import QueryPhrases, TextCollection
from matchmaking.ranking.words import (
    contained_basis_points,
    runs_of,
    says_anything,
    term_counts,
    terms_of,
)
from schemas.vocabulary import CapabilityText
from tests.ranking.research_cases import capability, demand

TITLE = CapabilityText.TITLE


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("船舶涂装，机器人", ["船舶涂装", "机器人"]),
        ("锂离子 电池", ["锂离子电池"]),
        ("Batteries and ALLOYS of glass, gas", ["battery", "alloy", "glass", "gas"]),
        ("ＰＭ２.5检测 Li-ion", ["pm2", "5", "检测", "li", "ion"]),
        ("船舶技术研究院涂装", ["船舶", "涂装"]),
        ("关键技术研究。", []),
    ],
)
def test_runs(text: str, runs: list[str]) -> None:
    assert runs_of(text) == runs


def test_chinese_is_read_as_characters_and_pairs() -> None:
    assert terms_of("涂装线") == ["涂", "装", "线", "涂装", "装线"]
    assert terms_of("robot") == ["robot"]
    assert dict(term_counts("涂装。涂")) == {"涂": 2, "装": 1, "涂装": 1}
    assert (says_anything("。……技术"), says_anything("涂")) == (False, True)


def shares(query: str, *titles: str) -> list[int]:
    collection = TextCollection([{TITLE: (title,)} for title in titles])
    return [sum(share.share_basis_points for share in found) for found in collection.shares([(query, 100)])]


def test_a_text_that_says_the_whole_demand_says_all_of_it() -> None:
    """Against itself as a text of usual length: these are equally long."""
    whole, part, nothing = shares("船舶涂装机器人", "船舶涂装机器人", "涂装生产线甲乙", "食品检测子丑寅")
    assert whole == 10_000
    assert 0 < part < whole
    assert nothing == 0


def test_rare_words_say_more_than_usual_ones() -> None:
    usual = [f"材料{character}" for character in "甲乙丙丁戊己庚辛"]
    found = shares("锂电材料", "锂电", *usual)
    assert found[0] > found[1]


def test_relevance_can_be_compared_between_demands() -> None:
    """Saying half of a long demand is no more than saying half of a short one."""
    collection = TextCollection([{TITLE: ("甲乙丙丁戊己庚辛",)}, {TITLE: ("子丑",)}, {TITLE: ("寅卯",)}])
    short = collection.shares([("甲乙丙丁天地玄黄", 100)])[0][0].share_basis_points
    long = collection.shares([("甲乙丙丁戊己庚辛天地玄黄宇宙洪荒", 100)])[0][0].share_basis_points
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
    assert CapabilityTexts([capability()]).to_abstract("。")[0].value_hundredths is None


def test_phrases_are_what_both_say() -> None:
    text = "船舶分段的涂装机器人 robots"
    collection = TextCollection([{TITLE: (text,)}, {TITLE: ("机器人",)}])
    phrases = QueryPhrases("涂装机器人与船舶焊接 robot 的").shared_with(text, collection, 3)
    assert phrases == ("涂装机器人", "船舶", "robot")


@pytest.mark.parametrize(
    ("name", "share"), [("涂装", 10_000), ("涂装焊", 6_000), ("食品", 0), ("", 0), ("技术研究", 0)]
)
def test_how_much_of_a_field_a_demand_says(name: str, share: int) -> None:
    assert contained_basis_points(name, term_counts("船舶涂装")) == share


@given(strategies.text(max_size=200), strategies.lists(strategies.text(max_size=60), min_size=1, max_size=5))
def test_any_text_can_be_read(query: str, titles: list[str]) -> None:
    collection = TextCollection([{TITLE: (title,)} for title in titles])
    found = collection.shares([(query, 60), (query, 40)])
    assert all(0 < share.share_basis_points <= 10_000 for own in found for share in own)
    for title in titles:
        for phrase in QueryPhrases(query).shared_with(title, collection, 9):
            assert phrase in "".join(runs_of(query)) + "".join(runs_of(title))
