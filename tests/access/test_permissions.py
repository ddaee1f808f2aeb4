"""The permission table as the domain words it, and what it means for one actor."""

from dataclasses import replace

import pytest

from matchmaking.access.actor import Actor
from matchmaking.access.permissions import permits, require
from matchmaking.errors import Invalid, NotAllowed
from matchmaking.services.api_keys import spelled_out
from schemas.operations import Operation
from schemas.permissions import ALL_READING, PERMITTED, PERSONS_ONLY, ROLES, held_by
from schemas.vocabulary import LineOfDuty, OrganizationKind, Role
from tests.access.forging import an_official

ENTERPRISE, BANK, GOVERNMENT = (
    OrganizationKind.ENTERPRISE,
    OrganizationKind.BANK,
    OrganizationKind.GOVERNMENT,
)
CONSENTS = (
    Operation.FINANCING_NEEDS_SUBMIT,
    Operation.INTRODUCTIONS_CREATE,
    Operation.INTRODUCTIONS_NOT_TAKE,
    Operation.FINANCING_NEEDS_WITHDRAW,
)


def acting(kind: OrganizationKind, role: Role, duty: LineOfDuty | None = None) -> Actor:
    return replace(an_official(), organization_kind=kind, role=role, line_of_duty=duty)


def machine(kind: OrganizationKind, role: Role, *scopes: Operation) -> Actor:
    return replace(acting(kind, role), person_id=None, membership_id=None, scopes=frozenset(scopes))


@pytest.mark.parametrize("operation", CONSENTS)
@pytest.mark.parametrize("role", sorted(ROLES[ENTERPRISE] - {Role.OWNER}))
def test_only_the_owner_submits_and_consents(operation: Operation, role: Role) -> None:
    assert not permits(acting(ENTERPRISE, role), operation)
    assert permits(acting(ENTERPRISE, Role.OWNER), operation)


@pytest.mark.parametrize("kind", list(OrganizationKind))
def test_observers_only_read(kind: OrganizationKind) -> None:
    done = [operation for operation in Operation if permits(acting(kind, Role.OBSERVER), operation)]
    assert done
    assert all(operation.reads for operation in done)


def test_the_party_office_only_reads_even_in_an_officials_role() -> None:
    there = acting(GOVERNMENT, Role.OFFICIAL, LineOfDuty.PARTY_OFFICE)
    elsewhere = acting(GOVERNMENT, Role.OFFICIAL, LineOfDuty.FINANCE)
    for operation in Operation:
        assert permits(there, operation) is (operation.reads and permits(elsewhere, operation))


def test_no_official_sees_a_single_introduction() -> None:
    for role in ROLES[GOVERNMENT]:
        assert not permits(acting(GOVERNMENT, role), Operation.INTRODUCTIONS_LIST)
        assert not permits(acting(GOVERNMENT, role), Operation.INTRODUCTIONS_READ)


def test_a_role_of_another_kind_of_organization_gives_nothing() -> None:
    """A bank's people may not vet, an official may not answer for a bank."""
    assert not permits(acting(BANK, Role.OFFICIAL), Operation.FINANCING_NEEDS_OPEN)
    assert not permits(acting(GOVERNMENT, Role.CLERK), Operation.INTRODUCTIONS_ACCEPT)
    assert not permits(acting(BANK, Role.OWNER), Operation.FINANCING_NEEDS_SUBMIT)


def test_a_machine_needs_the_scope_and_never_commits() -> None:
    everything = machine(BANK, Role.CLERK, *Operation)
    assert permits(everything, Operation.FULFILMENT_FACTS_STATE)
    assert not permits(everything, Operation.AGREEMENTS_ACKNOWLEDGE)
    for operation in PERSONS_ONLY:
        assert not permits(everything, operation)
    assert not permits(machine(BANK, Role.CLERK), Operation.CREDIT_PRODUCTS_LIST)
    assert not permits(machine(BANK, Role.CLERK, Operation.TASKS_LIST), Operation.CREDIT_PRODUCTS_LIST)
    assert not permits(machine(BANK, Role.OBSERVER, *Operation), Operation.FULFILMENT_FACTS_STATE)


def test_a_refusal_names_the_operation() -> None:
    with pytest.raises(NotAllowed) as refused:
        require(acting(ENTERPRISE, Role.HELPER), Operation.FINANCING_NEEDS_SUBMIT)
    assert refused.value.code == "not_permitted"
    assert refused.value.parameters == {"operation": "financing_needs.submit"}


def test_every_operation_is_open_to_somebody_who_exists() -> None:
    assert set(PERMITTED) == set(Operation)
    for operation in Operation:
        holders = [(kind, role) for kind in ROLES for role in ROLES[kind] if held_by(kind, role, operation)]
        assert holders, operation


def test_every_kind_of_organization_has_roles() -> None:
    assert set(ROLES) == set(OrganizationKind)
    for roles in ROLES.values():
        assert {Role.ADMINISTRATOR, Role.OBSERVER} <= roles


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        (Operation.AGREEMENTS_ACKNOWLEDGE, "scope_of_persons_only"),
        (Operation.API_KEYS_CREATE, "scope_of_persons_only"),
        (Operation.FINANCING_NEEDS_OPEN, "scope_not_of_role"),
    ],
)
def test_scopes_beyond_the_role_are_named(scope: Operation, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        spelled_out([Operation.TASKS_LIST, scope], BANK, Role.CLERK)
    assert (refused.value.code, refused.value.pointer) == (code, "/scopes/1")


def test_all_reading_is_spelled_out_for_the_role() -> None:
    granted = spelled_out([ALL_READING, Operation.FULFILMENT_FACTS_STATE], BANK, Role.CLERK)
    assert "fulfilment_facts.state" in granted
    assert "introductions.list" in granted
    assert "api_keys.list" not in granted
    assert "tracking.read" not in granted
    assert granted == sorted(set(granted))
