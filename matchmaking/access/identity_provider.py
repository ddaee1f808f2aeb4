"""Who proves to be whom: the door through which a portal's identity service can take the place of passwords.

A provider says which person stands behind a proof. What that person may do here is no business of it.
"""

from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import col

from matchmaking.access.passwords import Passwords, refuse_weak
from matchmaking.db.session import Database, WriteSession
from matchmaking.errors import Invalid, NotSignedIn
from matchmaking.tables.identity import Credential, Person


@dataclass(frozen=True, slots=True)
class Identity:
    """A person who has proven to be it; `must_renew` when the proof was one that somebody else had chosen."""

    person_id: UUID
    must_renew: bool = False


class IdentityProvider(Protocol):
    async def identify(self, login: str, password: str) -> Identity:
        """NotSignedIn `sign_in_failed`, alike for an unknown login and a wrong password."""
        ...

    async def renew(self, session: WriteSession, identity: Identity, login: str, password: str) -> None:
        """Let `password` prove the identity from now on; Invalid when it is too weak or the present one."""
        ...


@dataclass(frozen=True, slots=True)
class PasswordIdentityProvider:
    """The stand-alone provider: logins and argon2id hashes of our own."""

    database: Database
    passwords: Passwords

    async def identify(self, login: str, password: str) -> Identity:
        async with self.database.as_system() as session:
            statement = (
                select(col(Credential.person_id), col(Credential.password_hash), col(Credential.initial))
                .join(Person, col(Person.id) == col(Credential.person_id))
                .where(col(Person.login) == login)
            )
            found = (await session.execute(statement)).one_or_none()
        # The hash is checked with no connection held: it takes far longer than the look-up.
        check = await self.passwords.check(None if found is None else found.password_hash, password)
        if found is None or not check.matches:
            raise NotSignedIn("sign_in_failed")
        if check.outdated:
            await self._hash_anew(found.person_id, found.password_hash, password)
        return Identity(found.person_id, must_renew=found.initial)

    async def renew(self, session: WriteSession, identity: Identity, login: str, password: str) -> None:
        refuse_weak(password, login, "/new_password")
        credential = select(col(Credential.password_hash)).where(
            col(Credential.person_id) == identity.person_id
        )
        present = (await session.execute(credential)).scalar_one()
        if (await self.passwords.check(present, password)).matches:
            raise Invalid("password_unchanged", pointer="/new_password")
        await self._replace(session, identity.person_id, present, await self.passwords.hash(password))

    async def _hash_anew(self, person_id: UUID, present: str, password: str) -> None:
        """Parameters have grown since the hash was made, and the password is at hand only now."""
        replacement = await self.passwords.hash(password)
        async with self.database.as_system() as session:
            statement = (
                update(Credential)
                .where(col(Credential.person_id) == person_id, col(Credential.password_hash) == present)
                .values(password_hash=replacement)
            )
            await session.execute(statement)

    async def _replace(self, session: WriteSession, person_id: UUID, present: str, replacement: str) -> None:
        statement = (
            update(Credential)
            .where(col(Credential.person_id) == person_id, col(Credential.password_hash) == present)
            .values(password_hash=replacement, initial=False, version=col(Credential.version) + 1)
            .returning(col(Credential.id))
        )
        if (await session.execute(statement)).one_or_none() is None:
            raise NotSignedIn("sign_in_failed")


@dataclass
class RecordingIdentityProvider:
    """The twin for tests: knows the proofs it was given and remembers who asked, without hashing."""

    proofs: dict[tuple[str, str], Identity] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def identify(self, login: str, password: str) -> Identity:
        self.asked.append(login)
        if (identity := self.proofs.get((login, password))) is None:
            raise NotSignedIn("sign_in_failed")
        return identity

    async def renew(self, session: WriteSession, identity: Identity, login: str, password: str) -> None:
        del session
        self.proofs = {proof: known for proof, known in self.proofs.items() if known != identity}
        self.proofs[login, password] = Identity(identity.person_id)
