"""The platform's record of agreements: parties, what each acknowledged, and what became of it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Column, Index, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from matchmaking.tables.base import Instant, Row, text_enum
from matchmaking.tables.row_security import (
    ACTING_ORGANIZATION,
    OFFICIAL,
    Policy,
    RowSecurity,
    everything,
)
from schemas.vocabulary import (
    AgreementNature,
    AgreementState,
    EvidenceGrade,
    FulfilmentKind,
    FulfilmentState,
    PartyRole,
)


class Agreement(Row, table=True):
    """A record of two or more parties. The text is frozen, with its SHA-256, at the first signature.

    An introduction has one record at a time: a terminated one can be drawn up anew. `provider_unit_id` is the
    unit of the provider that the introduction went to.
    """

    __tablename__ = "agreement"
    __table_args__ = (
        Index(
            "uq_agreement_introduction_live",
            "introduction_id",
            unique=True,
            postgresql_where=text("state <> 'terminated'"),
        ),
    )

    nature: AgreementNature = Field(sa_type=text_enum(AgreementNature))
    state: AgreementState = Field(
        default=AgreementState.AWAITING_SIGNATURES, sa_type=text_enum(AgreementState), index=True
    )
    introduction_id: UUID | None = Field(default=None, foreign_key="introduction.id", index=True)
    need_id: UUID | None = Field(default=None, foreign_key="financing_need.id", index=True)
    demand_id: UUID | None = Field(default=None, foreign_key="research_demand.id", index=True)
    drafted_by_organization_id: UUID = Field(foreign_key="organization.id")
    provider_organization_id: UUID | None = Field(default=None, foreign_key="organization.id")
    provider_unit_id: UUID | None = Field(default=None, foreign_key="unit.id")
    party_organization_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid()), nullable=False))
    terms: dict[str, Any] = Field(sa_type=JSONB)
    amount_fen: int = Field(sa_type=BigInteger)
    text: str
    text_sha256: str
    termination_reason: str | None = None


class AgreementParty(Row, table=True):
    """One organization in one role; its grade is the evidence for its own signature alone."""

    __tablename__ = "agreement_party"
    __table_args__ = (
        UniqueConstraint("agreement_id", "organization_id", "role"),
        CheckConstraint("share_basis_points BETWEEN 0 AND 10000", name="share"),
    )

    agreement_id: UUID = Field(foreign_key="agreement.id", index=True)
    organization_id: UUID = Field(foreign_key="organization.id", index=True)
    role: PartyRole = Field(sa_type=text_enum(PartyRole))
    share_basis_points: int | None = None
    grade: EvidenceGrade | None = Field(default=None, sa_type=text_enum(EvidenceGrade))
    acknowledged_at: datetime | None = Field(default=None, sa_type=Instant)
    outcome_consent_at: datetime | None = Field(default=None, sa_type=Instant)
    acknowledged_membership_id: UUID | None = Field(default=None, foreign_key="membership.id")


class FulfilmentFact(Row, table=True):
    """One thing that happened under an agreement, as one side states it; corrections are new facts."""

    __tablename__ = "fulfilment_fact"

    agreement_id: UUID = Field(foreign_key="agreement.id", index=True)
    kind: FulfilmentKind = Field(sa_type=text_enum(FulfilmentKind))
    amount_fen: int | None = Field(default=None, sa_type=BigInteger)
    happened_on: date
    stated_by_organization_id: UUID = Field(foreign_key="organization.id")
    state: FulfilmentState = Field(default=FulfilmentState.STATED, sa_type=text_enum(FulfilmentState))
    answered_by_organization_id: UUID | None = Field(default=None, foreign_key="organization.id")
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
    corrects_id: UUID | None = Field(default=None, foreign_key="fulfilment_fact.id", unique=True)


PARTY = f"{ACTING_ORGANIZATION} = ANY (party_organization_ids)"
OF_A_READABLE_AGREEMENT = "EXISTS (SELECT FROM agreement a WHERE a.id = agreement_id)"
DRAFTED_HERE = (
    "EXISTS (SELECT FROM agreement a WHERE a.id = agreement_id"
    f" AND a.drafted_by_organization_id = {ACTING_ORGANIZATION})"
)
SIGNATURE = ("version", "grade", "acknowledged_at", "acknowledged_membership_id", "outcome_consent_at")
STATED_HERE = f"stated_by_organization_id = {ACTING_ORGANIZATION}"

ROW_SECURITY: RowSecurity = {
    "agreement": (
        Policy("app", "select", f"{PARTY} OR {OFFICIAL}"),
        Policy("app", "insert", f"drafted_by_organization_id = {ACTING_ORGANIZATION} AND {PARTY}"),
        Policy("app", "update", PARTY, columns=("state", "version", "termination_reason")),
        *everything("select", "insert", "update"),
    ),
    "agreement_party": (
        Policy("app", "select", OF_A_READABLE_AGREEMENT),
        Policy("app", "insert", DRAFTED_HERE),
        Policy("app", "update", f"organization_id = {ACTING_ORGANIZATION}", columns=SIGNATURE),
        *everything("select", "insert", "update"),
    ),
    "fulfilment_fact": (
        Policy("app", "select", OF_A_READABLE_AGREEMENT),
        Policy("app", "insert", f"{STATED_HERE} AND {OF_A_READABLE_AGREEMENT}"),
        Policy(
            "app",
            "update",
            f"{OF_A_READABLE_AGREEMENT} AND NOT {OFFICIAL}",
            columns=("state", "version", "answered_by_organization_id", "answered_at"),
        ),
        *everything("select", "insert", "update"),
    ),
}
