"""What research offers and asks: capabilities, demands, and the rankings that bring them together."""

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
    SIGNED_IN,
    Policy,
    RowSecurity,
    everything,
)
from schemas.vocabulary import (
    CapabilityKind,
    IntellectualPropertyWish,
    ListingState,
    NeedState,
    PlatformLevel,
    Verdict,
)


def _codes() -> Any:
    return Column(ARRAY(String(60)), nullable=False, server_default="{}")


class Capability(Row, table=True):
    """A laboratory, achievement, expert, instrument, pilot line or course that an institution offers.

    `compiled_from` marks the reference shelf: the public page it was compiled from, with its date.
    """

    __tablename__ = "capability"
    __table_args__ = (UniqueConstraint("organization_id", "source", "external_id"),)

    organization_id: UUID = Field(foreign_key="organization.id", index=True)
    unit_id: UUID = Field(foreign_key="unit.id", index=True)
    kind: CapabilityKind = Field(sa_type=text_enum(CapabilityKind))
    state: ListingState = Field(default=ListingState.DRAFT, sa_type=text_enum(ListingState), index=True)
    title_zh: str
    title_en: str | None = None
    description: str
    fields: list[str] = Field(default_factory=list, sa_type=JSONB)
    chains: list[str] = Field(default_factory=list, sa_column=_codes())
    equipment: list[str] = Field(default_factory=list, sa_type=JSONB)
    past_work: list[str] = Field(default_factory=list, sa_type=JSONB)
    intellectual_property: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    modes: list[str] = Field(default_factory=list, sa_column=_codes())
    readiness_from: int | None = None
    readiness_to: int | None = None
    smallest_contract_fen: int | None = Field(default=None, sa_type=BigInteger)
    largest_contract_fen: int | None = Field(default=None, sa_type=BigInteger)
    free_projects: int | None = None
    platform_level: PlatformLevel | None = Field(default=None, sa_type=text_enum(PlatformLevel))
    district: str | None = None
    city: str | None = None
    contact_person_id: UUID | None = Field(default=None, foreign_key="person.id")
    valid_until: date
    returned_defects: list[str] | None = Field(default=None, sa_type=JSONB)
    source: str | None = None
    external_id: str | None = None
    compiled_from: str | None = None
    compiled_as_of: str | None = None


class ResearchDemand(Row, table=True):
    """What an enterprise wants solved. Strangers read `public_abstract` at most, on an anonymous card."""

    __tablename__ = "research_demand"
    __table_args__ = (UniqueConstraint("organization_id", "source", "external_id"),)

    organization_id: UUID = Field(foreign_key="organization.id", index=True)
    state: NeedState = Field(default=NeedState.DRAFT, sa_type=text_enum(NeedState), index=True)
    title: str
    problem: str
    public_abstract: str
    confidential_part: str | None = None
    chain: str | None = Field(default=None, index=True)
    readiness_now: int | None = None
    readiness_wanted: int | None = None
    indicators: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    smallest_budget_fen: int | None = Field(default=None, sa_type=BigInteger)
    largest_budget_fen: int | None = Field(default=None, sa_type=BigInteger)
    needed_by: date
    modes: list[str] = Field(default_factory=list, sa_column=_codes())
    intellectual_property_wish: IntellectualPropertyWish | None = Field(
        default=None, sa_type=text_enum(IntellectualPropertyWish)
    )
    contact_person_id: UUID | None = Field(default=None, foreign_key="person.id")
    excluded_organization_ids: list[UUID] = Field(
        default_factory=list, sa_column=Column(ARRAY(Uuid()), nullable=False, server_default="{}")
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
    compiled_from: str | None = None
    compiled_as_of: str | None = None


class CapabilityMatchRun(Row, table=True):
    """One ranking of capabilities: the request as the ranker got it, and the version of its rule."""

    __tablename__ = "capability_match_run"

    organization_id: UUID = Field(foreign_key="organization.id")
    demand_id: UUID = Field(foreign_key="research_demand.id", index=True)
    demand_version: int
    ranker_version: str
    request: dict[str, Any] = Field(sa_type=JSONB)
    summary: dict[str, Any] = Field(sa_type=JSONB)


class CapabilityMatchCandidate(Row, table=True):
    """One capability in a run: its place, its verdict and every number that led there."""

    __tablename__ = "capability_match_candidate"
    __table_args__ = (
        UniqueConstraint("run_id", "position"),
        Index("ix_capability_match_candidate_capability", "capability_id", "organization_id"),
    )

    run_id: UUID = Field(foreign_key="capability_match_run.id")
    organization_id: UUID = Field(foreign_key="organization.id")
    position: int
    provider_organization_id: UUID = Field(foreign_key="organization.id")
    provider_unit_id: UUID = Field(foreign_key="unit.id")
    capability_id: UUID = Field(foreign_key="capability.id")
    capability_version: int
    verdict: Verdict = Field(sa_type=text_enum(Verdict))
    outcome: dict[str, Any] = Field(sa_type=JSONB)


MATCHED_HERE = (
    "EXISTS (SELECT FROM capability_match_candidate c WHERE c.capability_id = capability.id"
    f" AND c.organization_id = {ACTING_ORGANIZATION})"
)
LISTED = (
    f"({SIGNED_IN} AND state IN ('open', 'suspended', 'expired')) OR {OWN}"
    f" OR ({OFFICIAL} AND state <> 'draft') OR {MATCHED_HERE}"
)
DESCRIBED = (
    *("state", "version", "title_zh", "title_en", "description", "fields", "chains", "equipment"),
    *("past_work", "intellectual_property", "modes", "readiness_from", "readiness_to"),
    *("smallest_contract_fen", "largest_contract_fen", "free_projects", "platform_level", "district", "city"),
    *("valid_until", "returned_defects"),
)
INTRODUCED_HERE = (
    "EXISTS (SELECT FROM introduction i WHERE i.demand_id = research_demand.id"
    f" AND i.provider_organization_id = {ACTING_ORGANIZATION})"
)
SIGNING = (
    "EXISTS (SELECT FROM agreement a WHERE a.demand_id = research_demand.id"
    f" AND {ACTING_ORGANIZATION} = ANY (a.party_organization_ids))"
)
ASKED = f"{OWN} OR ({OFFICIAL} AND submitted_at IS NOT NULL) OR {INTRODUCED_HERE} OR {SIGNING}"
DEMANDED = (
    *("state", "version", "title", "problem", "public_abstract", "confidential_part", "chain"),
    *("readiness_now", "readiness_wanted", "indicators", "smallest_budget_fen", "largest_budget_fen"),
    *("needed_by", "modes", "intellectual_property_wish", "contact_person_id"),
    *("excluded_organization_ids", "expires_on", "returned_defects", "submitted_at", "opened_at"),
    *("live_talks", "live_agreements", "opened_by_membership_id"),
)

ROW_SECURITY: RowSecurity = {
    "capability": (
        Policy("app", "select", LISTED),
        Policy("app", "insert", OWN),
        Policy("app", "update", f"{OWN} OR ({OFFICIAL} AND state <> 'draft')", columns=DESCRIBED),
        *everything("select", "insert", "update"),
    ),
    "research_demand": (
        Policy("app", "select", ASKED),
        Policy("app", "insert", OWN),
        Policy("app", "update", ASKED, columns=DEMANDED),
        *everything("select", "insert", "update"),
    ),
    "capability_match_run": (
        Policy("app", "select", OWN),
        Policy("app", "insert", OWN),
        *everything("select", "insert"),
    ),
    "capability_match_candidate": (
        Policy("app", "select", OWN),
        Policy("app", "insert", OWN),
        *everything("select", "insert"),
    ),
}
