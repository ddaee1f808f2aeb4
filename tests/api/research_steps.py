"""The other half of the path: a capability, a research demand, and what comes of the two."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from city import City, Member, today
from schemas.vocabulary import LineOfDuty, OrganizationKind, Role
from tests.api.steps import AMOUNT_FEN, Thing, done, party


def capability_draft(member: Member, **changes: Any) -> Thing:
    """A laboratory for weaving, ready for trials, with room for two projects."""
    draft = {
        "kind": "lab",
        "unit_id": str(member.actor.unit_id),
        "title_zh": "织物阻燃整理实验室",
        "description": "研究涤纶与棉织物的无卤阻燃整理工艺和耐洗性评价。",
        "fields": ["阻燃整理", "纺织助剂"],
        "chains": ["home_textiles"],
        "equipment": ["垂直燃烧仪", "氧指数仪"],
        "modes": ["commissioned_development", "technology_service"],
        "readiness_from": 3,
        "readiness_to": 7,
        "smallest_contract_fen": 10_000_000,
        "largest_contract_fen": 100_000_000,
        "free_projects": 2,
        "platform_level": "ministry_or_province",
        "valid_until": (today() + timedelta(days=300)).isoformat(),
    }
    return draft | changes


def demand_draft(member: Member, **changes: Any) -> Thing:
    draft = {
        "title": "家纺面料无卤阻燃整理",
        "problem": "涤棉混纺面料需要耐五十次洗涤的无卤阻燃整理工艺。",
        "public_abstract": "家纺企业寻求耐洗的无卤阻燃整理工艺。",
        "chain": "home_textiles",
        "readiness_now": 3,
        "readiness_wanted": 6,
        "indicators": [{"name": "极限氧指数", "baseline": "20", "goal": "28"}],
        "smallest_budget_fen": 20_000_000,
        "largest_budget_fen": 50_000_000,
        "needed_by": (today() + timedelta(days=200)).isoformat(),
        "modes": ["commissioned_development"],
        "contact_person_id": str(member.actor.person_id),
    }
    return draft | changes


@dataclass(slots=True)
class ResearchPath:
    """One demand on its way. `reach(stage)` walks on; every thing is kept as it was answered last."""

    city: City
    owner: Member
    secretary: Member
    official: Member
    demand_changes: Thing = field(default_factory=dict)
    capability_changes: Thing = field(default_factory=dict)
    capability: Thing = field(default_factory=dict)
    demand: Thing = field(default_factory=dict)
    run: Thing = field(default_factory=dict)
    introduction: Thing = field(default_factory=dict)
    agreement: Thing = field(default_factory=dict)
    fact: Thing = field(default_factory=dict)
    walked: list[str] = field(default_factory=list)

    async def reach(self, stage: str) -> "ResearchPath":
        stages = list(RESEARCH_STAGES)
        assert stage in stages, stage
        for name in stages[len(self.walked) : stages.index(stage) + 1]:
            await RESEARCH_STAGES[name](self)
            self.walked.append(name)
        return self

    async def step(self, member: Member, action: str, body: Any = None) -> Thing:
        """One action on the introduction."""
        path = f"/v1/introductions/{self.introduction['id']}"
        seen = self.introduction["version"]
        self.introduction = done(await member.post(f"{path}/{action}", body, seen=seen))
        return self.introduction

    async def move(self, noun: str, thing: Thing, member: Member, action: str) -> Thing:
        return done(await member.post(f"/v1/{noun}/{thing['id']}/{action}", seen=thing["version"]))

    async def demand_now(self) -> Thing:
        self.demand = done(await self.owner.get(f"/v1/research-demands/{self.demand['id']}"))
        return self.demand

    def agreement_draft(self, **changes: Any) -> Thing:
        draft = {
            "introduction_id": self.introduction["id"],
            "nature": "technology_contract",
            "parties": [party(self.owner, "commissioner"), party(self.secretary, "developer")],
            "terms": {"title": "无卤阻燃整理技术开发合同", "amount_fen": AMOUNT_FEN},
        }
        return draft | changes

    async def sign(self, member: Member) -> Thing:
        path = f"/v1/agreements/{self.agreement['id']}"
        seen = done(await member.get(path))
        signature = {"text_sha256": seen["text_sha256"]}
        self.agreement = done(await member.post(f"{path}/acknowledge", signature, seen=seen["version"]))
        return self.agreement


async def research_path_of(city: City, **changes: Any) -> ResearchPath:
    """The mill asks, a university's secretary answers, an official of science vets."""
    people = {
        "owner": city.mill,
        "secretary": await city.enrol(OrganizationKind.UNIVERSITY, Role.SECRETARY),
        "official": await city.enrol(
            OrganizationKind.GOVERNMENT, Role.OFFICIAL, line_of_duty=LineOfDuty.SCIENCE
        ),
    }
    return ResearchPath(city, **(people | changes))


async def _list_capability(path: ResearchPath) -> None:
    draft = capability_draft(path.secretary, **path.capability_changes)
    made = done(await path.secretary.post("/v1/capabilities", draft), 201)
    made = await path.move("capabilities", made, path.secretary, "submit")
    path.capability = await path.move("capabilities", made, path.official, "open")


async def _draft_demand(path: ResearchPath) -> None:
    draft = demand_draft(path.owner, **path.demand_changes)
    path.demand = done(await path.owner.post("/v1/research-demands", draft), 201)


async def _submit_demand(path: ResearchPath) -> None:
    path.demand = await path.move("research-demands", path.demand, path.owner, "submit")


async def _open_demand(path: ResearchPath) -> None:
    await path.move("research-demands", path.demand, path.official, "open")
    await path.demand_now()


async def _match(path: ResearchPath) -> None:
    asked = {"demand_id": path.demand["id"]}
    path.run = done(await path.owner.post("/v1/capability-match-runs", asked), 201)


async def _pick(path: ResearchPath) -> None:
    mine = next(one for one in path.run["candidates"] if one["capability_id"] == path.capability["id"])
    pick = {"capability_candidate_id": mine["id"]}
    path.introduction = done(await path.owner.post("/v1/introductions", pick), 201)


async def _accept(path: ResearchPath) -> None:
    await path.step(path.secretary, "accept")


async def _propose(path: ResearchPath) -> None:
    await path.step(path.secretary, "propose")


async def _shortlist(path: ResearchPath) -> None:
    await path.step(path.owner, "shortlist")


async def _record(path: ResearchPath) -> None:
    path.agreement = done(await path.secretary.post("/v1/agreements", path.agreement_draft()), 201)


async def _developer_signs(path: ResearchPath) -> None:
    await path.sign(path.secretary)


async def _all_sign(path: ResearchPath) -> None:
    await path.sign(path.owner)


async def _state_fact(path: ResearchPath) -> None:
    there = f"/v1/agreements/{path.agreement['id']}/fulfilment-facts"
    milestone = {"kind": "milestone_delivered", "happened_on": today().isoformat()}
    path.fact = done(await path.secretary.post(there, milestone), 201)


RESEARCH_STAGES: dict[str, Callable[[ResearchPath], Awaitable[None]]] = {
    "capability_listed": _list_capability,
    "demand_drafted": _draft_demand,
    "demand_submitted": _submit_demand,
    "demand_open": _open_demand,
    "matched": _match,
    "requested": _pick,
    "accepted": _accept,
    "proposal": _propose,
    "shortlisted": _shortlist,
    "recorded": _record,
    "half_signed": _developer_signs,
    "signed": _all_sign,
    "stated": _state_fact,
}
