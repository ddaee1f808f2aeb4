"""Match runs, frozen with everything that produced them, and the introductions that came of them."""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
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
from schemas.vocabulary import (
    DeclineCode,
    IntroductionRoute,
    IntroductionState,
    NotTakenReason,
    Verdict,
)


class MatchRun(Row, table=True):
    """One ranking: the request as the ranker got it, and the version of the rule that ordered it."""

    __tablename__ = "match_run"

    organization_id: UUID = Field(foreign_key="organization.id")
    need_id: UUID = Field(foreign_key="financing_need.id", index=True)
    need_version: int
    ranker_version: str
    request: dict[str, Any] = Field(sa_type=JSONB)
    summary: dict[str, Any] = Field(sa_type=JSONB)


class MatchCandidate(Row, table=True):
    """One provider's product in a run: its place, its verdict and every number that led there."""

    __tablename__ = "match_candidate"
    __table_args__ = (
        UniqueConstraint("run_id", "position"),
        Index("ix_match_candidate_product", "product_id", "organization_id"),
    )

    run_id: UUID = Field(foreign_key="match_run.id")
    organization_id: UUID = Field(foreign_key="organization.id")
    position: int
    provider_organization_id: UUID = Field(foreign_key="organization.id")
    product_id: UUID = Field(foreign_key="credit_product.id")
    product_version_id: UUID = Field(foreign_key="credit_product_version.id")
    adoption_id: UUID = Field(foreign_key="product_adoption.id")
    verdict: Verdict = Field(sa_type=text_enum(Verdict))
    outcome: dict[str, Any] = Field(sa_type=JSONB)


LIVE = "state NOT IN ('agreed', 'not_taken', 'declined', 'incomplete', 'lapsed', 'withdrawn')"


class Introduction(Row, table=True):
    """One need and one provider's unit put in contact.

    A financing need and an adopted product, or a research demand and a capability.
    """

    __tablename__ = "introduction"
    __table_args__ = (
        Index("uq_introduction_live", "need_id", "adoption_id", unique=True, postgresql_where=text(LIVE)),
        Index(
            "uq_introduction_research_live",
            "demand_id",
            "capability_id",
            unique=True,
            postgresql_where=text(LIVE),
        ),
        CheckConstraint("num_nonnulls(need_id, demand_id) = 1", name="one_wish"),
        CheckConstraint("num_nonnulls(adoption_id, capability_id) = 1", name="one_offer"),
        CheckConstraint("(need_id IS NULL) = (adoption_id IS NULL)", name="of_one_kind"),
    )

    organization_id: UUID = Field(foreign_key="organization.id", index=True)
    need_id: UUID | None = Field(default=None, foreign_key="financing_need.id", index=True)
    demand_id: UUID | None = Field(default=None, foreign_key="research_demand.id", index=True)
    provider_organization_id: UUID = Field(foreign_key="organization.id", index=True)
    provider_unit_id: UUID = Field(foreign_key="unit.id", index=True)
    adoption_id: UUID | None = Field(default=None, foreign_key="product_adoption.id")
    product_version_id: UUID | None = Field(default=None, foreign_key="credit_product_version.id")
    capability_id: UUID | None = Field(default=None, foreign_key="capability.id")
    capability_version: int | None = None
    candidate_id: UUID | None = Field(default=None, foreign_key="match_candidate.id")
    capability_candidate_id: UUID | None = Field(default=None, foreign_key="capability_match_candidate.id")
    interest_id: UUID | None = Field(default=None, foreign_key="interest.id", index=True)
    recommendation_offer_id: UUID | None = Field(default=None, foreign_key="recommendation_offer.id")
    route: IntroductionRoute = Field(sa_type=text_enum(IntroductionRoute))
    state: IntroductionState = Field(
        default=IntroductionState.REQUESTED, sa_type=text_enum(IntroductionState)
    )
    decline_code: DeclineCode | None = Field(default=None, sa_type=text_enum(DeclineCode))
    decline_note: str | None = None
    not_taken_reason: NotTakenReason | None = Field(default=None, sa_type=text_enum(NotTakenReason))


PARTY = f"{OWN} OR provider_organization_id = {ACTING_ORGANIZATION}"
# Whoever signs last, also a guarantor, moves the introduction on to agreed.
SIGNING = (
    "EXISTS (SELECT FROM agreement a WHERE a.introduction_id = introduction.id"
    f" AND {ACTING_ORGANIZATION} = ANY (a.party_organization_ids))"
)

ROW_SECURITY: RowSecurity = {
    "match_run": (
        Policy("app", "select", OWN),
        Policy("app", "insert", OWN),
        *everything("select", "insert"),
    ),
    "match_candidate": (
        Policy("app", "select", OWN),
        Policy("app", "insert", OWN),
        *everything("select", "insert"),
    ),
    "introduction": (
        Policy("app", "select", f"{PARTY} OR {OFFICIAL} OR {SIGNING}"),
        Policy("app", "insert", OWN),
        Policy(
            "app",
            "update",
            f"{PARTY} OR {SIGNING}",
            columns=("state", "version", "decline_code", "decline_note", "not_taken_reason"),
        ),
        *everything("select", "insert", "update"),
    ),
}
