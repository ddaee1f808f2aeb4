"""Runs that rank capabilities for a research demand, frozen, with the reasons and every number."""

from uuid import UUID

from pydantic import Field

from schemas.base import Draft, Reading
from schemas.match_runs import Reason
from schemas.vocabulary import CapabilityKind, RelevanceBasis, Verdict


class CapabilityMatchRunCreate(Draft):
    demand_id: UUID


class CapabilityMatchCandidateRead(Draft):
    id: UUID
    position: int
    verdict: Verdict
    verdict_text: str
    provider_organization_id: UUID
    provider_name: str
    provider_here: bool = Field(description="false: listed from public pages; invite it")
    unit_id: UUID
    unit_name: str
    capability_id: UUID
    capability_version: int
    capability_title: str
    kind: CapabilityKind
    conditions_met_as_published: bool = Field(description="Something of it is not published: ask")
    total: float | None = Field(description="Weighted sum of the components, 0 to 100")
    components: dict[str, float | None]
    reasons: list[Reason]


class CapabilityMatchRunRead(Reading):
    demand_id: UUID
    demand_version: int
    ranker_version: str
    counts: dict[Verdict, int] = Field(description="How many candidates got which verdict")
    relevance_basis: RelevanceBasis = Field(description="words: the demand or the texts had no vectors yet")
    relevance_basis_text: str
    most_decisive_unknown: list[Reason] = Field(description="Open answers of the demand, most decisive first")
    candidates: list[CapabilityMatchCandidateRead]


class CapabilityMatchRunSummary(Reading):
    demand_id: UUID
    demand_version: int
    ranker_version: str
    counts: dict[Verdict, int]
