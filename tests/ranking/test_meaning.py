"""With the packaged encoder: a demand in one language finds the laboratory that writes in another."""

import numpy as np
import pytest

from matchmaking.encoding.packaged import PackagedEncoder
from matchmaking.ranking import DemandFacts
from matchmaking.ranking.passages import passages_of, queries_of
from matchmaking.ranking.segments import IndexEntry
from matchmaking.ranking.text_index import TextIndex
from matchmaking.ranking.text_scores import nearness, score_texts
from tests.ranking.research_cases import capability

ENGLISH = {
    "paint": "Robotic spray painting of ship hull sections and inspection of coating thickness",
    "battery": "Recycling of lithium from spent battery cathodes",
    "textile": "Low temperature dyeing and finishing of cotton fabrics",
    "bearing": "Fatigue life of wind turbine main bearings",
    "food": "Rapid detection of pesticide residues in vegetables",
}
CHINESE = {
    "paint": "船舶分段自动喷涂机器人与漆膜厚度检测",
    "battery": "废旧动力电池正极材料中锂的回收",
    "textile": "棉织物低温染色与后整理",
    "bearing": "风电主轴承疲劳寿命",
    "food": "蔬菜农药残留快速检测",
}


@pytest.fixture(scope="module")
def encoder() -> PackagedEncoder:
    return PackagedEncoder(threads=1)


@pytest.mark.parametrize(
    ("offered", "wanted"), [(ENGLISH, CHINESE), (CHINESE, ENGLISH)], ids=["zh-en", "en-zh"]
)
def test_meaning_crosses_languages(
    encoder: PackagedEncoder, offered: dict[str, str], wanted: dict[str, str]
) -> None:
    listed = [capability(name, title_zh=text, description="", fields=()) for name, text in offered.items()]
    passages = [passages_of(one) for one in listed]
    rows = encoder.passages([own[0].whole for own in passages])
    index = TextIndex.build(
        (
            IndexEntry(one.candidate_id, own, rows[place : place + 1])
            for place, (one, own) in enumerate(zip(listed, passages, strict=True))
        ),
        dimension=encoder.dimension,
    )
    for name, title in wanted.items():
        questions = queries_of(DemandFacts(demand_id="d", title=title))
        assert not score_texts(index, questions).values.any()
        near = nearness(index, np.stack([encoder.query(question) for question in questions]))
        values = score_texts(index, questions, near).values
        assert index.layout.keys[int(values.argmax())] == name
