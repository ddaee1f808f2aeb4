from uuid import UUID

import httpx
import pytest

from routers.preconditions import entity_tag
from tests.http import probe

DRAFT = {"name": "x", "amount_fen": 1}
CHANGED = {"name": "y", "amount_fen": 2}
MALFORMED = (
    "*",
    'W/"1"',
    '"1", "2"',
    '"1","1"',
    "1",
    '"01"',
    '"-1"',
    '"a"',
    '""',
    '"1',
    '"1" x',
    '"1234567890123456789"',
)


@pytest.fixture
async def made(client: httpx.AsyncClient) -> httpx.Response:
    answer = await client.post("/v1/probes", json=DRAFT)
    assert answer.status_code == 201
    return answer


async def test_a_change_needs_the_version_it_is_based_on(
    client: httpx.AsyncClient, shelf: probe.Shelf, made: httpx.Response
) -> None:
    path = made.headers["location"]
    stale = await client.put(path, json=CHANGED, headers={"if-match": '"2"'})
    missing = await client.put(path, json=CHANGED)
    assert (missing.status_code, missing.json()["code"]) == (428, "if_match_missing")
    assert (stale.status_code, stale.json()["code"]) == (412, "version_stale")
    for tag in MALFORMED:
        malformed = await client.put(path, json=CHANGED, headers={"if-match": tag})
        assert (malformed.status_code, malformed.json()["code"]) == (400, "if_match_malformed"), tag
    twice = await client.put(path, json=CHANGED, headers=[("if-match", '"1"'), ("if-match", '"1"')])
    assert twice.status_code == 400
    kept = shelf.probes[UUID(made.json()["id"])]
    assert (kept.name, kept.version) == ("x", 1)


async def test_the_version_that_was_read_may_be_changed(
    client: httpx.AsyncClient, made: httpx.Response
) -> None:
    path = made.headers["location"]
    answer = await client.put(path, json=CHANGED, headers={"if-match": made.headers["etag"]})
    assert answer.status_code == 200
    assert answer.json()["version"] == 2
    again = await client.put(path, json=CHANGED, headers={"if-match": made.headers["etag"]})
    assert again.status_code == 412


async def test_a_reader_who_has_it_gets_it_not_again(client: httpx.AsyncClient, made: httpx.Response) -> None:
    path, tag = made.headers["location"], made.headers["etag"]
    for given in (tag, f"W/{tag}", f'"7", {tag}', "*"):
        answer = await client.get(path, headers={"if-none-match": given})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == tag
    for given in ('"2"', "1", '"11"', "", "x"):
        assert (await client.get(path, headers={"if-none-match": given})).status_code == 200


def test_tags_are_strong() -> None:
    assert entity_tag(12) == '"12"'
