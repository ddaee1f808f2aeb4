"""What all shapes on the wire have in common, and the measured types: fen, months, basis points."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

LARGEST_AMOUNT_FEN = 10**14
LONGEST_TENOR_MONTHS = 360

Fen = Annotated[
    int, Field(strict=True, ge=1, le=LARGEST_AMOUNT_FEN, description="Chinese yuan in fen, 1 CNY = 100 fen")
]
Months = Annotated[int, Field(strict=True, ge=1, le=LONGEST_TENOR_MONTHS, description="Whole months")]
BasisPoints = Annotated[int, Field(strict=True, ge=-10_000, le=10_000, description="Basis points, 100 = 1 %")]
ShareBasisPoints = Annotated[
    int, Field(strict=True, ge=0, le=10_000, description="Share in basis points, 10000 = all of it")
]
Name = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]
Note = Annotated[str, StringConstraints(min_length=1, max_length=1_000, strip_whitespace=True)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=4_000, strip_whitespace=True)]
ChainCode = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,59}$"),
    Field(description="Code of an industrial chain, as the taxonomy lists it"),
]
DistrictCode = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{6}$"), Field(description="GB/T 2260 code, six digits")
]


class Draft(BaseModel):
    """What a caller sends: unknown fields are refused, lists stop at the first wrong item."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Compiled(BaseModel):
    """Where a listing of the reference shelf comes from: public pages, read on a day; it is no offer."""

    source: str
    as_of: str | None = Field(description="The date that the page gives, as it gives it")
    notice_zh: str
    notice_en: str


class Reading(BaseModel):
    """What a caller gets: the id, the version that `If-Match` takes, and when it was made."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    created_at: datetime
