"""Published weights of the components of a credit product, and how own weights become percent.

Under a preset its component counts 75 in a hundred and each of the five others 5: enough to order by it, and
to order by the others what is equal in it. Own weights are any whole numbers from 0, not all 0. Their percent
are rounded down, and the points left over go one by one to the largest remainders, of equal ones to the
component listed first (coverage, cost, speed, collateral burden, fit, reliability).
"""

from collections.abc import Mapping
from dataclasses import fields

from matchmaking.ranking.request import BALANCED, Weights
from schemas.vocabulary import Preset

COMPONENTS = tuple(field.name for field in fields(Weights))
NAMED = 75
EACH_OTHER = 5
PERCENT = 100


def _above_all(component: str) -> Weights:
    return Weights(**{name: NAMED if name == component else EACH_OTHER for name in COMPONENTS})


PRESETS: Mapping[Preset, Weights] = {
    Preset.BALANCED: BALANCED,
    Preset.CHEAPEST: _above_all("cost"),
    Preset.FASTEST: _above_all("speed"),
    Preset.LARGEST: _above_all("coverage"),
    Preset.LEAST_COLLATERAL: _above_all("collateral_burden"),
}


def weights_of(parts: Mapping[str, int]) -> Weights:
    """Percent of own weights by component, missing ones 0; ValueError when negative, unknown or all 0."""
    if set(parts) - set(COMPONENTS) or min(parts.values(), default=0) < 0 or not sum(parts.values()):
        raise ValueError("weights_unusable: whole numbers from 0, not all 0, of the published components")
    whole = sum(parts.values())
    shares = {name: divmod(parts.get(name, 0) * PERCENT, whole) for name in COMPONENTS}
    left = PERCENT - sum(share for share, _ in shares.values())
    favoured = sorted(COMPONENTS, key=lambda name: -shares[name][1])[:left]
    return Weights(**{name: shares[name][0] + (name in favoured) for name in COMPONENTS})
