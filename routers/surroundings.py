"""What the composition root hands to every request: settings, the database, the gate, the catalogues."""

from dataclasses import dataclass

from matchmaking.clock import Clock
from matchmaking.db.session import Database
from matchmaking.ranking.capability_catalogue import CapabilityCatalogue
from matchmaking.ranking.catalogue import ProductCatalogue
from matchmaking.services.catalogue_feed import CatalogueFeed
from matchmaking.services.gate import Gate
from matchmaking.services.provider_records import ProviderRecords
from matchmaking.settings import Settings


@dataclass(frozen=True, slots=True)
class Surroundings:
    settings: Settings
    clock: Clock
    database: Database
    gate: Gate
    offers: CatalogueFeed[ProductCatalogue]
    capabilities: CatalogueFeed[CapabilityCatalogue]
    records: ProviderRecords
