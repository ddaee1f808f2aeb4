"""Caps and pool shares that depend on a fact: honour to cap, revenue band to cap or to pool share.

Shapes and their checks only; `matchmaking.ranking.caps` reckons with them. Refusals start with a stable
code: `cap_band_value`, `fact_table_mixed`, `fact_table_not_public`.
"""

from typing import Annotated, Self

from pydantic import Field, StrictInt, model_validator

from schemas.base import Draft, Fen, ShareBasisPoints
from schemas.eligibility.faults import Unfit
from schemas.eligibility.rules import Rule
from schemas.vocabulary import CapBasis, FactName, RuleVisibility

MOST_BANDS = 12
FormulaShare = Annotated[StrictInt, Field(ge=1, le=200_000)]


class CapBand(Draft, frozen=True):
    """Where `when` holds: an amount, or a share of a basis (40000 meaning four times); one of the two."""

    when: Rule
    cap_fen: Fen | None = None
    basis: CapBasis | None = None
    share_basis_points: FormulaShare | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        by_formula = self.basis is not None and self.share_basis_points is not None
        half = (self.basis is None) != (self.share_basis_points is None)
        if half or by_formula == (self.cap_fen is not None):
            raise Unfit("cap_band_value")
        return self


class CapTable(Draft, frozen=True):
    """Bands over one fact; of those that hold the highest counts.

    `otherwise_fen` is the cap where none holds; null: then this table limits nothing.
    """

    bands: Annotated[tuple[CapBand, ...], Field(min_length=1, max_length=MOST_BANDS, fail_fast=True)]
    otherwise_fen: Fen | None = None

    @model_validator(mode="after")
    def _one_published_fact(self) -> Self:
        _require_one_published_fact([band.when for band in self.bands])
        return self

    @property
    def fact(self) -> FactName:
        return self.bands[0].when.fact


class PoolShareBand(Draft, frozen=True):
    when: Rule
    pool_share_basis_points: ShareBasisPoints


class PoolShares(Draft, frozen=True):
    """Which share of a loss a compensation pool bears, by one fact; the first band that holds counts.

    `otherwise_basis_points` is the share where none holds; null: then the pool bears nothing.
    """

    bands: Annotated[tuple[PoolShareBand, ...], Field(max_length=MOST_BANDS, fail_fast=True)] = ()
    otherwise_basis_points: ShareBasisPoints | None = None

    @model_validator(mode="after")
    def _one_published_fact(self) -> Self:
        _require_one_published_fact([band.when for band in self.bands])
        return self


def _require_one_published_fact(rules: list[Rule]) -> None:
    """One fact, so that it can be said what it hangs on; published, because the amount tells it anyway."""
    if len({rule.fact for rule in rules}) > 1:
        raise Unfit("fact_table_mixed")
    if any(rule.visibility is not RuleVisibility.PUBLIC for rule in rules):
        raise Unfit("fact_table_not_public")
