"""Every operation x role x relation: the reviewed expectation, the permission table, and the answers."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

import pytest
from fastapi import FastAPI

from city import City, Member
from matchmaking.access.actor import Actor
from matchmaking.access.permissions import permits
from matchmaking.clock import ShiftedClock
from matchmaking.db.session import Database
from matchmaking.services.foundation import Foundation
from matchmaking.services.gate import Gate
from matchmaking.settings import Settings
from routers.app import create_app
from schemas.permissions import ROLES, Operation
from schemas.vocabulary import LineOfDuty, OrganizationKind, Role
from tests.access.asgi_probe import Told, ask
from tests.access.expectations import RELATIONS, ExpectedOperation, Undeclared, read_expectations
from tests.access.forging import an_official
from tests.access.matrix_city import (
    Forgetful,
    MatrixCity,
    Person,
    adopted,
    drafts,
    key_draft,
    person_draft,
    stated,
)
from tests.api.operations import operations_of

EXPECTED = read_expectations()
SELF = {"organization", "parent_unit", "post", "membership", "key_holder", "api_key"}
LISTED = {"shown", "empty"}


def _actor(kind: str, role: str, duty: LineOfDuty | None = None) -> Actor:
    if kind == "government" and duty is None:
        duty = LineOfDuty.FINANCE
    return replace(
        an_official(), organization_kind=OrganizationKind(kind), role=Role(role), line_of_duty=duty
    )


def test_the_roles_of_the_matrix_are_all_that_can_exist() -> None:
    assert set(EXPECTED.holders) == {(kind.value, role.value) for kind in ROLES for role in ROLES[kind]}


def test_every_operation_of_the_table_is_expected_and_no_other() -> None:
    named = {operation.permission for operation in EXPECTED.operations} - {None}
    assert named == {operation.value for operation in Operation}


@pytest.mark.gate("D1")
def test_the_permission_table_equals_the_expectation(record_property: Any) -> None:
    cells, wrong = 0, []
    for expected in EXPECTED.operations:
        if expected.permission is None:
            continue
        for holder in EXPECTED.holders:
            cells += 1
            may = permits(_actor(*holder), Operation(expected.permission))
            if may is not (holder in expected.may):
                wrong.append(f"{expected.label}: {'.'.join(holder)} {may}")
    assert wrong == []
    record_property("figure", f"{cells} cells of the permission table equal the reviewed expectation")


def test_officials_act_in_their_line_of_duty() -> None:
    for operation in Operation:
        whoever = permits(_actor("government", "official"), operation)
        for duty in LineOfDuty:
            may = whoever
            if operation.value in EXPECTED.duties["vetting"]:
                may = may and duty.value in EXPECTED.duties["vetted_by"]
            if duty.value in EXPECTED.duties["only_reading"]:
                may = may and operation.reads
            assert permits(_actor("government", "official", duty), operation) is may, (operation, duty)


@pytest.fixture
def app(
    settings: Settings, foundation: Foundation, clock: ShiftedClock, database: Database, gate: Gate
) -> FastAPI:
    forgetful = Forgetful(**{each.name: getattr(database, each.name) for each in fields(database)})
    return create_app(settings, foundation, clock=clock, database=forgetful, gate=gate)


def test_every_route_has_an_expectation(app: FastAPI) -> None:
    routed = {operation.route for operation in operations_of(app) if operation.method != "HEAD"}
    expected = {operation.route for operation in EXPECTED.operations}
    assert routed == expected | EXPECTED.open_routes
    assert not expected & EXPECTED.open_routes


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


PARTS = {"strangers": {"other"}, "parties and those who left": {"involved", "branch", "ended"}}


@pytest.mark.gate("D1")
@pytest.mark.database
@pytest.mark.parametrize("part", PARTS)
async def test_http_answers_as_expected_in_every_cell(
    city: City, superuser_url: str, app: FastAPI, part: str, record_property: Any
) -> None:
    started = time.monotonic()
    matrix = await MatrixCity.settle(city, EXPECTED.holders, superuser_url)
    prepared = time.monotonic() - started
    checked: Counter[str] = Counter()
    wrong, leaks, undeclared = [], [], []
    for cell in _cells(matrix, PARTS[part]):
        try:
            expected = cell.expected.expected(cell.person.holder, cell.relation)
        except Undeclared as gap:
            undeclared.append(str(gap))
            continue
        request = request_of(cell, matrix)
        method = cell.expected.route.partition(" ")[0]
        token = cell.person.member.token
        answer = await ask(app, token, method, request.path, request.body, request.seen)
        checked[expected] += 1
        if (found := _class_of(answer, expected, request)) != expected:
            wrong.append(f"{cell.label}: expected {expected}, found {found} {answer.text[:200]}")
        if cell.relation in {"other", "branch", "ended"} or expected in {"denied", "hidden"}:
            allowed = cell.person.group == "involved"
            leaks += [] if allowed else _leaks(cell, matrix, answer)
    assert undeclared == []
    assert wrong == []
    assert leaks == []
    assert {"done", "shown", "empty", "denied", "hidden"} <= set(checked)
    cells = ", ".join(f"{count} {name}" for name, count in sorted(checked.items()))
    seconds = time.monotonic() - started
    figure = f"{part}: {checked.total()} cells over HTTP ({cells}), 0 leaks, 0 undeclared; {seconds:.0f} s"
    record_property("figure", f"{figure}, of them {prepared:.0f} s to prepare")


def _cells(matrix: MatrixCity, groups: set[str]) -> Iterator[Cell]:
    """For whoever has ended, one cell a route is all: no thing is looked at."""
    routes: set[str] = set()
    for expected in EXPECTED.operations:
        for person in matrix.people:
            if person.group not in groups or (person.group == "ended" and expected.route in routes):
                continue
            for relation in _relations(expected, person):
                yield Cell(expected, person, relation)
        routes.add(expected.route)


def _relations(expected: ExpectedOperation, person: Person) -> tuple[str, ...]:
    """How this person can stand to the thing of the operation."""
    if person.group == "ended":
        return ("ended",)
    if expected.thing is None:
        return ("own",)
    if expected.thing in SELF:
        return ("own", "other")
    if expected.thing == "unclaimed_post":
        return ("other",)
    if person.group != "involved":
        return (person.group,)
    belongs_to = "bank" if expected.thing.startswith(("product", "adoption")) else "enterprise"
    return ("own",) if person.holder[0] == belongs_to else ("counterparty",)


def _class_of(answer: Told, expected: str, request: Request) -> str:
    if 200 <= answer.status < 300:
        if expected in LISTED:
            return "shown" if request.marker in answer.text else "empty"
        return "done"
    return {401: "unsigned", 403: "denied", 404: "hidden"}.get(answer.status, str(answer.status))


def _leaks(cell: Cell, matrix: MatrixCity, answer: Told) -> list[str]:
    found = [canary for canary in matrix.canaries(cell.person) if canary in answer.text]
    return [f"{cell.label}: {canary} in {answer.text[:200]}" for canary in found]


def request_of(cell: Cell, matrix: MatrixCity) -> Request:
    person, thing = cell.person, cell.expected.thing
    route = cell.expected.route.partition(" ")[2]
    if thing is None:
        contact = matrix.involved["enterprise"].actor.person_id
        return Request(route, drafts(person, contact).get(cell.expected.route))
    if thing in SELF or thing == "unclaimed_post":
        return _about_organizations(cell, matrix, route)
    if thing.startswith(("product", "adoption")):
        return _about_products(cell, matrix, route)
    return _about_needs(cell, matrix, route)


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
        "membership": Request(f"/v1/memberships/{spare['membership']['id']}/end", seen=1),
        "key_holder": Request(route, key_draft(unit)),
        "api_key": Request(f"/v1/api-keys/{spare['api_key']['id']}/revoke", seen=1),
    }
    return requests[str(cell.expected.thing)]


def _about_products(cell: Cell, matrix: MatrixCity, route: str) -> Request:
    thing = matrix.things[str(cell.expected.thing)]
    path = route.replace("{product_id}", thing["id"]).replace("{adoption_id}", thing["id"])
    bodies = {
        "PATCH /v1/credit-products/{product_id}": {"name_zh": "改名"},
        "POST /v1/credit-products/{product_id}/return": {"defects": ["x"]},
        "POST /v1/credit-products/{product_id}/adoptions": adopted(matrix.city.product_manager),
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
        case "enterprise_fact":
            return Request(route, marker=matrix.things["enterprise_fact"]["id"])
        case "task_of_requested":
            return Request(f"{route}?limit=100", marker=matrix.things["task"]["id"])
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
    }
    marker = path.fact["id"] if thing == "fact_of_agreement" else found["id"]
    there = route
    for hole in ("need_id", "run_id", "introduction_id", "agreement_id", "fact_id"):
        there = there.replace("{" + hole + "}", found["id"])
    listing = cell.expected.route.startswith("GET") and "{" not in route
    return Request(
        f"{there}?limit=100" if listing else there,
        bodies.get(cell.expected.route),
        found["version"],
        marker,
    )


def test_the_matrix_uses_every_relation() -> None:
    used = {relation for operation in EXPECTED.operations for relation in operation.classes}
    assert used == set(RELATIONS)
