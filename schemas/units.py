"""Units: the tree of branches, schools, laboratories and offices under an organization."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.base import DistrictCode, Draft, Name, Reading
from schemas.vocabulary import LineOfDuty, UnitKind

LARGEST_TERRITORY = 200

Territory = Annotated[
    list[DistrictCode],
    Field(
        max_length=LARGEST_TERRITORY,
        fail_fast=True,
        description="Districts that a branch serves; a code ending in 00 is a whole city",
    ),
]


class UnitCreate(Draft):
    """A unit below another one of the same organization."""

    parent_id: UUID
    kind: UnitKind
    name_zh: Name
    name_en: Name | None = None
    line_of_duty: LineOfDuty | None = Field(default=None, description="Of government offices, with `area`")
    area: DistrictCode | None = Field(default=None, description="City, district or county, functional zone")
    territory: Territory = Field(default_factory=list)


class UnitRead(Reading):
    """`lineage` names the ancestors from the root down, and the unit itself last."""

    organization_id: UUID
    parent_id: UUID | None
    kind: UnitKind
    name_zh: str
    name_en: str | None
    lineage: list[UUID]
    line_of_duty: LineOfDuty | None
    area: str | None
    territory: list[str]
