"""Entering a person with a role and a first password: what people, organizations and the demo loader share.

Asks for no right: whoever calls has decided that the person may be entered.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from matchmaking.access.passwords import Passwords, initial_password
from matchmaking.db.changes import compare_and_set
from matchmaking.db.session import WriteSession
from matchmaking.db.unique_insert import insert_unless_taken
from matchmaking.errors import Conflict, Stale
from matchmaking.tables.identity import Credential, Membership, Organization, Person
from schemas.organizations import OrganizationState
from schemas.people import MembershipRead, PersonDraft, PersonEnrolled
from schemas.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Post:
    """The place a person is entered into; `ends_at` ends a delegation."""

    organization_id: UUID
    unit_id: UUID
    role: Role
    ends_at: datetime | None = None


async def enrol(
    session: WriteSession,
    passwords: Passwords,
    post: Post,
    draft: PersonDraft,
    pointer: str = "",
    password: str | None = None,
) -> PersonEnrolled:
    """Enter a person. With `password` it is the person's own choice; without, an initial one is made.

    Conflict `login_taken`, at `pointer` + `/login`, when somebody else signs in under that login.
    """
    person = Person(
        id=uuid7(),
        created_at=session.instant,
        organization_id=post.organization_id,
        login=draft.login,
        display_name=draft.display_name,
        phone=draft.phone,
        email=draft.email,
    )
    if not await insert_unless_taken(session, person):
        raise Conflict("login_taken", pointer=f"{pointer}/login")
    membership = Membership(
        id=uuid7(),
        created_at=session.instant,
        person_id=person.id,
        organization_id=post.organization_id,
        unit_id=post.unit_id,
        role=post.role,
        ends_at=post.ends_at,
    )
    session.add(membership)
    # Rows without relationships are flushed in no promised order.
    await session.flush()
    chosen = password or initial_password()
    credential = Credential(
        created_at=session.instant,
        person_id=person.id,
        password_hash=await passwords.hash(chosen),
        initial=password is None,
    )
    session.add(credential)
    await session.flush()
    return PersonEnrolled(
        **person.model_dump(include=set(PersonEnrolled.model_fields)),
        memberships=[MembershipRead.model_validate(membership)],
        initial_password=chosen,
    )


async def claim(session: WriteSession, organization_id: UUID) -> None:
    """From now on somebody acts for the organization; Conflict when that was so before."""
    seen = {"state": OrganizationState.UNCLAIMED}
    try:
        await compare_and_set(
            session, Organization, organization_id, seen, {"state": OrganizationState.ACTIVE}
        )
    except Stale as reason:
        raise Conflict("organization_claimed") from reason
