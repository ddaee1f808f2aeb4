"""The second wall: PostgreSQL's catalogue equals the data in code, and holds for pooled connections."""

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege
from psycopg.sql import SQL, Identifier

from city import City
from matchmaking.access.actor import Actor
from matchmaking.clock import ShiftedClock
from matchmaking.services.foundation import Foundation
from matchmaking.tables.base import Row
from matchmaking.tables.everything import ROW_SECURITY
from tests.api.steps import path_of

pytestmark = [pytest.mark.database, pytest.mark.oldest]
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
            mine = [policy for policy in policies if policy.role == role]
            whole = {one.command for one in mine if not one.columns}
            assert _held(behind, table, role) == whole, (table, role)
            narrow = {(one.command, column) for one in mine for column in one.columns}
            assert _held_on_columns(behind, table, role) == narrow, (table, role)
    public = "SELECT count(*) FROM pg_class, aclexplode(relacl) a WHERE a.grantee = 0 AND oid > 16384"
    assert behind.execute(public).fetchone() == (0,)


def _held(behind: Any, table: str, role: str) -> set[str]:
    statement = "SELECT has_table_privilege(%s, %s, %s)"
    told = f"matchmaking_{role}"
    return {
        right for right in RIGHTS if behind.execute(statement, (told, table, right)).fetchone() == (True,)
    }


def _held_on_columns(behind: Any, table: str, role: str) -> set[tuple[str, str]]:
    rows = behind.execute(
        "SELECT lower(p.privilege_type), a.attname FROM pg_attribute a, aclexplode(a.attacl) p"
        " WHERE a.attrelid = %s::regclass AND p.grantee = %s::regrole",
        (table, f"matchmaking_{role}"),
    )
    return set(rows.fetchall())


def test_what_never_changes_is_granted_to_nobody_on_the_path() -> None:
    """Whose a thing is, whom it is between, what was agreed: by hand from the design."""
    frozen = {
        "financing_need": {"id", "organization_id", "created_at"},
        "introduction": {"organization_id", "need_id", "provider_organization_id", "provider_unit_id"},
        "agreement": {"text", "text_sha256", "terms", "amount_fen", "nature", "party_organization_ids"},
        "agreement_party": {"agreement_id", "organization_id", "role", "share_basis_points"},
        "fulfilment_fact": {"kind", "amount_fen", "happened_on", "stated_by_organization_id"},
        "credit_product": {"organization_id", "kind", "source", "external_id"},
        "product_adoption": {"product_id", "organization_id", "unit_id", "territory"},
        "task": {"organization_id", "kind", "subject_id", "line_of_duty"},
    }
    for table, columns in frozen.items():
        assert columns <= set(Row.metadata.tables[table].columns.keys())
        for policy in ROW_SECURITY[table]:
            if (policy.role, policy.command) == ("app", "update"):
                assert policy.columns
                assert not columns & set(policy.columns), table


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
    names = {"enter", "note_catalogue_change", "note_text", "note_vectors"}
    assert set(functions) == {(name, False) for name in names}
    views = behind.execute(
        "SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace"
        " AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)"
    ).fetchall()
    assert views == []


def test_of_the_jobs_the_app_role_can_do_no_more_than_ask_for_one(behind: Any) -> None:
    """The engine's tables have no policies: its rights are what keeps the app role out."""
    granted = behind.execute(
        "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'procrastinate'::regnamespace"
        " AND c.relkind IN ('r', 'v') AND has_table_privilege('matchmaking_app', c.oid,"
        " 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')"
    ).fetchall()
    assert granted == []
    callable_by_app = behind.execute(
        "SELECT proname, prosecdef, proconfig FROM pg_proc WHERE pronamespace = 'procrastinate'::regnamespace"
        " AND has_function_privilege('matchmaking_app', oid, 'EXECUTE')"
    ).fetchall()
    assert callable_by_app == [("enqueue", True, ["search_path=procrastinate, pg_temp"])]
    definers = behind.execute("SELECT proname FROM pg_proc WHERE prosecdef AND oid > 16384").fetchall()
    assert definers == [("enqueue",)]


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
    for member in (city.clerk, city.mill, city.official):
        for statement in (
            "UPDATE financing_need SET organization_id = %s",
            "UPDATE introduction SET provider_organization_id = %s",
            "UPDATE agreement SET drafted_by_organization_id = %s",
            "UPDATE credit_product SET organization_id = %s",
        ):
            _enter(app_role, member.actor, clock)
            with pytest.raises(InsufficientPrivilege):
                app_role.execute(statement, (member.actor.organization_id,))
