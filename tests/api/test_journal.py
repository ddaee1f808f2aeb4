"""The journal: one entry for each change, in its transaction; one for each refusal; no person in any."""

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import rfc8785
from fastapi import FastAPI
from psycopg.sql import SQL, Identifier

from city import City, Member
from matchmaking.clock import ShiftedClock
from matchmaking.services.foundation import Foundation
from matchmaking.settings import Settings
from matchmaking.tables.base import Row
from routers.app import create_app
from routers.refusals import MOST_PER_MINUTE
from schemas.vocabulary import Role
from tests.api.changes import CHANGES, Change
from tests.api.operations import operations_of
from tests.api.steps import items, path_of, refused

pytestmark = [pytest.mark.database, pytest.mark.oldest]
JOURNAL = "/v1/journal-entries"
# A rotation gives nobody a right that was not there; its misuse is journaled (tests/access/test_refresh.py).
NO_CHANGE_OF_RIGHTS = {"refresh_session"}
REMEMBERED = {"remembered_answer"}
PERSONAL = """
SELECT login FROM person UNION SELECT display_name FROM person UNION SELECT phone FROM person
UNION SELECT email FROM person UNION SELECT id::text FROM person UNION SELECT name_zh FROM organization
UNION SELECT prefix FROM api_key UNION SELECT secret_hash FROM api_key_secret
UNION SELECT summary FROM financing_need UNION SELECT decline_note FROM introduction
UNION SELECT termination_reason FROM agreement UNION SELECT text FROM agreement
"""


@pytest.fixture
def app(settings: Settings, foundation: Foundation) -> FastAPI:
    return create_app(settings, foundation)


class Behind:
    """What a superuser sees of transactions: which of them wrote how many rows of which table."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True)

    def now(self) -> int:
        row = self.connection.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text").fetchone()
        assert row is not None
        return int(row[0])

    def written_since(self, start: int) -> dict[int, Counter[str]]:
        """By transaction: rows that it left, by table."""
        found: dict[int, Counter[str]] = {}
        for table in Row.metadata.tables:
            rows = self.connection.execute(
                SQL("SELECT xmin::text::bigint FROM {} WHERE xmin::text::bigint >= %s").format(
                    Identifier(table)
                ),
                (start,),
            )
            for (transaction,) in rows.fetchall():
                found.setdefault(transaction, Counter())[table] += 1
        return found

    def bodies(self) -> list[str]:
        return [row[0] for row in self.connection.execute("SELECT body FROM journal_entry").fetchall()]

    def personal(self) -> set[str]:
        return {row[0] for row in self.connection.execute(PERSONAL).fetchall() if row[0]}


@pytest.fixture
def behind(superuser_url: str) -> Any:
    seen = Behind(superuser_url)
    yield seen
    seen.connection.close()


def test_every_operation_that_changes_something_is_tried_here(app: FastAPI) -> None:
    assert set(CHANGES) == {operation.name for operation in operations_of(app) if operation.changes}


@pytest.mark.gate("F4")
async def test_each_change_leaves_exactly_one_entry_in_its_transaction(
    city: City, behind: Behind, record_property: Any
) -> None:
    bodies: list[str] = []
    for name, prepare in CHANGES.items():
        change = await prepare(city)
        known = set(behind.bodies())
        start = behind.now()
        answer = await change.make()
        assert answer.status_code in {200, 201, 204}, (name, answer.text)
        transactions = list(behind.written_since(start).values())
        assert len(transactions) == 1, (name, transactions)
        assert set(transactions[0]) - {"journal_entry"} - REMEMBERED, name
        entries = transactions[0]["journal_entry"]
        assert entries == int(name not in NO_CHANGE_OF_RIGHTS), (name, transactions)
        bodies += [body for body in behind.bodies() if body not in known]
    assert len(bodies) == len(CHANGES) - len(NO_CHANGE_OF_RIGHTS)
    _assert_sound(behind.bodies(), behind.personal() | {city.mill.token, city.clerk.token})
    record_property("figure", f"{len(CHANGES)} changing operations, {len(bodies)} entries, 1 each")


@pytest.mark.gate("F4")
async def test_what_is_refused_leaves_no_entry_of_a_change(
    city: City, behind: Behind, record_property: Any
) -> None:
    """Stale, unconditional, without its key, with a field too many: all rolled back."""
    refusals = 0
    for name, prepare in CHANGES.items():
        change = await prepare(city)
        start = behind.now()
        for answer in await _spoiled(change):
            assert answer.status_code in {400, 412, 422, 428}, (name, answer.text)
            refusals += 1
        assert behind.written_since(start) == {}, name
    record_property("figure", f"{refusals} refused changes (400, 412, 422, 428), 0 rows, 0 entries")


async def test_a_conflict_leaves_no_entry(city: City, behind: Behind) -> None:
    path = await path_of(city).reach("half_signed")
    start = behind.now()
    there = f"/v1/agreements/{path.agreement['id']}/acknowledge"
    signature = {"text_sha256": path.agreement["text_sha256"]}
    again = await city.clerk.post(there, signature, seen=path.agreement["version"])
    refused(again, 409, "acknowledged_already")
    refused(
        await city.clerk.post("/v1/agreements", path.agreement_draft()), 409, "agreement_recorded_already"
    )
    assert behind.written_since(start) == {}


@pytest.mark.gate("F4")
async def test_each_refusal_of_somebody_signed_in_leaves_an_entry_of_its_own(
    city: City, behind: Behind, record_property: Any
) -> None:
    path = await path_of(city).reach("requested")
    need, introduction = (
        f"/v1/financing-needs/{path.need['id']}",
        f"/v1/introductions/{path.introduction['id']}",
    )
    cases: tuple[tuple[Member, str, str, str, str], ...] = (
        (city.other_mill, "GET", need, "not_found", "read_financing_need"),
        (city.other_mill, "POST", f"{need}/withdraw", "not_found", "withdraw_financing_need"),
        (city.observer, "POST", f"{need}/open", "not_permitted", "open_financing_need"),
        (city.official, "GET", introduction, "not_permitted", "read_introduction"),
        (city.other_clerk, "POST", f"{introduction}/accept", "not_found", "accept_introduction"),
        (city.clerk, "GET", "/v1/tracking", "not_permitted", "read_tracking"),
        (city.clerk, "GET", JOURNAL, "not_permitted", "list_journal_entries"),
    )
    for member, method, there, code, action in cases:
        known, start = set(behind.bodies()), behind.now()
        answer = await member.call(method, there, seen=1)
        assert answer.json()["code"] == code, answer.text
        assert list(behind.written_since(start).values()) == [Counter(journal_entry=1)]
        (body,) = set(behind.bodies()) - known
        entry = json.loads(body)
        assert (entry["action"], entry["outcome"]) == (action, "refused")
        assert entry["details"] == {"code": code}
        assert entry["actor"]["organization"] == str(member.actor.organization_id)
        _assert_sound([body], behind.personal() | {member.token})
    record_property(
        "figure", f"{len(cases)} denied attempts (403, 404), 1 entry each, in its own transaction"
    )


@pytest.mark.gate("F4")
async def test_a_flood_of_refusals_does_not_flood_the_journal(
    city: City, behind: Behind, clock: ShiftedClock, record_property: Any
) -> None:
    attempts = MOST_PER_MINUTE + 15

    async def flood(member: Member) -> int:
        start = behind.now()
        for _ in range(attempts):
            refused(await member.get("/v1/tracking"), 403, "not_permitted")
        return sum(rows["journal_entry"] for rows in behind.written_since(start).values())

    # Start early in a minute, so that the flood does not reach into the next one.
    clock.advance(timedelta(seconds=61 - clock.now().second))
    assert await flood(city.clerk) == MOST_PER_MINUTE
    assert await flood(city.mill) == MOST_PER_MINUTE
    clock.advance(timedelta(minutes=1))
    assert await flood(city.clerk) == MOST_PER_MINUTE
    record_property("figure", f"{attempts} refusals in a minute leave {MOST_PER_MINUTE} entries a credential")


async def test_who_is_not_signed_in_leaves_no_entry(city: City, behind: Behind) -> None:
    path = await path_of(city).reach("need_open")
    done_with = await city.beside(city.clerk, Role.CLERK)
    assert (await done_with.call("DELETE", "/v1/sessions/current")).status_code == 204
    start = behind.now()
    there = f"/v1/financing-needs/{path.need['id']}"
    refused(await city.client.get(there), 401, "credential_missing")
    refused(await done_with.get(there), 401, "session_ended")
    forged = await city.client.get(there, headers={"authorization": f"Bearer {city.mill.token[:-4]}AAAA"})
    refused(forged, 401, "token_invalid")
    assert behind.written_since(start) == {}


async def test_each_organization_reads_its_own_journal(city: City) -> None:
    await path_of(city).reach("requested")
    for role in (Role.ACCOUNTANT, Role.OBSERVER):
        colleague = await city.beside(city.mill, role)
        refused(await colleague.get(JOURNAL), 403, "not_permitted")
    for member in (city.clerk, city.official, city.observer):
        refused(await member.get(JOURNAL), 403, "not_permitted")
    assert await items(city.other_mill, JOURNAL) == []
    mine = await items(city.mill, JOURNAL)
    own = str(city.mill.actor.organization_id)
    assert mine
    assert {entry["body"]["actor"]["organization"] for entry in mine} == {own}
    administrator = await city.beside(city.official, Role.ADMINISTRATOR)
    actions = [entry["action"] for entry in await items(administrator, JOURNAL)]
    assert "financing_needs.open" in actions
    assert "introductions.create" not in actions


async def test_an_entry_says_who_did_what_to_which_thing(city: City) -> None:
    path = await path_of(city).reach("need_submitted")
    entry = (await items(city.mill, JOURNAL))[0]
    assert entry["action"] == entry["body"]["action"] == "financing_needs.submit"
    assert entry["body"]["subject"] == {"type": "financing_need", "id": path.need["id"]}
    assert entry["body"]["actor"]["role"] == "owner"
    person = entry["body"]["actor"]["person"]
    assert len(person) == 32
    assert person != city.mill.actor.person_id.hex  # type: ignore[union-attr]


async def _spoiled(change: Change) -> list[Any]:
    """The change in every form that must be refused before anything is done."""
    answers = []
    if change.seen is not None:
        answers += [await change.make(seen=None), await change.make(seen=change.seen + 1)]
    elif change.method == "POST" and "/sessions" not in change.path:
        unkeyed = change.member.headers
        answers.append(await change.member.client.post(change.path, headers=unkeyed, json=change.body))
    if change.body is not None:
        whole = change.body
        change.body = {**whole, "surprise": 1}
        answers.append(await change.make())
        change.body = whole
    return answers


def _assert_sound(bodies: list[str], forbidden: set[str]) -> None:
    """Canonical JSON to the byte, and nothing of any person, secret or text in it."""
    assert bodies
    assert len(forbidden) > 3
    for body in bodies:
        assert rfc8785.dumps(json.loads(body)).decode() == body
        leaked = [value for value in forbidden if value in body]
        assert not leaked, body
