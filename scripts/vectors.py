"""`matchmaking vectors`: how many listings have vectors, how many wait; makes the missing on request."""

import asyncio

from rich.progress import Progress

from matchmaking.clock import SystemClock
from matchmaking.db.session import Database
from matchmaking.encoding.choosing import encoder_of
from matchmaking.encoding.encoder import Encoder
from matchmaking.services.vector_keeping import count_vectors, count_waiting, note_unencoded
from matchmaking.services.vector_making import make_missing_vectors
from matchmaking.settings import Settings
from scripts.demo.vectors import ship as ship_vectors
from scripts.failures import FAILED
from scripts.speaking import both_lines, to_people
from scripts.standing import started_or_joined


def show(settings: Settings, *, make: bool, ship: bool) -> int:
    """The exit code: 1 when vectors were to be made and some could not be."""
    encoder = encoder_of(settings)
    with started_or_joined(settings) as standing:
        database = standing.foundation.database(settings, SystemClock())
        waiting = asyncio.run(_show(database, encoder, make=make, ship=ship))
    return FAILED if make and waiting else 0


async def _show(database: Database, encoder: Encoder, *, make: bool, ship: bool) -> int:
    try:
        if make and encoder.dimension:
            await note_unencoded(database, encoder.model)
            await _make(database, encoder)
        async with database.as_system() as session:
            made, waiting = await count_vectors(session, encoder.model), await count_waiting(session)
            if ship:
                await ship_vectors(session)
    finally:
        await database.dispose()
    to_people().print(both_lines("cli.vectors", model=encoder.model or "-", made=made, waiting=waiting))
    return waiting


async def _make(database: Database, encoder: Encoder) -> None:
    async with database.as_system() as session:
        waiting = await count_waiting(session)
    with Progress(console=to_people()) as progress:
        bar = progress.add_task("", total=waiting)
        await make_missing_vectors(database, encoder, lambda done: progress.advance(bar, done))
