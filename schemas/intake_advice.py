"""Advice on a draft of a wish: what to mend so that it is found and answered. Nothing here refuses."""

from uuid import UUID

from pydantic import BaseModel, Field

from schemas.vocabulary import AdviceCode, AdviceKind, NeedState


class AlikeListing(BaseModel):
    """Another listing that says the same, or nearly."""

    id: UUID
    state: NeedState
    same_enterprise: bool = Field(description="Listings of other enterprises are told to officials alone")
    share_percent: int = Field(
        ge=0, le=100, description="Of all that the two texts say, how much stands in both"
    )


class AdviceRead(BaseModel):
    """One thing to mend, in the caller's language."""

    code: AdviceCode
    kind: AdviceKind
    pointer: str = Field(description="The field that it is about, as a JSON pointer into the listing")
    text: str = Field(description="What was seen")
    what_to_do: str
    found: list[str] = Field(description="The places in the text, as they stand there; at most five")
    alike: list[AlikeListing] = Field(description="At most five, the most alike first")


class IntakeAdviceRead(BaseModel):
    """What helps most comes first; an empty list: nothing to advise."""

    version: int = Field(description="The version of the listing that was read")
    advice: list[AdviceRead]
    compared: int = Field(description="With how many other listings it was compared, the newest first")
