"""What enterprises ask for, and the facts about them that answers depend on."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Column, Index, String, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from matchmaking.tables.base import Instant, Row, text_enum
from matchmaking.tables.row_security import (
    ACTING_ORGANIZATION,
    OFFICIAL,
    OWN,
    Policy,
    RowSecurity,
    everything,
)
from schemas.vocabulary import FactName, FactSource, NeedState, PurposeKind


class EnterpriseFact(Row, table=True):
    """One statement about an enterprise at a date; a later one takes its place, none is ever changed."""

    __tablename__ = "enterprise_fact"
    __table_args__ = (Index("ix_enterprise_fact_latest", "organization_id", "name", "as_of"),)

    organization_id: UUID = Field(foreign_key="organization.id")
    name: FactName = Field(sa_type=text_enum(FactName))
    value: Any = Field(sa_type=JSONB)
    as_of: date
    source: FactSource = Field(sa_type=text_enum(FactSource))


class FinancingNeed(Row, table=True):
    """The five answers: how much (fen), for what, by when, what can be pledged, whom to call.

    `live_talks` counts introductions accepted and not ended, `live_agreements` signed records in force: a
    provider that moves the need on sees its own introduction alone, and must not have to see the others.
    """

    __tablename__ = "financing_need"
    __table_args__ = (UniqueConstraint("organization_id", "source", "external_id"),)

    organization_id: UUID = Field(foreign_key="organization.id", index=True)
    project_id: UUID | None = Field(default=None, foreign_key="project.id", index=True)
    state: NeedState = Field(default=NeedState.DRAFT, sa_type=text_enum(NeedState), index=True)
    amount_fen: int = Field(sa_type=BigInteger)
    purpose: PurposeKind = Field(sa_type=text_enum(PurposeKind))
    needed_by: date
    pledges: list[str] = Field(sa_column=Column(ARRAY(String(40)), nullable=False))
    contact_person_id: UUID = Field(foreign_key="person.id")
    tenor_months: int | None = None
    summary: str | None = None
    excluded_organization_ids: list[UUID] = Field(
        default_factory=list, sa_column=Column(ARRAY(Uuid()), nullable=False)
    )
    expires_on: date
    returned_defects: list[str] | None = Field(default=None, sa_type=JSONB)
    submitted_at: datetime | None = Field(default=None, sa_type=Instant)
    opened_at: datetime | None = Field(default=None, sa_type=Instant)
    opened_by_membership_id: UUID | None = Field(default=None, foreign_key="membership.id")
    live_talks: int = 0
    live_agreements: int = 0
    source: str | None = None
    external_id: str | None = None


INTRODUCED_HERE = (
    "EXISTS (SELECT FROM introduction i WHERE i.need_id = financing_need.id"
    f" AND i.provider_organization_id = {ACTING_ORGANIZATION})"
)
SIGNING = (
    "EXISTS (SELECT FROM agreement a WHERE a.need_id = financing_need.id"
    f" AND {ACTING_ORGANIZATION} = ANY (a.party_organization_ids))"
)
READABLE = f"{OWN} OR ({OFFICIAL} AND submitted_at IS NOT NULL) OR {INTRODUCED_HERE} OR {SIGNING}"

CHANGEABLE = (
    *("state", "version", "submitted_at", "opened_at", "live_talks", "live_agreements", "returned_defects"),
    *("amount_fen", "purpose", "needed_by", "pledges", "contact_person_id", "tenor_months", "summary"),
    *("excluded_organization_ids", "expires_on", "project_id", "opened_by_membership_id"),
)

ROW_SECURITY: RowSecurity = {
    "enterprise_fact": (
        Policy("app", "select", OWN),
        Policy("app", "insert", OWN),
        *everything("select", "insert"),
    ),
    "financing_need": (
        Policy("app", "select", READABLE),
        Policy("app", "insert", OWN),
        Policy("app", "update", READABLE, columns=CHANGEABLE),
        *everything("select", "insert", "update"),
    ),
}
