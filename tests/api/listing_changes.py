"""Changes of listings beside offers and needs, each prepared up to the request: for `tests.api.changes`."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from city import City, Member
from tests.api.listing_steps import honours_stated, measure_draft, project_draft
from tests.api.steps import Thing, done, list_product

Change = TypeVar("Change")
Asked = tuple[Member, str, str, Any, int | None, str, str]
"""Member, method, path, body, seen version, table and id of the row; the last two empty for makers."""


def listing_changes(change: Callable[..., Change]) -> dict[str, Callable[[City], Awaitable[Change]]]:
    """Preparations by the name of the operation; `change` is made of what each asks."""

    def preparation(ask: Callable[[City], Awaitable[Asked]]) -> Callable[[City], Awaitable[Change]]:
        async def prepare(city: City) -> Change:
            return change(*await ask(city))

        return prepare

    return {name: preparation(ask) for name, ask in PREPARED.items()}


def _maker(
    path: str, body: Callable[[], Thing], *, official: bool = False
) -> Callable[..., Awaitable[Asked]]:
    async def prepare(city: City) -> Asked:
        return (city.official if official else city.mill), "POST", path, body(), None, "", ""

    return prepare


def _about(thing: Thing, member: Member, there: str, action: str, table: str, body: Any = None) -> Asked:
    method, path = ("PUT", there) if action == "change" else ("POST", f"{there}/{action}")
    return member, method, path, body, thing["version"], table, thing["id"]


def _project(action: str, body: Any = None) -> Callable[..., Awaitable[Asked]]:
    async def prepare(city: City) -> Asked:
        project = done(await city.mill.post("/v1/projects", project_draft()), 201)
        return _about(project, city.mill, f"/v1/projects/{project['id']}", action, "project", body)

    return prepare


def _measure(action: str, *, opened: bool = True, body: Any = None) -> Callable[..., Awaitable[Asked]]:
    async def prepare(city: City) -> Asked:
        measure = done(await city.official.post("/v1/policy-measures", measure_draft()), 201)
        there = f"/v1/policy-measures/{measure['id']}"
        if opened:
            measure = done(await city.official.post(f"{there}/open", seen=measure["version"]))
        return _about(measure, city.official, there, action, "policy_measure", body)

    return prepare


async def _renew_product(city: City) -> Asked:
    product = await list_product(city.product_manager, city.official)
    there = f"/v1/credit-products/{product['id']}"
    return _about(product, city.product_manager, there, "renew", "credit_product")


async def _resume_product(city: City) -> Asked:
    product = await list_product(city.product_manager, city.official)
    there = f"/v1/credit-products/{product['id']}"
    product = done(await city.product_manager.post(f"{there}/suspend", seen=product["version"]))
    return _about(product, city.product_manager, there, "resume", "credit_product")


async def _resume_adoption(city: City) -> Asked:
    product = await list_product(city.product_manager, city.official)
    there = f"/v1/adoptions/{product['adoption_id']}"
    adoption = done(await city.product_manager.post(f"{there}/suspend", seen=1))
    return _about(adoption, city.product_manager, there, "resume", "product_adoption")


PREPARED: dict[str, Callable[[City], Awaitable[Asked]]] = {
    "renew_credit_product": _renew_product,
    "resume_credit_product": _resume_product,
    "resume_adoption": _resume_adoption,
    "create_project": _maker("/v1/projects", project_draft),
    "change_project": _project("change", project_draft(title="三期")),
    "close_project": _project("close"),
    "create_policy_measure": _maker("/v1/policy-measures", measure_draft, official=True),
    "change_policy_measure": _measure("change", body=measure_draft(rate_basis_points=150)),
    "open_policy_measure": _measure("open", opened=False),
    "renew_policy_measure": _measure("renew"),
    "withdraw_policy_measure": _measure("withdraw"),
    "record_honours": _maker("/v1/honours", honours_stated),
}
