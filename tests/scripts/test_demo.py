from datetime import timedelta
from uuid import UUID

import httpx
import psycopg
import pytest
from psycopg import sql
from stdnum.cn import uscc

from matchmaking.clock import ShiftedClock
from matchmaking.db.session import Database
from scripts.demo.accounts import DemoPassword
from scripts.demo.data import demo_city, demo_id
from scripts.demo.loader import load_into
from scripts.demo.loading import LOADER
from scripts.failures import CommandRefused

pytestmark = [pytest.mark.database, pytest.mark.oldest]

PASSWORD = "abcde-fghjk-mnpqr"
OWNER = "demo-mill"
# What the reference shelf adds to what is invented.
SHELVED = {"products": 71, "organizations": 70}


@pytest.fixture
async def loaded(database: Database) -> DemoPassword:
    password = DemoPassword(PASSWORD)
    await load_into(database, password)
    return password


def _counts(url: str) -> dict[str, int]:
    tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    with psycopg.connect(url) as connection:
        return {
            name: connection.execute(
                sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))
            ).fetchone()[0]
            for (name,) in connection.execute(tables).fetchall()
        }


async def _signed_in(client: httpx.AsyncClient, login: str, password: str = PASSWORD) -> dict[str, str]:
    started = await client.post("/v1/sessions", json={"login": login, "password": password})
    assert started.status_code == 201, started.text
    return {"authorization": f"Bearer {started.json()['access_token']}"}


async def test_a_login_that_is_somebody_elses_stops_the_load_and_leaves_nothing(
    database: Database, superuser_url: str
) -> None:
    before = _counts(superuser_url)
    organization = demo_id("somebody else")
    with psycopg.connect(superuser_url) as connection:
        connection.execute(
            "INSERT INTO organization (id, created_at, version, kind, state, name_zh, district)"
            " VALUES (%s, now(), 1, 'enterprise', 'active', '别人', '320602')",
            (organization,),
        )
        connection.execute(
            "INSERT INTO person (id, created_at, version, organization_id, login, display_name)"
            " VALUES (%s, now(), 1, %s, %s, '别人')",
            (demo_id("somebody"), organization, OWNER),
        )
    with pytest.raises(CommandRefused) as refused:
        await load_into(database, DemoPassword(PASSWORD))
    assert refused.value.parameters == {"login": OWNER}
    after = _counts(superuser_url)
    assert after == before | {"organization": before["organization"] + 1, "person": before["person"] + 1}


async def test_loading_twice_changes_nothing(
    loaded: DemoPassword, database: Database, superuser_url: str
) -> None:
    before = _counts(superuser_url)
    city = demo_city()
    assert before["credit_product"] == len(city.products) + SHELVED["products"]
    assert before["organization"] == len(city.organizations) + SHELVED["organizations"]
    assert before["credential"] == len(city.people()) < before["person"]
    assert before["financing_need"] == len(city.needs)
    assert before["reference_rate"] == len(city.rates)
    changes = await load_into(database, loaded)
    assert (changes.added, changes.renewed) == ({}, {})
    assert _counts(superuser_url) == before


async def test_what_the_loader_did_is_in_the_journal_under_its_own_name(
    loaded: DemoPassword, superuser_url: str
) -> None:
    assert loaded.text == PASSWORD
    with psycopg.connect(superuser_url) as connection:
        rows = connection.execute(
            "SELECT action, body::jsonb->'actor'->>'credential', body::jsonb->'actor'->>'person'"
            " FROM journal_entry"
        ).fetchall()
    assert {UUID(credential) for _, credential, _ in rows} == {LOADER}
    assert {person for _, _, person in rows} == {None}
    actions = [action for action, _, _ in rows]
    city = demo_city()
    for action, listed in (
        ("credit_products.open", city.products),
        ("capabilities.open", city.capabilities),
        ("financing_needs.open", city.needs),
        ("research_demands.open", city.demands),
    ):
        assert actions.count(action) == len(listed) > 0, action
    assert "enterprise_facts.record" in actions


async def test_a_changed_demo_password_is_the_printed_one_again_after_a_load(
    loaded: DemoPassword, database: Database, client: httpx.AsyncClient
) -> None:
    other = "something quite different"
    change = {"login": OWNER, "password": PASSWORD, "new_password": other}
    assert (await client.post("/v1/sessions", json=change)).status_code == 201
    refused = await client.post("/v1/sessions", json={"login": OWNER, "password": PASSWORD})
    assert refused.status_code == 401
    changes = await load_into(database, loaded)
    assert changes.renewed == {"passwords": 1}
    await _signed_in(client, OWNER)


async def test_a_year_later_products_and_facts_count_again_and_own_statements_are_left_alone(
    loaded: DemoPassword, database: Database, clock: ShiftedClock, client: httpx.AsyncClient
) -> None:
    clock.advance(timedelta(days=350))
    headers = await _signed_in(client, OWNER) | {"idempotency-key": "own"}
    today = clock.now().date().isoformat()
    own = {"name": "headcount", "value": 91, "as_of": today, "source": "self_declared"}
    assert (
        await client.post("/v1/enterprise-facts", json={"facts": [own]}, headers=headers)
    ).status_code == 201
    changes = await load_into(database, loaded)
    assert changes.added == {}
    for what in ("products", "capabilities", "needs", "demands"):
        assert changes.renewed[what] == len(getattr(demo_city(), what)), what
    stated = sum(len(organization.facts) for organization in demo_city().organizations)
    assert changes.renewed["facts"] == stated - 1
    again = await load_into(database, loaded)
    assert (again.added, again.renewed) == ({}, {})
    assert all((await _verdicts(client, clock)).values())


async def _verdicts(client: httpx.AsyncClient, clock: ShiftedClock) -> dict[str, int]:
    """What the mill's usual need gets, through the API."""
    owner, official = await _signed_in(client, OWNER), await _signed_in(client, "demo-finance")
    me = (await client.get("/v1/me", headers=owner)).json()
    need = {
        "amount_fen": 300_000_000,
        "purpose": "working_capital",
        "needed_by": (clock.now() + timedelta(days=45)).date().isoformat(),
        "pledges": ["receivables", "intellectual_property"],
        "contact_person_id": me["person_id"],
        "tenor_months": 12,
    }
    made = (
        await client.post("/v1/financing-needs", json=need, headers=owner | {"idempotency-key": "need"})
    ).json()
    path = f"/v1/financing-needs/{made['id']}"
    await client.post(f"{path}/submit", headers=owner | {"if-match": '"1"'})
    await client.post(f"{path}/open", headers=official | {"if-match": '"2"'})
    run = await client.post(
        "/v1/match-runs", json={"need_id": made["id"]}, headers=owner | {"idempotency-key": "run"}
    )
    assert run.status_code == 201, run.text
    counts: dict[str, int] = run.json()["counts"]
    return counts


def test_credit_codes_are_valid_distinct_and_plainly_made_up() -> None:
    codes = [organization.credit_code for organization in demo_city().organizations]
    assert len(set(codes)) == len(codes)
    for code in codes:
        assert uscc.is_valid(code), code
        assert "DEMA" in code


def test_all_names_say_that_they_are_invented() -> None:
    for organization in demo_city().organizations:
        assert "虚构" in organization.name_zh
        assert "invented" in organization.name_en
    for login, (_, person) in demo_city().people().items():
        assert login.startswith("demo-")
        assert "演示" in person.display_name


def test_ids_are_the_same_every_time_and_of_version_seven() -> None:
    assert demo_id("a") == demo_id("a") != demo_id("b")
    assert demo_id("a").version == 7
    assert demo_id("a").variant == "specified in RFC 4122"


def test_the_password_belongs_to_the_state_folder(tmp_path: pytest.TempPathFactory) -> None:
    mine, same, other = (DemoPassword.of(tmp_path / name).text for name in _folders(tmp_path, "a", "a", "b"))
    assert mine == same != other
    assert len(mine) == 17


def _folders(parent: pytest.TempPathFactory, *names: str) -> list[str]:
    for name in set(names):
        (parent / name).mkdir()
    return list(names)
