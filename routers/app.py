"""The composition root: settings and foundation in, application out. Nothing is built at import time."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext

from fastapi import FastAPI
from prometheus_client import Gauge

from matchmaking.clock import Clock, SystemClock
from matchmaking.db.cursors import Cursors
from matchmaking.db.session import Database
from matchmaking.encoding.choosing import encoder_of
from matchmaking.encoding.encoder import Encoder
from matchmaking.jobs.worker import work, worker_beside
from matchmaking.services.capability_reader import CapabilityReader
from matchmaking.services.catalogue_feed import CatalogueFeed
from matchmaking.services.foundation import Foundation
from matchmaking.services.gate import Gate, open_gate
from matchmaking.services.offer_catalogue import OfferReader
from matchmaking.services.provider_records import ProviderRecords
from matchmaking.settings import Settings
from routers import (
    agreements,
    api_keys,
    capabilities,
    capability_match_runs,
    consents,
    credit_products,
    financing_costs,
    financing_needs,
    followup,
    honours,
    intake_advice,
    interests,
    introductions,
    match_runs,
    need_cards,
    organizations,
    people,
    policy_measures,
    projects,
    received_interests,
    recommendation_shares,
    recommendations,
    research_demands,
    sessions,
    taxonomies,
    units,
)
from routers.catalogues import followed, tell_of
from routers.dependencies import AnsweredBefore, answer_again
from routers.ground import lay_ground
from routers.middleware import LAYERS, Layer
from routers.refusals import install_refusal_journal
from routers.surroundings import Surroundings

NOUNS = (
    sessions,
    organizations,
    units,
    people,
    api_keys,
    credit_products,
    capabilities,
    financing_costs,
    financing_needs,
    projects,
    policy_measures,
    honours,
    research_demands,
    match_runs,
    capability_match_runs,
    introductions,
    agreements,
    followup,
    taxonomies,
    consents,
    need_cards,
    intake_advice,
    interests,
    received_interests,
    recommendations,
    recommendation_shares,
)


def create_app(
    settings: Settings,
    foundation: Foundation,
    *,
    clock: Clock | None = None,
    database: Database | None = None,
    gate: Gate | None = None,
    layers: Sequence[Layer] = LAYERS,
    with_worker: bool = False,
) -> FastAPI:
    """The whole service. `database` and `gate` replace the usual ones in tests; `layers` serve the bench.

    `with_worker` does the background's work in this process, as a stand-alone installation does.
    """
    clock = clock or SystemClock()
    database = database or foundation.database(settings, clock)
    gate = gate or open_gate(
        settings, database, foundation.signing_key_pem, previous_key_pem=foundation.previous_key_pem
    )

    offers = CatalogueFeed(database.system, OfferReader())
    encoder = encoder_of(settings)
    capabilities = CatalogueFeed(database.system, CapabilityReader(encoder.model, encoder.dimension))
    feeds = (offers, capabilities)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        working = _working(app, foundation, database, encoder) if with_worker else nullcontext()
        async with followed(feeds), working:
            yield
        await database.dispose()

    app = lay_ground(
        settings,
        readiness=database.ping,
        lifespan=lifespan,
        cursors=Cursors(foundation.cursor_secret),
        layers=layers,
    )
    records = ProviderRecords(database)
    app.state.surroundings = Surroundings(settings, clock, database, gate, offers, capabilities, records)
    tell_of(feeds, app.state.measurements.registry)
    app.add_exception_handler(AnsweredBefore, answer_again)
    install_refusal_journal(app)
    for noun in NOUNS:
        app.include_router(noun.router)
    return app


def _working(
    app: FastAPI, foundation: Foundation, database: Database, encoder: Encoder
) -> AbstractAsyncContextManager[None]:
    """The worker beside the server; `/metrics` tells what it has left to do."""
    waiting = Gauge(
        "listings_without_vectors",
        "Listings with a text that no encoder has read yet",
        registry=app.state.measurements.registry,
    )
    return worker_beside(work(foundation.system_url, database, encoder, waiting.set))
