"""Sealed interest of providers: as a provider expresses it, and as the enterprise sees it once it is open."""

from datetime import datetime
from typing import Annotated, Self, cast
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from schemas.base import Draft, Reading
from schemas.offered import OfferedRead
from schemas.vocabulary import InterestState

MOST_PICKS = 3
"""Interests of one window that an enterprise may pick."""


class InterestCreate(Draft):
    """A unit would talk about what a card shows, with one open offer of its own; exactly one of the two."""

    card_id: UUID
    adoption_id: UUID | None = Field(default=None, description="Of a bank's unit, for a card of a need")
    capability_id: UUID | None = Field(default=None, description="Of a laboratory, for a card of a demand")

    @model_validator(mode="after")
    def _names_one_offer(self) -> Self:
        if (self.adoption_id is None) == (self.capability_id is None):
            raise ValueError("one_offer_wanted")
        return self

    @property
    def offer_id(self) -> UUID:
        return cast("UUID", self.adoption_id or self.capability_id)


class InterestRead(Reading):
    """The provider's own. It says nothing of other providers, nor when the enterprise will see it.

    The enterprise sees it one working day after the first interest of its window, so at the latest one
    working day after `created_at`: a time of its own would tell who was first.
    """

    unit_id: UUID
    card_id: UUID
    adoption_id: UUID | None
    capability_id: UUID | None
    state: InterestState
    introduction_id: UUID | None = Field(description="What the enterprise's pick led to")


class ReceivedInterest(BaseModel):
    """Named: a window is over, so the enterprise sees who came with what."""

    id: UUID = Field(description="What `POST /v1/introductions` takes as `interest_id`")
    offer: OfferedRead
    introduction_id: UUID | None = Field(description="null: not picked")


class InterestWindowRead(BaseModel):
    """All that came within one working day, in the published order: SHA-256 of `need_id:offer_id`.

    The id of a demand takes the place of that of a need; the offer is the adoption or the capability. Who
    came first plays no part, and anybody can recompute it.
    """

    opened_at: datetime
    picks_left: Annotated[int, Field(ge=0, le=MOST_PICKS)]
    interests: list[ReceivedInterest]


class ReceivedInterests(BaseModel):
    """While a window is collecting it is told that there is interest and when it opens; not how much."""

    sealed: bool = Field(description="A window is collecting now")
    opens_at: datetime | None = Field(description="When it opens; null unless sealed")
    windows: list[InterestWindowRead] = Field(description="Those that are over, oldest first")
