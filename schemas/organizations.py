"""Organizations: legal persons with a unified social credit code, registered by an official."""

from enum import StrEnum
from uuid import UUID

from pydantic import Field

from schemas.accounts import CreditCode
from schemas.base import DistrictCode, Draft, Name, Reading
from schemas.people import AdministratorDraft, PersonEnrolled
from schemas.vocabulary import OrganizationKind


class OrganizationState(StrEnum):
    """Unclaimed: registered, and nobody acts for it yet."""

    UNCLAIMED = "unclaimed"
    ACTIVE = "active"


class OrganizationCreate(Draft):
    """Registers an organization with its root unit, and with the person who will administer it, if known."""

    kind: OrganizationKind
    name_zh: Name
    name_en: Name | None = None
    credit_code: CreditCode | None = Field(
        default=None, description="May follow later; nobody can act for the organization without it"
    )
    district: DistrictCode
    administrator: AdministratorDraft | None = None


class OrganizationChange(Draft):
    """Names only: kind, credit code and district are the register's."""

    name_zh: Name | None = None
    name_en: Name | None = None


class OrganizationRead(Reading):
    kind: OrganizationKind
    state: OrganizationState
    name_zh: str
    name_en: str | None
    credit_code: str | None
    district: str


class OrganizationRegistered(OrganizationRead):
    """The answer to a registration; the only one that holds the administrator's initial password."""

    root_unit_id: UUID
    administrator: PersonEnrolled | None
