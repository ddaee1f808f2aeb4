"""The standing report on recommendations: how often each official named each provider, beside all others."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from schemas.vocabulary import LineOfDuty

Year = Annotated[int, Field(ge=2000, le=2100)]


class ProviderShare(BaseModel):
    """Of one official's recommendations, those that name an offer of this provider; beside it all others'.

    A share is `count` out of `of`. One recommendation names several providers, so the shares do not add up.
    """

    provider_organization_id: UUID
    provider_name: str
    count: int
    of: int
    others_count: int | None = Field(description="By all other officials of the line of duty; null: withheld")
    others_of: int | None = Field(description="All their recommendations; null: withheld")


class OfficialShares(BaseModel):
    """One official in one office."""

    official_name: str
    organization_name: str
    unit_id: UUID
    unit_name: str
    line_of_duty: LineOfDuty
    recommendations: int
    interest_declared: int | None = Field(description="Of these with a declared interest; null: withheld")
    fewer_than_three: int | None = Field(description="Of these with fewer providers; null: withheld")
    withheld: bool = Field(description="Fewer than five enterprises: of another office only the sum is told")
    providers: list[ProviderShare] = Field(description="The most often named first; empty when withheld")


class RecommendationSharesRead(BaseModel):
    as_of: datetime
    year: int
    definition: str = Field(description="What is counted out of what, in words")
    withholding: str = Field(description="When something is withheld, in words")
    recommendations: int = Field(description="All of the year in the reader's area")
    officials: list[OfficialShares] = Field(description="Those with most recommendations first")
