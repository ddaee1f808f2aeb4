"""`matchmaking import`: loads a file and tells what changed, or what is wrong with which row."""

import asyncio
from pathlib import Path

from matchmaking.clock import SystemClock
from matchmaking.db.session import Database
from matchmaking.settings import Settings
from scripts.importing.acting import Tally
from scripts.importing.faults import FileRefused, tell
from scripts.importing.files import read_file
from scripts.importing.loading import IMPORTERS, Kind, load
from scripts.speaking import both_lines, to_people
from scripts.standing import started_or_joined


def load_and_tell(settings: Settings, kind: Kind, file: Path, organization: str) -> None:
    try:
        # What is wrong with the file itself is told before anything is started.
        read_file(file, IMPORTERS[kind].columns)
        with started_or_joined(settings) as standing:
            database = standing.foundation.database(settings, SystemClock())
            tally = asyncio.run(_load_and_dispose(database, kind, file, organization))
    except FileRefused as refused:
        raise tell(refused) from None
    to_people().print(both_lines("import.done", **tally.counts))


async def _load_and_dispose(database: Database, kind: Kind, file: Path, organization: str) -> Tally:
    try:
        return await load(database, kind, file, organization.strip())
    finally:
        await database.dispose()
