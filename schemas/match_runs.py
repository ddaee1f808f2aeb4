"""Match runs: one ranking, frozen, with the reasons and every number that led to the order."""

from typing import Any
from uuid import UUID

from pydantic import Field

from schemas.base import Draft, Reading
from schemas.vocabulary import FactName, Verdict


class MatchRunCreate(Draft):
    need_id: UUID


class Reason(Draft):
    """A code with parameters, and what it says in the caller's language."""

    code: str
    parameters: dict[str, Any]
    text: str
    plain: str = Field(description="At most 30 Chinese characters")


class MatchCandidateRead(Draft):
    id: UUID
    position: int
    verdict: Verdict
    verdict_text: str
    provider_organization_id: UUID
    provider_name: str
    provider_here: bool = Field(description="false: listed from public pages; invite it")
    unit_id: UUID
    unit_name: str
    product_id: UUID
    product_version_id: UUID
    product_name: str
    adoption_id: UUID
    conditions_met_as_published: bool = Field(description="Some rules are not published")
    cap_fen: int | None = Field(description="What the published terms reach to; no offer and no approval")
    rate_basis_points: int | None = Field(description="Lowest of the published band; null: ask the bank")
    total: float | None = Field(description="Weighted sum of the components, 0 to 100")
    components: dict[str, float | None]
    reasons: list[Reason]


class MatchRunRead(Reading):
    need_id: UUID
    need_version: int
    ranker_version: str
    counts: dict[Verdict, int] = Field(description="How many candidates got which verdict")
    most_decisive_unknown: list[Reason] = Field(description="Missing facts, the most decisive first")
    facts_changed_since_previous_run: list[FactName] = Field(
        description="Stated otherwise, added or gone since the run before for the same need"
    )
    candidates: list[MatchCandidateRead]


class MatchRunSummary(Reading):
    need_id: UUID
    need_version: int
    ranker_version: str
    counts: dict[Verdict, int]
