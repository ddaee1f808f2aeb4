"""Honours that enterprises hold: statements with their dates and who made them."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from schemas.base import Draft, Name, Reading
from schemas.days import Day
from schemas.vocabulary import FactSource, Honour, HonourLevel


class HonourStatement(Draft):
    """`organization_id` is left out by an enterprise, which speaks of itself, and given by an office."""

    organization_id: UUID | None = None
    honour: Honour
    level: HonourLevel | None = None
    issued_on: Day
    expires_on: Day | None = Field(default=None, description="The last day; null: it does not expire")
    as_of: Day = Field(description="The day of the list, or on which this was so")
    source: FactSource = Field(description="self_declared by the enterprise, official_list by an office")
    document: Name | None = Field(default=None, description="Title and number of the list or certificate")

    @model_validator(mode="after")
    def _dates_are_ordered(self) -> Self:
        if self.expires_on is not None and self.expires_on < self.issued_on:
            raise ValueError("honour_dates_reversed")
        return self


class HonoursRecord(Draft):
    """Several at once: a list of an authority, or all that an enterprise holds."""

    honours: Annotated[list[HonourStatement], Field(fail_fast=True, min_length=1, max_length=100)]


class HonourRead(Reading):
    organization_id: UUID
    honour: Honour
    level: HonourLevel | None
    issued_on: date
    expires_on: date | None
    expired: bool = Field(description="By today")
    as_of: date
    source: FactSource
    document: str | None
    listed_by: UUID = Field(description="The organization that made the statement")


class HonoursRecorded(Draft):
    honours: list[HonourRead]
