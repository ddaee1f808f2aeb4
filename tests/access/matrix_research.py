"""The research half of the permission matrix: a capability and a demand in every state asked about."""

from dataclasses import dataclass, field
from typing import Any

from city import City, Member
from schemas.vocabulary import OrganizationKind, Role
from tests.api.research_steps import ResearchPath, capability_draft, demand_draft, research_path_of
from tests.api.steps import Thing, done

STAGES = {
    "demand_draft": "demand_drafted",
    "demand_submitted": "demand_submitted",
    "demand_open": "matched",
    "research_requested": "requested",
    "research_accepted": "accepted",
    "research_proposal": "proposal",
}
KEPT = ("title_zh", "description", "fields", "chains", "modes")
# What an operation on a thing of research is about, among the things that its walk has made.
MADE = {
    "demand_draft": "demand",
    "demand_submitted": "demand",
    "demand_open": "demand",
    "demand_introduced": "demand",
    "research_run": "run",
    "matchable_demand": "demand",
    "research_requested": "introduction",
    "research_accepted": "introduction",
    "research_proposal": "introduction",
}
WALK = {"demand_introduced": "research_requested", "research_run": "demand_open"}
WALK |= {"matchable_demand": "demand_open"}


def is_of_research(thing: str | None) -> bool:
    return thing is not None and (thing in MADE or thing.startswith("capability"))


@dataclass(slots=True)
class ResearchThings:
    """`secretary` answers for the capabilities; `paths` are walks by the stage at which they stand."""

    secretary: Member
    paths: dict[str, ResearchPath] = field(default_factory=dict)
    capabilities: dict[str, Thing] = field(default_factory=dict)

    @classmethod
    async def settle(cls, city: City, secret: str) -> "ResearchThings":
        first = await research_path_of(city, demand_changes={"confidential_part": secret})
        made = cls(first.secretary)
        people = {"secretary": first.secretary, "official": first.official}
        await first.reach("capability_listed")
        for name, stage in STAGES.items():
            path = await research_path_of(city, **people, demand_changes={"confidential_part": secret})
            path.capability, path.walked = first.capability, ["capability_listed"]
            made.paths[name] = await path.reach(stage)
            await path.demand_now()
        made.capabilities["capability_open"] = first.capability
        for name in ("draft", "submitted", "suspended"):
            made.capabilities[f"capability_{name}"] = await made._capability(first, name)
        return made

    async def _capability(self, path: ResearchPath, name: str) -> Thing:
        thing = done(await path.secretary.post("/v1/capabilities", capability_draft(path.secretary)), 201)
        steps = {"submitted": ("submit",), "suspended": ("submit", "open", "suspend")}.get(name, ())
        for step in steps:
            who = path.official if step == "open" else path.secretary
            thing = await path.move("capabilities", thing, who, step)
        return thing

    async def staff(self, city: City) -> list[tuple[Member, Role]]:
        """Somebody in each role of the institution."""
        roles = (Role.SECRETARY, Role.RESEARCHER, Role.ADMINISTRATOR, Role.OBSERVER)
        return [(await city.beside(self.secretary, role), role) for role in roles]

    def ids(self) -> set[str]:
        """Demands and introductions: what strangers must not meet."""
        found = {path.demand["id"] for path in self.paths.values()}
        return found | {path.introduction["id"] for path in self.paths.values() if path.introduction}

    def asked(self, thing: str, route: str) -> tuple[str, Any, Thing]:
        """Path, body and the thing itself."""
        if thing.startswith("capability"):
            found = self.capabilities[thing]
            bodies: dict[str, Any] = {
                "PUT /v1/capabilities/{capability_id}": {name: found[name] for name in KEPT},
                "POST /v1/capabilities/{capability_id}/return": {"defects": ["x"]},
            }
        else:
            path = self.paths[WALK.get(thing, thing)]
            found = getattr(path, MADE[thing])
            bodies = {
                "PUT /v1/research-demands/{demand_id}": demand_draft(path.owner),
                "POST /v1/research-demands/{demand_id}/return": {"defects": ["x"]},
                "POST /v1/capability-match-runs": {"demand_id": path.demand["id"]},
                "POST /v1/recommendations": {
                    "demand_id": path.demand["id"],
                    "offers": [path.capability["id"]],
                    "reason": "local_service",
                    "has_interest": False,
                    "fewer_reason": "仅此一家",
                },
            }
        there = route.partition(" ")[2]
        for hole in ("capability_id", "demand_id", "run_id", "introduction_id"):
            there = there.replace("{" + hole + "}", found["id"])
        return there, bodies.get(route), found


UNIVERSITY = OrganizationKind.UNIVERSITY.value
