"""Recommendations: offers that an official names to an enterprise, in the published order, with a reason."""

from typing import Annotated, Self, cast
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from schemas.base import Draft, Note, Reading
from schemas.offered import OfferedRead
from schemas.vocabulary import RecommendationReason

FEWEST_PROVIDERS = 3
MOST_OFFERS = 10


class RecommendationCreate(Draft):
    """In the line of duty and the area of the official: finance for needs, science for demands.

    Offers of at least three providers, or why there are fewer. Whoever opened the need or demand may not
    recommend for it. Providers hear nothing of it until the enterprise picks them, and may then decline
    without penalty.
    """

    need_id: UUID | None = Field(default=None, description="The financing need, or else `demand_id`")
    demand_id: UUID | None = None
    offers: Annotated[list[UUID], Field(min_length=1, max_length=MOST_OFFERS)] = Field(
        description="Adoptions for a need, capabilities for a demand; in any order, each once"
    )
    reason: RecommendationReason
    note: Note | None = Field(default=None, description="For the enterprise to read")
    fewer_reason: Note | None = Field(default=None, description="Why fewer than three providers are named")
    has_interest: bool = Field(description="Whether something ties the official to one of the providers")
    interest_declared: Note | None = Field(default=None, description="What it is; wanted with `has_interest`")

    @model_validator(mode="after")
    def _names_one_wish(self) -> Self:
        if (self.need_id is None) == (self.demand_id is None):
            raise ValueError("one_wish_wanted")
        if self.has_interest != (self.interest_declared is not None):
            raise ValueError("interest_undeclared")
        return self

    @property
    def wish_id(self) -> UUID:
        return cast("UUID", self.need_id or self.demand_id)


class RecommendedOffer(BaseModel):
    id: UUID = Field(description="What `POST /v1/introductions` takes as `recommendation_offer_id`")
    offer: OfferedRead


class RecommendationRead(Reading):
    """As it was made. The offers stand in the published order, SHA-256 of `need_id:offer_id`.

    The id of a demand takes the place of that of a need; anybody can recompute it. An enterprise is not shown
    providers that it excluded.
    """

    organization_id: UUID = Field(description="The authority whose official recommends")
    organization_name_zh: str
    organization_name_en: str | None
    unit_id: UUID
    unit_name_zh: str
    unit_name_en: str | None
    need_id: UUID | None
    demand_id: UUID | None
    reason: RecommendationReason
    reason_text: str = Field(description="In the caller's language")
    note: str | None
    fewer_reason: str | None
    has_interest: bool
    interest_declared: str | None
    offers: list[RecommendedOffer]
