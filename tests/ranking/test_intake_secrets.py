"""What a public text may give away: goals and conditions of use stay quiet first, then settings and names."""

import time
import unicodedata
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, strategies

from matchmaking.ranking.intake_names import contact_details, organization_names
from matchmaking.ranking.intake_process import formulas, process_parameters
from scripts.demo.reference_data import rows_of

Finder = Callable[[str], Iterator[str]]
FINDERS: tuple[Finder, ...] = (process_parameters, formulas, organization_names, contact_details)


def told(find: Finder, text: str) -> list[str]:
    return list(find(unicodedata.normalize("NFKC", text)))


@pytest.mark.parametrize(
    "goal",
    [
        "循环10000周容量保持>80%，-20℃放电≥70%",
        "60℃存储30天保持≥90%",
        "良率提高到96%，成本降低20%",
        "抗拉强度1500MPa的热压成形件",
        "600MPa级高强抗震钢筋",
        "耐高温800℃涂层，耐压35MPa",
        "额定电压10kV，工作温度-40~85℃",
        "烧结温度不高于1200℃",
        "3000吨/年试验装置，年产10亿只",
        "USB3.0接口，V2.0版本，PM2.5检测",
        "126kV GIS，HRC55-65，φ0.5mm",
        "withstands 800 °C, yield of at least 95 %",
        "电池包 300Wh/kg，克容量400-600mAh/g",
        "减少用工70%，效率+180%，故障率≤2%",
        "2025年投产，3条生产线",
        "温度变化控制在±2℃，温升控制在40℃",
    ],
)
def test_goals_and_conditions_of_use_are_no_settings(goal: str) -> None:
    assert told(process_parameters, goal) == []
    assert told(formulas, goal) == []


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("在1250℃烧结4小时", ["在1250°C", "在1250°C烧结4小时"]),
        ("焙烘温度160~170℃，车速30m/min", ["焙烘温度160~170°C", "车速30m/min"]),
        ("助剂浓度为５％，浴比1：10，pH值为4.5", ["助剂浓度为5%", "浴比1:10", "pH值为4.5"]),
        ("添加3%纳米氧化钛", ["添加3%"]),
        ("甲醇钠与酯按摩尔比1.05:1投料", ["甲醇钠与酯按摩尔比1.05:1"]),
        ("加氢压力5MPa，反应 6 h", ["加氢压力5MPa", "反应 6 h"]),
        ("Sintered at 1250 °C, stirred at 300 rpm", ["at 1250 °C", "at 300 rpm"]),
        ("波动小，控制在180-230℃之间", ["控制在180-230°C"]),
        ("电流密度2A/dm²", ["电流密度2A/dm2"]),
    ],
)
def test_settings_and_compositions_are_quoted(text: str, places: list[str]) -> None:
    assert told(process_parameters, text) == places


def test_a_mixture_is_told_by_its_fractions() -> None:
    assert told(formulas, "正极为LiNi0.8Co0.1Mn0.1O2材料") == ["LiNi0.8Co0.1Mn0.1O2"]
    assert told(formulas, "TiO2、Al2O3、CaCO3、LiFePO4 和 SiC/GaN") == []


@pytest.mark.parametrize(
    "text",
    [
        "本公司与某集团公司、国内知名企业集团合作",
        "大型能源集团下属公司",
        "为新能源汽车主机厂配套，为客户供货",
        "给家纺行业供应面料",
        "客户有整车企业、电网企业",
        "股份有限公司",
        "我集团现有生产线",
    ],
)
def test_kinds_of_firms_are_no_names(text: str) -> None:
    assert told(organization_names, text) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("我们为南通星辰纺织有限公司供应面料", ["南通星辰纺织有限公司"]),
        ("客户江苏大生集团、华为技术有限公司", ["江苏大生集团", "华为技术有限公司"]),
        ("为比亚迪和特斯拉配套，客户包括华为", ["比亚迪", "特斯拉", "华为"]),
        ("supplied to Acme Textile Co., Ltd in Suzhou", ["Acme Textile Co., Ltd"]),
    ],
)
def test_names_are_quoted(text: str, names: list[str]) -> None:
    assert told(organization_names, text) == names


def test_contact_details_are_quoted_and_other_numbers_are_not() -> None:
    text = "联系13800138000或0513-81234567，a.b@mill.example，微信：loom_2026"
    assert told(contact_details, text) == [
        "13800138000",
        "0513-81234567",
        "a.b@mill.example",
        "微信:loom_2026",
    ]
    assert told(contact_details, "编号20260302138001380001，标准GB/T 32100-2015，IEC 61131") == []


def test_no_abstract_of_the_reference_shelf_raises_a_false_alarm() -> None:
    """All 100 were read by hand: none of them tells a setting, a mixture, a customer or a telephone."""
    rows = rows_of("demands")
    assert len(rows) == 100
    abstracts = [f"{row['title']}：{row['problem_paraphrase']}" for row in rows]
    assert [(text, found) for text in abstracts for find in FINDERS if (found := told(find, text))] == []


@given(strategies.text(max_size=400))
def test_what_is_quoted_stands_in_the_text(text: str) -> None:
    plain = unicodedata.normalize("NFKC", text)
    for find in FINDERS:
        assert all(place in plain for place in find(plain))


HOSTILE = (
    "1" * 100_000,
    "1:" * 50_000,
    "1.1-" * 25_000,
    "Li0.1(" * 17_000,
    "CoCoNiMn" * 12_500,
    "客户有" * 33_334,
    "为" * 100_000,
    "有限公司" * 25_000,
    "Aa " * 33_334,
    "a@" * 50_000,
    "http://" * 14_286,
    "反应 " * 33_334,
    "温度为" * 33_334,
    "微信" * 50_000,
    "-" * 100_000,
    " " * 100_000,
    "在1250℃烧结" * 12_500,
    "为比亚迪供货" * 16_667,
)


@pytest.mark.parametrize("find", FINDERS, ids=lambda find: find.__name__)
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:8])
def test_a_hundred_thousand_characters_take_no_time(find: Finder, text: str) -> None:
    """The slowest takes 0.4 s; a step for each pair of characters would take minutes."""
    plain = unicodedata.normalize("NFKC", text)
    started = time.perf_counter()
    assert sum(1 for _ in find(plain)) <= len(plain)
    assert time.perf_counter() - started < 3
