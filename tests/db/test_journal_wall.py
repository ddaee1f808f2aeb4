"""What is appended stays: the app role can neither change nor remove it, whatever code stands above."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege
from psycopg.sql import SQL, Composed, Identifier

from city import City
from matchmaking.clock import ShiftedClock
from matchmaking.services.foundation import Foundation
from matchmaking.tables.base import Row
from matchmaking.tables.everything import ROW_SECURITY
from tests.api.steps import path_of

pytestmark = [pytest.mark.database, pytest.mark.oldest]
# Statements of fact that later ones take the place of, by hand from the design; none is ever altered.
APPENDED = (
    "journal_entry",
    "credit_product_version",
    "enterprise_fact",
    "match_run",
    "match_candidate",
    "reference_rate",
)
ROLES = ("app", "system")


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")


@pytest.fixture
def connections(foundation: Foundation, city: City, clock: ShiftedClock) -> Iterator[dict[str, Any]]:
    """The app role, entered as the mill's owner, and the system role."""
    actor = city.mill.actor.entrance
    with (
        psycopg.connect(_plain(foundation.app_url)) as app,
        psycopg.connect(_plain(foundation.system_url)) as system,
    ):
        entrance = (
            actor.credential_id,
            actor.person_id,
            actor.organization_id,
            actor.unit_id,
            actor.official,
            clock.now(),
        )

        def enter() -> None:
            app.rollback()
            assert app.execute("SELECT enter(%s, %s, %s, %s, %s, %s)", entrance).fetchone() == (True,)

        yield {"app": app, "system": system, "enter": enter}


def _attempts(table: str) -> tuple[Composed, ...]:
    name = Identifier(table)
    return (
        SQL("UPDATE {} SET version = version").format(name),
        SQL("UPDATE {} SET created_at = now() WHERE false").format(name),
        SQL("DELETE FROM {}").format(name),
        SQL("DELETE FROM {} WHERE false").format(name),
        SQL("TRUNCATE {}").format(name),
        SQL("TRUNCATE {} CASCADE").format(name),
        SQL("SELECT FROM {} FOR UPDATE").format(name),
        SQL("ALTER TABLE {} DISABLE ROW LEVEL SECURITY").format(name),
        SQL("ALTER TABLE {} ADD COLUMN x int").format(name),
        SQL("DROP TABLE {}").format(name),
        SQL("CREATE POLICY mine ON {} USING (true)").format(name),
        SQL("DROP POLICY system_select ON {}").format(name),
        SQL(
            "CREATE TRIGGER t BEFORE INSERT ON {} EXECUTE FUNCTION suppress_redundant_updates_trigger()"
        ).format(name),
    )


@pytest.mark.gate("F3")
async def test_what_was_appended_is_neither_changed_nor_removed(
    city: City, connections: dict[str, Any], record_property: Any
) -> None:
    await path_of(city).reach("confirmed")
    refusals = 0
    for table in APPENDED:
        for statement in _attempts(table):
            for role in ROLES:
                connections["enter"]()
                connections["system"].rollback()
                with pytest.raises(InsufficientPrivilege):
                    connections[role].execute(statement)
                refusals += 1
    record_property("figure", f"{refusals} attempts of two roles on {len(APPENDED)} tables, all refused")


@pytest.mark.gate("F3")
async def test_even_an_own_entry_cannot_be_touched_or_forged(city: City, connections: dict[str, Any]) -> None:
    await path_of(city).reach("need_open")
    app = connections["app"]
    connections["enter"]()
    own = app.execute("SELECT id FROM journal_entry").fetchall()
    assert own
    for statement in (
        "UPDATE journal_entry SET body = '{}' WHERE id = %s",
        "DELETE FROM journal_entry WHERE id = %s",
        "INSERT INTO journal_entry TABLE journal_entry LIMIT 1 ON CONFLICT (id) DO UPDATE SET id = %s",
    ):
        connections["enter"]()
        with pytest.raises(InsufficientPrivilege):
            app.execute(statement, own[0])
    connections["enter"]()
    forged = (
        "INSERT INTO journal_entry"
        " (id, created_at, version, organization_id, action, outcome, subject_type, body)"
        " VALUES (gen_random_uuid(), now(), 1, %s, 'x', 'done', 'x', '{}')"
    )
    with pytest.raises(InsufficientPrivilege):
        app.execute(forged, (city.clerk.actor.organization_id,))
    connections["enter"]()
    assert app.execute("SELECT id FROM journal_entry").fetchall() == own


def test_the_data_grants_no_more_than_that() -> None:
    for table in APPENDED:
        granted = {(policy.role, policy.command) for policy in ROW_SECURITY[table]}
        assert all(command in {"select", "insert"} for _, command in granted), table
    assert set(APPENDED) <= set(Row.metadata.tables)
