"""A new initial password for somebody who lost theirs, made by an administrator of the same organization.

Whoever knows it signs in and chooses another one at once; all sign-ins of the person end with the reset. The
system writes it, in one transaction: the role of requests neither reads nor replaces any secret.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlmodel import col

from matchmaking import journal
from matchmaking.access.actor import Actor
from matchmaking.access.passwords import Passwords, initial_password
from matchmaking.access.permissions import require
from matchmaking.access.scoping import find, visible_to
from matchmaking.db.changes import compare_and_set
from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.errors import Conflict, NotAllowed, Stale
from matchmaking.services.rotation import revoke
from matchmaking.services.units import find_own_unit
from matchmaking.tables.identity import Credential, Membership, Person, RevocationReason, SignInSession
from schemas.operations import Operation
from schemas.people import MembershipRead, PasswordReset
from schemas.vocabulary import Role

OPERATION = Operation.MEMBERSHIPS_RESET_PASSWORD


async def reset_password(
    session: ReadSession,
    system: WriteSession,
    actor: Actor,
    membership_id: UUID,
    seen_version: int,
    passwords: Passwords,
) -> PasswordReset:
    """Of the person who holds that role. Conflict when the role has ended.

    NotAllowed for oneself, for an owner unless by an owner, and for whoever also holds a role in a unit that
    the actor does not administer.
    """
    require(actor, OPERATION)
    membership = await find(session, actor, Membership, membership_id)
    held = await _roles_of(session, actor, membership.person_id)
    await _check_above(session, actor, membership, held)
    if membership.version != seen_version:
        raise Stale("version_stale")
    if membership.id not in {one.id for one in held}:
        raise Conflict("membership_ended_already")
    seen = {"version": seen_version, "ended_at": None}
    touched = await compare_and_set(system, Membership, membership_id, seen, {"ended_at": None})
    chosen = initial_password()
    await replace_password(system, membership.person_id, await passwords.hash(chosen))
    pseudonym = system.pseudonym(membership.person_id)
    await journal.record(system, actor, OPERATION, "membership", membership_id, person=pseudonym)
    login = (await system.get_one(Person, membership.person_id)).login
    shown = MembershipRead.model_validate(touched).model_dump()
    return PasswordReset(**shown, login=login, initial_password=chosen)


async def _roles_of(session: ReadSession, actor: Actor, person_id: UUID) -> Sequence[Membership]:
    """Those that count now, all over the organization."""
    statement = select(Membership).where(
        visible_to(actor, Membership),
        col(Membership.person_id) == person_id,
        col(Membership.ended_at).is_(None),
        or_(col(Membership.ends_at).is_(None), col(Membership.ends_at) > session.instant),
    )
    return (await session.execute(statement)).scalars().all()


async def _check_above(
    session: ReadSession, actor: Actor, membership: Membership, held: Sequence[Membership]
) -> None:
    """Whoever resets a password could act as that person: so only for roles below one's own."""
    for one in (membership, *held):
        await find_own_unit(session, actor, one.unit_id, "/membership_id")
    if membership.person_id == actor.person_id:
        raise NotAllowed("own_password_at_sign_in")
    if actor.role is not Role.OWNER and any(one.role is Role.OWNER for one in held):
        raise NotAllowed("owners_reset_by_owners_only")


async def replace_password(system: WriteSession, person_id: UUID, password_hash: str) -> None:
    """Asks for no right: whoever calls has decided that the person gets another initial password."""
    statement = (
        update(Credential)
        .where(col(Credential.person_id) == person_id)
        .values(password_hash=password_hash, initial=True, version=col(Credential.version) + 1)
        .returning(col(Credential.id))
    )
    (await system.execute(statement)).scalar_one()
    await revoke(system, col(SignInSession.person_id) == person_id, RevocationReason.PASSWORD_CHANGED)
