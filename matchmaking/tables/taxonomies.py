"""The dated lists that a city loads: clusters, chains, districts, zones, honour criteria and remedies."""

from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from matchmaking.tables.base import Row, text_enum
from matchmaking.tables.row_security import SIGNED_IN, Policy, RowSecurity, everything
from schemas.taxonomies import TaxonomyScheme


class TaxonomyEntry(Row, table=True):
    """One line of a list. `as_of` is as exact as its source: a year, a month or a day."""

    __tablename__ = "taxonomy_entry"
    __table_args__ = (UniqueConstraint("scheme", "code"), UniqueConstraint("scheme", "position"))

    scheme: TaxonomyScheme = Field(sa_type=text_enum(TaxonomyScheme))
    code: str = Field(max_length=60)
    parent_code: str | None = Field(default=None, max_length=60)
    name_zh: str
    name_en: str | None = None
    position: int
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    source: str
    as_of: str = Field(max_length=10)


ROW_SECURITY: RowSecurity = {
    "taxonomy_entry": (
        Policy("app", "select", SIGNED_IN),
        *everything("select", "insert"),
    ),
}
