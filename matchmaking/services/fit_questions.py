"""Questions of providers about what fits them are counted: many of them would tell what one does not."""

from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col
from uuid_utils.compat import uuid7

from matchmaking.access.actor import Actor
from matchmaking.db.inserts import insert_row
from matchmaking.db.session import WriteSession
from matchmaking.errors import TooMany
from matchmaking.tables.cards import FitQuestion
from matchmaking.tables.offers import ProductAdoption
from matchmaking.tables.research import Capability


async def count_question(
    system: WriteSession,
    actor: Actor,
    table: type[ProductAdoption] | type[Capability],
    offer_id: UUID,
    limit: int,
) -> None:
    """One more question with an offer; TooMany `fit_questions_capped` when `limit` were asked today."""
    column = "adoption_id" if table is ProductAdoption else "capability_id"
    # Parallel questions wait for each other, so that none is counted past the limit.
    await system.execute(select(col(table.id)).where(col(table.id) == offer_id).with_for_update())
    midnight = datetime.combine(system.instant.date(), time(), system.instant.tzinfo)
    asked = select(func.count()).where(
        getattr(FitQuestion, column) == offer_id, col(FitQuestion.created_at) >= midnight
    )
    if (await system.execute(asked)).scalar_one() >= limit:
        wait = midnight + timedelta(days=1) - system.instant
        raise TooMany("fit_questions_capped", {"limit": limit, "retry_after": int(wait.total_seconds()) + 1})
    row = {"adoption_id": None, "capability_id": None, column: offer_id}
    await insert_row(
        system,
        FitQuestion,
        row
        | {
            "id": uuid7(),
            "created_at": system.instant,
            "version": 1,
            "organization_id": actor.organization_id,
            "unit_id": actor.unit_id,
        },
    )
