"""API keys: how machines of an organization sign in, each for a unit, in a role, within named operations."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from schemas.base import Draft, Name, Reading
from schemas.operations import Operation
from schemas.vocabulary import Role

Scope = Operation | Literal["*.read"]


class ApiKeyCreate(Draft):
    """`*.read` stands for every operation that reads and that the role holds when the key is made."""

    name: Name
    unit_id: UUID
    role: Role
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=80, fail_fast=True)]
    expires_at: Annotated[AwareDatetime, Field(description="At most a year ahead")]


class ApiKeyRead(Reading):
    """`prefix` stands in the key itself and in logs; the secret is nowhere."""

    organization_id: UUID
    unit_id: UUID
    role: Role
    name: str
    prefix: str
    scopes: list[str]
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


class ApiKeyCreated(ApiKeyRead):
    key: Annotated[str, Field(description="The bearer credential; shown in this answer and never again")]
