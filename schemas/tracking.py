"""Figures an official may report, each with its denominator and its definition."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

MONTH_PATTERN = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
Month = Annotated[str, StringConstraints(pattern=MONTH_PATTERN, max_length=7)]


class TrackingDimension(StrEnum):
    """By what figures can be told apart."""

    CLUSTER = "cluster"
    CHAIN = "chain"
    AREA = "area"
    PROVIDER = "provider"
    MONTH = "month"


class Count(BaseModel):
    """One number with its denominator, which can be withheld by itself.

    `withheld`: it would count fewer than five enterprises, or give such a number away; then neither the count
    nor its sums are told.
    """

    code: str
    count: int | None = Field(description="Null: withheld")
    of: int | None = Field(description="The denominator; null: withheld")
    amount_fen: int | None = Field(default=None, description="Sum over what is counted, in fen")
    intended_amount_fen: int | None = Field(
        default=None, description="Sum of framework amounts, in fen: intended, never credit"
    )
    withheld: bool = False


class Figure(Count):
    """A count over all rows, with its definition in words."""

    definition: str
    of_definition: str


class TrackingRow(BaseModel):
    key: str = Field(
        description="Code of a chain, cluster or district, id of a provider, month, or `unknown`"
    )
    name: str | None = Field(default=None, description="What people call it, in the caller's language")
    counts: list[Count] = Field(description="By the codes of `totals`; one that is not listed does not occur")


class TrackingRead(BaseModel):
    as_of: datetime
    first_month: Month | None = Field(description="Null: from the beginning")
    last_month: Month | None = Field(description="Null: to this day")
    by: TrackingDimension | None = None
    by_definition: str | None = Field(default=None, description="What the rows are, in words")
    withholding: str = Field(description="When a figure is withheld, in words")
    figures: list[Figure] = Field(description="The two rates that tell a deal from an intent")
    totals: list[Figure]
    rows: list[TrackingRow] = Field(description="Told apart by `by`; empty without it")
