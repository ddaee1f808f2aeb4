"""Synthetic capabilities and demands: titles and descriptions put together from the words of trades.

Vectors are chance around one direction for each trade, so that texts of a trade are close to each other; what
a real encoder would give costs a tenth of a second a text, and the ranking reads them alike.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from matchmaking.ranking import CapabilityCandidate, DemandFacts
from matchmaking.ranking.capability_catalogue import ListedCapability
from schemas.vocabulary import CapabilityKind, CooperationMode, PlatformLevel

DIMENSION = 384
INSTITUTIONS = 400
WAN = 1_000_000
CLOSE = 1.2
Floats = NDArray[np.float32]

THINGS = """
船体 甲板 螺旋桨 焊缝 涂层 面料 纱线 染料 助剂 印花 电池 电解液 隔膜 正极 负极 光伏 逆变器 硅片
变压器 电缆 轴承 齿轮 液压 伺服 减速器 传感器 芯片 封装 光刻 晶圆 聚丙烯 环氧 碳纤维 树脂 催化剂
疫苗 抗体 药物 辅料 制剂 钢板 铝合金 铸件 锻件 模具 叶片 塔筒 风机 齿圈 管道 阀门 泵体 压缩机 换热器
锅炉 污水 滤膜 固废 烟气 碳捕集
""".split()  # noqa: SIM905 - words read better than a list of them
DEEDS = """
疲劳 腐蚀 检测 焊接 涂装 低温染色 阻燃 耐洗 回收 快充 循环寿命 界面 并网 谐波 绝缘 润滑 磨损 降噪
控制 标定 成像 测温 键合 减薄 改性 共混 成型 固化 合成 纯化 表征 缓释 轧制 热处理 精铸 仿真 设计
优化 监测 预测
""".split()  # noqa: SIM905 - words read better than a list of them
ENGLISH = """
fatigue corrosion welding coating dyeing finishing electrolyte separator inverter bearing hydraulic
sensor packaging polymer catalyst vaccine casting turbine membrane simulation control monitoring
recycling fibre
""".split()  # noqa: SIM905 - words read better than a list of them


def _trades(chance: np.random.Generator) -> Floats:
    return _of_length_one(chance.normal(size=(len(THINGS), DIMENSION)))


def _of_length_one(rows: NDArray[np.float64]) -> Floats:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def capabilities(seed: int, count: int, today: date) -> Iterator[ListedCapability]:
    """Two passages each: what it is, and one past work, each with a vector."""
    random, chance = Random(seed), np.random.default_rng(seed)  # noqa: S311 - cases, not secrets
    trades = _trades(np.random.default_rng(seed))
    for number in range(count):
        trade = random.randrange(len(THINGS))
        scattered = trades[trade] + CLOSE * chance.normal(size=(2, DIMENSION)) / DIMENSION**0.5
        yield ListedCapability(_capability(random, number, trade, today), _of_length_one(scattered))


def _capability(random: Random, number: int, trade: int, today: date) -> CapabilityCandidate:
    thing, institution = THINGS[trade], random.randrange(INSTITUTIONS)
    return CapabilityCandidate(
        candidate_id=str(UUID(int=(5 << 100) + number)),
        organization_id=str(UUID(int=(9 << 100) + institution)),
        unit_id=str(UUID(int=(8 << 100) + institution)),
        capability_version=1,
        kind=CapabilityKind.LAB,
        title_zh=f"{thing}{random.choice(DEEDS)}实验室",
        title_en=" ".join(random.sample(ENGLISH, 3)),
        description="，".join(f"{thing}{random.choice(DEEDS)}{random.choice(THINGS)}" for _ in range(8)),
        fields=(f"{thing}{random.choice(DEEDS)}", random.choice(DEEDS)),
        chains=(f"chain_{trade % 16}",),
        past_work=(f"{random.choice(THINGS)}{random.choice(DEEDS)}与{thing}{random.choice(DEEDS)}",),
        modes=tuple(random.sample(list(CooperationMode), random.randint(0, 3))),
        readiness_from=random.choice((None, 2, 3, 4)),
        readiness_to=random.choice((None, 5, 6, 7, 8)),
        smallest_contract_fen=random.choice((None, 10 * WAN, 30 * WAN)),
        largest_contract_fen=random.choice((None, 100 * WAN, 500 * WAN)),
        free_projects=random.choice((None, 0, 1, 3)),
        platform_level=random.choice((None, *PlatformLevel)),
        valid_until=today + timedelta(days=random.randint(0, 300)),
    )


def demands(seed: int, count: int) -> Iterator[tuple[DemandFacts, Floats]]:
    """Each with the vectors of its two questions."""
    random, chance = Random(seed + 1), np.random.default_rng(seed + 1)  # noqa: S311
    trades = _trades(np.random.default_rng(seed))
    for number in range(count):
        trade = random.randrange(len(THINGS))
        demand = DemandFacts(
            demand_id=str(UUID(int=number)),
            title=f"{THINGS[trade]}{random.choice(DEEDS)}",
            problem="，".join(f"{THINGS[trade]}{random.choice(DEEDS)}" for _ in range(6)),
            public_abstract=f"寻求{THINGS[trade]}{random.choice(DEEDS)}",
            chain=f"chain_{trade % 16}",
            readiness_wanted=random.choice((None, 5, 6, 7)),
            largest_budget_fen=random.choice((None, 50 * WAN, 200 * WAN)),
            modes=tuple(random.sample(list(CooperationMode), random.randint(0, 2))),
        )
        yield demand, _of_length_one(trades[trade] + chance.normal(size=(2, DIMENSION)) / DIMENSION**0.5)


def whole_texts(listed: Sequence[ListedCapability]) -> list[str]:
    """All that a capability says in one, as peers read it."""
    return [
        " ".join((one.title_zh, one.title_en or "", one.description, *one.fields, *one.past_work))
        for one in (each.candidate for each in listed)
    ]
