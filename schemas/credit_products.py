"""Credit products: what a bank defines once, and how its branches adopt it."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from schemas.base import (
    LARGEST_AMOUNT_FEN,
    BasisPoints,
    Compiled,
    DistrictCode,
    Draft,
    Fen,
    Months,
    Name,
    Note,
    Reading,
    ShareBasisPoints,
)
from schemas.days import Day
from schemas.eligibility import CapTable, EligibilityRules, PoolShares
from schemas.renewals import Standing
from schemas.vocabulary import (
    CapBasis,
    GuaranteeFeePayment,
    GuaranteeMode,
    ListingState,
    LprTerm,
    ProductKind,
    PurposeKind,
    RateKind,
    RepaymentMethod,
)

Fee = Annotated[int, Field(strict=True, ge=0, le=LARGEST_AMOUNT_FEN, description="Fen; 0: none is taken")]


class RateTerms(Draft):
    """LPR of a term plus a spread band, a fixed band, or unknown ("ask the bank"). Yearly basis points."""

    kind: RateKind
    lpr_term: LprTerm | None = None
    lowest_basis_points: BasisPoints | None = None
    highest_basis_points: BasisPoints | None = None

    @model_validator(mode="after")
    def _band_belongs_to_kind(self) -> Self:
        band = (self.lowest_basis_points, self.highest_basis_points)
        if self.kind is RateKind.UNKNOWN:
            if band != (None, None) or self.lpr_term is not None:
                raise ValueError("rate_unknown_has_band")
            return self
        lowest, highest = band
        if lowest is None or highest is None or lowest > highest:
            raise ValueError("rate_band_incomplete")
        if (self.kind is RateKind.LPR_SPREAD) != (self.lpr_term is not None):
            raise ValueError("rate_lpr_term_mismatch")
        if self.kind is RateKind.FIXED_BAND and lowest < 0:
            raise ValueError("rate_band_incomplete")
        return self


class CapFormula(Draft):
    """A ceiling reckoned from a fact: `share_basis_points` of `basis`, 40000 meaning four times."""

    basis: CapBasis
    share_basis_points: Annotated[int, Field(strict=True, ge=1, le=200_000)]


class CreditProductTerms(Draft):
    """What a match is reckoned with. Amounts in fen, tenors in months."""

    smallest_amount_fen: Fen | None = None
    largest_amount_fen: Fen | None = Field(default=None, description="Null: not published")
    shortest_tenor_months: Months | None = None
    longest_tenor_months: Months | None = Field(default=None, description="Null: not published")
    rate: RateTerms
    purposes: Annotated[
        list[PurposeKind], Field(fail_fast=True, max_length=20, description="Empty: not published")
    ]
    guarantee_modes: Annotated[
        list[GuaranteeMode], Field(fail_fast=True, max_length=20, description="Empty: not published")
    ]
    repayment_methods: Annotated[
        list[RepaymentMethod], Field(fail_fast=True, max_length=10, description="Empty: not published")
    ]
    guarantee_fee_basis_points: ShareBasisPoints | None = Field(
        default=None, description="Null: not published; 0: none is taken"
    )
    guarantee_fee_payment: GuaranteeFeePayment = GuaranteeFeePayment.YEARLY
    appraisal_fee_fen: Fee | None = Field(default=None, description="Once, at settlement")
    appraisal_fee_basis_points: ShareBasisPoints | None = Field(
        default=None, description="Once, of the loan; added to a fee in fen"
    )
    other_fees_fen: Fee | None = Field(default=None, description="Once, at settlement")
    other_fees_basis_points: ShareBasisPoints | None = Field(
        default=None, description="Once, of the loan; added to fees in fen"
    )
    cap_formulas: Annotated[list[CapFormula], Field(fail_fast=True, max_length=5)] = Field(
        default_factory=list
    )
    cap_tables: Annotated[tuple[CapTable, ...], Field(fail_fast=True, max_length=5)] = Field(
        default=(), description="Caps that hang on a fact: honour, grade, revenue band"
    )
    pool_shares: PoolShares | None = Field(
        default=None, description="What a risk-compensation pool bears of a loss, by a fact"
    )
    days_to_money: Annotated[int, Field(strict=True, ge=0, le=365)] | None = Field(
        default=None, description="Working days from complete documents to money"
    )
    documents: Annotated[list[Name], Field(fail_fast=True, max_length=30)] = Field(default_factory=list)
    conditions_in_words: Annotated[list[Note], Field(fail_fast=True, max_length=20)] = Field(
        default_factory=list, description="What else is asked, as the bank words it; no rule reads it"
    )
    remarks: Annotated[list[Note], Field(fail_fast=True, max_length=20)] = Field(
        default_factory=list, description="What else the bank says of the terms, in its words"
    )
    rules: EligibilityRules

    @model_validator(mode="after")
    def _ranges_are_ordered(self) -> Self:
        if self.largest_amount_fen and (self.smallest_amount_fen or 0) > self.largest_amount_fen:
            raise ValueError("amount_range_reversed")
        if self.longest_tenor_months and (self.shortest_tenor_months or 0) > self.longest_tenor_months:
            raise ValueError("tenor_range_reversed")
        return self


class CreditProductCreate(Draft):
    kind: ProductKind
    name_zh: Name
    name_en: Name | None = None
    valid_until: Day = Field(description="At most 12 months ahead")
    terms: CreditProductTerms
    source: Name | None = Field(default=None, description="System of record, with `external_id`")
    external_id: Name | None = None

    @model_validator(mode="after")
    def _source_with_id(self) -> Self:
        if (self.source is None) != (self.external_id is None):
            raise ValueError("source_without_external_id")
        return self


class CreditProductChange(Draft):
    """New terms make a new version; what was matched or agreed keeps pointing at the old one."""

    name_zh: Name | None = None
    name_en: Name | None = None
    valid_until: Day | None = None
    terms: CreditProductTerms | None = None


class CreditProductRead(Reading, Standing):
    organization_id: UUID
    kind: ProductKind
    state: ListingState
    name_zh: str
    name_en: str | None
    valid_until: date
    version_id: UUID = Field(description="The published version that matches and agreements point at")
    version_number: int
    terms: CreditProductTerms = Field(description="Rules the bank keeps to itself are left out for others")
    compiled: Compiled | None = Field(description="Set on the reference shelf: it is no offer")
    returned_defects: list[str] | None = Field(description="For the bank itself: why it was returned last")


class AdoptionCreate(Draft):
    """A branch offers the product: where, up to how much by its own authority, and how much in all."""

    unit_id: UUID
    territory: Annotated[list[DistrictCode], Field(fail_fast=True, min_length=1, max_length=200)]
    authority_limit_fen: Fen | None = None
    quota_fen: Fen | None = None


class AdoptionRead(Reading):
    product_id: UUID
    organization_id: UUID
    unit_id: UUID
    state: ListingState
    territory: list[str]
