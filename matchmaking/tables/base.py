"""What rows have in common: identity, instants, versions, states as text with a check."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Enum
from sqlmodel import Field, MetaData, SQLModel
from uuid_utils.compat import uuid7

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
Instant: Any = DateTime(timezone=True)


def text_enum(members: type[StrEnum]) -> Any:
    """A state or code as text with a CHECK: leakproof under row policies, and a new member is a migration."""
    return Enum(
        members,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=members.__name__.lower(),
        values_callable=lambda enum: [member.value for member in enum],
    )


def utc_now() -> datetime:
    return datetime.now(UTC)


class Row(SQLModel):
    """A row of ours: a time-ordered id, the instant it was made, and a version that every change raises."""

    metadata = MetaData(naming_convention=NAMING)

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    created_at: datetime = Field(sa_type=Instant)
    version: int = Field(default=1)
