import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, date, datetime
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Column, MetaData, Table, Uuid, select
from sqlalchemy.dialects import postgresql

from matchmaking.db.cursors import Cursors, Listing, Slice
from matchmaking.db.keyset import page_of, slice_of
from matchmaking.errors import Malformed

SECRET = b"cursors of this test"
LISTING = Listing("probes:newest", {"nature": None})
KEY = (UUID("01a20a04-61ed-76ab-bd51-cd09b7184f6e"),)
VALUES = (
    st.uuids()
    | st.integers(-(2**63), 2**63)
    | st.text(max_size=30)
    | st.dates()
    | st.datetimes(timezones=st.just(UTC))
)
THINGS = Table("things", MetaData(), Column("id", Uuid, primary_key=True), Column("amount_fen", BigInteger))


@given(st.lists(VALUES, min_size=1, max_size=4).map(tuple))
def test_any_key_survives_its_cursor(key: tuple[UUID | int | str | date | datetime, ...]) -> None:
    cursors = Cursors(SECRET)
    opened = cursors.open(LISTING, cursors.seal(LISTING, key))
    assert opened == key
    assert [type(value) for value in opened] == [type(value) for value in key]


@pytest.mark.parametrize(
    "listing",
    [
        Listing("probes:oldest", {"nature": None}),
        Listing("needs:newest", {"nature": None}),
        Listing("probes:newest", {"nature": "credit"}),
        Listing("probes:newest", {}),
    ],
)
def test_a_cursor_is_good_for_its_own_list_only(listing: Listing) -> None:
    cursors = Cursors(SECRET)
    with pytest.raises(Malformed) as refused:
        cursors.open(listing, cursors.seal(LISTING, KEY))
    assert refused.value.code == "cursor_invalid"


def test_a_cursor_of_another_installation_is_refused() -> None:
    with pytest.raises(Malformed):
        Cursors(SECRET).open(LISTING, Cursors(b"another").seal(LISTING, KEY))


def test_every_changed_bit_is_noticed() -> None:
    cursors = Cursors(SECRET)
    sealed = cursors.seal(LISTING, KEY)
    raw = urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
    for position in range(len(raw)):
        changed = raw[:position] + bytes([raw[position] ^ 1]) + raw[position + 1 :]
        with pytest.raises(Malformed):
            cursors.open(LISTING, urlsafe_b64encode(changed).rstrip(b"=").decode())


@given(st.text(max_size=200) | st.binary(max_size=2000).map(lambda raw: urlsafe_b64encode(raw).decode()))
def test_made_up_cursors_are_refused(cursor: str) -> None:
    with pytest.raises(Malformed) as refused:
        Cursors(SECRET).open(LISTING, cursor)
    assert refused.value.code == "cursor_invalid"


def test_the_order_of_filters_does_not_matter() -> None:
    cursors = Cursors(SECRET)
    sealed = cursors.seal(Listing("x", {"a": 1, "b": [2]}), KEY)
    assert cursors.open(Listing("x", {"b": [2], "a": 1}), sealed) == KEY


def sql(after: tuple[UUID | int, ...] | None, *, descending: bool = True, columns: int = 1) -> str:
    chosen = [THINGS.c.amount_fen, THINGS.c.id][2 - columns - (columns == 1) + (columns == 1) :]
    statement = page_of(
        select(THINGS.c.id).order_by(THINGS.c.amount_fen), chosen, after, 20, descending=descending
    )
    options = {"literal_binds": True}
    return " ".join(str(statement.compile(dialect=postgresql.dialect(), compile_kwargs=options)).split())


def test_pages_start_behind_the_last_key_in_one_direction() -> None:
    first = sql(None)
    assert "WHERE" not in first
    assert first.endswith("ORDER BY things.id DESC LIMIT 21")
    assert f"WHERE (things.id) < ('{KEY[0]}')" in sql(KEY)
    rising = sql((5, KEY[0]), descending=False, columns=2)
    assert f"WHERE (things.amount_fen, things.id) > (5, '{KEY[0]}')" in rising
    assert rising.endswith("ORDER BY things.amount_fen ASC, things.id ASC LIMIT 21")


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(Malformed):
        sql((5, KEY[0]))


def test_the_surplus_row_tells_that_more_follow() -> None:
    def key(row: int) -> tuple[int]:
        return (row,)

    assert slice_of([3, 2, 1], 2, key) == Slice([3, 2], (2,))
    assert slice_of([3, 2], 2, key) == Slice([3, 2], None)
    assert slice_of([], 2, key) == Slice([], None)


async def test_following_the_links_shows_every_item_once(client: httpx.AsyncClient) -> None:
    made = [
        (await client.post("/v1/probes", json={"name": f"n{number}", "amount_fen": number})).json()["id"]
        for number in range(7)
    ]
    seen: list[str] = []
    path: str | None = "/v1/probes?limit=3&nature=credit"
    while path is not None:
        answer = await client.get(path)
        assert answer.status_code == 200
        seen += [item["id"] for item in answer.json()["items"]]
        link = answer.headers.get("link")
        assert (link is None) == (answer.json()["next"] is None)
        found = re.fullmatch('<(/v1/probes\\?[^>]*)>; rel="next"', link) if link else None
        path = found.group(1) if found else None
        assert path is None or "limit=3" in path
    assert seen == list(reversed(made))


async def test_other_filters_make_the_cursor_invalid(client: httpx.AsyncClient) -> None:
    for number in range(3):
        await client.post("/v1/probes", json={"name": f"n{number}", "amount_fen": number})
    cursor = (await client.get("/v1/probes?limit=1")).json()["next"]
    assert (await client.get("/v1/probes", params={"cursor": cursor, "limit": 2})).status_code == 200
    other = await client.get("/v1/probes", params={"cursor": cursor, "nature": "credit"})
    assert (other.status_code, other.json()["code"]) == (400, "cursor_invalid")
    assert cursor not in other.text


async def test_a_link_cannot_be_broken_out_of(client: httpx.AsyncClient) -> None:
    for number in range(2):
        await client.post("/v1/probes", json={"name": f"n{number}", "amount_fen": number})
    answer = await client.get("/v1/probes", params={"limit": 1, "nature": 'x>; rel="evil"\r\nSet-Cookie: a'})
    assert answer.headers["link"].count(">") == 1
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", "1e2", "9" * 5000])
async def test_limits_outside_one_to_a_hundred_are_refused(client: httpx.AsyncClient, limit: str) -> None:
    answer = await client.get("/v1/probes", params={"limit": limit})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/limit"
    assert answer.json()["errors"][0]["location"] == "query"
