"""Puts the demo into a database, in one transaction as the system role; what is there already stays as it is.

Products go through the services that those of real banks go through, with their tasks and journal rows. What
a person changed since is left alone, but for passwords: those of demo accounts are the printed ones at every
start.
"""

from sqlalchemy import select
from sqlmodel import col

from matchmaking.clock import Clock, SystemClock
from matchmaking.db.session import Database
from matchmaking.services.foundation import Foundation
from matchmaking.settings import Settings
from matchmaking.tables.offers import ReferenceRate
from scripts.demo.accounts import DemoPassword
from scripts.demo.data import demo_city, demo_id
from scripts.demo.facts import state_facts
from scripts.demo.loading import Changes, Loading
from scripts.demo.organizations import settle_organization
from scripts.demo.products import list_product


async def load_demo(
    settings: Settings, foundation: Foundation, password: DemoPassword, clock: Clock | None = None
) -> Changes:
    """Add what is missing and renew what would expire. Loading again changes nothing."""
    database = foundation.database(settings, clock or SystemClock())
    try:
        return await load_into(database, password)
    finally:
        await database.dispose()


async def load_into(database: Database, password: DemoPassword) -> Changes:
    changes = Changes()
    async with database.as_system() as session:
        loading = Loading(session, demo_city(), password, changes)
        await _load_rates(loading)
        for organization in loading.city.organizations:
            await settle_organization(loading, organization)
        for organization in loading.city.organizations:
            await state_facts(loading, organization)
        for product in loading.city.products:
            await list_product(loading, product)
    return changes


async def _load_rates(loading: Loading) -> None:
    known = await loading.session.execute(select(col(ReferenceRate.term), col(ReferenceRate.published_on)))
    published = {(row.term, row.published_on) for row in known}
    for rate in loading.city.rates:
        if (rate.term, rate.published_on) in published:
            continue
        name = f"rate {rate.term} {rate.published_on.isoformat()}"
        row = ReferenceRate(
            id=demo_id(name),
            created_at=loading.session.instant,
            source=loading.city.source,
            **rate.model_dump(),
        )
        await loading.insert(row)
        loading.changes.add("rates")
