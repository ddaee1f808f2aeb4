"""What the permission matrix asks of listings beside offers and needs: projects, policy measures, honours."""

from dataclasses import dataclass
from typing import Any

from city import City, need_draft
from tests.api.listing_steps import honours_stated, measure_draft, project_draft
from tests.api.steps import Thing, done


def is_listed(thing: str | None) -> bool:
    return thing is not None and thing.startswith(("project_", "measure_", "honour_"))


def relation_to_listing(thing: str, group: str, kind: str) -> str:
    """How somebody in an organization of `kind` stands to it."""
    if group != "involved":
        return "other"
    owner = "government" if thing.startswith("measure_") else "enterprise"
    return "own" if kind == owner else "counterparty"


@dataclass(slots=True)
class ListingThings:
    things: dict[str, Thing]

    @classmethod
    async def settle(cls, city: City, secret: str) -> "ListingThings":
        """A project nobody was told of and one with a submitted need; measures in two states; an honour."""
        made: dict[str, Thing] = {}
        for name in ("project_kept", "project_asked"):
            made[name] = done(await city.mill.post("/v1/projects", project_draft(summary=secret)), 201)
        draft = need_draft(city.mill.actor.person_id, project_id=made["project_asked"]["id"])
        need = done(await city.mill.post("/v1/financing-needs", draft), 201)
        done(await city.mill.post(f"/v1/financing-needs/{need['id']}/submit", seen=need["version"]))
        for name in ("measure_draft", "measure_open"):
            made[name] = done(await city.official.post("/v1/policy-measures", measure_draft()), 201)
        there = f"/v1/policy-measures/{made['measure_open']['id']}/open"
        made["measure_open"] = done(await city.official.post(there, seen=made["measure_open"]["version"]))
        recorded = done(await city.mill.post("/v1/honours", honours_stated(document=secret)), 201)
        made["honour_held"] = recorded["honours"][0]
        return cls(made)

    def ids(self) -> set[str]:
        """What strangers must not meet."""
        return {self.things[name]["id"] for name in ("project_kept", "project_asked", "honour_held")}

    def asked(self, thing: str, route: str) -> tuple[str, Any, Thing]:
        """Path, body and the thing itself."""
        found = self.things[thing]
        bodies: dict[str, Any] = {
            "PUT /v1/projects/{project_id}": project_draft(),
            "PUT /v1/policy-measures/{measure_id}": measure_draft(),
        }
        there = route.partition(" ")[2]
        for hole in ("project_id", "measure_id", "honour_id"):
            there = there.replace("{" + hole + "}", found["id"])
        return there, bodies.get(route), found
