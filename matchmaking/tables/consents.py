"""What an enterprise allows one provider to know of it, and what that provider came to know."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, Column, Index, String
from sqlmodel import Field

from matchmaking.tables.base import Instant, Row, text_enum
from matchmaking.tables.row_security import OWN, Policy, RowSecurity, everything
from schemas.vocabulary import ConsentPurpose, DisclosureKind


class Consent(Row, table=True):
    """Given by an enterprise to one counterparty, for groups of its facts, until `expires_on` or revoked."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_between", "counterparty_organization_id", "organization_id"),)

    organization_id: UUID = Field(foreign_key="organization.id", index=True)
    counterparty_organization_id: UUID = Field(foreign_key="organization.id")
    field_groups: list[str] = Field(sa_column=Column(ARRAY(String(40)), nullable=False))
    purpose: ConsentPurpose = Field(sa_type=text_enum(ConsentPurpose))
    expires_on: date
    given_membership_id: UUID | None = Field(default=None, foreign_key="membership.id")
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)


class Disclosure(Row, table=True):
    """One occasion on which facts of `organization_id` were read for a provider; never changed."""

    __tablename__ = "disclosure"
    __table_args__ = (Index("ix_disclosure_organization", "organization_id", "id"),)

    organization_id: UUID = Field(foreign_key="organization.id")
    counterparty_organization_id: UUID = Field(foreign_key="organization.id")
    counterparty_unit_id: UUID = Field(foreign_key="unit.id")
    kind: DisclosureKind = Field(sa_type=text_enum(DisclosureKind))
    field_groups: list[str] = Field(sa_column=Column(ARRAY(String(40)), nullable=False))
    need_id: UUID | None = Field(default=None, foreign_key="financing_need.id")
    product_version_id: UUID | None = Field(default=None, foreign_key="credit_product_version.id")


ROW_SECURITY: RowSecurity = {
    "consent": (
        Policy("app", "select", OWN),
        Policy("app", "insert", OWN),
        Policy("app", "update", OWN, columns=("revoked_at", "version")),
        *everything("select"),
    ),
    "disclosure": (
        Policy("app", "select", OWN),
        *everything("select", "insert"),
    ),
}
