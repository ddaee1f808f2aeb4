"""The second wall around accounts: what the app role can do in PostgreSQL, whatever code stands above."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege
from psycopg.sql import SQL, Composed, Identifier

from city import City
from matchmaking.access.actor import Actor
from matchmaking.clock import ShiftedClock
from matchmaking.services.foundation import Foundation
from schemas.vocabulary import Role
from tests.access.newcomers import Newcomer

pytestmark = pytest.mark.database
ENTER = "SELECT enter(%s, %s, %s, %s, %s, %s)"


def everything_in(table: str) -> Composed:
    return SQL("SELECT * FROM {}").format(Identifier(table))


class AppRole:
    """A connection of the app role that enters as an actor and is rolled back afterwards."""

    def __init__(self, foundation: Foundation, clock: ShiftedClock) -> None:
        self.connection = psycopg.connect(foundation.app_url.replace("postgresql+psycopg", "postgresql"))
        self.clock = clock

    def enter(self, actor: Actor, **changed: Any) -> bool:
        entrance = actor.entrance
        told: dict[str, Any] = {
            "credential": entrance.credential_id,
            "person": entrance.person_id,
            "organization": entrance.organization_id,
            "unit": entrance.unit_id,
            "official": entrance.official,
            "now": self.clock.now(),
        } | changed
        self.connection.rollback()
        row = self.connection.execute(ENTER, tuple(told.values())).fetchone()
        assert row is not None
        return bool(row[0])

    def ask(self, actor: Actor, statement: str | SQL | Composed, **values: Any) -> list[tuple[Any, ...]]:
        assert self.enter(actor)
        return self.connection.execute(statement, values).fetchall()

    def do(self, actor: Actor, statement: str, **values: Any) -> int:
        assert self.enter(actor)
        return self.connection.execute(statement, values).rowcount


@pytest.fixture
def app_role(foundation: Foundation, clock: ShiftedClock) -> Any:
    role = AppRole(foundation, clock)
    yield role
    role.connection.close()


@pytest.mark.parametrize("table", ["credential", "refresh_token", "api_key_secret", "sign_in_attempt"])
def test_secrets_cannot_be_read(app_role: AppRole, city: City, clerk: Newcomer, table: str) -> None:
    del clerk
    with pytest.raises(InsufficientPrivilege):
        app_role.ask(city.clerk.actor, everything_in(table))


@pytest.mark.parametrize(
    "changed",
    [
        {"credential": uuid4()},
        {"person": uuid4()},
        {"person": None},
        {"organization": uuid4()},
        {"unit": uuid4()},
        {"credential": None},
    ],
)
def test_nobody_enters_under_another_name(
    app_role: AppRole, city: City, changed: Mapping[str, UUID | None]
) -> None:
    assert not app_role.enter(city.clerk.actor, **changed)
    assert app_role.enter(city.clerk.actor)


def test_a_sign_in_counts_for_its_own_organization_only(app_role: AppRole, city: City) -> None:
    stranger = city.other_clerk.actor
    assert not app_role.enter(city.clerk.actor, organization=stranger.organization_id, unit=stranger.unit_id)


@pytest.mark.parametrize(
    "ending",
    [
        "UPDATE sign_in_session SET revoked_at = %(now)s WHERE id = %(credential)s",
        "UPDATE sign_in_session SET expires_at = %(now)s WHERE id = %(credential)s",
        "UPDATE membership SET ended_at = %(now)s WHERE id = %(membership)s",
        "UPDATE membership SET ends_at = %(now)s WHERE id = %(membership)s",
    ],
)
def test_nobody_enters_after_the_end(
    app_role: AppRole, city: City, superuser_url: str, clock: ShiftedClock, ending: str
) -> None:
    actor = city.clerk.actor
    assert app_role.enter(actor)
    app_role.connection.rollback()
    with psycopg.connect(superuser_url) as behind:
        told = {"credential": actor.credential_id, "membership": actor.membership_id, "now": clock.now()}
        assert behind.execute(ending, told).rowcount == 1
    assert not app_role.enter(actor)


def test_a_delegation_ends_by_the_applications_clock(
    app_role: AppRole, city: City, superuser_url: str, clock: ShiftedClock
) -> None:
    actor = city.clerk.actor
    with psycopg.connect(superuser_url) as behind:
        ends_at = clock.now() + timedelta(days=30)
        behind.execute("UPDATE membership SET ends_at = %s WHERE id = %s", (ends_at, actor.membership_id))
    assert app_role.enter(actor)
    clock.advance(timedelta(days=10))
    assert app_role.enter(actor)
    clock.advance(timedelta(days=21))
    assert not app_role.enter(actor)


def test_without_entering_there_is_nothing(app_role: AppRole, city: City) -> None:
    del city
    for table in ("organization", "unit", "person", "membership", "sign_in_session", "api_key"):
        assert app_role.connection.execute(everything_in(table)).fetchall() == []


def test_enterprises_are_nameless_to_banks_and_to_each_other(app_role: AppRole, city: City) -> None:
    for actor in (city.clerk.actor, city.other_mill.actor):
        rows = app_role.ask(actor, "SELECT id, kind FROM organization")
        assert city.mill.actor.organization_id not in {row[0] for row in rows}
        assert city.other_clerk.actor.organization_id in {row[0] for row in rows}
        units = app_role.ask(actor, "SELECT id FROM unit")
        assert city.mill.actor.unit_id not in {row[0] for row in units}
    official = app_role.ask(city.official.actor, "SELECT id FROM organization")
    assert city.mill.actor.organization_id in {row[0] for row in official}


def test_people_are_known_to_their_colleagues_only(app_role: AppRole, city: City) -> None:
    clerk = city.clerk.actor
    for actor in (city.mill.actor, city.other_clerk.actor, city.official.actor):
        for statement in (
            "SELECT * FROM person WHERE id = %(id)s",
            "SELECT * FROM membership WHERE person_id = %(id)s",
        ):
            assert app_role.ask(actor, statement, id=clerk.person_id) == []
    colleague = app_role.ask(
        city.product_manager.actor, "SELECT id FROM person WHERE id = %(id)s", id=clerk.person_id
    )
    assert colleague == [(clerk.person_id,)]


def test_only_the_own_sign_in_is_seen_and_ended(app_role: AppRole, city: City) -> None:
    clerk, colleague = city.clerk.actor, city.product_manager.actor
    assert app_role.ask(clerk, "SELECT id FROM sign_in_session") == [(clerk.credential_id,)]
    touched = app_role.do(
        clerk, "UPDATE sign_in_session SET revoked_at = now() WHERE id <> %(id)s", id=clerk.credential_id
    )
    assert touched == 0
    assert app_role.enter(colleague)


MEMBERSHIP = """
INSERT INTO membership (id, created_at, version, person_id, organization_id, unit_id, role)
VALUES (gen_random_uuid(), now(), 1, %(person)s, %(organization)s, %(unit)s, %(role)s)
"""


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMINISTRATOR, Role.OWNER])
def test_nobody_takes_a_stranger_in_or_enters_another_organization(
    app_role: AppRole, city: City, role: Role
) -> None:
    clerk, stranger = city.clerk.actor, city.other_clerk.actor
    taken_in = {"person": stranger.person_id, "organization": clerk.organization_id, "unit": clerk.unit_id}
    intruding = {
        "person": clerk.person_id,
        "organization": stranger.organization_id,
        "unit": stranger.unit_id,
    }
    for values in (taken_in, intruding):
        for actor in (clerk, city.official.actor):
            with pytest.raises(InsufficientPrivilege):
                app_role.do(actor, MEMBERSHIP, role=role.value, **values)


def test_an_official_cannot_act_for_an_organization_that_is_claimed(app_role: AppRole, city: City) -> None:
    official, mill = city.official.actor, city.mill.actor
    unit = (
        "INSERT INTO unit (id, created_at, version, organization_id, kind, name_zh, lineage, territory)"
        " VALUES (gen_random_uuid(), now(), 1, %(organization)s, 'department', 'x', '{}', '{}')"
    )
    person = (
        "INSERT INTO person (id, created_at, version, organization_id, login, display_name)"
        " VALUES (gen_random_uuid(), now(), 1, %(organization)s, 'intruder', 'x')"
    )
    for statement in (unit, person):
        with pytest.raises(InsufficientPrivilege):
            app_role.do(official, statement, organization=mill.organization_id)
    renaming = "UPDATE organization SET name_zh = 'x' WHERE id = %(organization)s"
    assert app_role.do(official, renaming, organization=mill.organization_id) == 0


def test_a_password_cannot_be_set_for_a_stranger(app_role: AppRole, city: City, clerk: Newcomer) -> None:
    statement = (
        "INSERT INTO credential (id, created_at, version, person_id, password_hash, initial)"
        " VALUES (gen_random_uuid(), now(), 1, %(person)s, 'x', false)"
    )
    with pytest.raises(InsufficientPrivilege):
        app_role.do(city.mill.actor, statement, person=city.clerk.actor.person_id)
    with pytest.raises(InsufficientPrivilege):
        app_role.do(city.clerk.actor, "UPDATE credential SET password_hash = 'x'")
    with pytest.raises(psycopg.errors.UniqueViolation):
        app_role.do(city.clerk.actor, statement, person=clerk.person_id)
