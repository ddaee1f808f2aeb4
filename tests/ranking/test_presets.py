"""Presets order by what they name; own weights become percent by the published rule."""

import secrets
from random import Random
from typing import Any

import pytest

from matchmaking.ranking import PRESETS, Rate, rank, weights_of
from matchmaking.ranking.presets import COMPONENTS
from schemas.vocabulary import GuaranteeMode, PledgeKind, Preset, RateKind
from tests.ranking.financing_cases import WAN, candidate, need, request


def fixed(basis_points: int) -> Rate:
    return Rate(kind=RateKind.FIXED_BAND, lowest_basis_points=basis_points, highest_basis_points=basis_points)


SPECIALISTS: dict[Preset, dict[str, Any]] = {
    Preset.CHEAPEST: {"rate": fixed(300)},
    Preset.FASTEST: {"days_to_money": 1},
    Preset.LARGEST: {"largest_amount_fen": 300 * WAN},
    Preset.LEAST_COLLATERAL: {"guarantee_modes": (GuaranteeMode.UNSECURED,)},
}
MIDDLING: dict[str, Any] = {
    "rate": fixed(700),
    "days_to_money": 30,
    "largest_amount_fen": 150 * WAN,
    "guarantee_modes": (GuaranteeMode.PLEDGE,),
}


@pytest.mark.parametrize("preset", list(SPECIALISTS))
def test_a_preset_puts_its_specialist_first(preset: Preset) -> None:
    offers = [candidate(name.value, **(MIDDLING | special)) for name, special in SPECIALISTS.items()]
    asked = need(pledges=(PledgeKind.RECEIVABLES,))
    found = rank(request(*offers, need=asked, weights=PRESETS[preset]))
    assert found.candidates[0].candidate_id == preset.value
    assert found.weights == PRESETS[preset]


def test_every_preset_has_weights() -> None:
    assert set(PRESETS) == set(Preset)


@pytest.mark.parametrize(
    ("parts", "percent"),
    [
        ({"coverage": 1, "cost": 1, "speed": 1}, [34, 33, 33, 0, 0, 0]),
        ({"cost": 7}, [0, 100, 0, 0, 0, 0]),
        (dict.fromkeys(COMPONENTS, 1), [17, 17, 17, 17, 16, 16]),
        ({"coverage": 2, "cost": 1, "reliability": 0}, [67, 33, 0, 0, 0, 0]),
        ({"coverage": 1, "reliability": 2}, [33, 0, 0, 0, 0, 67]),
    ],
)
def test_own_weights_become_percent(parts: dict[str, int], percent: list[int]) -> None:
    found = weights_of(parts)
    assert [getattr(found, name) for name in COMPONENTS] == percent


def test_percent_stay_as_they_are_and_shares_are_kept() -> None:
    seed = secrets.randbelow(2**32)
    print(f"seed {seed}")  # noqa: T201 - a random test tells its seed
    random = Random(seed)  # noqa: S311 - cases, not secrets
    for _ in range(2_000):
        parts = {name: random.choice((0, 1, 2, 3, 10, 999)) for name in COMPONENTS}
        if not any(parts.values()):
            continue
        found = weights_of(parts)
        whole = sum(parts.values())
        for name in COMPONENTS:
            assert abs(getattr(found, name) * whole - parts[name] * 100) < whole, f"seed {seed}: {parts}"
        assert weights_of({name: getattr(found, name) for name in COMPONENTS}) == found


@pytest.mark.parametrize("parts", [{}, {"cost": 0}, {"cost": -1, "speed": 3}, {"luck": 1}])
def test_unusable_weights_are_refused(parts: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="weights_unusable"):
        weights_of(parts)
