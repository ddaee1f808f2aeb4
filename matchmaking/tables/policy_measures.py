"""Policy measures: what an office grants, to whom, how much, with which banks, and when it is paid."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Column, String, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from matchmaking.tables.base import Row, text_enum
from matchmaking.tables.row_security import OFFICIAL, OWN, SIGNED_IN, Policy, RowSecurity, everything
from schemas.vocabulary import LineOfDuty, ListingState, PolicyKind


class PolicyMeasure(Row, table=True):
    """`unit_id` is the office that issues it, `rules` say who qualifies.

    Rates and shares are in basis points, caps in fen, times in months. No participating bank named says that
    every bank takes part. `document` and `as_of` name the publication and its date; `source` with
    `external_id` the system of record.
    """

    __tablename__ = "policy_measure"
    __table_args__ = (
        UniqueConstraint("organization_id", "source", "external_id"),
        CheckConstraint("valid_from <= valid_until", name="validity"),
    )

    organization_id: UUID = Field(foreign_key="organization.id", index=True)
    unit_id: UUID = Field(foreign_key="unit.id", index=True)
    line_of_duty: LineOfDuty = Field(sa_type=text_enum(LineOfDuty))
    area: str | None = None
    kind: PolicyKind = Field(sa_type=text_enum(PolicyKind))
    state: ListingState = Field(default=ListingState.DRAFT, sa_type=text_enum(ListingState), index=True)
    title_zh: str
    title_en: str | None = None
    description: str
    rules: dict[str, Any] = Field(sa_type=JSONB)
    rate_basis_points: int | None = None
    share_basis_points: int | None = None
    cap_each_fen: int | None = Field(default=None, sa_type=BigInteger)
    cap_total_fen: int | None = Field(default=None, sa_type=BigInteger)
    bank_ids: list[UUID] = Field(
        default_factory=list, sa_column=Column(ARRAY(Uuid()), nullable=False, server_default="{}")
    )
    loan_share_basis_points: int | None = None
    most_months: int | None = None
    purposes: list[str] = Field(
        default_factory=list, sa_column=Column(ARRAY(String(40)), nullable=False, server_default="{}")
    )
    paid: str
    paid_every_months: int | None = None
    paid_after_months: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    valid_from: date
    valid_until: date
    document: str
    document_url: str | None = None
    as_of: date
    invented: bool = False
    source: str | None = None
    external_id: str | None = None


CHANGEABLE = (
    *("state", "version", "title_zh", "title_en", "description", "rules", "rate_basis_points"),
    *("share_basis_points", "cap_each_fen", "cap_total_fen", "bank_ids", "paid", "valid_from"),
    *("valid_until", "document", "document_url", "as_of", "loan_share_basis_points", "most_months"),
    *("purposes", "paid_every_months", "paid_after_months"),
)

ROW_SECURITY: RowSecurity = {
    "policy_measure": (
        Policy("app", "select", f"({SIGNED_IN} AND state IN ('open', 'suspended', 'expired')) OR {OWN}"),
        Policy("app", "insert", f"{OWN} AND {OFFICIAL}"),
        Policy("app", "update", f"{OWN} AND {OFFICIAL}", columns=CHANGEABLE),
        *everything("select", "insert", "update"),
    ),
}
