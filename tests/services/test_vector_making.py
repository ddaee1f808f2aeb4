"""Vectors follow the texts: what is new is made, what is kept is not, what failed waits, nothing is lost."""

import asyncio
from typing import Any

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import select
from sqlmodel import col

from city import City, Member
from encoders import SpellingEncoder
from matchmaking.db.session import Database
from matchmaking.encoding.encoder import EncoderFault, NoEncoder
from matchmaking.ranking.meaning import MOST_PASSAGES, Meant, in_bytes, taken_apart
from matchmaking.services import vector_making
from matchmaking.services.foundation import Foundation
from matchmaking.services.vector_keeping import count_waiting, forget_vectors_of_ended, note_unencoded
from matchmaking.services.vector_making import make_missing_vectors
from matchmaking.tables.vectors import (
    NOTING_FUNCTIONS,
    NOTING_TRIGGERS,
    ListingVectors,
    TextToEncode,
    VectorSubject,
)
from schemas.vocabulary import OrganizationKind, Role
from tests.api.research_steps import capability_draft, demand_draft
from tests.api.steps import Thing, done

pytestmark = [pytest.mark.database, pytest.mark.oldest]


@pytest.fixture
async def secretary(city: City) -> Member:
    return await city.enrol(OrganizationKind.UNIVERSITY, Role.SECRETARY)


async def _capability(secretary: Member, **changes: Any) -> Thing:
    return done(await secretary.post("/v1/capabilities", capability_draft(secretary, **changes)), 201)


async def _demand(owner: Member, **changes: Any) -> Thing:
    return done(await owner.post("/v1/research-demands", demand_draft(owner, **changes)), 201)


async def _stored(database: Database, listing: Thing) -> list[ListingVectors]:
    async with database.as_system() as session:
        statement = select(ListingVectors).where(col(ListingVectors.listing_id) == listing["id"])
        return list((await session.execute(statement)).scalars())


async def _waiting(database: Database) -> int:
    async with database.as_system() as session:
        return await count_waiting(session)


async def test_nothing_waits_where_nothing_is_listed(database: Database) -> None:
    assert await make_missing_vectors(database, SpellingEncoder()) == 0


async def test_an_absent_encoder_leaves_everything_waiting(secretary: Member, database: Database) -> None:
    listed = await _capability(secretary)
    assert await make_missing_vectors(database, NoEncoder()) == 0
    assert await _stored(database, listed) == []
    assert await _waiting(database) == 1


async def test_a_capability_is_encoded_whole_and_by_each_piece_of_past_work(
    secretary: Member, database: Database
) -> None:
    work = [f"项目{number}" for number in range(MOST_PASSAGES + 3)]
    listed = await _capability(secretary, past_work=work, title_en="Flame retardant finishing")
    encoder = SpellingEncoder()
    assert await make_missing_vectors(database, encoder) == 1
    assert await _waiting(database) == 0
    [row] = await _stored(database, listed)
    assert (row.model, row.subject) == ("spelling", VectorSubject.CAPABILITY)
    found = taken_apart(row.digests, row.vectors)
    assert len(found) == MOST_PASSAGES
    assert encoder.asked == []
    whole, *done_before = encoder.passed
    assert done_before == work[: MOST_PASSAGES - 1]
    for part in (listed["title_zh"], listed["title_en"], listed["description"], *listed["fields"]):
        assert part in whole
    expected = in_bytes(SpellingEncoder().passages([work[0]]))[0]
    assert (found[Meant(work[0]).digest] == expected).all()


async def test_a_demand_is_encoded_as_what_is_sought_and_without_its_confidential_part(
    city: City, database: Database
) -> None:
    wanted = await _demand(city.mill, confidential_part="秘密配方七号")
    encoder = SpellingEncoder()
    assert await make_missing_vectors(database, encoder) == 1
    [row] = await _stored(database, wanted)
    assert encoder.passed == []
    assert not any("秘密配方" in text for text in encoder.asked)
    kept = taken_apart(row.digests, row.vectors)
    assert Meant(wanted["title"], sought=True).digest in kept
    assert Meant(wanted["public_abstract"], sought=True).digest in kept
    assert Meant(wanted["title"]).digest not in kept
    assert len(kept) == 3


async def test_of_a_changed_text_only_what_is_new_is_encoded(secretary: Member, database: Database) -> None:
    listed = await _capability(secretary, past_work=["甲项目", "乙项目"])
    await make_missing_vectors(database, SpellingEncoder())
    draft = capability_draft(secretary, past_work=["乙项目", "丙项目"])
    change = {name: value for name, value in draft.items() if name not in {"kind", "unit_id", "valid_until"}}
    path = f"/v1/capabilities/{listed['id']}"
    changed = done(await secretary.call("PUT", path, change, seen=listed["version"]), 200)
    assert changed["past_work"] == ["乙项目", "丙项目"]
    encoder = SpellingEncoder()
    assert await make_missing_vectors(database, encoder) == 1
    assert encoder.passed == ["丙项目"]
    [row] = await _stored(database, listed)
    kept = taken_apart(row.digests, row.vectors)
    assert Meant("甲项目").digest not in kept
    assert {Meant("乙项目").digest, Meant("丙项目").digest} <= set(kept)


@pytest.mark.parametrize("fault", [EncoderFault.DOWN, EncoderFault.SLOW, EncoderFault.WRONG_DIMENSION])
async def test_a_broken_encoder_is_left_alone_soon_and_takes_nothing_away(
    fault: EncoderFault, secretary: Member, database: Database
) -> None:
    for number in range(6):
        await _capability(secretary, title_zh=f"实验室{number}")
    encoder = SpellingEncoder(broken=fault)
    assert await make_missing_vectors(database, encoder) == 0
    assert len(encoder.passed) == vector_making.MOST_FAILURES
    assert await _waiting(database) == 6
    assert await make_missing_vectors(database, SpellingEncoder()) == 6
    assert await _waiting(database) == 0


async def test_a_text_that_no_encoder_reads_holds_up_no_other(secretary: Member, database: Database) -> None:
    await _capability(secretary, title_zh="读不了的文本")
    for number in range(2 * vector_making.LISTINGS_AT_ONCE):
        await _capability(secretary, title_zh=f"实验室{number}")
    encoder = SpellingEncoder(poison="读不了")
    assert await make_missing_vectors(database, encoder) == 2 * vector_making.LISTINGS_AT_ONCE
    assert await _waiting(database) == 1
    async with database.as_system() as session:
        [row] = (await session.execute(select(TextToEncode))).scalars()
    assert row.attempts > 0


async def test_a_maker_that_dies_leaves_all_as_it_was(
    secretary: Member, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = [await _capability(secretary, title_zh=f"实验室{number}") for number in range(3)]
    with monkeypatch.context() as patched:
        patched.setattr(SpellingEncoder, "passages", _dying)
        with pytest.raises(MemoryError):
            await make_missing_vectors(database, SpellingEncoder())
    assert await _waiting(database) == 3
    assert [await _stored(database, one) for one in listed] == [[], [], []]
    assert await make_missing_vectors(database, SpellingEncoder()) == 3


def _dying(encoder: SpellingEncoder, texts: list[str]) -> Any:
    encoder.passed += texts
    raise MemoryError


async def test_makers_beside_each_other_make_nothing_twice(secretary: Member, database: Database) -> None:
    count = 5 * vector_making.LISTINGS_AT_ONCE
    for number in range(count):
        await _capability(secretary, title_zh=f"实验室{number}")
    encoders = [SpellingEncoder(seconds=0.002) for _ in range(3)]
    made = await asyncio.gather(*(make_missing_vectors(database, encoder) for encoder in encoders))
    assert sum(made) == count
    assert sum(len(encoder.passed) for encoder in encoders) == count
    assert await _waiting(database) == 0


async def test_what_is_withdrawn_is_forgotten(secretary: Member, database: Database) -> None:
    listed, standing = await _capability(secretary), await _capability(secretary, title_zh="另一实验室")
    await make_missing_vectors(database, SpellingEncoder())
    submitted = done(
        await secretary.post(f"/v1/capabilities/{listed['id']}/submit", seen=listed["version"]), 200
    )
    path = f"/v1/capabilities/{listed['id']}/withdraw"
    done(await secretary.post(path, seen=submitted["version"]), 200)
    assert await forget_vectors_of_ended(database) == 1
    assert await _stored(database, listed) == []
    assert len(await _stored(database, standing)) == 1
    # What is over waits for nothing either.
    assert await note_unencoded(database, "another model") == 1


async def test_another_encoder_reads_everything_anew(secretary: Member, database: Database) -> None:
    listed = await _capability(secretary)
    await make_missing_vectors(database, SpellingEncoder())
    assert await note_unencoded(database, "spelling") == 0
    assert await note_unencoded(database, "other") == 1
    assert await note_unencoded(database, "other") == 0
    assert await make_missing_vectors(database, SpellingEncoder(model="other")) == 1
    assert {row.model for row in await _stored(database, listed)} == {"spelling", "other"}


async def test_a_dimension_that_changed_under_the_same_name_is_made_anew(
    secretary: Member, database: Database
) -> None:
    listed = await _capability(secretary)
    await make_missing_vectors(database, SpellingEncoder())
    async with database.as_system() as session:
        session.add(TextToEncode(subject=VectorSubject.CAPABILITY, listing_id=listed["id"]))
    await make_missing_vectors(database, SpellingEncoder(dimension=32))
    [row] = await _stored(database, listed)
    assert len(row.vectors) == 32


async def test_vectors_of_a_demand_are_its_enterprises_own(
    city: City, database: Database, foundation: Foundation
) -> None:
    """From a vector much of its text can be guessed."""
    wanted = await _demand(city.mill)
    await make_missing_vectors(database, SpellingEncoder())
    mine = select(ListingVectors).where(col(ListingVectors.listing_id) == wanted["id"])
    seen = {}
    for name, member in (("mill", city.mill), ("other", city.other_mill), ("official", city.official)):
        async with database.reading(member.actor.entrance) as session:
            seen[name] = len((await session.execute(mine)).all())
    assert seen == {"mill": 1, "other": 0, "official": 0}
    with (
        psycopg.connect(foundation.app_url.replace("+psycopg", "")) as connection,
        pytest.raises(InsufficientPrivilege),
    ):
        connection.execute(
            "INSERT INTO text_to_encode (subject, listing_id) VALUES ('capability', gen_random_uuid())"
        )


def test_the_functions_and_triggers_are_those_in_code(superuser_url: str) -> None:
    with psycopg.connect(superuser_url) as connection:
        bodies = connection.execute(
            "SELECT prosrc FROM pg_proc WHERE proname IN ('note_text', 'note_vectors')"
        ).fetchall()
        assert len(bodies) == 2
        assert all(body in NOTING_FUNCTIONS for (body,) in bodies)
        printed = (
            "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = ANY (%s)"
        )
        names = (["note_text", "note_vectors"],)
        found = dict(connection.execute(printed, names).fetchall())
        for table, statement in NOTING_TRIGGERS.items():
            connection.execute(f"DROP TRIGGER {statement.split()[2]} ON {table}")  # type: ignore[call-overload]
            connection.execute(statement)  # type: ignore[call-overload]
        assert dict(connection.execute(printed, names).fetchall()) == found
        connection.rollback()
