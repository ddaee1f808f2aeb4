"""Steps of the two routes by which others put providers before an enterprise."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from city import City, Member
from schemas.vocabulary import LineOfDuty, OrganizationKind, Role
from tests.api.neighbours import PLAIN, settle_neighbours, state_facts
from tests.api.research_steps import ResearchPath, research_path_of
from tests.api.steps import Path, Thing, done, list_product, path_of

Change = TypeVar("Change")


async def crowd(city: City) -> None:
    """Six that are just like the mills, so that there are cards."""
    for mill in (city.mill, city.other_mill):
        await state_facts(city, mill.actor.organization_id, PLAIN)
    await settle_neighbours(city, 6)


async def carded(city: City, **changes: Any) -> tuple[Path, str]:
    """An open need of the mill, an offer of the clerk's unit, and the id of the card between them."""
    await crowd(city)
    path = await path_of(city, need_changes=changes).reach("need_open")
    return path, await card_of(path)


async def card_of(path: Path) -> str:
    shown = done(await path.owner.get(f"/v1/financing-needs/{path.need['id']}/card"))
    return str(shown["card"]["card_id"])


async def carded_demand(city: City, **changes: Any) -> tuple[ResearchPath, str]:
    await crowd(city)
    path = await research_path_of(city, demand_changes=changes)
    await path.reach("demand_open")
    shown = done(await path.owner.get(f"/v1/research-demands/{path.demand['id']}/card"))
    return path, str(shown["card"]["card_id"])


async def another_bank(city: City, **changes: Any) -> tuple[Member, Thing]:
    """The product manager of a bank of its own, and an open offer of its unit."""
    manager = await city.enrol(OrganizationKind.BANK, Role.PRODUCT_MANAGER)
    return manager, await list_product(manager, city.official, **changes)


def about(card_id: str, product: Thing) -> Thing:
    return {"card_id": card_id, "adoption_id": product["adoption_id"]}


async def express(member: Member, card_id: str, product: Thing) -> Thing:
    return done(await member.post("/v1/interests", about(card_id, product)), 201)


async def received(path: Path) -> Thing:
    return done(await path.owner.get(f"/v1/financing-needs/{path.need['id']}/interests"))


async def fellow_official(city: City, duty: LineOfDuty = LineOfDuty.FINANCE) -> Member:
    """An official who has vetted nothing: of the same office, or of science in an office of its own."""
    if duty is LineOfDuty.FINANCE:
        return await city.beside(city.official, Role.OFFICIAL)
    return await city.enrol(OrganizationKind.GOVERNMENT, Role.OFFICIAL, line_of_duty=duty)


def named(path: Path, *products: Thing, **changes: Any) -> Thing:
    """What an official sends; with fewer than three products it says why."""
    draft = {
        "need_id": path.need["id"],
        "offers": [product["adoption_id"] for product in products],
        "reason": "suitable_terms",
        "has_interest": False,
    }
    if len(products) < 3:
        draft["fewer_reason"] = "本区只有这些机构办理该类贷款"
    return draft | changes


Asked = tuple[Member, str, str, Any, int | None, str, str]


def introducing_changes(change: Callable[..., Change]) -> dict[str, Callable[[City], Awaitable[Change]]]:
    """For `tests.api.changes`: preparations by the name of the operation."""

    def preparation(ask: Callable[[City], Awaitable[Asked]]) -> Callable[[City], Awaitable[Change]]:
        async def prepare(city: City) -> Change:
            return change(*await ask(city))

        return prepare

    asked = {
        "create_interest": _create_interest,
        "withdraw_interest": _withdraw_interest,
        "create_recommendation": _create_recommendation,
    }
    return {name: preparation(ask) for name, ask in asked.items()}


async def _create_interest(city: City) -> Asked:
    path, card_id = await carded(city)
    return city.clerk, "POST", "/v1/interests", about(card_id, path.product), None, "", ""


async def _withdraw_interest(city: City) -> Asked:
    path, card_id = await carded(city)
    interest = await express(city.clerk, card_id, path.product)
    there = f"/v1/interests/{interest['id']}/withdraw"
    return city.clerk, "POST", there, None, interest["version"], "interest", interest["id"]


async def _create_recommendation(city: City) -> Asked:
    path = await path_of(city).reach("need_open")
    official = await fellow_official(city)
    return official, "POST", "/v1/recommendations", named(path, path.product), None, "", ""
