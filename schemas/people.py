"""People and the roles they hold in units. The only shapes that carry personal data."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from schemas.accounts import Email, Login, Phone
from schemas.base import Draft, Name, Reading
from schemas.vocabulary import Role


class PersonDraft(Draft):
    login: Login
    display_name: Name
    phone: Phone | None = None
    email: Email | None = None


class AdministratorDraft(PersonDraft):
    """The first person who acts for an organization: its administrator, or an enterprise's owner."""

    role: Literal[Role.ADMINISTRATOR, Role.OWNER] = Role.ADMINISTRATOR


class PersonCreate(PersonDraft):
    """A new person with a role in a unit."""

    unit_id: UUID
    role: Role
    ends_at: AwareDatetime | None = Field(
        default=None, description="End of a delegation; required for helpers, at most a year ahead"
    )


class MembershipCreate(Draft):
    """A further role of somebody who is here already; the person acts in one role at a time."""

    unit_id: UUID
    role: Role
    ends_at: AwareDatetime | None = Field(
        default=None, description="End of a delegation; required for helpers, at most a year ahead"
    )


class MembershipRead(Reading):
    person_id: UUID
    organization_id: UUID
    unit_id: UUID
    role: Role
    ends_at: datetime | None
    ended_at: datetime | None


class PasswordReset(MembershipRead):
    """The answer to a reset, the only one with the new initial password."""

    login: str
    initial_password: Annotated[
        str, Field(description="Shown once; replace it with `new_password` at sign-in")
    ]


class PersonRead(Reading):
    """`login` is left out: nobody but its owner needs it."""

    display_name: str
    phone: str | None
    email: str | None
    memberships: list[MembershipRead]


class PersonEnrolled(PersonRead):
    """The answer to an enrolment, the only one with the initial password."""

    login: str
    initial_password: Annotated[
        str, Field(description="Shown once; replace it with `new_password` at sign-in")
    ]
