"""Loan prime rates as they are published: a term, a day, a rate."""

from typing import Annotated

from pydantic import Field

from schemas.base import Draft, Name
from schemas.days import Day
from schemas.vocabulary import LprTerm

HIGHEST_BASIS_POINTS = 3_000


class ReferenceRatePublication(Draft):
    """Basis points a year; `source` names the publication."""

    term: LprTerm
    published_on: Day
    basis_points: Annotated[int, Field(strict=True, ge=0, le=HIGHEST_BASIS_POINTS)]
    source: Name
