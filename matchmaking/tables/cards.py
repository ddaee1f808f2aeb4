"""Anonymous cards as they were made, and how often providers asked what fits them.

Nobody's to read: only the system, acting for whoever asks, turns a row into what a stranger may see.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from matchmaking.tables.base import Instant, Row
from matchmaking.tables.row_security import RowSecurity, everything


class NeedCard(Row, table=True):
    """What strangers read of a financing need or a research demand, made once for each submission of it.

    `card_id` is a keyed hash: it tells neither the wish, nor whose it is, nor when it was posted. `traits`
    only ever become fewer. The band (fen) runs from `lowest_fen` to below `below_fen`.
    """

    __tablename__ = "need_card"
    __table_args__ = (CheckConstraint("num_nonnulls(need_id, demand_id) = 1", name="one_wish"),)

    organization_id: UUID = Field(foreign_key="organization.id")
    need_id: UUID | None = Field(default=None, foreign_key="financing_need.id", unique=True)
    demand_id: UUID | None = Field(default=None, foreign_key="research_demand.id", unique=True)
    submitted_at: datetime = Field(sa_type=Instant)
    card_id: UUID = Field(unique=True)
    traits: dict[str, Any] = Field(sa_type=JSONB)
    lowest_fen: int = Field(sa_type=BigInteger)
    below_fen: int | None = Field(default=None, sa_type=BigInteger)


class FitQuestion(Row, table=True):
    """One page of cards that a provider asked for with an offer of its own."""

    __tablename__ = "fit_question"
    __table_args__ = (
        Index("ix_fit_question_adoption", "adoption_id", "created_at"),
        Index("ix_fit_question_capability", "capability_id", "created_at"),
        CheckConstraint("num_nonnulls(adoption_id, capability_id) = 1", name="one_offer"),
    )

    organization_id: UUID = Field(foreign_key="organization.id")
    unit_id: UUID = Field(foreign_key="unit.id")
    adoption_id: UUID | None = Field(default=None, foreign_key="product_adoption.id")
    capability_id: UUID | None = Field(default=None, foreign_key="capability.id")


ROW_SECURITY: RowSecurity = {
    "need_card": everything("select", "insert", "update"),
    "fit_question": everything("select", "insert"),
}
