"""Figures an official may report, each with its denominator and its definition."""

from datetime import datetime

from pydantic import BaseModel, Field


class Figure(BaseModel):
    code: str
    definition: str
    count: int
    of: int = Field(description="The denominator")
    of_definition: str
    amount_fen: int | None = Field(default=None, description="Sum over what is counted, in fen")


class TrackingRead(BaseModel):
    as_of: datetime
    figures: list[Figure]
