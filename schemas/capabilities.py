"""Capabilities: what a university, college or institute can do for an enterprise, of all kinds."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from schemas.base import ChainCode, Compiled, DistrictCode, Draft, Fen, Name, Reading, Text
from schemas.days import Day
from schemas.renewals import Standing
from schemas.vocabulary import CapabilityKind, CooperationMode, ListingState, PlatformLevel

ReadinessLevel = Annotated[
    int, Field(strict=True, ge=1, le=9, description="Technology readiness level, GB/T 22900: 1 to 9")
]
Names = Annotated[list[Name], Field(fail_fast=True, max_length=30)]
Chains = Annotated[list[ChainCode], Field(fail_fast=True, max_length=16)]
Modes = Annotated[list[CooperationMode], Field(fail_fast=True, max_length=9)]


class IntellectualProperty(Draft):
    number: Name = Field(description="Patent or registration number")
    owners: Names = Field(default_factory=list)


class CapabilityDescription(Draft):
    """What can be said of a capability. Empty and null are unknown: they are never held against it."""

    title_zh: Name
    title_en: Name | None = None
    description: Text
    fields: Names = Field(default_factory=list)
    chains: Chains = Field(default_factory=list)
    equipment: Names = Field(default_factory=list)
    past_work: Names = Field(default_factory=list)
    intellectual_property: Annotated[list[IntellectualProperty], Field(fail_fast=True, max_length=30)] = (
        Field(default_factory=list)
    )
    modes: Modes = Field(default_factory=list)
    readiness_from: ReadinessLevel | None = None
    readiness_to: ReadinessLevel | None = None
    smallest_contract_fen: Fen | None = Field(default=None, description="Usual contract, from")
    largest_contract_fen: Fen | None = Field(default=None, description="Usual contract, to")
    free_projects: Annotated[int, Field(strict=True, ge=0, le=1_000)] | None = Field(
        default=None, description="How many more projects fit this year; 0 is full"
    )
    platform_level: PlatformLevel | None = None
    district: DistrictCode | None = None
    city: Name | None = Field(default=None, description="Where it stands, when not in this city")

    @model_validator(mode="after")
    def _ranges_are_ordered(self) -> Self:
        if (self.readiness_from or 1) > (self.readiness_to or 9):
            raise ValueError("readiness_range_reversed")
        if self.largest_contract_fen and (self.smallest_contract_fen or 0) > self.largest_contract_fen:
            raise ValueError("amount_range_reversed")
        return self


class CapabilityCreate(CapabilityDescription):
    kind: CapabilityKind
    unit_id: UUID = Field(description="The school or laboratory that introductions go to")
    contact_person_id: UUID | None = None
    valid_until: Day = Field(description="At most 12 months ahead")
    source: Name | None = Field(default=None, description="System of record, with `external_id`")
    external_id: Name | None = None

    @model_validator(mode="after")
    def _source_with_id(self) -> Self:
        if (self.source is None) != (self.external_id is None):
            raise ValueError("source_without_external_id")
        return self


class CapabilityChange(CapabilityDescription):
    """The whole description anew; what is left out is unknown from now on."""


class CapabilityRead(Standing, Reading):
    organization_id: UUID
    organization_name: str
    unit_id: UUID
    kind: CapabilityKind
    state: ListingState
    valid_until: date
    title_zh: str
    title_en: str | None
    description: str
    fields: list[str]
    chains: list[str]
    equipment: list[str]
    past_work: list[str]
    intellectual_property: list[IntellectualProperty]
    modes: list[CooperationMode]
    readiness_from: int | None
    readiness_to: int | None
    smallest_contract_fen: int | None
    largest_contract_fen: int | None
    free_projects: int | None
    platform_level: PlatformLevel | None
    district: str | None
    city: str | None
    compiled: Compiled | None = Field(description="Set on the reference shelf: from public pages, no offer")
    returned_defects: list[str] | None = Field(description="For the institution itself")
