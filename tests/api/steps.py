"""Steps of the one path, and a walker that carries product, need, introduction and agreement to a state."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from city import DISTRICT, City, Member, need_draft, product_draft, today

Thing = dict[str, Any]
AMOUNT_FEN = 300_000_000
FAR_DISTRICT = "320583"
# So many offers a run shows; by the same bank and of the same name they stand in for each other.
FIRST_SHOWN = 20


def done(response: httpx.Response, status: int = 200) -> Thing:
    """What was answered, after a look at the status."""
    assert response.status_code == status, f"{response.request.method} {response.url.path}: {response.text}"
    answer: Thing = response.json()
    return answer


def refused(response: httpx.Response, status: int, code: str, pointer: str | None = None) -> Thing:
    """The problem, after a look at its status, its code and the field that it names."""
    assert response.status_code == status, f"{response.request.method} {response.url.path}: {response.text}"
    problem: Thing = response.json()
    if pointer is None:
        assert problem["code"] == code, problem
        return problem
    faults = [(error["pointer"], error["code"]) for error in problem.get("errors", ())]
    assert (pointer, code) in faults, problem
    return problem


async def items(member: Member, path: str) -> list[Thing]:
    """All rows of a list, over all its pages."""
    rows: list[Thing] = []
    query = "?limit=100"
    while True:
        page = done(await member.get(path + query))
        rows += page["items"]
        if page["next"] is None:
            return rows
        query = f"?limit=100&cursor={page['next']}"


async def kinds_of_tasks(member: Member) -> list[str]:
    return sorted(task["kind"] for task in await items(member, "/v1/tasks"))


async def list_product(manager: Member, official: Member, **changes: Any) -> Thing:
    """An open product that the manager's unit offers in the home district; adds `adoption_id` to it."""
    product = done(await manager.post("/v1/credit-products", product_draft(**changes)), 201)
    path = f"/v1/credit-products/{product['id']}"
    adoption = done(await manager.post(f"{path}/adoptions", adoption_draft(manager)), 201)
    product = done(await manager.post(f"{path}/submit", seen=product["version"]))
    product = done(await official.post(f"{path}/open", seen=product["version"]))
    return product | {"adoption_id": adoption["id"]}


def adoption_draft(manager: Member, **changes: Any) -> Thing:
    return {"unit_id": str(manager.actor.unit_id), "territory": [DISTRICT, FAR_DISTRICT]} | changes


def party(member: Member, role: str, **more: Any) -> Thing:
    return {"organization_id": str(member.actor.organization_id), "role": role, **more}


def fact_draft(kind: str = "disbursement", **changes: Any) -> Thing:
    return {"kind": kind, "happened_on": today().isoformat(), "amount_fen": AMOUNT_FEN} | changes


@dataclass(slots=True)
class Path:
    """One need on its way. `reach(stage)` walks on; every thing is kept as it was answered last."""

    city: City
    owner: Member
    clerk: Member
    manager: Member
    official: Member
    product_changes: Thing = field(default_factory=dict)
    need_changes: Thing = field(default_factory=dict)
    guarantor: Member | None = None
    product: Thing = field(default_factory=dict)
    need: Thing = field(default_factory=dict)
    run: Thing = field(default_factory=dict)
    introduction: Thing = field(default_factory=dict)
    agreement: Thing = field(default_factory=dict)
    fact: Thing = field(default_factory=dict)
    walked: list[str] = field(default_factory=list)

    async def reach(self, stage: str) -> "Path":
        stages = list(STAGES)
        assert stage in stages, stage
        for name in stages[len(self.walked) : stages.index(stage) + 1]:
            await STAGES[name](self)
            self.walked.append(name)
        return self

    @property
    def parties(self) -> list[Thing]:
        named = [party(self.owner, "borrower"), party(self.clerk, "lender")]
        return named if self.guarantor is None else [*named, party(self.guarantor, "guarantor")]

    def agreement_draft(self, **changes: Any) -> Thing:
        draft = {
            "introduction_id": self.introduction["id"],
            "nature": "loan_contract",
            "parties": self.parties,
            "terms": {"title": "流动资金贷款合同", "amount_fen": AMOUNT_FEN, "tenor_months": 12},
        }
        return draft | changes

    async def sign(self, member: Member, **more: Any) -> Thing:
        path = f"/v1/agreements/{self.agreement['id']}"
        seen = done(await member.get(path))
        signature = {"text_sha256": seen["text_sha256"], **more}
        self.agreement = done(await member.post(f"{path}/acknowledge", signature, seen=seen["version"]))
        return self.agreement

    async def step(self, member: Member, action: str, body: Any = None) -> Thing:
        """One action on the introduction."""
        path = f"/v1/introductions/{self.introduction['id']}"
        seen = self.introduction["version"]
        self.introduction = done(await member.post(f"{path}/{action}", body, seen=seen))
        return self.introduction

    async def need_now(self) -> Thing:
        self.need = done(await self.owner.get(f"/v1/financing-needs/{self.need['id']}"))
        return self.need


def path_of(city: City, **changes: Any) -> Path:
    """The usual people: the mill asks, the bank's clerk answers, the finance official vets."""
    people = {
        "owner": city.mill,
        "clerk": city.clerk,
        "manager": city.product_manager,
        "official": city.official,
    }
    return Path(city, **(people | changes))


async def _list_product(path: Path) -> None:
    path.product = await list_product(path.manager, path.official, **path.product_changes)


async def _draft_need(path: Path) -> None:
    draft = need_draft(path.owner.actor.person_id, **path.need_changes)
    path.need = done(await path.owner.post("/v1/financing-needs", draft), 201)


async def _submit_need(path: Path) -> None:
    there = f"/v1/financing-needs/{path.need['id']}/submit"
    path.need = done(await path.owner.post(there, seen=path.need["version"]))


async def _open_need(path: Path) -> None:
    there = f"/v1/financing-needs/{path.need['id']}/open"
    done(await path.official.post(there, seen=path.need["version"]))
    await path.need_now()


async def _match(path: Path) -> None:
    path.run = done(await path.owner.post("/v1/match-runs", {"need_id": path.need["id"]}), 201)


def own_candidate(path: Path) -> Thing:
    """The offer of the path's own product; where too many are alike to show all, one alike of its bank."""
    shown: list[Thing] = path.run["candidates"]
    mine = [one for one in shown if one["product_id"] == path.product["id"]]
    if not mine and len(shown) >= FIRST_SHOWN:
        known = (path.product["organization_id"], path.product["name_zh"])
        mine = [one for one in shown if (one["provider_organization_id"], one["product_name"]) == known]
    return mine[0]


async def _pick(path: Path) -> None:
    pick = {"candidate_id": own_candidate(path)["id"]}
    path.introduction = done(await path.owner.post("/v1/introductions", pick), 201)


def _clerk_steps(action: str) -> Callable[[Path], Awaitable[None]]:
    async def act(path: Path) -> None:
        await path.step(path.clerk, action)

    return act


async def _record(path: Path) -> None:
    path.agreement = done(await path.clerk.post("/v1/agreements", path.agreement_draft()), 201)


async def _lender_signs(path: Path) -> None:
    await path.sign(path.clerk)


async def _all_sign(path: Path) -> None:
    await path.sign(path.owner, outcome_consent=True)
    if path.guarantor is not None:
        await path.sign(path.guarantor)


async def _state_fact(path: Path) -> None:
    there = f"/v1/agreements/{path.agreement['id']}/fulfilment-facts"
    path.fact = done(await path.clerk.post(there, fact_draft()), 201)


async def _confirm_fact(path: Path) -> None:
    there = f"/v1/fulfilment-facts/{path.fact['id']}/confirm"
    path.fact = done(await path.owner.post(there, seen=path.fact["version"]))


STAGES: dict[str, Callable[[Path], Awaitable[None]]] = {
    "product_listed": _list_product,
    "need_drafted": _draft_need,
    "need_submitted": _submit_need,
    "need_open": _open_need,
    "matched": _match,
    "requested": _pick,
    "accepted": _clerk_steps("accept"),
    "contacted": _clerk_steps("contact"),
    "in_diligence": _clerk_steps("begin-diligence"),
    "offered": _clerk_steps("offer"),
    "recorded": _record,
    "half_signed": _lender_signs,
    "signed": _all_sign,
    "stated": _state_fact,
    "confirmed": _confirm_fact,
}
