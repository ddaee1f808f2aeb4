"""Honours that enterprises hold: each statement with its date, who made it, and until when it holds."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from matchmaking.tables.base import Row, text_enum
from matchmaking.tables.row_security import (
    ACTING_ORGANIZATION,
    OFFICIAL,
    OWN,
    Policy,
    RowSecurity,
    everything,
)
from schemas.vocabulary import FactSource, Honour, HonourLevel


class HeldHonour(Row, table=True):
    """One statement that `organization_id` holds an honour; a later one takes its place, none is changed.

    `listed_by` is the organization that made it. It expired when `expires_on` has passed; None: it does not.
    """

    __tablename__ = "held_honour"
    __table_args__ = (
        Index("ix_held_honour_holder", "organization_id", "honour"),
        CheckConstraint("expires_on IS NULL OR issued_on <= expires_on", name="dates"),
    )

    organization_id: UUID = Field(foreign_key="organization.id")
    honour: Honour = Field(sa_type=text_enum(Honour))
    level: HonourLevel | None = Field(default=None, sa_type=text_enum(HonourLevel))
    issued_on: date
    expires_on: date | None = None
    as_of: date
    source: FactSource = Field(sa_type=text_enum(FactSource))
    document: str | None = None
    listed_by: UUID = Field(foreign_key="organization.id", index=True)


BY_ONESELF = f"listed_by = {ACTING_ORGANIZATION}"

ROW_SECURITY: RowSecurity = {
    "held_honour": (
        Policy("app", "select", f"{OWN} OR {OFFICIAL}"),
        Policy(
            "app",
            "insert",
            f"{BY_ONESELF} AND (({OWN} AND source = 'self_declared')"
            f" OR ({OFFICIAL} AND source = 'official_list'))",
        ),
        *everything("select", "insert"),
    ),
}
