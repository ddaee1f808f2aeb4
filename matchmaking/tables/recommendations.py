"""What officials recommended to an enterprise, frozen: for the office and the enterprise, for no provider."""

from typing import cast
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
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
from schemas.vocabulary import RecommendationReason


class Recommendation(Row, table=True):
    """An office (`organization_id`, `unit_id`) names offers to the enterprise of one need or demand.

    `fewer_reason` says why fewer than three providers are named, `interest_declared` what ties the official
    to one of them.
    """

    __tablename__ = "recommendation"
    __table_args__ = (CheckConstraint("num_nonnulls(need_id, demand_id) = 1", name="one_wish"),)

    organization_id: UUID = Field(foreign_key="organization.id", index=True)
    unit_id: UUID = Field(foreign_key="unit.id")
    made_by_membership_id: UUID | None = Field(default=None, foreign_key="membership.id")
    enterprise_organization_id: UUID = Field(foreign_key="organization.id", index=True)
    need_id: UUID | None = Field(default=None, foreign_key="financing_need.id", index=True)
    demand_id: UUID | None = Field(default=None, foreign_key="research_demand.id", index=True)
    reason: RecommendationReason = Field(sa_type=text_enum(RecommendationReason))
    note: str | None = None
    fewer_reason: str | None = None
    has_interest: bool
    interest_declared: str | None = None

    @property
    def wish_id(self) -> UUID:
        return cast("UUID", self.need_id or self.demand_id)


class RecommendationOffer(Row, table=True):
    """One offer of a recommendation, at its place in the published order.

    Those of providers that the enterprise excluded stand here too, so that the office cannot tell them from
    the others; the enterprise is not shown them.
    """

    __tablename__ = "recommendation_offer"
    __table_args__ = (
        UniqueConstraint("recommendation_id", "position"),
        CheckConstraint("num_nonnulls(adoption_id, capability_id) = 1", name="one_offer"),
    )

    recommendation_id: UUID = Field(foreign_key="recommendation.id")
    organization_id: UUID = Field(foreign_key="organization.id")
    enterprise_organization_id: UUID = Field(foreign_key="organization.id", index=True)
    position: int
    provider_organization_id: UUID = Field(foreign_key="organization.id")
    adoption_id: UUID | None = Field(default=None, foreign_key="product_adoption.id")
    capability_id: UUID | None = Field(default=None, foreign_key="capability.id")

    @property
    def offer_id(self) -> UUID:
        return cast("UUID", self.adoption_id or self.capability_id)


TOLD = f"({OWN} AND {OFFICIAL}) OR enterprise_organization_id = {ACTING_ORGANIZATION}"
MADE = f"{OWN} AND {OFFICIAL}"

ROW_SECURITY: RowSecurity = {
    table: (
        Policy("app", "select", TOLD),
        Policy("app", "insert", MADE),
        *everything("select", "insert"),
    )
    for table in ("recommendation", "recommendation_offer")
}
