"""Journals what signed-in callers were refused, in a transaction of its own, at a bounded rate."""

from collections import OrderedDict
from typing import cast
from uuid import UUID

from fastapi import FastAPI, Request, Response

from matchmaking import journal
from matchmaking.access.actor import Actor
from matchmaking.db.outage import is_outage
from matchmaking.errors import NotAllowed, NotFound, NotSignedIn, Refusal
from matchmaking.log import logger
from routers.problems import answer_problem
from routers.surroundings import Surroundings

MOST_PER_MINUTE = 30
MOST_CREDENTIALS = 10_000


class RefusalRate:
    """Counts refusals per credential and minute, so that a flood of them does not fill the journal."""

    def __init__(self) -> None:
        self._counts: OrderedDict[tuple[UUID, int], int] = OrderedDict()

    def admits(self, credential_id: UUID, minute: int) -> bool:
        key = (credential_id, minute)
        self._counts[key] = self._counts.pop(key, 0) + 1
        if len(self._counts) > MOST_CREDENTIALS:
            self._counts.popitem(last=False)
        return self._counts[key] <= MOST_PER_MINUTE


def install_refusal_journal(app: FastAPI) -> None:
    """Take over the answers to `NotAllowed` and `NotFound`: somebody tried what is not theirs."""
    rate = RefusalRate()
    log = logger("refusals")

    async def journal_and_answer(request: Request, error: Exception) -> Response:
        actor: Actor | None = getattr(request.state, "actor", None)
        if actor is not None:
            here = cast("Surroundings", request.app.state.surroundings)
            minute = int(here.clock.now().timestamp() // 60)
            if rate.admits(actor.credential_id, minute):
                await _journal(request, here, actor, cast("Refusal", error))
            else:
                log.warning("refusals_not_journaled", credential=str(actor.credential_id))
        return await answer_problem(request, error)

    for kind in (NotAllowed, NotFound):
        app.add_exception_handler(kind, journal_and_answer)


async def _journal(request: Request, here: Surroundings, actor: Actor, refusal: Refusal) -> None:
    """The answer does not depend on it: an ended sign-in or an outage leaves a log line alone."""
    operation = getattr(request.scope.get("route"), "name", "unknown")
    try:
        async with here.database.writing(actor.entrance) as session:
            await journal.record_refusal(session, actor, operation, refusal.code)
    except Exception as failure:
        if not isinstance(failure, NotSignedIn) and not is_outage(failure):
            raise
        logger("refusals").warning("refusal_not_journaled", operation=operation, code=refusal.code)
