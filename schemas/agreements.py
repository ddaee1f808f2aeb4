"""The record of an agreement: parties in roles, what they acknowledged, and the facts of its fulfilment."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from schemas.base import BasisPoints, Draft, Fen, Months, Name, Note, Reading, ShareBasisPoints
from schemas.days import Day
from schemas.vocabulary import (
    AgreementNature,
    AgreementState,
    EvidenceGrade,
    FulfilmentKind,
    FulfilmentState,
    PartyRole,
)

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class PartyDraft(Draft):
    organization_id: UUID
    role: PartyRole
    share_basis_points: ShareBasisPoints | None = None


class AgreementTerms(Draft):
    """What was agreed. Framework amounts are intended, never credit."""

    title: Name
    amount_fen: Fen
    tenor_months: Months | None = None
    rate_basis_points: BasisPoints | None = None
    contract_number_masked: Name | None = Field(default=None, description="As in the bank's system, masked")
    signed_on: Day | None = None


class AgreementCreate(Draft):
    """Recorded under an introduction; every required role of the nature must have a party."""

    introduction_id: UUID
    nature: AgreementNature
    parties: Annotated[list[PartyDraft], Field(fail_fast=True, min_length=2, max_length=20)]
    terms: AgreementTerms


class AgreementAcknowledge(Draft):
    """The hash of the text that the acknowledging side has read; another text is refused."""

    text_sha256: Sha256
    outcome_consent: bool = Field(
        default=False, description="The borrower lets the lender state loan facts here"
    )


class AgreementTerminate(Draft):
    reason: Note


class PartyRead(Draft):
    id: UUID
    organization_id: UUID
    role: PartyRole
    share_basis_points: int | None
    grade: EvidenceGrade | None
    acknowledged_at: datetime | None
    outcome_consent_at: datetime | None


class AgreementRead(Reading):
    nature: AgreementNature
    state: AgreementState
    introduction_id: UUID | None
    terms: AgreementTerms
    text: str = Field(description="Canonical JSON of nature, parties and terms; its SHA-256 is acknowledged")
    text_sha256: str
    parties: list[PartyRead]
    grade: EvidenceGrade | None = Field(description="The lowest among the required roles; null: incomplete")


class FulfilmentFactState(Draft):
    """One fact; who may state which kind stands in `matchmaking/lifecycles/fulfilment.py`."""

    kind: FulfilmentKind
    happened_on: Day
    amount_fen: Fen | None = None
    corrects_id: UUID | None = None


class FulfilmentFactRead(Reading):
    agreement_id: UUID
    kind: FulfilmentKind
    amount_fen: int | None
    happened_on: date
    stated_by_organization_id: UUID
    state: FulfilmentState
    counts_as: str = Field(description="What it counts as today: confirmed, or as what one side stated")
    answered_at: datetime | None
    corrects_id: UUID | None
