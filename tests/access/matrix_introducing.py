"""What the permission matrix asks of the two routes by which others put providers before an enterprise."""

from typing import Any

from city import City
from tests.api.interest_steps import card_of, crowd, express, fellow_official, named
from tests.api.steps import Path, Thing, done, list_product


async def introducing_things(city: City, path: Path, secret: str) -> dict[str, Thing]:
    """A card of the path's open need, the bank's interest in it, and what another official recommended."""
    await crowd(city)
    card_id = await card_of(path)
    product = await list_product(city.product_manager, city.official)
    official = await fellow_official(city)
    draft = named(path, path.product, note=secret)
    return {
        "card": {"id": card_id},
        "adoption_interest": await express(city.clerk, card_id, product),
        "recommendation": done(await official.post("/v1/recommendations", draft), 201),
    }


def introducing_bodies(things: dict[str, Thing], path: Path) -> dict[str, Any]:
    """By the route, for a product of the bank or a need of the mill."""
    offered = things["adoption"]["id"]
    return {
        "POST /v1/interests": {"card_id": things["card"]["id"], "adoption_id": offered},
        "POST /v1/recommendations": named(path, {"adoption_id": offered}),
    }
