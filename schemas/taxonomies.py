"""Taxonomies: the dated lists of a city that other listings name codes of, each entry with its source."""

from enum import StrEnum

from pydantic import Field

from schemas.base import Reading

TaxonomyDetail = str | int | bool | None


class TaxonomyScheme(StrEnum):
    """Districts carry GB/T 2260 codes; all other codes are of this service."""

    CLUSTER = "cluster"
    CHAIN = "chain"
    DISTRICT = "district"
    FUNCTIONAL_ZONE = "functional_zone"
    HONOUR_CRITERION = "honour_criterion"
    REMEDY = "remedy"


class TaxonomyEntryRead(Reading):
    """`source` says `invented` where nothing outside stands behind an entry."""

    scheme: TaxonomyScheme
    code: str
    parent_code: str | None = Field(
        description="A chain's cluster, a district's city, a zone's district, a criterion's honour"
    )
    name_zh: str
    name_en: str | None
    position: int = Field(description="Place in the official order, from 1")
    details: dict[str, TaxonomyDetail] = Field(description="What the source says beyond the name, by field")
    source: str
    as_of: str = Field(
        description="Year, month or day of the source; where it gives none, the day on which it was read"
    )
