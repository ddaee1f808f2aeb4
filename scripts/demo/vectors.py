"""Vectors of the demo's texts, which ship as data: encoding them at the first start would take minutes.

`vectors.npz` has a row for each text: its digest, which names text and manner of reading, and its vector in
bytes. `matchmaking vectors --make --ship` writes it anew on an instance that holds the demo and nothing else.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import delete, insert, select
from sqlmodel import col

from matchmaking.db.session import ReadSession
from matchmaking.encoding.packaged import PackagedEncoder
from matchmaking.ranking.meaning import DIGEST_BYTES, taken_apart
from matchmaking.services.research_texts import texts_to_encode
from matchmaking.services.vector_keeping import TABLES
from matchmaking.tables.vectors import ListingVectors, TextToEncode, VectorSubject
from scripts.demo.loading import Loading

SHIPPED = Path(__file__).with_name("vectors.npz")


async def load_vectors(loading: Loading) -> None:
    """For listings that wait and whose texts are all known; what a person changed since waits on."""
    for subject, table in TABLES.items():
        waiting = select(col(TextToEncode.listing_id)).where(col(TextToEncode.subject) == subject)
        listings = await loading.session.execute(select(table).where(table.id.in_(waiting)))
        rows = [row for one in listings.scalars() if (row := _row(loading, subject, one)) is not None]
        if rows:
            await loading.session.execute(insert(ListingVectors), rows)
            done = [row["listing_id"] for row in rows]
            await loading.session.execute(delete(TextToEncode).where(col(TextToEncode.listing_id).in_(done)))
            loading.changes.add("vectors", len(rows))


def _row(loading: Loading, subject: VectorSubject, listing: Any) -> dict[str, Any] | None:
    digests = [text.digest for text in texts_to_encode(listing)]
    known = shipped()
    if not all(digest in known for digest in digests):
        return None
    return {
        "listing_id": listing.id,
        "model": PackagedEncoder.model,
        "subject": subject,
        "organization_id": listing.organization_id,
        "digests": b"".join(digests),
        "vectors": b"".join(known[digest] for digest in digests),
        "made_at": loading.session.instant,
    }


@cache
def shipped() -> Mapping[bytes, bytes]:
    """Vectors by digest; none when they were made by another encoder than the one in the package."""
    with np.load(SHIPPED) as kept:
        if str(kept["model"]) != PackagedEncoder.model:
            return {}
        pairs = zip(kept["digests"], kept["vectors"], strict=True)
        return {digest.tobytes(): vector.tobytes() for digest, vector in pairs}


async def ship(session: ReadSession) -> int:
    """Write the file from what this installation has; how many texts."""
    statement = select(ListingVectors).where(col(ListingVectors.model) == PackagedEncoder.model)
    kept: Iterable[ListingVectors] = (await session.execute(statement)).scalars()
    found = {
        digest: vector for row in kept for digest, vector in taken_apart(row.digests, row.vectors).items()
    }
    ordered = sorted(found)
    np.savez(
        SHIPPED,
        model=np.array(PackagedEncoder.model),
        digests=np.frombuffer(b"".join(ordered), np.uint8).reshape(len(ordered), DIGEST_BYTES),
        vectors=np.stack([found[digest] for digest in ordered]),
    )
    return len(ordered)
