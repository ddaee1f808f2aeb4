"""Puts the demo into a database, in one transaction as the system role; what is there already stays as it is.

Things go in as they stand at the end of their way through the services, table by table, with the tasks and
journal rows of that way: one by one it would take seconds. What a person changed since is left alone, but for
passwords: those of demo accounts are the printed ones at every start.
"""

from matchmaking.clock import Clock, SystemClock
from matchmaking.db.session import Database
from matchmaking.services.foundation import Foundation
from matchmaking.settings import Settings
from scripts.demo.accounts import DemoPassword
from scripts.demo.capabilities import list_capabilities
from scripts.demo.data import demo_city
from scripts.demo.facts import state_facts
from scripts.demo.loading import Changes, Loading
from scripts.demo.organizations import settle_organizations
from scripts.demo.policies import publish_measures
from scripts.demo.products import list_products
from scripts.demo.rates import load_rates
from scripts.demo.reference_shelf import load_reference_shelf
from scripts.demo.vectors import load_vectors
from scripts.demo.wishes import post_demands, post_needs


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
        await load_rates(loading)
        await settle_organizations(loading)
        await state_facts(loading)
        await list_products(loading)
        await publish_measures(loading)
        await list_capabilities(loading)
        await post_needs(loading)
        await post_demands(loading)
        await load_reference_shelf(loading)
        await load_vectors(loading)
        await loading.finish()
    return changes
