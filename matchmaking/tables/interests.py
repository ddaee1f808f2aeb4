"""Sealed interest of providers in anonymous cards.

What follows from other rows is not kept here: a window, whether it is open, whether the interest was picked.
"""

from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from matchmaking.tables.base import Instant, Row
from matchmaking.tables.row_security import OWN, Policy, RowSecurity, everything

LIVE = "withdrawn_at IS NULL"


class Interest(Row, table=True):
    """A provider's unit would talk about what a card shows, with one of its offers.

    The provider reads its own row, so nothing in it may tell whose card it is or who else came: neither the
    wish nor the enterprise, and not when the window ends, from which the instant of the first could be
    reckoned.
    """

    __tablename__ = "interest"
    __table_args__ = (
        Index(
            "uq_interest_of_adoption",
            "card_id",
            "adoption_id",
            unique=True,
            postgresql_where=text(LIVE),
        ),
        Index(
            "uq_interest_of_capability",
            "card_id",
            "capability_id",
            unique=True,
            postgresql_where=text(LIVE),
        ),
        Index("ix_interest_card_id", "card_id", "created_at"),
        CheckConstraint("num_nonnulls(adoption_id, capability_id) = 1", name="one_offer"),
    )

    organization_id: UUID = Field(foreign_key="organization.id", index=True)
    unit_id: UUID = Field(foreign_key="unit.id")
    adoption_id: UUID | None = Field(default=None, foreign_key="product_adoption.id")
    capability_id: UUID | None = Field(default=None, foreign_key="capability.id")
    card_id: UUID
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)

    @property
    def offer_id(self) -> UUID:
        """The adoption or the capability with which it was expressed."""
        return cast("UUID", self.adoption_id or self.capability_id)


ROW_SECURITY: RowSecurity = {
    "interest": (
        Policy("app", "select", OWN),
        Policy("app", "insert", OWN),
        Policy("app", "update", OWN, columns=("withdrawn_at", "version")),
        *everything("select", "insert"),
    ),
}
