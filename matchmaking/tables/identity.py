"""Who there is: organizations, units, people with the roles they hold, and the credentials they act with.

Personal data stands in `person` and nowhere else. Secrets stand, hashed, in tables of their own that the app
role may fill and never read.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, Column, Index, String, UniqueConstraint, Uuid, text
from sqlmodel import Field

from matchmaking.tables.base import Instant, Row, text_enum
from matchmaking.tables.row_security import (
    ACTING_CREDENTIAL,
    ACTING_ORGANIZATION,
    ACTING_PERSON,
    OFFICIAL,
    OWN,
    SIGNED_IN,
    Policy,
    RowSecurity,
    everything,
)
from schemas.organizations import OrganizationState
from schemas.vocabulary import LineOfDuty, OrganizationKind, Role, UnitKind


class RevocationReason(StrEnum):
    """Why a sign-in stopped counting before its time."""

    SIGNED_OUT = "signed_out"
    REFRESH_REUSED = "refresh_reused"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a reason, no secret


class Organization(Row, table=True):
    """A legal person. Unclaimed until it has an administrator who acts for it."""

    __tablename__ = "organization"
    __table_args__ = (UniqueConstraint("source", "external_id"), Index("ix_organization_kind", "kind", "id"))

    kind: OrganizationKind = Field(sa_type=text_enum(OrganizationKind))
    state: OrganizationState = Field(
        default=OrganizationState.UNCLAIMED, sa_type=text_enum(OrganizationState)
    )
    name_zh: str
    name_en: str | None = None
    credit_code: str | None = Field(default=None, max_length=18, unique=True)
    district: str = Field(max_length=12)
    source: str | None = None
    external_id: str | None = None


class Unit(Row, table=True):
    """A part of an organization. `lineage` names its ancestors from the root down, and itself last."""

    __tablename__ = "unit"

    organization_id: UUID = Field(foreign_key="organization.id", index=True)
    parent_id: UUID | None = Field(default=None, foreign_key="unit.id", index=True)
    kind: UnitKind = Field(sa_type=text_enum(UnitKind))
    name_zh: str
    name_en: str | None = None
    lineage: list[UUID] = Field(sa_column=Column(ARRAY(Uuid()), nullable=False))
    line_of_duty: LineOfDuty | None = Field(default=None, sa_type=text_enum(LineOfDuty))
    area: str | None = Field(default=None, max_length=12)
    territory: list[str] = Field(default_factory=list, sa_column=Column(ARRAY(String(12)), nullable=False))


class Person(Row, table=True):
    """A natural person. `organization_id` is the one that enrolled the person and keeps the record."""

    __tablename__ = "person"

    organization_id: UUID = Field(foreign_key="organization.id", index=True)
    login: str = Field(max_length=64, unique=True)
    display_name: str
    phone: str | None = None
    email: str | None = None


class Membership(Row, table=True):
    """A role in a unit; `ends_at` is agreed beforehand (delegations), `ended_at` when somebody ended it."""

    __tablename__ = "membership"
    __table_args__ = (
        Index(
            "uq_membership_live",
            "person_id",
            "unit_id",
            "role",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    person_id: UUID = Field(foreign_key="person.id", index=True)
    organization_id: UUID = Field(foreign_key="organization.id", index=True)
    unit_id: UUID = Field(foreign_key="unit.id", index=True)
    role: Role = Field(sa_type=text_enum(Role))
    ends_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class Credential(Row, table=True):
    """A password's argon2id hash. `initial` marks one that its owner has not chosen and must replace."""

    __tablename__ = "credential"

    person_id: UUID = Field(foreign_key="person.id", unique=True)
    password_hash: str
    initial: bool = False


class SignInSession(Row, table=True):
    """One sign-in and all refresh tokens that descend from it."""

    __tablename__ = "sign_in_session"

    person_id: UUID = Field(foreign_key="person.id", index=True)
    membership_id: UUID = Field(foreign_key="membership.id", index=True)
    expires_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    reason: RevocationReason | None = Field(default=None, sa_type=text_enum(RevocationReason))


class RefreshToken(Row, table=True):
    """Good for one rotation; `created_at` is its issue. `client_mark` is a keyed hash of who rotated it."""

    __tablename__ = "refresh_token"

    session_id: UUID = Field(foreign_key="sign_in_session.id", index=True)
    secret_hash: str = Field(max_length=64)
    expires_at: datetime = Field(sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)
    successor_id: UUID | None = None
    client_mark: str | None = Field(default=None, max_length=64)


class ApiKey(Row, table=True):
    """A machine's credential: it acts for a unit in a role, within scopes that name operations."""

    __tablename__ = "api_key"

    organization_id: UUID = Field(foreign_key="organization.id", index=True)
    unit_id: UUID = Field(foreign_key="unit.id")
    role: Role = Field(sa_type=text_enum(Role))
    name: str
    prefix: str = Field(max_length=16, unique=True)
    scopes: list[str] = Field(sa_column=Column(ARRAY(String(60)), nullable=False))
    expires_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    last_used_at: datetime | None = Field(default=None, sa_type=Instant)


class ApiKeySecret(Row, table=True):
    """SHA-256 of a key's secret, which has 256 random bits and needs no slow hash."""

    __tablename__ = "api_key_secret"

    api_key_id: UUID = Field(foreign_key="api_key.id", unique=True)
    secret_hash: str = Field(max_length=64)


class SignInAttempt(Row, table=True):
    """A try that has not succeeded, per factor; `factor` is a keyed hash of a login or an address."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_factor", "factor", "created_at"),)

    factor: str = Field(max_length=64)


# Names of enterprises are confidential before an introduction; those of all others are public here.
INTRODUCED_TO = (
    "EXISTS (SELECT FROM introduction i WHERE i.organization_id = organization.id"
    f" AND i.provider_organization_id = {ACTING_ORGANIZATION})"
)
KNOWN_ORGANIZATION = (
    f"id = {ACTING_ORGANIZATION} OR ({SIGNED_IN} AND kind <> 'enterprise') OR {OFFICIAL} OR {INTRODUCED_TO}"
)
OF_A_KNOWN_ORGANIZATION = "EXISTS (SELECT FROM organization o WHERE o.id = organization_id)"
# An official registers an organization with its root unit and its first administrator, and no more.
BEING_CLAIMED = (
    f"({OFFICIAL} AND EXISTS (SELECT FROM organization o"
    " WHERE o.id = organization_id AND o.state = 'unclaimed'))"
)
# Whom to call about a need is one of its five answers, and shown to the provider it was introduced to.
CONTACT_OF_AN_INTRODUCED_NEED = (
    "EXISTS (SELECT FROM introduction i JOIN financing_need n ON n.id = i.need_id"
    f" WHERE n.contact_person_id = person.id AND i.provider_organization_id = {ACTING_ORGANIZATION})"
)
CONTACT_OF_AN_INTRODUCED_DEMAND = (
    "EXISTS (SELECT FROM introduction i JOIN research_demand d ON d.id = i.demand_id"
    f" WHERE d.contact_person_id = person.id AND i.provider_organization_id = {ACTING_ORGANIZATION})"
)
MEMBER_HERE = (
    "EXISTS (SELECT FROM membership m"
    f" WHERE m.person_id = person.id AND m.organization_id = {ACTING_ORGANIZATION})"
)
KNOWN_PERSON = " OR ".join(
    (
        OWN,
        f"id = {ACTING_PERSON}",
        BEING_CLAIMED,
        MEMBER_HERE,
        CONTACT_OF_AN_INTRODUCED_NEED,
        CONTACT_OF_AN_INTRODUCED_DEMAND,
    )
)
KEPT_PERSON = (
    "EXISTS (SELECT FROM person p WHERE p.id = person_id AND p.organization_id = membership.organization_id)"
)
ENROLLED_HERE = (
    "EXISTS (SELECT FROM person p WHERE p.id = person_id"
    f" AND (p.organization_id = {ACTING_ORGANIZATION} OR {OFFICIAL}))"
)

ROW_SECURITY: RowSecurity = {
    "organization": (
        Policy("app", "select", KNOWN_ORGANIZATION),
        Policy("app", "insert", OFFICIAL),
        Policy(
            "app",
            "update",
            f"id = {ACTING_ORGANIZATION} OR ({OFFICIAL} AND state = 'unclaimed')",
            after=f"id = {ACTING_ORGANIZATION} OR {OFFICIAL}",
        ),
        *everything("select", "insert", "update"),
    ),
    "unit": (
        Policy("app", "select", f"{OWN} OR {OFFICIAL} OR {OF_A_KNOWN_ORGANIZATION}"),
        Policy("app", "insert", f"{OWN} OR (parent_id IS NULL AND {BEING_CLAIMED})"),
        *everything("select", "insert"),
    ),
    "person": (
        Policy("app", "select", KNOWN_PERSON),
        Policy("app", "insert", f"{OWN} OR {BEING_CLAIMED}"),
        *everything("select", "insert"),
    ),
    "membership": (
        Policy("app", "select", f"{OWN} OR person_id = {ACTING_PERSON}"),
        Policy(
            "app",
            "insert",
            f"({OWN} OR (role IN ('administrator', 'owner') AND {BEING_CLAIMED})) AND {KEPT_PERSON}",
        ),
        Policy("app", "update", OWN),
        *everything("select", "insert", "update"),
    ),
    "credential": (
        Policy("app", "insert", ENROLLED_HERE),
        *everything("select", "insert", "update"),
    ),
    "sign_in_session": (
        Policy("app", "select", f"id = {ACTING_CREDENTIAL}"),
        Policy("app", "update", f"id = {ACTING_CREDENTIAL}"),
        *everything("select", "insert", "update", "delete"),
    ),
    "refresh_token": everything("select", "insert", "update", "delete"),
    "api_key": (
        Policy("app", "select", f"{OWN} OR id = {ACTING_CREDENTIAL}"),
        Policy("app", "insert", OWN),
        Policy("app", "update", OWN),
        *everything("select", "update"),
    ),
    "api_key_secret": (
        Policy(
            "app",
            "insert",
            "EXISTS (SELECT FROM api_key k WHERE k.id = api_key_id"
            f" AND k.organization_id = {ACTING_ORGANIZATION})",
        ),
        *everything("select"),
    ),
    "sign_in_attempt": everything("select", "insert", "delete"),
}

# The settings end with the transaction; the look-ups go by primary key under the caller's own policies.
ENTER_FUNCTION = """
CREATE FUNCTION enter(
    acting_credential uuid, acting_person uuid, acting_organization uuid, acting_unit uuid,
    acting_official boolean, acting_now timestamptz
) RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY INVOKER AS $$
BEGIN
    PERFORM set_config('matchmaking.credential', coalesce(acting_credential::text, ''), true),
            set_config('matchmaking.person', coalesce(acting_person::text, ''), true),
            set_config('matchmaking.organization', coalesce(acting_organization::text, ''), true),
            set_config('matchmaking.unit', coalesce(acting_unit::text, ''), true),
            set_config('matchmaking.official', coalesce(acting_official, false)::text, true);
    IF acting_person IS NULL THEN
        RETURN EXISTS (
            SELECT FROM api_key k
            WHERE k.id = acting_credential
              AND k.organization_id = acting_organization AND k.unit_id = acting_unit
              AND k.revoked_at IS NULL AND k.expires_at > acting_now
        );
    END IF;
    RETURN EXISTS (
        SELECT FROM sign_in_session s JOIN membership m ON m.id = s.membership_id
        WHERE s.id = acting_credential
          AND s.revoked_at IS NULL AND s.expires_at > acting_now
          AND s.person_id = acting_person AND m.person_id = acting_person
          AND m.organization_id = acting_organization AND m.unit_id = acting_unit
          AND m.ended_at IS NULL AND (m.ends_at IS NULL OR m.ends_at > acting_now)
    );
END
$$
"""
