"""Every operation x role x relation: the reviewed expectation, the permission table, and the answers."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import pytest
from fastapi import FastAPI

from city import City
from matchmaking.access.actor import Actor
from matchmaking.access.permissions import permits
from matchmaking.clock import ShiftedClock
from matchmaking.db.session import Database
from matchmaking.services.foundation import Foundation
from matchmaking.services.gate import Gate
from matchmaking.settings import Settings
from routers.app import create_app
from schemas.operations import Operation
from schemas.permissions import ROLES
from schemas.vocabulary import LineOfDuty, OrganizationKind, Role
from tests.access.asgi_probe import Told, ask
from tests.access.expectations import RELATIONS, ExpectedOperation, Undeclared, read_expectations
from tests.access.forging import an_official
from tests.access.matrix_city import (
    Forgetful,
    MatrixCity,
    Person,
)
from tests.access.matrix_listings import is_listed, relation_to_listing
from tests.access.matrix_requests import SELF, Cell, Request, request_of
from tests.access.matrix_research import is_of_research
from tests.api.operations import operations_of

EXPECTED = read_expectations()
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
        whoever = any(permits(_actor("government", "official", duty), operation) for duty in LineOfDuty)
        for duty in LineOfDuty:
            may = whoever
            for vetting in ("vetting", "science_vetting"):
                if operation.value in EXPECTED.duties[vetting]:
                    may = may and duty.value in EXPECTED.duties[f"{vetting}_by"]
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


PARTIES = "parties and those who left"
PARTS = {"strangers": {"other"}, PARTIES: {"involved", "branch", "lab", "ended"}}


@pytest.mark.gate("D1")
@pytest.mark.database
@pytest.mark.parametrize("part", [pytest.param("strangers", marks=pytest.mark.oldest), PARTIES])
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
            allowed = cell.person.group in {"involved", "lab"}
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
    return _relation_to(expected.thing, person)


def _relation_to(thing: str, person: Person) -> tuple[str, ...]:
    if is_of_research(thing):
        return _relation_to_research(thing, person)
    if is_listed(thing):
        return (relation_to_listing(thing, person.group, person.holder[0]),)
    if person.group == "lab":
        return ()
    if person.group != "involved":
        return (person.group,)
    belongs_to = "bank" if thing.startswith(("product", "adoption")) else "enterprise"
    return ("own",) if person.holder[0] == belongs_to else ("counterparty",)


def _relation_to_research(thing: str, person: Person) -> tuple[str, ...]:
    """Banks and guarantors are strangers to it, whatever they have to do with the mill's needs."""
    if person.group not in {"involved", "lab"} or person.holder[0] in {"bank", "guarantor"}:
        return ("other",)
    belongs_to = "university" if thing.startswith("capability") else "enterprise"
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


def test_the_matrix_uses_every_relation() -> None:
    used = {relation for operation in EXPECTED.operations for relation in operation.classes}
    assert used == set(RELATIONS)
