"""How long a ranking takes; bounds far above what is usual, so that only waste is found."""

from collections.abc import Callable
from random import Random
from statistics import median
from time import perf_counter

import pytest

from matchmaking.ranking import ResearchRequest, rank, rank_capabilities
from tests.ranking.financing_cases import random_request
from tests.ranking.research_cases import TODAY, capability, demand

pytestmark = pytest.mark.timed
ROUNDS = 15
OFFERS = 24
CAPABILITIES = 200
CHARACTERS = "船舶涂装焊接锂电池聚丙烯辐照轴承叶片风电纺织染整芯片封装传感检测膜厚膜片热处理"


def milliseconds(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(ROUNDS):
        begun = perf_counter()
        work()
        taken.append((perf_counter() - begun) * 1_000)
    print(f"median {median(taken):.2f} ms of {ROUNDS}")  # noqa: T201 - the figure
    return median(taken)


def test_24_offers_take_a_few_milliseconds() -> None:
    request = random_request(Random(1), OFFERS)  # noqa: S311 - cases, not secrets
    assert milliseconds(lambda: rank(request)) < 15


def test_200_capabilities_take_a_part_of_a_second() -> None:
    random = Random(1)  # noqa: S311 - cases, not secrets

    def words(length: int) -> str:
        return "".join(random.choices(CHARACTERS, k=length))

    candidates = tuple(
        capability(str(number), title_zh=words(14), description=words(250), past_work=(words(25), words(25)))
        for number in range(CAPABILITIES)
    )
    request = ResearchRequest(
        demand=demand(title=words(16), problem=words(300)), candidates=candidates, reference_date=TODAY
    )
    assert milliseconds(lambda: rank_capabilities(request)) < 500
