"""Renewing a listing: one click, or with an end of one's own choice."""

from pydantic import BaseModel, Field

from schemas.base import Draft
from schemas.days import Day


class Renewal(Draft):
    valid_until: Day | None = Field(
        default=None, description="At most 12 months ahead; left out: 12 months from today"
    )


class Standing(BaseModel):
    """How a listing stands today: read with every listing, and never stored."""

    outdated: bool = Field(description="Its end has passed: still readable, not matched, not introduced")
    expiring: bool = Field(description="It ends within 30 days: renew it")
