"""Every change says which version it changes, and a reader who has that version is told so in 304."""

from typing import Any

import psycopg
import pytest
from fastapi import FastAPI

from city import City
from matchmaking.services.foundation import Foundation
from matchmaking.settings import Settings
from routers.app import create_app
from tests.api.changes import CHANGES, Change
from tests.api.operations import operations_of
from tests.api.steps import path_of, refused

pytestmark = pytest.mark.database
MALFORMED = ("*", 'W/"1"', "1", '"1", "2"', '""', '"01"', '"x"')
# Neither changes a thing with a version that its caller could have read.
UNCONDITIONAL = {"refresh_session", "end_session"}


@pytest.fixture
def app(settings: Settings, foundation: Foundation) -> FastAPI:
    return create_app(settings, foundation)


def _row(superuser_url: str, change: Change) -> Any:
    statement = f"SELECT to_jsonb(t) FROM {change.table} t WHERE id = %s"  # noqa: S608
    with psycopg.connect(superuser_url) as behind:
        return behind.execute(statement, (change.row_id,)).fetchone()


def test_everything_that_changes_a_thing_is_conditional(app: FastAPI) -> None:
    changing = {one.name for one in operations_of(app) if one.changes and not one.makes}
    conditional = {one.name for one in operations_of(app) if one.conditional}
    assert changing - conditional == UNCONDITIONAL
    assert not [one.name for one in operations_of(app) if one.makes and one.conditional]


@pytest.mark.gate("A5")
async def test_no_change_without_the_version_it_is_based_on(
    city: City, app: FastAPI, superuser_url: str, record_property: Any
) -> None:
    conditional = [one for one in operations_of(app) if one.conditional]
    refusals = 0
    for operation in conditional:
        change = await CHANGES[operation.name](city)
        before = _row(superuser_url, change)
        assert before is not None, operation.name
        refused(await change.make(seen=None), 428, "if_match_missing")
        for version in (change.seen + 1, change.seen - 1, 10**17):
            refused(await change.make(seen=max(version, 0)), 412, "version_stale")
        for tag in MALFORMED:
            malformed = await change.make(seen=None, headers={"if-match": tag})
            refused(malformed, 400, "if_match_malformed")
        assert _row(superuser_url, change) == before, operation.name
        refusals += 4 + len(MALFORMED)
        accepted = await change.make()
        assert accepted.status_code == 200, (operation.name, accepted.text)
        tag = accepted.headers["etag"]
        assert _row(superuser_url, change)[0]["version"] == int(tag.strip('"')) > change.seen
        refused(await change.make(), 412, "version_stale")
    figure = f"{len(conditional)} changing operations, {refusals} requests 428 / 412 / 400, state unchanged"
    record_property("figure", figure)


async def test_the_tag_of_an_answer_serves_for_the_next_change(city: City) -> None:
    path = await path_of(city).reach("need_drafted")
    there = f"/v1/financing-needs/{path.need['id']}"
    answer = await city.mill.get(there)
    for amount in (1_000, 2_000, 3_000):
        given = {"if-match": answer.headers["etag"]}
        answer = await city.mill.call("PATCH", there, {"amount_fen": amount}, headers=given)
        assert answer.status_code == 200
        assert answer.json()["amount_fen"] == amount
    assert answer.headers["etag"] == (await city.mill.get(there)).headers["etag"] == '"4"'


async def test_a_reader_who_has_a_thing_gets_it_not_again(city: City) -> None:
    path = await path_of(city).reach("stated")
    paths = (
        f"/v1/credit-products/{path.product['id']}",
        f"/v1/adoptions/{path.product['adoption_id']}",
        f"/v1/financing-needs/{path.need['id']}",
        f"/v1/introductions/{path.introduction['id']}",
        f"/v1/agreements/{path.agreement['id']}",
        f"/v1/fulfilment-facts/{path.fact['id']}",
        f"/v1/organizations/{city.mill.actor.organization_id}",
        f"/v1/units/{city.mill.actor.unit_id}",
    )
    for there in paths:
        full = await city.mill.get(there)
        tag = full.headers["etag"]
        for given in (tag, f"W/{tag}", f'"999", {tag}', "*"):
            answer = await city.mill.get(there, headers={"if-none-match": given})
            assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag), there
        other = await city.mill.get(there, headers={"if-none-match": '"999"'})
        assert (other.status_code, other.content) == (200, full.content)


async def test_a_stranger_learns_nothing_from_a_condition(city: City) -> None:
    path = await path_of(city).reach("need_open")
    there = f"/v1/financing-needs/{path.need['id']}"
    for tag in ('"3"', "*"):
        answer = await city.other_mill.get(there, headers={"if-none-match": tag})
        refused(answer, 404, "not_found")
    for seen in (1, path.need["version"], 99):
        refused(await city.other_mill.post(f"{there}/withdraw", seen=seen), 404, "not_found")


async def test_a_worded_answer_has_no_tag(city: City) -> None:
    """A run reads differently in each language, so its version alone would name two things."""
    path = await path_of(city).reach("matched")
    there = f"/v1/match-runs/{path.run['id']}"
    answer = await city.mill.get(there, headers={"if-none-match": '"1"', "accept-language": "en"})
    assert answer.status_code == 200
    assert "etag" not in answer.headers
