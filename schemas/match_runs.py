"""Match runs: one ranking, frozen, with the reasons and every number that led to the order."""

from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, StrictInt, model_validator

from schemas.base import Draft, Reading
from schemas.vocabulary import ComponentName, CostBasis, FactName, Helper, Preset, Verdict

Part = Annotated[StrictInt, Field(ge=0, le=10_000)]


class OwnWeights(Draft):
    """Whole numbers, not all 0; what each is of their sum becomes percent by the largest remainder."""

    coverage: Part = 0
    cost: Part = 0
    speed: Part = 0
    collateral_burden: Part = 0
    fit: Part = 0
    reliability: Part = 0

    @model_validator(mode="after")
    def _something_counts(self) -> Self:
        if not any(self.model_dump().values()):
            raise ValueError("weights_all_zero")
        return self


class MatchRunCreate(Draft):
    need_id: UUID
    preset: Preset | None = Field(default=None, description="Published weights; balanced when left out")
    weights: OwnWeights | None = Field(default=None, description="Own weights instead of a preset")
    cost_basis: CostBasis = Field(
        default=CostBasis.CONTRACT, description="Which of the two costs gives a place in the order"
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if self.preset is not None and self.weights is not None:
            raise ValueError("preset_or_weights")
        return self


class Reason(Draft):
    """A code with parameters, and what it says in the caller's language."""

    code: str
    parameters: dict[str, Any]
    text: str
    plain: str = Field(description="At most 30 Chinese characters")


class MatchCandidateRead(Draft):
    id: UUID
    position: int = Field(description="Place among all, after at most three of a bank took the first page")
    moved_from: int | None = Field(description="The place by points alone, where it is another")
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
    cost_basis_points: int | None = Field(
        description="Effective annual rate of all that is paid by contract, at the upper end of the band"
    )
    cost_is_at_least: bool = Field(description="A guarantee fee is taken and not published")
    subsidised_cost_basis_points: int | None = Field(
        description="The same if the measure is granted that a reason names; null: none is known to apply"
    )
    total: float | None = Field(description="Weighted sum of the components, 0 to 100")
    components: dict[ComponentName, float | None]
    reasons: list[Reason]


class NearestRead(Draft):
    adoption_id: UUID
    provider_name: str
    product_name: str
    reasons: list[Reason] = Field(description="What hinders, with the remedy where one would help")


class HelperRead(Draft):
    code: Helper
    text: str


class NothingFits(Draft):
    """What there is to say when no candidate is eligible and none waits for facts only."""

    nearest: list[NearestRead] = Field(description="At most three, the nearest first")
    whom_to_ask: list[HelperRead]
    look_again_on: date
    look_again: Reason


class CandidateExplanation(Draft):
    """Why one candidate stands where it stands, or why it is not among those shown."""

    run_id: UUID
    adoption_id: UUID
    provider_organization_id: UUID
    provider_name: str
    unit_name: str
    product_name: str
    frozen_with_run: bool = Field(
        description="true: as it was ranked; false: as it is offered now, against the facts of the run"
    )
    excluded: bool = Field(description="The need excludes this provider, so it has no verdict")
    position: int | None = Field(description="Null: it was not among those shown")
    verdict: Verdict | None
    verdict_text: str | None
    total: float | None
    components: dict[ComponentName, float | None]
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
    preset: Preset | None = Field(description="Null: own weights, or a run from before there were presets")
    weights: dict[ComponentName, int] = Field(description="Percent by which the components were weighed")
    nothing_fits: NothingFits | None = Field(description="Null while something fits or waits for facts")
    candidates: list[MatchCandidateRead]


class MatchRunSummary(Reading):
    need_id: UUID
    need_version: int
    ranker_version: str
    counts: dict[Verdict, int]
