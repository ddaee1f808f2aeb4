"""What the lists of research can be narrowed and ordered by, as `schemas.listing_queries` has it."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from schemas.base import ChainCode
from schemas.listing_queries import Outdated, Searched
from schemas.vocabulary import CapabilityKind, CooperationMode, ListingState, NeedState, PlatformLevel


class CapabilitySort(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    TITLE = "title"
    ENDING_FIRST = "ending_first"


class ResearchDemandSort(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    NEEDED_FIRST = "needed_first"


@dataclass(frozen=True, slots=True)
class CapabilityQuery:
    q: Searched | None = None
    kind: CapabilityKind | None = None
    chain: ChainCode | None = None
    state: ListingState | None = None
    organization_id: UUID | None = None
    mode: CooperationMode | None = None
    platform_level: PlatformLevel | None = None
    outdated: Outdated | None = None
    sort: CapabilitySort = CapabilitySort.NEWEST


@dataclass(frozen=True, slots=True)
class ResearchDemandQuery:
    q: Searched | None = None
    chain: ChainCode | None = None
    state: NeedState | None = None
    outdated: Outdated | None = None
    sort: ResearchDemandSort = ResearchDemandSort.NEWEST
