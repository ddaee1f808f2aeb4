"""Signing in, staying signed in, signing out, and what a signed-in person is told about itself.

Sign-in and rotation happen before there is an actor, so they run on the system session. They open their own
transactions, because what they write (a counted try, a revoked sign-in) stands even when they refuse.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from matchmaking import journal
from matchmaking.access.actor import Actor
from matchmaking.access.identity_provider import Identity, IdentityProvider
from matchmaking.access.permissions import permits, require
from matchmaking.access.refresh_tokens import Client, read_secret
from matchmaking.access.throttle import Throttle
from matchmaking.access.tokens import TokenIssuer
from matchmaking.db.session import Database, ReadSession, WriteSession
from matchmaking.errors import Invalid, NotAllowed, NotSignedIn, Unavailable
from matchmaking.services.held_roles import acting_in, actor_of, live_roles
from matchmaking.services.rotation import SUBJECT, Granted, begin, revoke, rotate
from matchmaking.tables.identity import Person, RevocationReason, SignInSession
from schemas.operations import Operation
from schemas.sessions import HeldRole, MeRead, SessionCreate, SessionRead, SessionStarted

STARTED = "sessions.create"
ENDED = "sessions.end"


@dataclass(frozen=True, slots=True)
class Sessions:
    """Sign-ins of one installation; they last `lifetime` from the password on, however often refreshed."""

    database: Database
    provider: IdentityProvider
    throttle: Throttle
    issuer: TokenIssuer
    lifetime: timedelta
    secret: bytes

    async def start(self, draft: SessionCreate, client: Client) -> SessionStarted:
        """Sign in. NotSignedIn alike for an unknown login and a wrong password; TooMany after ten tries.

        NotAllowed `password_change_required` when the password is an initial one and no new one came along.
        """
        identity = await self._identified(draft, client)
        if identity.must_renew and draft.new_password is None:
            raise NotAllowed("password_change_required", pointer="/new_password")
        async with self.database.as_system() as session:
            roles = await live_roles(session, identity.person_id)
            role = _chosen(roles, draft.membership_id)
            if draft.new_password is not None:
                await self._renew(session, identity, draft.login, draft.new_password.get_secret_value())
            granted = await begin(session, identity.person_id, role, self.lifetime)
            await journal.record(
                session,
                actor_of(granted.session_id, identity.person_id, role),
                STARTED,
                SUBJECT,
                granted.session_id,
                password_renewed=draft.new_password is not None,
            )
        return SessionStarted(**self._shown(granted).model_dump(), roles=roles)

    async def refresh(self, text: str, client: Client) -> SessionRead:
        """The next pair of tokens.

        NotSignedIn `refresh_reused` for a token that was used before, which ends its whole sign-in, but for
        the same client's retry (see `rotate`).
        """
        presented = read_secret(text)
        if presented is None:
            raise NotSignedIn("refresh_invalid")
        async with self.database.as_system() as session:
            granted = await rotate(session, presented, client, self.secret)
        if granted is None:
            raise NotSignedIn("refresh_reused")
        return self._shown(granted)

    async def _identified(self, draft: SessionCreate, client: Client) -> Identity:
        """The try is counted first, and taken back when the password was right or was not looked at."""
        admission = await self.throttle.admit(draft.login, client.address)
        try:
            identity = await self.provider.identify(draft.login, draft.password.get_secret_value())
        except Unavailable:
            await self.throttle.take_back(admission)
            raise
        await self.throttle.take_back(admission)
        return identity

    async def _renew(self, session: WriteSession, identity: Identity, login: str, password: str) -> None:
        """Take the new password; whoever signed in with the old one is signed out."""
        await self.provider.renew(session, identity, login, password)
        belonging = col(SignInSession.person_id) == identity.person_id
        await revoke(session, belonging, RevocationReason.PASSWORD_CHANGED)

    def _shown(self, granted: Granted) -> SessionRead:
        issued = self.issuer.issue(actor_of(granted.session_id, granted.person_id, granted.role))
        return SessionRead(
            access_token=issued.token,
            expires_at=issued.expires_at,
            refresh_token=granted.secret.text,
            refresh_expires_at=granted.expires_at,
            acting_in=granted.role,
        )


async def end_session(session: WriteSession, actor: Actor) -> None:
    """Sign out: neither the access token nor any refresh token of this sign-in counts from now on."""
    if actor.person_id is None:
        raise NotAllowed("persons_only")
    await revoke(session, col(SignInSession.id) == actor.credential_id, RevocationReason.SIGNED_OUT)
    await journal.record(session, actor, ENDED, SUBJECT, actor.credential_id)


async def read_me(session: ReadSession, actor: Actor) -> MeRead:
    """Who the caller is, where it acts, and which operations its role holds."""
    require(actor, Operation.SESSIONS_READ)
    named = select(col(Person.display_name)).where(col(Person.id) == actor.person_id)
    return MeRead(
        person_id=actor.person_id,
        display_name=(await session.execute(named)).scalar_one_or_none(),
        membership_id=actor.membership_id,
        acting_in=await acting_in(session, actor),
        operations=[operation for operation in Operation if permits(actor, operation)],
    )


def _chosen(roles: list[HeldRole], membership_id: UUID | None) -> HeldRole:
    if not roles:
        raise NotAllowed("no_role_left")
    if membership_id is None:
        return roles[0]
    for role in roles:
        if role.membership_id == membership_id:
            return role
    raise Invalid("membership_not_held", pointer="/membership_id")
