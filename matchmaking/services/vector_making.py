"""Makes the vectors of texts that have none yet. For the background: encoders are slow.

What waits are rows that the database wrote when a text changed. They go away in the transaction that stores
the vectors, so that a maker who dies leaves all as it was; makers beside each other take different rows.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from matchmaking.db.session import Database, WriteSession, be_patient
from matchmaking.encoding.encoder import Encoder, EncoderFailed, Vectors
from matchmaking.log import logger
from matchmaking.ranking.meaning import Meant, in_bytes, taken_apart
from matchmaking.services.research_texts import Listing, texts_to_encode
from matchmaking.services.vector_keeping import ENDED, PATIENT_SECONDS, TABLES
from matchmaking.tables.vectors import ListingVectors, TextToEncode, VectorSubject

LISTINGS_AT_ONCE = 8
TEXTS_AT_ONCE = 16
# What one call encodes cannot be stopped: it takes about a second on one idle core.
CHARACTERS_AT_ONCE = 1_500
# An encoder that fails at so many listings one after another is left alone until the next minute.
MOST_FAILURES = 3


async def make_missing_vectors(
    database: Database, encoder: Encoder, told: Callable[[int], None] | None = None
) -> int:
    """Until nothing waits or the encoder fails; how many listings are done. `told` hears of each batch."""
    made = failures = 0
    while encoder.dimension and failures < MOST_FAILURES:
        async with database.as_system() as session:
            await be_patient(session, PATIENT_SECONDS)
            batch = await _make_batch(session, encoder)
        if not batch.numbers:
            break
        made += len(batch.done)
        failures = 0 if batch.failed is None else 1 if batch.done else failures + 1
        if told is not None:
            told(len(batch.done))
    return made


@dataclass(slots=True)
class _Batch:
    """Waiting rows by number and listing; `done` and `failed` are listings."""

    numbers: dict[int, UUID]
    done: set[UUID] = field(default_factory=set)
    failed: UUID | None = None


async def _make_batch(session: WriteSession, encoder: Encoder) -> _Batch:
    claiming = (
        select(TextToEncode)
        .order_by(col(TextToEncode.attempts), col(TextToEncode.number))
        .limit(LISTINGS_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    waiting = (await session.execute(claiming)).scalars().all()
    batch = _Batch({row.number: row.listing_id for row in waiting})
    for subject in VectorSubject:
        ids = {row.listing_id for row in waiting if row.subject is subject}
        if ids and batch.failed is None:
            await _make_of(session, encoder, subject, ids, batch)
    done = [number for number, listing in batch.numbers.items() if listing in batch.done]
    await session.execute(delete(TextToEncode).where(col(TextToEncode.number).in_(done)))
    await session.execute(
        update(TextToEncode)
        .where(col(TextToEncode.listing_id) == batch.failed, col(TextToEncode.number).in_(batch.numbers))
        .values(attempts=TextToEncode.attempts + 1)
    )
    return batch


async def _make_of(
    session: WriteSession, encoder: Encoder, subject: VectorSubject, ids: set[UUID], batch: _Batch
) -> None:
    """One after another until the encoder fails. What is over, or gone, needs nothing more."""
    table = TABLES[subject]
    standing = select(table).where(table.id.in_(ids), table.state.not_in(ENDED[subject]))
    listings: Sequence[Listing] = (await session.execute(standing)).scalars().all()
    made_before = await _vectors_of(session, encoder, ids)
    batch.done |= ids - {listing.id for listing in listings}
    for listing in listings:
        texts = texts_to_encode(listing)
        try:
            vectors = await _encoded(encoder, texts, made_before.get(listing.id, {}))
        except EncoderFailed as failure:
            logger("vectors").warning("encoder_failed", fault=failure.fault.value, model=encoder.model)
            batch.failed = listing.id
            return
        await _keep(session, encoder, subject, listing, texts, vectors)
        batch.done.add(listing.id)


async def _vectors_of(
    session: WriteSession, encoder: Encoder, ids: set[UUID]
) -> dict[UUID, dict[bytes, bytes]]:
    """What is known already, by listing and digest: of a changed listing most texts are as they were."""
    known = select(ListingVectors).where(
        col(ListingVectors.listing_id).in_(ids), col(ListingVectors.model) == encoder.model
    )
    return {
        row.listing_id: {
            digest: vector.tobytes()
            for digest, vector in taken_apart(row.digests, row.vectors).items()
            if vector.size == encoder.dimension
        }
        for row in (await session.execute(known)).scalars()
    }


async def _encoded(encoder: Encoder, texts: Sequence[Meant], known: Mapping[bytes, bytes]) -> list[bytes]:
    """A vector for each text, in bytes; EncoderFailed."""
    found = dict(known)
    missing = list({one.digest: one for one in texts if one.digest not in known}.values())
    for one in missing:
        if one.sought:
            vector = await asyncio.to_thread(encoder.query, one.content)
            found[one.digest] = in_bytes(vector[np.newaxis])[0].tobytes()
    for part in _parts([one for one in missing if not one.sought]):
        vectors: Vectors = await asyncio.to_thread(encoder.passages, [one.content for one in part])
        found |= zip((one.digest for one in part), (row.tobytes() for row in in_bytes(vectors)), strict=True)
    return [found[one.digest] for one in texts]


def _parts(texts: Sequence[Meant]) -> Iterator[list[Meant]]:
    part: list[Meant] = []
    for one in texts:
        characters = sum(len(each.content) for each in part)
        if part and (len(part) == TEXTS_AT_ONCE or characters + len(one.content) > CHARACTERS_AT_ONCE):
            yield part
            part = []
        part.append(one)
    if part:
        yield part


async def _keep(
    session: WriteSession,
    encoder: Encoder,
    subject: VectorSubject,
    listing: Listing,
    texts: Sequence[Meant],
    vectors: Sequence[bytes],
) -> None:
    row = {
        "digests": b"".join(one.digest for one in texts),
        "vectors": b"".join(vectors),
        "made_at": session.instant,
    }
    identity = {"listing_id": listing.id, "model": encoder.model}
    keeping = insert(ListingVectors).values(
        **identity, **row, subject=subject, organization_id=listing.organization_id
    )
    await session.execute(keeping.on_conflict_do_update(index_elements=list(identity), set_=row))
