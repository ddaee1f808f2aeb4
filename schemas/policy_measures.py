"""Policy measures: interest subsidies, compensation pools, guarantee-fee subsidies, dated and sourced."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from schemas.base import Draft, Fen, Months, Name, Note, Reading, ShareBasisPoints, Text
from schemas.days import Day
from schemas.eligibility import EligibilityRules
from schemas.renewals import Standing
from schemas.vocabulary import LineOfDuty, ListingState, PolicyKind, PurposeKind

PageAddress = Annotated[str, StringConstraints(pattern=r"^https?://[\x21-\x7e]{3,400}$")]
Banks = Annotated[
    list[UUID],
    Field(fail_fast=True, max_length=200, description="Banks that take part; empty: every bank does"),
]


class PolicyMeasureDescription(Draft):
    """The whole of what an office publishes; a change sends it anew.

    `rate_basis_points` is the interest subsidy a year, on `loan_share_basis_points` of the loan;
    `share_basis_points` the share that is granted of guarantee fee or interest (with a rate: at most), or
    that the pool bears of a loss. `paid` says in words when it is paid, the two numbers say it to a match.
    """

    kind: PolicyKind
    title_zh: Name
    title_en: Name | None = None
    description: Text
    rules: EligibilityRules = Field(description="Who qualifies")
    rate_basis_points: ShareBasisPoints | None = None
    share_basis_points: ShareBasisPoints | None = None
    cap_each_fen: Fen | None = Field(default=None, description="At most for one enterprise")
    cap_total_fen: Fen | None = Field(default=None, description="At most in all")
    bank_ids: Banks = Field(default_factory=list)
    loan_share_basis_points: ShareBasisPoints | None = Field(
        default=None, description="The part of the loan that a rate is granted on; null: all of it"
    )
    most_months: Months | None = Field(default=None, description="How long interest is subsidised at most")
    purposes: Annotated[list[PurposeKind], Field(fail_fast=True, max_length=20)] = Field(
        default_factory=list, description="Of the loans that it is for; empty: any"
    )
    paid: Note = Field(description="When, and on what, it is paid")
    paid_every_months: Months | None = Field(
        default=None,
        description="1: with each payment of interest. Null: a match reckons it at the end of the loan",
    )
    paid_after_months: Annotated[int, Field(strict=True, ge=0, le=60)] = Field(
        default=0, description="How much later than that the money comes"
    )
    valid_from: Day
    valid_until: Day = Field(description="At most 12 months ahead; renewed while the measure goes on")
    document: Name = Field(description="Title and number of the publication")
    document_url: PageAddress | None = None
    as_of: Day = Field(description="The day of the publication")

    @model_validator(mode="after")
    def _can_be_granted(self) -> Self:
        if self.valid_from > self.valid_until:
            raise ValueError("validity_reversed")
        if len(self.bank_ids) != len(set(self.bank_ids)):
            raise ValueError("bank_stands_twice")
        rate = self.rate_basis_points if self.kind is PolicyKind.INTEREST_SUBSIDY else None
        if not (rate or self.share_basis_points):
            raise ValueError("measure_needs_rate_or_share")
        return self


class PolicyMeasureCreate(PolicyMeasureDescription):
    source: Name | None = Field(default=None, description="System of record, with `external_id`")
    external_id: Name | None = None

    @model_validator(mode="after")
    def _source_with_id(self) -> Self:
        if (self.source is None) != (self.external_id is None):
            raise ValueError("source_without_external_id")
        return self


class PolicyMeasureRead(Reading, Standing):
    organization_id: UUID
    unit_id: UUID = Field(description="The office that issues it")
    line_of_duty: LineOfDuty
    area: str | None = Field(description="GB/T 2260 code of the area in which it holds")
    kind: PolicyKind
    state: ListingState
    title_zh: str
    title_en: str | None
    description: str
    rules: EligibilityRules
    rate_basis_points: int | None
    share_basis_points: int | None
    cap_each_fen: int | None
    cap_total_fen: int | None
    bank_ids: list[UUID]
    loan_share_basis_points: int | None
    most_months: int | None
    purposes: list[PurposeKind]
    paid: str
    paid_every_months: int | None
    paid_after_months: int
    valid_from: date
    valid_until: date
    document: str
    document_url: str | None
    as_of: date
    invented: bool = Field(description="Made up for a demonstration: nobody grants it")
