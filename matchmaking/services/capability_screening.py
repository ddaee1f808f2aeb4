"""Screens all open capabilities for a demand, and freezes what explains those that are shown."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from matchmaking.access.actor import Actor
from matchmaking.access.scoping import visible_to
from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.ranking.capability_catalogue import CapabilityCatalogue, Found
from matchmaking.ranking.catalogue.screening import Placed
from matchmaking.ranking.request import Screened
from matchmaking.ranking.research_request import ResearchRequest
from matchmaking.services.catalogue_feed import CatalogueFeed, Held
from matchmaking.services.demand_vectors import question_vectors
from matchmaking.services.research_texts import capability_candidate, demand_facts
from matchmaking.tables.identity import Organization, Unit
from matchmaking.tables.research import Capability, ResearchDemand
from schemas.vocabulary import ListingState

FIRST_SHOWN = 20
NEAR_MISSES_SHOWN = 3
MOST_ATTEMPTS = 3

Offered = tuple[Capability, Organization, Unit]


async def screened(
    session: WriteSession,
    actor: Actor,
    capabilities: CatalogueFeed[CapabilityCatalogue],
    demand: ResearchDemand,
) -> tuple[ResearchRequest, Mapping[str, Offered]]:
    """The request with those who are to be shown, and their rows. What is past its end is out.

    Somebody may change what is shown between two looks at the database: then it is looked at again.
    """
    asking = ResearchRequest(
        demand=demand_facts(demand), candidates=(), reference_date=session.instant.date()
    )
    attempts = 0
    while True:
        held = await capabilities.current(session)
        catalogue, attempts = held.catalogue, attempts + 1
        questions = await question_vectors(session, demand, catalogue)
        listed = catalogue.columns.valid_until >= asking.reference_date.toordinal()
        found = await asyncio.to_thread(catalogue.screen, asking, questions, listed)
        placed = found.screening.shown(FIRST_SHOWN, NEAR_MISSES_SHOWN)
        rows = await _open_capabilities(session, actor, [found.screening.ids[each.row] for each in placed])
        same = [each for each in placed if _is_as_screened(catalogue, each, rows)]
        if len(same) == len(placed) or attempts == MOST_ATTEMPTS:
            return _frozen(asking, held, found, same, rows), rows


def _is_as_screened(catalogue: CapabilityCatalogue, placed: Placed, rows: Mapping[str, Offered]) -> bool:
    row = rows.get(catalogue.texts.layout.keys[placed.row])
    return row is not None and row[0].version == catalogue.columns.version[placed.row]


def _frozen(
    asking: ResearchRequest,
    held: Held[CapabilityCatalogue],
    found: Found,
    placed: Sequence[Placed],
    rows: Mapping[str, Offered],
) -> ResearchRequest:
    catalogue, screening, near = held.catalogue, found.screening, found.near
    return replace(
        asking,
        candidates=tuple(capability_candidate(rows[screening.ids[each.row]][0]) for each in placed),
        text_statistics=found.statistics,
        similarities=None if near is None else catalogue.similarities(near, [each.row for each in placed]),
        screened=Screened(
            positions=tuple(each.position for each in placed),
            counts=screening.counts,
            excluded=screening.excluded,
            decisive_facts=screening.decisive_facts,
            changes=held.number,
        ),
    )


async def _open_capabilities(session: ReadSession, actor: Actor, ids: Sequence[str]) -> Mapping[str, Offered]:
    statement = (
        select(Capability, Organization, Unit)
        .join(Organization, col(Organization.id) == Capability.organization_id)
        .join(Unit, col(Unit.id) == Capability.unit_id)
        .where(
            col(Capability.id).in_([UUID(each) for each in ids]),
            col(Capability.state) == ListingState.OPEN,
            visible_to(actor, Capability),
        )
        .execution_options(populate_existing=True)
    )
    found = (await session.execute(statement)).all() if ids else []
    return {str(row[0].id): (row[0], row[1], row[2]) for row in found}
