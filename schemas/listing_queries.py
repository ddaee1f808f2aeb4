"""What lists can be narrowed and ordered by: one query a noun, its names published in the OpenAPI document.

Each field is a query parameter of the list operation, and every other name is refused. Filters that are left
out narrow nothing. The services give each filter and each order its meaning; no order is offered that a
reader could use to learn a value which it is not shown.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from schemas.base import LARGEST_AMOUNT_FEN, DistrictCode
from schemas.days import Day
from schemas.vocabulary import (
    FactSource,
    GuaranteeMode,
    Honour,
    ListingState,
    NeedState,
    PolicyKind,
    ProductKind,
    ProjectState,
    PurposeKind,
)

Searched = Annotated[
    str,
    StringConstraints(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]+$"),
    Field(description="Part of a name or text, in any case of letters"),
]
FenAsked = Annotated[
    int, Field(ge=0, le=LARGEST_AMOUNT_FEN, description="Chinese yuan in fen, 1 CNY = 100 fen")
]
Outdated = Annotated[bool, Field(description="true: only those whose time is over; false: only the others")]


class CreditProductSort(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    NAME = "name"
    ENDING_FIRST = "ending_first"


class FinancingNeedSort(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    LARGEST = "largest"
    SMALLEST = "smallest"
    NEEDED_FIRST = "needed_first"
    ENDING_FIRST = "ending_first"


class ProjectSort(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    LARGEST = "largest"
    TITLE = "title"


class PolicyMeasureSort(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    TITLE = "title"
    ENDING_FIRST = "ending_first"


class HonourSort(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    ISSUED_LAST = "issued_last"


@dataclass(frozen=True, slots=True)
class CreditProductQuery:
    q: Searched | None = None
    kind: ProductKind | None = None
    state: ListingState | None = None
    organization_id: UUID | None = None
    purpose: PurposeKind | None = None
    guarantee_mode: GuaranteeMode | None = None
    district: DistrictCode | None = None
    outdated: Outdated | None = None
    sort: CreditProductSort = CreditProductSort.NEWEST


@dataclass(frozen=True, slots=True)
class FinancingNeedQuery:
    q: Searched | None = None
    state: NeedState | None = None
    purpose: PurposeKind | None = None
    project_id: UUID | None = None
    amount_from_fen: FenAsked | None = None
    amount_to_fen: FenAsked | None = None
    needed_before: Day | None = None
    outdated: Outdated | None = None
    sort: FinancingNeedSort = FinancingNeedSort.NEWEST


@dataclass(frozen=True, slots=True)
class ProjectQuery:
    q: Searched | None = None
    state: ProjectState | None = None
    sort: ProjectSort = ProjectSort.NEWEST


@dataclass(frozen=True, slots=True)
class PolicyMeasureQuery:
    q: Searched | None = None
    kind: PolicyKind | None = None
    state: ListingState | None = None
    bank_id: Annotated[UUID | None, Field(description="A bank that takes part")] = None
    outdated: Outdated | None = None
    sort: PolicyMeasureSort = PolicyMeasureSort.NEWEST


@dataclass(frozen=True, slots=True)
class HonourQuery:
    organization_id: UUID | None = None
    honour: Honour | None = None
    source: FactSource | None = None
    expired: Annotated[bool | None, Field(description="By today; one without an end never expires")] = None
    sort: HonourSort = HonourSort.NEWEST
