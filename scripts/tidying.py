"""`matchmaking tidy`: deletes what has served its purpose, also beside an instance that serves."""

import asyncio
from dataclasses import asdict

from matchmaking.clock import SystemClock
from matchmaking.db.session import Database
from matchmaking.services.tidying import Tidied, tidy
from matchmaking.settings import Settings
from scripts.speaking import both_lines, to_people
from scripts.standing import started_or_joined


def tidy_and_tell(settings: Settings) -> None:
    with started_or_joined(settings) as standing:
        database = standing.foundation.database(settings, SystemClock())
        tidied = asyncio.run(_tidy_and_dispose(database))
    to_people().print(both_lines("cli.tidied", **asdict(tidied)))


async def _tidy_and_dispose(database: Database) -> Tidied:
    try:
        return await tidy(database)
    finally:
        await database.dispose()
