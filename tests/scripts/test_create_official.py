import json

import httpx
import psycopg
import pytest
from typer.testing import Result

from matchmaking.services.foundation import Foundation
from tests.scripts.trials import ask, server_settings

pytestmark = pytest.mark.database

GOOD = "correct horse battery staple"
WANG = ("--name", "王芳", "--login", "wang.fang", "--line-of-duty", "finance", "--area", "320600")


@pytest.fixture
def server(foundation: Foundation) -> dict[str, str]:
    key = foundation.signing_key_pem
    return server_settings(key, foundation.owner_url, foundation.app_url, foundation.system_url)


def _people(superuser_url: str) -> int:
    with psycopg.connect(superuser_url) as connection:
        (count,) = connection.execute("SELECT count(*) FROM person").fetchone()
        return count


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"--line-of-duty": "gossip"}, "industry, science, finance"),
        ({"--area": "Nantong"}, "320600"),
        ({"--login": "王"}, "3 to 64"),
        ({"--name": " "}, "1 to 120"),
    ],
)
def test_what_is_wrong_is_named_before_a_password_is_asked_for(
    server: dict[str, str], superuser_url: str, changes: dict[str, str], said: str
) -> None:
    given = dict(zip(WANG[::2], WANG[1::2], strict=True)) | changes
    arguments = [part for pair in given.items() for part in pair]
    result = ask("create-official", *arguments, **server)
    assert result.exit_code == 2
    assert said in result.output
    assert "Password" not in result.output
    assert _people(superuser_url) == 0


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (f"{GOOD}\nsomething else entirely\n", "differ"),
        ("short\nshort\n", "12"),
        ("wang.fang-2026\nwang.fang-2026\n", "login"),
    ],
)
def test_a_password_that_will_not_do_makes_nobody(
    server: dict[str, str], superuser_url: str, typed: str, said: str
) -> None:
    result = ask("create-official", *WANG, typed=typed, **server)
    assert result.exit_code == 1
    assert said in result.output
    assert typed.splitlines()[0] not in result.output
    assert _people(superuser_url) == 0


def test_an_empty_standard_input_is_no_password(server: dict[str, str], superuser_url: str) -> None:
    result = ask("create-official", *WANG, "--password-stdin", typed="", **server)
    assert result.exit_code == 2
    assert _people(superuser_url) == 0


@pytest.fixture
def made(server: dict[str, str]) -> Result:
    """Outside of the test's event loop, since the command has one of its own."""
    return ask("create-official", *WANG, typed=f"{GOOD}\n{GOOD}\n", **server)


async def test_the_first_official_signs_in_with_the_typed_password_and_may_vet(
    made: Result, client: httpx.AsyncClient, superuser_url: str
) -> None:
    assert made.exit_code == 0, made.output
    assert GOOD not in made.output
    started = await client.post("/v1/sessions", json={"login": "wang.fang", "password": GOOD})
    assert started.status_code == 201
    role = started.json()["acting_in"]
    assert (role["role"], role["line_of_duty"], role["area"]) == ("official", "finance", "320600")
    headers = {"authorization": f"Bearer {started.json()['access_token']}"}
    me = (await client.get("/v1/me", headers=headers)).json()
    assert "financing_needs.open" in me["operations"]
    with psycopg.connect(superuser_url) as connection:
        bodies = [row[0] for row in connection.execute("SELECT body FROM journal_entry ORDER BY id")]
    entry = next(json.loads(body) for body in bodies if json.loads(body)["action"] == "people.create")
    assert entry["actor"]["person"] is None
    assert "王芳" not in "".join(bodies)


def test_a_second_official_finds_the_organization_and_a_taken_login_is_refused(
    server: dict[str, str], superuser_url: str
) -> None:
    stdin = {"typed": f"{GOOD}\n", **server}
    assert ask("create-official", *WANG, "--password-stdin", **stdin).exit_code == 0
    taken = ask("create-official", *WANG, "--password-stdin", **stdin)
    assert taken.exit_code == 1
    assert "Traceback" not in taken.output
    colleague = [part.replace("wang.fang", "li.na").replace("finance", "industry") for part in WANG]
    assert ask("create-official", *colleague, "--password-stdin", **stdin).exit_code == 0
    with psycopg.connect(superuser_url) as connection:
        rows = connection.execute(
            "SELECT (SELECT count(*) FROM organization), (SELECT count(*) FROM unit),"
            " (SELECT count(*) FROM person)"
        ).fetchone()
    assert rows == (1, 3, 2)
