"""What banks list: credit products, their published versions, and the branches that adopted them."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Column, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from matchmaking.tables.base import Row, text_enum
from matchmaking.tables.row_security import (
    ACTING_ORGANIZATION,
    OFFICIAL,
    OWN,
    SIGNED_IN,
    Policy,
    RowSecurity,
    everything,
)
from schemas.vocabulary import ListingState, LprTerm, ProductKind


class CreditProduct(Row, table=True):
    """Defined once by a bank. Its terms live in versions, so that a match points at what it used.

    `compiled_from` marks the reference shelf: the public page it was compiled from, with its date.
    """

    __tablename__ = "credit_product"
    __table_args__ = (
        UniqueConstraint("organization_id", "source", "external_id"),
        Index("ix_credit_product_state", "state"),
    )

    organization_id: UUID = Field(foreign_key="organization.id", index=True)
    kind: ProductKind = Field(sa_type=text_enum(ProductKind))
    state: ListingState = Field(default=ListingState.DRAFT, sa_type=text_enum(ListingState))
    name_zh: str
    name_en: str | None = None
    valid_until: date
    latest_number: int = 1
    returned_defects: list[str] | None = Field(default=None, sa_type=JSONB)
    source: str | None = None
    external_id: str | None = None
    compiled_from: str | None = None
    compiled_as_of: str | None = None


class CreditProductVersion(Row, table=True):
    """Terms and rules as published under one number; never changed afterwards."""

    __tablename__ = "credit_product_version"
    __table_args__ = (UniqueConstraint("product_id", "number"),)

    product_id: UUID = Field(foreign_key="credit_product.id")
    organization_id: UUID = Field(foreign_key="organization.id", index=True)
    number: int
    terms: dict[str, Any] = Field(sa_type=JSONB)


class ProductAdoption(Row, table=True):
    """A branch offers a product in its territory, within its authority (fen) and quota (fen)."""

    __tablename__ = "product_adoption"
    __table_args__ = (UniqueConstraint("product_id", "unit_id"),)

    product_id: UUID = Field(foreign_key="credit_product.id")
    organization_id: UUID = Field(foreign_key="organization.id", index=True)
    unit_id: UUID = Field(foreign_key="unit.id", index=True)
    state: ListingState = Field(default=ListingState.OPEN, sa_type=text_enum(ListingState))
    territory: list[str] = Field(sa_column=Column(ARRAY(String(12)), nullable=False))
    authority_limit_fen: int | None = Field(default=None, sa_type=BigInteger)
    quota_fen: int | None = Field(default=None, sa_type=BigInteger)


class ReferenceRate(Row, table=True):
    """A loan prime rate as published on a day, in basis points a year; `source` names the publication."""

    __tablename__ = "reference_rate"
    __table_args__ = (UniqueConstraint("term", "published_on"),)

    term: LprTerm = Field(sa_type=text_enum(LprTerm))
    published_on: date
    basis_points: int
    source: str


# A stored match run shows what it ranked, also after a bank withdrew it.
MATCHED_HERE = (
    "EXISTS (SELECT FROM match_candidate c WHERE c.product_id = credit_product.id"
    f" AND c.organization_id = {ACTING_ORGANIZATION})"
)
READABLE = (
    f"({SIGNED_IN} AND state IN ('open', 'suspended', 'expired')) OR {OWN}"
    f" OR ({OFFICIAL} AND state <> 'draft')"
    f" OR {MATCHED_HERE}"
)
CHANGEABLE = ("state", "version", "name_zh", "name_en", "valid_until", "latest_number", "returned_defects")
OF_A_READABLE_PRODUCT = "EXISTS (SELECT FROM credit_product p WHERE p.id = product_id)"

ROW_SECURITY: RowSecurity = {
    "reference_rate": (Policy("app", "select", SIGNED_IN), *everything("select", "insert")),
    "credit_product": (
        Policy("app", "select", READABLE),
        Policy("app", "insert", OWN),
        Policy("app", "update", f"{OWN} OR ({OFFICIAL} AND state <> 'draft')", columns=CHANGEABLE),
        *everything("select", "insert", "update"),
    ),
    "credit_product_version": (
        Policy("app", "select", OF_A_READABLE_PRODUCT),
        Policy("app", "insert", OWN),
        *everything("select", "insert"),
    ),
    "product_adoption": (
        Policy("app", "select", OF_A_READABLE_PRODUCT),
        Policy("app", "insert", OWN),
        Policy("app", "update", OWN, columns=("state", "version")),
        *everything("select", "insert", "update"),
    ),
}
