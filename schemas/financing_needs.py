"""Financing needs, valid with five answers: how much, for what, by when, what to pledge, whom to call."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from schemas.base import Draft, Fen, Months, Name, Note, Reading
from schemas.days import Day
from schemas.renewals import Standing
from schemas.vocabulary import NeedState, PledgeKind, PurposeKind

Pledges = Annotated[
    list[PledgeKind],
    Field(fail_fast=True, min_length=1, max_length=10, description="`none` says: nothing can be pledged"),
]
Excluded = Annotated[
    list[UUID],
    Field(
        fail_fast=True, max_length=100, description="Banks that shall not even know; they never see this need"
    ),
]
PresentLenders = Annotated[
    bool,
    Field(
        strict=True,
        description="Exclude the banks of loans in force too; resolved now, read back among the excluded",
    ),
]


class FinancingNeedCreate(Draft):
    amount_fen: Fen
    purpose: PurposeKind
    needed_by: Day
    pledges: Pledges
    contact_person_id: UUID = Field(description="Whom to call: a member of the enterprise")
    tenor_months: Months | None = None
    summary: Note | None = None
    excluded_organization_ids: Excluded = Field(default_factory=list)
    exclude_present_lenders: PresentLenders = False
    project_id: UUID | None = Field(default=None, description="A project of the enterprise")
    source: Name | None = Field(default=None, description="System of record, with `external_id`")
    external_id: Name | None = None

    @model_validator(mode="after")
    def _source_with_id(self) -> Self:
        if (self.source is None) != (self.external_id is None):
            raise ValueError("source_without_external_id")
        return self


class FinancingNeedChange(Draft):
    amount_fen: Fen | None = None
    purpose: PurposeKind | None = None
    needed_by: Day | None = None
    pledges: Pledges | None = None
    contact_person_id: UUID | None = None
    tenor_months: Months | None = None
    summary: Note | None = None
    excluded_organization_ids: Excluded | None = None
    exclude_present_lenders: PresentLenders = False
    project_id: UUID | None = None


class ContactRead(BaseModel):
    """Whom to call."""

    display_name: str
    phone: str | None
    email: str | None


class FinancingNeedRead(Reading, Standing):
    """The whole need, for the enterprise itself and the officials who vet it."""

    organization_id: UUID
    state: NeedState
    amount_fen: int
    purpose: PurposeKind
    needed_by: date
    pledges: list[PledgeKind]
    contact_person_id: UUID
    contact: ContactRead | None = Field(
        default=None, description="For the enterprise and introduced providers, when one need is read"
    )
    tenor_months: int | None
    summary: str | None
    excluded_organization_ids: list[UUID]
    project_id: UUID | None
    expires_on: date
    returned_defects: list[str] | None
