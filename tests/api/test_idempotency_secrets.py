import psycopg
import pytest

from city import City, need_draft

pytestmark = pytest.mark.database


async def test_a_dump_of_the_database_shows_neither_the_key_nor_the_answer(
    city: City, superuser_url: str
) -> None:
    key = "a key that its owner made"
    draft = need_draft(city.mill.actor.person_id, summary="a canary that must not be read")
    first = await city.mill.call("POST", "/v1/financing-needs", draft, key=key)
    again = await city.mill.call("POST", "/v1/financing-needs", draft, key=key)
    assert first.status_code == 201
    assert again.content == first.content
    with psycopg.connect(superuser_url) as connection:
        rows = connection.execute("SELECT key, body FROM remembered_answer").fetchall()
    assert len(rows) == 1
    assert key not in rows[0][0]
    assert b"canary" not in bytes(rows[0][1])
