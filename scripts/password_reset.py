"""`matchmaking reset-password`: a new initial password for whom no administrator is left to help.

Who runs this has the system role's address or the state folder, which is the right to do it.
"""

import asyncio
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from matchmaking import journal
from matchmaking.access.passwords import Passwords, initial_password
from matchmaking.clock import SystemClock
from matchmaking.db.session import Database
from matchmaking.services.held_roles import actor_of, live_roles
from matchmaking.services.password_resets import OPERATION, replace_password
from matchmaking.settings import Settings
from matchmaking.tables.identity import Person
from scripts.failures import CommandRefused
from scripts.first_official import COMMAND_LINE
from scripts.speaking import both_lines, to_people
from scripts.standing import started_or_joined


def reset_and_tell(settings: Settings, login: str) -> None:
    with started_or_joined(settings) as standing:
        database = standing.foundation.database(settings, SystemClock())
        password = asyncio.run(_reset_and_dispose(database, login))
    to_people().print(both_lines("cli.password_reset", login=login, password=password), soft_wrap=True)


async def _reset_and_dispose(database: Database, login: str) -> str:
    try:
        return await reset_login(database, login)
    finally:
        await database.dispose()


async def reset_login(database: Database, login: str) -> str:
    """The new initial password; CommandRefused for an unknown login and for one without a role."""
    chosen = initial_password()
    hashed = await Passwords().hash(chosen)
    async with database.as_system() as system:
        wanted = select(col(Person.id)).where(col(Person.login) == login)
        person_id: UUID | None = (await system.execute(wanted)).scalar_one_or_none()
        roles = [] if person_id is None else await live_roles(system, person_id)
        if person_id is None or not roles:
            raise CommandRefused("cli.login_unknown", {"login": login})
        await replace_password(system, person_id, hashed)
        operator = replace(actor_of(COMMAND_LINE, person_id, roles[0]), person_id=None, membership_id=None)
        pseudonym = system.pseudonym(person_id)
        about = ("membership", roles[0].membership_id)
        await journal.record(system, operator, OPERATION, *about, person=pseudonym)
    return chosen
