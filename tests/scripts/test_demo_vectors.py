"""The demo's vectors ship with it: every text has one, and they are what the packaged encoder makes."""

import random
import secrets

import numpy as np
import pytest
from sqlalchemy import delete, select
from sqlmodel import col

from matchmaking.db.session import Database
from matchmaking.encoding.packaged import PackagedEncoder
from matchmaking.ranking.meaning import in_bytes, similarity_basis_points
from matchmaking.services.research_texts import texts_to_encode
from matchmaking.services.vector_keeping import TABLES, count_vectors, count_waiting
from matchmaking.tables.vectors import ListingVectors, TextToEncode
from scripts.demo.accounts import DemoPassword
from scripts.demo.loader import load_into
from scripts.demo.vectors import shipped

pytestmark = pytest.mark.database

SAMPLE = 12
PASSWORD = DemoPassword("demo-demo-demo")


async def test_each_text_of_the_demo_has_its_vector_as_the_encoder_makes_it(database: Database) -> None:
    await load_into(database, PASSWORD)
    async with database.as_system() as session:
        listings = [
            listing
            for table in TABLES.values()
            for listing in (await session.execute(select(table))).scalars()
        ]
        assert await count_waiting(session) == 0
        assert await count_vectors(session, PackagedEncoder.model) == len(listings) > 200
    texts = [text for listing in listings for text in texts_to_encode(listing)]
    assert {text.digest for text in texts} == set(shipped()), "matchmaking vectors --make --ship"
    seed = secrets.randbits(32)
    print(f"seed {seed}")  # noqa: T201
    encoder = PackagedEncoder(threads=1)
    for text in random.Random(seed).sample(texts, SAMPLE):  # noqa: S311
        made = encoder.query(text.content) if text.sought else encoder.passages([text.content])[0]
        kept = np.frombuffer(shipped()[text.digest], np.int8)
        assert similarity_basis_points(in_bytes(made[np.newaxis])[0], kept) > 9_900, text


async def test_loading_again_changes_nothing(database: Database) -> None:
    await load_into(database, PASSWORD)
    again = await load_into(database, PASSWORD)
    assert "vectors" not in again.added


async def test_a_text_that_somebody_changed_waits_for_the_encoder(database: Database) -> None:
    await load_into(database, PASSWORD)
    table = next(iter(TABLES.values()))
    async with database.as_system() as session:
        listing = (await session.execute(select(table).limit(1))).scalar_one()
        await session.execute(delete(ListingVectors).where(col(ListingVectors.listing_id) == listing.id))
        listing.description += "（改过）"
        session.add(listing)
    await load_into(database, PASSWORD)
    async with database.as_system() as session:
        [waiting] = (await session.execute(select(TextToEncode))).scalars()
    assert waiting.listing_id == listing.id
