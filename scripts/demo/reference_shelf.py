"""Puts the reference shelf and the taxonomies in: what public pages say, compiled, and no offer of anybody.

Rows go in by table and not by noun, because nobody listed them here; the journal says so once for each kind.
What expires is renewed before its end, except for demands, which end as any other.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlmodel import SQLModel, col

from matchmaking import journal
from matchmaking.db.inserts import insert_all
from matchmaking.tables.identity import Organization, Unit
from matchmaking.tables.offers import CreditProduct, CreditProductVersion, ProductAdoption
from matchmaking.tables.research import Capability, ResearchDemand
from matchmaking.tables.taxonomies import TaxonomyEntry
from schemas.operations import Operation
from schemas.vocabulary import ListingState
from scripts.demo.loading import Loading
from scripts.demo.products import RENEWED_BEFORE
from scripts.demo.reference_data import SOURCE
from scripts.demo.reference_rows import LISTED_FOR, Shelf, reference_shelf
from scripts.demo.reference_taxonomies import taxonomy_rows

Rows = Mapping[UUID, Callable[[], dict[str, Any]]]
JOURNALLED: Mapping[str, Operation] = {
    "organization": Operation.ORGANIZATIONS_CREATE,
    "credit_product": Operation.CREDIT_PRODUCTS_CREATE,
    "capability": Operation.CAPABILITIES_CREATE,
    "research_demand": Operation.RESEARCH_DEMANDS_CREATE,
}


async def load_reference_shelf(loading: Loading) -> None:
    """Add what is missing; loading again changes nothing."""
    await load_taxonomies(loading)
    for table, rows in _tables(reference_shelf(loading.session.instant)):
        added = await _insert_missing(loading, table, rows)
        name = str(table.__tablename__)
        if added and name in JOURNALLED:
            loading.changes.add(f"reference {name.replace('_', ' ')}", added)
            await journal.record(
                loading.session, loading.official(), JOURNALLED[name], name, None, compiled=True, count=added
            )
    for listing in (CreditProduct, Capability):
        await _renew(loading, listing)


async def load_taxonomies(loading: Loading) -> None:
    entries = taxonomy_rows(loading.session.instant)
    rows: Rows = {row["id"]: partial(dict[str, Any], row) for row in entries}
    added = await _insert_missing(loading, TaxonomyEntry, rows)
    if added:
        loading.changes.add("taxonomy entries", added)


def _tables(shelf: Shelf) -> Sequence[tuple[type[SQLModel], Rows]]:
    """In the order in which they refer to one another."""
    return (
        (Organization, shelf.organizations),
        (Unit, shelf.units),
        (CreditProduct, shelf.products),
        (CreditProductVersion, shelf.versions),
        (ProductAdoption, shelf.adoptions),
        (Capability, shelf.capabilities),
        (ResearchDemand, shelf.demands),
    )


async def _insert_missing(loading: Loading, table: type[SQLModel], rows: Rows) -> int:
    identity: ColumnElement[UUID] = table.__table__.c.id  # type: ignore[attr-defined]
    found = await loading.session.execute(select(identity).where(identity.in_(list(rows))))
    known = set(found.scalars())
    missing = [make() for one, make in rows.items() if one not in known]
    await insert_all(loading.session, table, missing)
    return len(missing)


async def _renew(loading: Loading, listing: type[CreditProduct | Capability]) -> None:
    statement = (
        update(listing)
        .where(
            col(listing.source) == SOURCE,
            col(listing.compiled_from).is_not(None),
            col(listing.state) == ListingState.OPEN,
            col(listing.valid_until) < loading.today + RENEWED_BEFORE,
        )
        .values(valid_until=loading.today + LISTED_FOR, version=col(listing.version) + 1)
        .returning(col(listing.id))
    )
    renewed = len((await loading.session.execute(statement)).all())
    if renewed:
        loading.changes.renew(f"reference {str(listing.__tablename__).replace('_', ' ')}", renewed)
