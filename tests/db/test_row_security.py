"""The second wall: PostgreSQL's own catalogue equals the data in code, and it holds for pooled connections."""

import asyncio
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege
from psycopg.sql import SQL, Identifier
from sqlalchemy import text

from city import City, Member
from matchmaking.access.actor import Actor
from matchmaking.clock import ShiftedClock
from matchmaking.db.session import Database
from matchmaking.errors import NotSignedIn
from matchmaking.services.foundation import Foundation
from matchmaking.settings import Settings
from matchmaking.tables.base import Row
from matchmaking.tables.everything import ROW_SECURITY
from tests.api.steps import path_of

pytestmark = pytest.mark.database
TRANSACTIONS = 10_000
AT_ONCE = 24
COMMANDS = {"r": "select", "a": "insert", "w": "update", "d": "delete"}
RIGHTS = ("select", "insert", "update", "delete", "truncate", "references", "trigger")
POLICIES = """
SELECT c.relname, p.polname, p.polcmd, p.polpermissive,
       ARRAY(SELECT r.rolname FROM pg_roles r WHERE r.oid = ANY (p.polroles)),
       0 = ANY (p.polroles),
       pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
"""


@pytest.fixture
def behind(superuser_url: str) -> Iterator[Any]:
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def app_role(foundation: Foundation) -> Iterator[Any]:
    url = foundation.app_url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(url) as connection:
        yield connection


def _enter(app_role: Any, actor: Actor, clock: ShiftedClock) -> None:
    app_role.rollback()
    entrance = actor.entrance
    told = (
        entrance.credential_id,
        entrance.person_id,
        entrance.organization_id,
        entrance.unit_id,
        entrance.official,
        clock.now(),
    )
    assert app_role.execute("SELECT enter(%s, %s, %s, %s, %s, %s)", told).fetchone() == (True,)


def test_every_table_of_ours_has_the_wall_and_there_is_no_other(behind: Any) -> None:
    rows = behind.execute(
        "SELECT relname, relrowsecurity, relforcerowsecurity, pg_get_userbyid(relowner) FROM pg_class"
        " WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
    ).fetchall()
    ours = {row[0]: row[1:] for row in rows if row[0] != "alembic_version"}
    assert set(ours) == set(Row.metadata.tables) == set(ROW_SECURITY)
    assert set(ours.values()) == {(True, True, "matchmaking_owner")}


@pytest.mark.gate("D4")
def test_the_policies_are_those_in_code(behind: Any, record_property: Any) -> None:
    """Names, commands and roles one by one; expressions by letting PostgreSQL print what it made of ours."""
    found = {(row[0], row[1]): row[2:] for row in behind.execute(POLICIES).fetchall()}
    expected: dict[tuple[str, str], Any] = {}
    with behind.transaction(force_rollback=True):
        for table, policies in ROW_SECURITY.items():
            for policy in policies:
                behind.execute(SQL("DROP POLICY {} ON {}").format(Identifier(policy.name), Identifier(table)))
                behind.execute(policy.statement(table))
                expected[table, policy.name] = policy
        again = {(row[0], row[1]): row[2:] for row in behind.execute(POLICIES).fetchall()}
    assert found == again
    assert set(found) == set(expected)
    for key, (command, permissive, roles, public, _, _) in found.items():
        policy = expected[key]
        assert COMMANDS[command] == policy.command, key
        assert (roles, public, permissive) == ([f"matchmaking_{policy.role}"], False, True), key
    record_property(
        "figure", f"{len(ROW_SECURITY)} tables forced, {len(found)} policies equal the data in code"
    )


def test_rights_are_granted_exactly_as_the_policies_speak_of_them(behind: Any) -> None:
    for table, policies in ROW_SECURITY.items():
        for role in ("app", "system"):
            held = {
                right
                for right in RIGHTS
                if behind.execute(
                    "SELECT has_table_privilege(%s, %s, %s)", (f"matchmaking_{role}", table, right)
                ).fetchone()
                == (True,)
            }
            assert held == {policy.command for policy in policies if policy.role == role}, (table, role)
    columns = "SELECT count(*) FROM pg_attribute WHERE attacl IS NOT NULL AND attrelid > 16384"
    assert behind.execute(columns).fetchone() == (0,)
    public = "SELECT count(*) FROM pg_class, aclexplode(relacl) a WHERE a.grantee = 0 AND oid > 16384"
    assert behind.execute(public).fetchone() == (0,)


def test_the_roles_cannot_climb(behind: Any) -> None:
    rows = behind.execute(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles"
        " WHERE rolname LIKE 'matchmaking\\_%'"
    ).fetchall()
    assert sorted(row[0] for row in rows) == ["matchmaking_app", "matchmaking_owner", "matchmaking_system"]
    assert all(row[1:] == (False,) * 5 for row in rows)
    members = (
        "SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member"
        " WHERE r.rolname LIKE 'matchmaking\\_%'"
    )
    assert behind.execute(members).fetchone() == (0,)
    for role in ("matchmaking_app", "matchmaking_system"):
        may = behind.execute(
            "SELECT has_schema_privilege(%(r)s, 'public', 'CREATE'),"
            " has_database_privilege(%(r)s, current_database(), 'CREATE')",
            {"r": role},
        ).fetchone()
        assert may == (False, False), role


def test_functions_run_as_their_caller_and_no_view_looks_around_the_wall(behind: Any) -> None:
    functions = behind.execute(
        "SELECT proname, prosecdef FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    ).fetchall()
    assert functions == [("enter", False)]
    views = behind.execute(
        "SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace"
        " AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)"
    ).fetchall()
    assert views == []


def test_policies_use_leakproof_operators_only(behind: Any) -> None:
    """An operator that could leak would keep PostgreSQL from using the indexes under the policies."""
    trees = behind.execute(
        "SELECT coalesce(polqual::text, '') || coalesce(polwithcheck::text, '') FROM pg_policy"
    ).fetchall()
    used = {int(number) for (tree,) in trees for number in re.findall(r":opfuncid (\d+)", tree)} - {0}
    assert used
    leaking = behind.execute(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE oid = ANY (%s) AND NOT proleakproof", (list(used),)
    ).fetchall()
    assert leaking == []


def test_what_indexed_predicates_compare_with_is_leakproof(behind: Any) -> None:
    for kind in ("uuid", "text", "date", "timestamptz", "int4", "int8", "bool"):
        for operator in ("=", "<", ">", "<=", ">="):
            leakproof = behind.execute(
                "SELECT p.proleakproof FROM pg_operator o JOIN pg_proc p ON p.oid = o.oprcode"
                " WHERE o.oprname = %s AND o.oprleft = %s::regtype AND o.oprright = %s::regtype",
                (operator, kind, kind),
            ).fetchone()
            assert leakproof == (True,), (kind, operator)


def test_the_app_role_defines_nothing_and_becomes_nobody(app_role: Any) -> None:
    for statement in (
        "CREATE TABLE t (x int)",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE SCHEMA s",
        "ALTER TABLE financing_need NO FORCE ROW LEVEL SECURITY",
        "DROP FUNCTION enter",
        "SET ROLE matchmaking_system",
        "SET ROLE matchmaking_owner",
        "SET SESSION AUTHORIZATION matchmaking_system",
        "ALTER ROLE matchmaking_app BYPASSRLS",
        "SELECT * FROM pg_authid",
        "COPY financing_need TO PROGRAM 'true'",
    ):
        app_role.rollback()
        with pytest.raises(InsufficientPrivilege):
            app_role.execute(statement)


@pytest.mark.parametrize("setting", [None, "", "enter"])
async def test_without_an_actor_every_table_is_empty(city: City, app_role: Any, setting: str | None) -> None:
    """Never set, set to nothing as pooled connections leave it, and entered by nobody."""
    await path_of(city).reach("confirmed")
    if setting == "":
        app_role.execute("SELECT set_config('matchmaking.organization', '', false)")
        app_role.execute("SELECT set_config('matchmaking.official', '', false)")
        app_role.commit()
    for table, policies in ROW_SECURITY.items():
        if not any((policy.role, policy.command) == ("app", "select") for policy in policies):
            continue
        app_role.rollback()
        if setting == "enter":
            app_role.execute("SELECT enter(NULL, NULL, NULL, NULL, NULL, now())")
        assert app_role.execute(SQL("SELECT count(*) FROM {}").format(Identifier(table))).fetchone() == (0,)


async def test_nothing_is_inserted_for_another_organization(
    city: City, app_role: Any, behind: Any, clock: ShiftedClock
) -> None:
    """Each kind of row that exists, copied by a stranger under the owner's name."""
    await path_of(city).reach("confirmed")
    strangers = (city.other_mill, city.other_clerk)
    tried = 0
    for table, policies in ROW_SECURITY.items():
        if not any((policy.role, policy.command) == ("app", "insert") for policy in policies):
            continue
        row = behind.execute(SQL("SELECT * FROM {} LIMIT 1").format(Identifier(table)))
        values = row.fetchone()
        if values is None:
            continue
        names = [column.name for column in row.description]
        copied = [psycopg.types.json.Jsonb(value) if isinstance(value, dict) else value for value in values]
        statement = SQL("INSERT INTO {} ({}) VALUES ({})").format(
            Identifier(table),
            SQL(", ").join(map(Identifier, names)),
            SQL(", ").join([SQL("%s")] * len(names)),
        )
        for stranger in strangers:
            _enter(app_role, stranger.actor, clock)
            with pytest.raises(InsufficientPrivilege, match="row-level security"):
                app_role.execute(statement, copied)
            tried += 1
    assert tried > 20


async def test_nothing_of_another_organization_is_changed(
    city: City, app_role: Any, clock: ShiftedClock
) -> None:
    await path_of(city).reach("confirmed")
    for member in (city.other_mill, city.other_clerk):
        for table in ("financing_need", "introduction", "agreement", "fulfilment_fact", "credit_product"):
            _enter(app_role, member.actor, clock)
            changed = app_role.execute(SQL("UPDATE {} SET version = 99").format(Identifier(table)))
            assert changed.rowcount == 0, table
    _enter(app_role, city.clerk.actor, clock)
    with pytest.raises(InsufficientPrivilege):
        app_role.execute(
            "UPDATE financing_need SET organization_id = %s", (city.clerk.actor.organization_id,)
        )


class Visits:
    """Transactions of different actors, each reading all it can; what is foreign to its actor is counted."""

    own: dict[str, str] = {
        "enterprise_fact": "organization_id",
        "match_run": "organization_id",
        "match_candidate": "organization_id",
        "remembered_answer": "organization_id",
        "journal_entry": "organization_id",
        "financing_need": "organization_id",
    }

    def __init__(self, database: Database, actors: list[Actor]) -> None:
        self.database = database
        self.actors = actors
        self.foreign: Counter[str] = Counter()
        self.rows: Counter[UUID] = Counter()

    async def one(self, actor: Actor, table: str) -> None:
        column = self.own[table]
        async with self.database.reading(actor.entrance) as session:
            found = await session.execute(text(f"SELECT {column}, count(*) FROM {table} GROUP BY 1"))  # noqa: S608
            for owner, count in found:
                self.rows[actor.organization_id] += count
                if owner != actor.organization_id:
                    self.foreign[table] += count


@pytest.mark.gate("D4")
async def test_ten_thousand_interleaved_transactions_see_no_foreign_row(
    city: City, foundation: Foundation, clock: ShiftedClock, record_property: Any
) -> None:
    """Over a pool smaller than the number at once, some ending in an error, some under an ended sign-in."""
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")  # noqa: T201
    chance = random.Random(seed)  # noqa: S311
    owners = [city.mill, city.other_mill]
    owners += [await city.beside(city.mill, city.mill.actor.role) for _ in range(2)]
    for owner in owners[:2]:
        await path_of(city, owner=owner).reach("matched")
    outsiders = [await _stranger(city) for _ in range(3)]
    pool = Settings(_env_file=None, pool_size=4, pool_wait_seconds=30)
    database = foundation.database(pool, clock)
    visits = Visits(database, [member.actor for member in (*owners, *outsiders)])
    ended = replace(city.mill.actor, credential_id=city.other_mill.actor.credential_id)
    turns = iter(range(TRANSACTIONS))

    async def visitor() -> None:
        for turn in turns:
            if turn % 50 == 0:
                with pytest.raises(NotSignedIn):
                    await visits.one(ended, "match_run")
            await visits.one(chance.choice(visits.actors), chance.choice(list(visits.own)))

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(visitor())
    await database.dispose()
    assert visits.foreign == Counter()
    seen = {visits.rows[owner.actor.organization_id] > 0 for owner in owners}
    assert seen == {True}
    figure = f"{TRANSACTIONS} interleaved transactions over 4 connections, {len(visits.actors)} actors: 0 foreign rows"
    record_property("figure", figure)


async def _stranger(city: City) -> Member:
    kind, role = city.other_clerk.actor.organization_kind, city.other_clerk.actor.role
    return await city.enrol(kind, role)
