"""Taxonomies in their official order, for everybody signed in. Nothing is changed here: a city loads them."""

from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlmodel import col

from matchmaking.access.actor import Actor
from matchmaking.access.permissions import require
from matchmaking.access.scoping import visible_to
from matchmaking.db.cursors import Slice
from matchmaking.db.keyset import page_of, slice_of
from matchmaking.db.session import ReadSession
from matchmaking.services.listings import PageRequest
from matchmaking.tables.taxonomies import TaxonomyEntry
from schemas.operations import Operation
from schemas.taxonomies import TaxonomyEntryRead, TaxonomyScheme


async def list_entries(
    session: ReadSession, actor: Actor, scheme: TaxonomyScheme, page: PageRequest
) -> Slice[TaxonomyEntryRead]:
    require(actor, Operation.TAXONOMIES_LIST)
    entries: Select[*tuple[Any, ...]] = select(TaxonomyEntry).where(
        visible_to(actor, TaxonomyEntry), col(TaxonomyEntry.scheme) == scheme
    )
    place: ColumnElement[int] = TaxonomyEntry.__table__.c.position  # type: ignore[attr-defined]
    ordered = page_of(entries, (place,), page.after, page.limit, descending=False)
    rows = (await session.execute(ordered)).all()
    found = slice_of(rows, page.limit, lambda row: (row[0].position,))
    return Slice([TaxonomyEntryRead.model_validate(row[0]) for row in found.rows], found.last)
