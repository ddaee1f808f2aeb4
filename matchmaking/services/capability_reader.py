"""Reads open capabilities, with their vectors, into the catalogue that matches are screened by."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from matchmaking.log import logger
from matchmaking.ranking import CapabilityCandidate
from matchmaking.ranking.capability_catalogue import CapabilityCatalogue, ListedCapability
from matchmaking.ranking.meaning import Floats, meanings_of, taken_apart, vectors_of
from matchmaking.services.catalogue_feed import Changed, Size
from matchmaking.services.research_texts import capability_candidate
from matchmaking.tables.catalogue_changes import CatalogueSubject
from matchmaking.tables.research import Capability
from matchmaking.tables.vectors import ListingVectors
from schemas.vocabulary import ListingState

ROWS_AT_ONCE = 2_000


class CapabilityReader:
    """Every open capability, whoever asks; those that have ended are left to the match.

    Vectors are those of `model`; another encoder's do not compare. Without a dimension there are none.
    """

    name = "capabilities"
    subjects = frozenset({CatalogueSubject.CAPABILITY})

    def __init__(self, model: str, dimension: int) -> None:
        self._model = model
        self._dimension = dimension

    async def load(self, connection: AsyncConnection) -> CapabilityCatalogue:
        found = await connection.stream(self._open(), execution_options={"yield_per": ROWS_AT_ONCE})
        listed: list[ListedCapability] = []
        async for rows in found.partitions():
            listed += await asyncio.to_thread(self._listed, rows)
        return await asyncio.to_thread(CapabilityCatalogue.build, listed, self._model, self._dimension)

    async def follow(
        self, connection: AsyncConnection, catalogue: CapabilityCatalogue, changed: Changed
    ) -> CapabilityCatalogue:
        ids = changed.get(CatalogueSubject.CAPABILITY, frozenset())
        rows = (await connection.execute(self._open(col(Capability.id).in_(ids)))).all()
        return await asyncio.to_thread(self._applied, catalogue, ids, rows)

    def size(self, catalogue: CapabilityCatalogue) -> Size:
        return Size(len(catalogue), catalogue.nbytes)

    def _applied(
        self, catalogue: CapabilityCatalogue, ids: frozenset[UUID], rows: Sequence[Row[Any]]
    ) -> CapabilityCatalogue:
        return catalogue.apply({str(each) for each in ids}, self._listed(rows))

    def _open(self, *conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
        vectors = and_(
            col(ListingVectors.listing_id) == Capability.id, col(ListingVectors.model) == self._model
        )
        return (
            select(Capability.__table__, col(ListingVectors.digests), col(ListingVectors.vectors))  # type: ignore[attr-defined]
            .select_from(Capability)
            .outerjoin(ListingVectors, vectors)
            .where(col(Capability.state) == ListingState.OPEN, *conditions)
        )

    def _listed(self, rows: Iterable[Row[Any]]) -> list[ListedCapability]:
        """What cannot be read is said in the log and left out, so that one broken row closes no market."""
        listed = []
        for row in rows:
            try:
                candidate = capability_candidate(cast("Capability", row))
                listed.append(ListedCapability(candidate, self._vectors(candidate, row)))
            except (KeyError, TypeError, ValueError) as fault:
                logger("catalogue").error(
                    "capability_unreadable", capability_id=str(row.id), kind=type(fault).__name__
                )
        return listed

    def _vectors(self, candidate: CapabilityCandidate, row: Row[Any]) -> Floats | None:
        """In the order of the passages, zeros for one without; None where there are none at all."""
        if row.digests is None or not self._dimension:
            return None
        known = taken_apart(row.digests, row.vectors)
        return vectors_of(meanings_of(candidate), known, self._dimension)
