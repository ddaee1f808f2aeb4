"""Capabilities on offer in columns, screened for a demand by the score that `rank_capabilities` explains."""

from matchmaking.ranking.capability_catalogue.catalogue import CapabilityCatalogue, Found, ListedCapability
from matchmaking.ranking.capability_catalogue.columns import FieldNames, Known
from matchmaking.ranking.capability_catalogue.screening import CapabilityScreening

__all__ = ["CapabilityCatalogue", "CapabilityScreening", "FieldNames", "Found", "Known", "ListedCapability"]
