"""Anonymous cards of open needs and demands, as strangers read them and as the enterprise sees its own."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from schemas.vocabulary import (
    CardObstacle,
    CooperationMode,
    HonourTier,
    ProviderFit,
    PurposeKind,
    RelevanceBasis,
    SizeBand,
)

Shown = "null: not shown, because it would fit too few"


class MoneyBandRead(BaseModel):
    """An amount or a budget, as exactly as strangers may know it."""

    lowest_fen: Annotated[int, Field(description="At least this, CNY fen")]
    below_fen: Annotated[int | None, Field(description="Less than this, CNY fen; null: open upwards")]


class AnonymousEnterprise(BaseModel):
    """What at least five registered enterprises share."""

    city: str | None = Field(description=f"GB/T 2260 code ending in 00; {Shown}")
    district: str | None = Field(description=Shown)
    cluster: str | None = Field(description=Shown)
    chain: str | None = Field(description=Shown)
    size_band: SizeBand | None = Field(description=f"By headcount; {Shown}")
    honour_tier: HonourTier | None = Field(description=Shown)


class NeedCardFace(BaseModel):
    """A financing need, anonymous."""

    card_id: UUID = Field(description="A keyed hash: leads to no need, no enterprise and no time")
    purpose: PurposeKind
    amount: MoneyBandRead
    enterprise: AnonymousEnterprise


class DemandCardFace(BaseModel):
    """A research demand, anonymous; the abstract is what the enterprise wrote for strangers."""

    card_id: UUID = Field(description="A keyed hash: leads to no demand, no enterprise and no time")
    public_abstract: str
    modes: list[CooperationMode]
    budget: MoneyBandRead | None = Field(description="null: none was stated")
    enterprise: AnonymousEnterprise


class OwnCard(BaseModel):
    """What strangers will read, or why they will read nothing yet."""

    fixed: bool = Field(description="Made with the submission: from here on it only becomes coarser")
    obstacle: CardObstacle | None
    obstacle_text: str | None = Field(description="In the caller's language")


class OwnNeedCard(OwnCard):
    card: NeedCardFace | None


class OwnDemandCard(OwnCard):
    card: DemandCardFace | None


class NeedCardRead(NeedCardFace):
    """For a bank: with the one answer of its own published rules; no value, no gap, no score."""

    fit: ProviderFit
    fit_text: str


class WordedReason(BaseModel):
    code: str
    text: str


class DemandCardRead(DemandCardFace):
    """For a laboratory: how close its texts are to the public abstract."""

    relevance: Annotated[float, Field(ge=0, le=100, description="0 to 100, of the public abstract alone")]
    relevance_basis: RelevanceBasis = Field(description="words: vectors of one of the two are not made yet")
    reasons: list[WordedReason]
