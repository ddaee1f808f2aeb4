"""Vectors of what demands ask, as the background has made them; a match encodes nothing itself.

Encoding takes a tenth of a second for 200 characters on an idle core, and seconds on a busy one: a request
that waited for it would be slower than all the rest of the match.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from matchmaking.db.session import ReadSession
from matchmaking.ranking.capability_catalogue import CapabilityCatalogue
from matchmaking.ranking.meaning import Bytes, Floats, questions_of, taken_apart, vectors_of
from matchmaking.services.research_texts import demand_facts
from matchmaking.tables.research import ResearchDemand
from matchmaking.tables.vectors import ListingVectors


async def question_vectors(
    session: ReadSession, demand: ResearchDemand, catalogue: CapabilityCatalogue
) -> Floats | None:
    """One for each of `queries_of` the demand; None when one is not made yet, so that words alone decide."""
    texts = questions_of(demand_facts(demand))
    known = await vectors_by_digest(session, [demand.id], catalogue.model)
    found = vectors_of(texts, known, catalogue.texts.dimension)
    return found if found is not None and found.any(axis=1).all() else None


async def vectors_by_digest(
    session: ReadSession, listing_ids: Iterable[UUID], model: str
) -> Mapping[bytes, Bytes]:
    """Of those that `session` may see."""
    statement = select(ListingVectors).where(
        col(ListingVectors.listing_id).in_(list(listing_ids)), col(ListingVectors.model) == model
    )
    kept = (await session.execute(statement)).scalars()
    return {
        digest: vector for row in kept for digest, vector in taken_apart(row.digests, row.vectors).items()
    }
