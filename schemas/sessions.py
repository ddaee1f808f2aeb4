"""Signing in, staying signed in, and what a signed-in person is told about itself."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, SecretStr, StringConstraints

from schemas.accounts import NewPassword, Password
from schemas.base import Draft
from schemas.operations import Operation
from schemas.vocabulary import LineOfDuty, OrganizationKind, Role


class SessionCreate(Draft):
    """A login and its password; `new_password` replaces it, and must when the present one is initial."""

    login: Annotated[
        str, StringConstraints(min_length=1, max_length=64, strip_whitespace=True, to_lower=True)
    ]
    password: Password
    new_password: NewPassword | None = None
    membership_id: UUID | None = Field(
        default=None, description="Which role to act in; without it the oldest that has not ended"
    )


class SessionRefresh(Draft):
    refresh_token: Annotated[SecretStr, Field(min_length=1, max_length=200)]


class ActingIn(BaseModel):
    """A role in a unit of an organization."""

    organization_id: UUID
    organization_kind: OrganizationKind
    organization_name_zh: str
    organization_name_en: str | None
    unit_id: UUID
    unit_name_zh: str
    unit_name_en: str | None
    role: Role
    line_of_duty: LineOfDuty | None
    area: str | None


class HeldRole(ActingIn):
    """One of the roles that a person may act in; `ends_at` is the end of a delegation."""

    membership_id: UUID
    ends_at: datetime | None


class SessionRead(BaseModel):
    """An access token for the next minutes, and a refresh token that is good for one use."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the scheme of RFC 6750, no secret
    expires_at: datetime
    refresh_token: str
    refresh_expires_at: datetime
    acting_in: HeldRole


class SessionStarted(SessionRead):
    """`roles` are all that the person may act in; sign in again with `membership_id` to act in another."""

    roles: list[HeldRole]


class MeRead(BaseModel):
    """Who the caller is here, and what it may ask for; the person's fields are null for a machine."""

    person_id: UUID | None
    display_name: str | None
    membership_id: UUID | None
    acting_in: ActingIn
    operations: list[Operation]


class SigningKey(BaseModel):
    """A public Ed25519 key as a JWK (RFC 8037); `x` is base64url."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    x: str
    kid: str
    use: Literal["sig"]
    alg: Literal["EdDSA"]


class KeySet(BaseModel):
    """The keys of access tokens: the present one, and the one before while it is accepted."""

    keys: list[SigningKey]
