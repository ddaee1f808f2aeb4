"""Consents of an enterprise towards one provider, and the disclosures that were made to providers."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from schemas.base import Draft, Reading
from schemas.days import Day
from schemas.vocabulary import ConsentPurpose, DisclosureKind, FieldGroup

FieldGroups = Annotated[list[FieldGroup], Field(fail_fast=True, min_length=1, max_length=len(FieldGroup))]


class ConsentCreate(Draft):
    """Without a consent a provider's question reads nothing of the enterprise."""

    counterparty_organization_id: UUID = Field(description="One bank, university or other provider")
    field_groups: FieldGroups
    purpose: ConsentPurpose
    expires_on: Day = Field(description="The last day on which it counts, at most 12 months ahead")


class ConsentRead(Reading):
    counterparty_organization_id: UUID
    counterparty_name: str
    field_groups: list[FieldGroup]
    purpose: ConsentPurpose
    expires_on: date
    revoked_at: datetime | None
    in_force: bool = Field(description="Neither revoked nor expired: the next question may read the facts")


class DisclosureRead(BaseModel):
    """One occasion on which a provider came to know something of the enterprise."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    created_at: datetime
    counterparty_organization_id: UUID
    counterparty_name: str
    counterparty_unit_id: UUID
    kind: DisclosureKind
    kind_text: str
    field_groups: list[FieldGroup] = Field(
        description="Groups of which rules were decided for the provider; no value was shown"
    )
    need_id: UUID | None
    demand_id: UUID | None
