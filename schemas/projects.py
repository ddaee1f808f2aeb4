"""Projects: total investment, own capital, approvals, plan of use, and the gap that the needs are to fill."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from schemas.base import LARGEST_AMOUNT_FEN, Draft, Fen, Name, Note, Reading
from schemas.days import Day
from schemas.vocabulary import ApprovalKind, ApprovalState, ProjectState, PurposeKind

OwnCapital = Annotated[
    int,
    Field(strict=True, ge=0, le=LARGEST_AMOUNT_FEN, description="Chinese yuan in fen, 1 CNY = 100 fen"),
]
DATED = frozenset({ApprovalState.APPLIED, ApprovalState.GRANTED, ApprovalState.REFUSED})


class Approval(Draft):
    """What an authority decided, or is to decide. `on` is the day of the application or the decision."""

    kind: ApprovalKind
    state: ApprovalState
    on: Day | None = None
    number: Name | None = Field(default=None, description="Of the document")

    @model_validator(mode="after")
    def _has_its_date(self) -> Self:
        if self.state in DATED and self.on is None:
            raise ValueError("approval_date_missing")
        return self


class PlannedUse(Draft):
    purpose: PurposeKind
    amount_fen: Fen
    note: Note | None = None


class ProjectDescription(Draft):
    """The whole of what an enterprise says; a change sends it anew."""

    title: Name
    summary: Note | None = None
    total_investment_fen: Fen
    own_capital_fen: OwnCapital
    approvals: Annotated[list[Approval], Field(fail_fast=True, max_length=20)] = Field(default_factory=list)
    plan_of_use: Annotated[list[PlannedUse], Field(fail_fast=True, max_length=20)] = Field(
        default_factory=list
    )

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.own_capital_fen > self.total_investment_fen:
            raise ValueError("own_capital_exceeds_investment")
        if sum(use.amount_fen for use in self.plan_of_use) > self.total_investment_fen:
            raise ValueError("plan_exceeds_investment")
        named = [one.kind for one in self.approvals if one.kind is not ApprovalKind.OTHER]
        if len(named) != len(set(named)):
            raise ValueError("approval_stands_twice")
        return self


class ProjectRead(Reading):
    """`gap_fen` is what of the investment is neither own capital nor agreed."""

    organization_id: UUID
    state: ProjectState
    title: str
    summary: str | None
    total_investment_fen: int
    own_capital_fen: int
    agreed_fen: int = Field(description="Of signed loan contracts of its needs; frameworks are no money")
    gap_fen: int = Field(description="Never below zero")
    approvals: list[Approval]
    plan_of_use: list[PlannedUse]
    need_ids: list[UUID] = Field(description="Its financing needs that the reader may know of")
