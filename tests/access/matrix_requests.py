"""What is asked for a cell of the matrix: path, body, version, and the id by which a thing is known."""

from dataclasses import dataclass
from typing import Any

from city import Member
from tests.access.expectations import ExpectedOperation
from tests.access.matrix_city import (
    MatrixCity,
    Person,
    adopted,
    drafts,
    key_draft,
    person_draft,
    stated,
)
from tests.access.matrix_introducing import introducing_bodies
from tests.access.matrix_listings import ListingThings, is_listed
from tests.access.matrix_research import ResearchThings, is_of_research
from tests.api.consent_steps import consent_draft

SELF = {"organization", "parent_unit", "post", "membership", "colleague", "key_holder", "api_key"}


@dataclass(frozen=True, slots=True)
class Cell:
    expected: ExpectedOperation
    person: Person
    relation: str

    @property
    def label(self) -> str:
        return f"{self.expected.label}: {'.'.join(self.person.holder)} as {self.relation}"


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent for a cell; `marker` is the id by which a listed thing is known."""

    path: str
    body: Any = None
    seen: int | None = None
    marker: str = ""


def request_of(cell: Cell, matrix: MatrixCity) -> Request:
    thing = cell.expected.thing
    route = cell.expected.route.partition(" ")[2].replace("{scheme}", "chain")
    if thing is None:
        return Request(route, _drafted(cell, matrix))
    if thing in SELF or thing == "unclaimed_post":
        return _about_organizations(cell, matrix, route)
    if is_of_research(thing) or is_listed(thing):
        return _about(cell, matrix.listings if is_listed(thing) else matrix.research)
    if thing.startswith(("product", "adoption")):
        return _about_products(cell, matrix, route)
    return _about_needs(cell, matrix, route)


def _drafted(cell: Cell, matrix: MatrixCity) -> Any:
    """The body of what is made in one's own name."""
    if cell.expected.route == "POST /v1/honours":
        return matrix.honours_about(cell.person)
    if cell.expected.route == "POST /v1/consents":
        return consent_draft(matrix.city.clerk)
    contact = matrix.involved["enterprise"].actor.person_id
    return drafts(cell.person, contact).get(cell.expected.route)


def _about_organizations(cell: Cell, matrix: MatrixCity, route: str) -> Request:
    person, own = cell.person, cell.relation != "other"
    bank, other_bank = matrix.involved["bank"], matrix.city.other_clerk
    stranger: Member = other_bank if person.organization == str(bank.actor.organization_id) else bank
    organization = person.organization if own else str(stranger.actor.organization_id)
    unit = person.unit if own else str(stranger.actor.unit_id)
    foreign = next(unit for unit in matrix.spares if unit != person.unit)
    spare = matrix.spares[person.unit if own and person.unit in matrix.spares else foreign]
    requests = {
        "organization": Request(f"/v1/organizations/{organization}", {"name_en": "Renamed"}, seen=1),
        "parent_unit": Request(route, {"parent_id": unit, "kind": "department", "name_zh": "新部门"}),
        "post": Request(route, person_draft(unit, "observer")),
        "unclaimed_post": Request(route, person_draft(matrix.unclaimed_unit, "administrator")),
        "colleague": Request(
            route.replace("{person_id}", spare["membership"]["person_id"]),
            {"unit_id": unit, "role": "administrator"},
        ),
        "membership": Request(route.replace("{membership_id}", spare["membership"]["id"]), seen=1),
        "key_holder": Request(route, key_draft(unit)),
        "api_key": Request(f"/v1/api-keys/{spare['api_key']['id']}/revoke", seen=1),
    }
    return requests[str(cell.expected.thing)]


def _about(cell: Cell, things: ResearchThings | ListingThings) -> Request:
    route = cell.expected.route
    path, body, found = things.asked(str(cell.expected.thing), route)
    if route == "GET /v1/demand-cards":
        return Request(f"{path}?capability_id={found['id']}")
    listing = route.startswith("GET") and "{" not in route
    return Request(f"{path}?limit=100" if listing else path, body, found["version"], found["id"])


def _about_products(cell: Cell, matrix: MatrixCity, route: str) -> Request:
    thing = matrix.things[str(cell.expected.thing)]
    path = route.replace("{product_id}", thing["id"]).replace("{adoption_id}", thing["id"])
    path = path.replace("{interest_id}", thing["id"])
    if route == "/v1/need-cards":
        path = f"{route}?adoption_id={thing['id']}"
    bodies = {
        "PATCH /v1/credit-products/{product_id}": {"name_zh": "改名"},
        "POST /v1/credit-products/{product_id}/return": {"defects": ["x"]},
        "POST /v1/credit-products/{product_id}/adoptions": adopted(matrix.city.product_manager),
        **introducing_bodies(matrix.things, matrix.paths["open"]),
    }
    return Request(path, bodies.get(cell.expected.route), thing["version"], thing["id"])


# Which walk, and which of its things, stands behind each word of the matrix.
BEHIND = {
    "need_draft": ("draft", "need"),
    "need_submitted": ("submitted", "need"),
    "need_open": ("open", "need"),
    "need_introduced": ("requested", "need"),
    "matchable_need": ("open", "need"),
    "run": ("open", "run"),
    "candidate": ("open", "run"),
    "introduction_requested": ("requested", "introduction"),
    "introduction_declined": ("declined", "introduction"),
    "introduction_accepted": ("accepted", "introduction"),
    "introduction_contacted": ("contacted", "introduction"),
    "introduction_in_diligence": ("in_diligence", "introduction"),
    "introduction_offered": ("offered", "introduction"),
    "offer": ("offered", "introduction"),
    "agreement_awaiting": ("awaiting", "agreement"),
    "agreement_signed": ("signed", "agreement"),
    "fact_of_agreement": ("signed", "agreement"),
    "fact": ("signed", "fact"),
    "journal_of_enterprise": ("submitted", "need"),
}


def _about_needs(cell: Cell, matrix: MatrixCity, route: str) -> Request:
    thing = str(cell.expected.thing)
    mill = matrix.involved["enterprise"].actor
    match thing:
        case "enterprise":
            return Request(f"/v1/organizations/{mill.organization_id}")
        case "enterprise_unit":
            return Request(f"/v1/units/{mill.unit_id}")
        case "consent" | "recommendation":
            there = route.replace("{" + thing + "_id}", matrix.things[thing]["id"])
            return Request(there, seen=1, marker=matrix.things[thing]["id"])
        case "disclosure" | "enterprise_fact" | "task_of_requested":
            return Request(f"{route}?limit=100", marker=matrix.things[thing]["id"])
    walk, name = BEHIND[thing]
    path = matrix.paths[walk]
    found: dict[str, Any] = getattr(path, name)
    bodies = {
        "POST /v1/match-runs": {"need_id": path.need["id"]},
        "POST /v1/introductions": {"candidate_id": path.run["candidates"][0]["id"]} if path.run else None,
        "POST /v1/agreements": path.agreement_draft() if path.introduction else None,
        "PATCH /v1/financing-needs/{need_id}": {"amount_fen": 7},
        "POST /v1/financing-needs/{need_id}/return": {"defects": ["x"]},
        "POST /v1/introductions/{introduction_id}/decline": {"code": "quota"},
        "POST /v1/introductions/{introduction_id}/not-take": {"reason": "cost"},
        "POST /v1/agreements/{agreement_id}/acknowledge": {"text_sha256": path.agreement.get("text_sha256")},
        "POST /v1/agreements/{agreement_id}/terminate": {"reason": "x"},
        "POST /v1/agreements/{agreement_id}/fulfilment-facts": stated(cell.person),
        **introducing_bodies(matrix.things, path),
    }
    marker = path.fact["id"] if thing == "fact_of_agreement" else found["id"]
    there = route
    for hole in ("need_id", "run_id", "introduction_id", "agreement_id", "fact_id"):
        there = there.replace("{" + hole + "}", found["id"])
    if "{adoption_id}" in there:
        there = there.replace("{adoption_id}", path.run["candidates"][0]["adoption_id"])
    listing = cell.expected.route.startswith("GET") and "{" not in route
    return Request(
        f"{there}?limit=100" if listing else there,
        bodies.get(cell.expected.route),
        found["version"],
        marker,
    )
