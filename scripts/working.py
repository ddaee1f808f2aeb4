"""`matchmaking worker`: does what waits in the background until a signal ends it; any number may run."""

import asyncio
from contextlib import suppress

from matchmaking.clock import SystemClock
from matchmaking.encoding.choosing import encoder_of
from matchmaking.jobs.worker import work
from matchmaking.log import configure_logging
from matchmaking.settings import Settings
from scripts.signals import ENDING
from scripts.speaking import both_lines, to_people
from scripts.standing import Standing, started_or_joined


def work_until_stopped(settings: Settings) -> None:
    configure_logging(settings.log_level)
    with started_or_joined(settings) as standing:
        to_people().print(both_lines("cli.working"))
        asyncio.run(_work(standing))


async def _work(standing: Standing) -> None:
    foundation = standing.foundation
    database = foundation.database(standing.settings, SystemClock())
    working = asyncio.ensure_future(work(foundation.system_url, database, encoder_of(standing.settings)))
    for number in ENDING:
        asyncio.get_running_loop().add_signal_handler(number, working.cancel)
    try:
        with suppress(asyncio.CancelledError):
            await working
    finally:
        await database.dispose()
