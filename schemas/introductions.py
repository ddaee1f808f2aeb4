"""Introductions: one need and one provider's unit put in contact, until agreed or answered with a reason."""

from typing import Literal, Self, get_args
from uuid import UUID

from pydantic import Field, model_validator

from schemas.base import Draft, Note, Reading
from schemas.vocabulary import DeclineCode, IntroductionRoute, IntroductionState, NotTakenReason

Picked = Literal["candidate_id", "capability_candidate_id", "interest_id", "recommendation_offer_id"]


class IntroductionCreate(Draft):
    """The enterprise picks a provider; its name and its need or demand are shown to that unit.

    Exactly one of the four: a candidate of one of its runs, an interest of a window that is over, or an offer
    of a recommendation. The provider answers each of them alike.
    """

    candidate_id: UUID | None = Field(default=None, description="Of a match run for a financing need")
    capability_candidate_id: UUID | None = Field(
        default=None, description="Of a match run for a research demand"
    )
    interest_id: UUID | None = Field(
        default=None, description="Sealed interest that has become visible; up to three of each window"
    )
    recommendation_offer_id: UUID | None = Field(
        default=None, description="An offer that an official recommended"
    )

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if sum(getattr(self, name) is not None for name in get_args(Picked)) != 1:
            raise ValueError("one_candidate_wanted")
        return self

    @property
    def named(self) -> Picked:
        """Which of the four is given."""
        names: tuple[Picked, ...] = get_args(Picked)
        return next(name for name in names if getattr(self, name) is not None)

    @property
    def picked_id(self) -> UUID:
        found: UUID = getattr(self, self.named)
        return found


class IntroductionDecline(Draft):
    code: DeclineCode
    note: Note | None = Field(default=None, description="What would change the answer; seen by the two sides")


class IntroductionNotTaken(Draft):
    reason: NotTakenReason


class IntroductionRead(Reading):
    """Seen by the two sides; the official's view leaves the reasons out."""

    organization_id: UUID
    need_id: UUID | None = Field(description="The financing need, or else `demand_id`")
    demand_id: UUID | None
    provider_organization_id: UUID
    provider_unit_id: UUID
    adoption_id: UUID | None
    product_version_id: UUID | None
    capability_id: UUID | None
    capability_version: int | None
    interest_id: UUID | None = Field(description="The interest that was picked; `route` is interest")
    recommendation_offer_id: UUID | None = Field(description="What was picked; `route` is recommendation")
    route: IntroductionRoute
    state: IntroductionState
    decline_code: DeclineCode | None
    decline_note: str | None
    not_taken_reason: NotTakenReason | None
