"""Research demands: what an enterprise wants developed, tested, licensed or taught."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from schemas.base import ChainCode, Compiled, Draft, Fen, Name, Note, Reading, Text
from schemas.capabilities import Modes, ReadinessLevel
from schemas.days import Day
from schemas.financing_needs import ContactRead, Excluded
from schemas.renewals import Standing
from schemas.vocabulary import CooperationMode, IntellectualPropertyWish, NeedState


class Indicator(Draft):
    """What is measured, where it stands, and where it is to be."""

    name: Name
    baseline: Name | None = None
    goal: Name


Indicators = Annotated[list[Indicator], Field(fail_fast=True, max_length=20)]


class ResearchDemandDescription(Draft):
    title: Name
    problem: Text = Field(description="For the enterprise, its officials and introduced providers")
    public_abstract: Note = Field(description="What strangers read: it must not name the enterprise")
    confidential_part: Text | None = Field(default=None, description="For introduced providers only")
    chain: ChainCode | None = None
    readiness_now: ReadinessLevel | None = None
    readiness_wanted: ReadinessLevel | None = None
    indicators: Indicators = Field(default_factory=list)
    smallest_budget_fen: Fen | None = None
    largest_budget_fen: Fen | None = None
    needed_by: Day
    modes: Modes = Field(default_factory=list)
    intellectual_property_wish: IntellectualPropertyWish | None = None
    contact_person_id: UUID = Field(description="Whom to call: a member of the enterprise")
    excluded_organization_ids: Excluded = Field(default_factory=list)

    @model_validator(mode="after")
    def _ranges_are_ordered(self) -> Self:
        if (self.readiness_now or 1) > (self.readiness_wanted or 9):
            raise ValueError("readiness_range_reversed")
        if self.largest_budget_fen and (self.smallest_budget_fen or 0) > self.largest_budget_fen:
            raise ValueError("amount_range_reversed")
        return self


class ResearchDemandCreate(ResearchDemandDescription):
    source: Name | None = Field(default=None, description="System of record, with `external_id`")
    external_id: Name | None = None

    @model_validator(mode="after")
    def _source_with_id(self) -> Self:
        if (self.source is None) != (self.external_id is None):
            raise ValueError("source_without_external_id")
        return self


class ResearchDemandChange(ResearchDemandDescription):
    """The whole demand anew, while nobody has vetted it yet."""


class ResearchDemandRead(Standing, Reading):
    """The whole demand, for the enterprise itself, officials who vet it and introduced providers."""

    organization_id: UUID
    state: NeedState
    title: str
    problem: str
    public_abstract: str
    confidential_part: str | None
    chain: str | None
    readiness_now: int | None
    readiness_wanted: int | None
    indicators: list[Indicator]
    smallest_budget_fen: int | None
    largest_budget_fen: int | None
    needed_by: date
    modes: list[CooperationMode]
    intellectual_property_wish: IntellectualPropertyWish | None
    contact_person_id: UUID | None
    contact: ContactRead | None = Field(
        default=None, description="For the enterprise and introduced providers, when one demand is read"
    )
    excluded_organization_ids: list[UUID]
    expires_on: date
    returned_defects: list[str] | None
    compiled: Compiled | None = Field(description="Set on the reference shelf: from public pages")
