"""The task of an enterprise whose interest window is over: choose among those who came.

A window opens by the clock, and its task follows from what it holds then: there is one while an opened window
has interest that stands, nobody of it was picked and the wish still looks for somebody. Nothing of it exists
before, so nobody learns from a row that a window is collecting. The comparison is made when an enterprise is
about to read its tasks, and for everybody whenever the clock runs it; making it twice changes nothing.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.services.interest_windows import windows_among
from matchmaking.services.interests import introduced
from matchmaking.services.need_card_making import SHOWN, WishTable, of_table
from matchmaking.services.tasks import Addressee, end_tasks, give_task_once
from matchmaking.tables.cards import NeedCard
from matchmaking.tables.followup import Task
from matchmaking.tables.interests import Interest
from matchmaking.tables.needs import FinancingNeed
from matchmaking.tables.research import ResearchDemand
from schemas.vocabulary import TaskKind

Occasion = tuple[UUID, datetime]
"""A wish, and when a window of it opened."""


@dataclass(frozen=True, slots=True)
class _Carded:
    """A wish that still looks for somebody, with the card that providers see of it."""

    table: WishTable
    wish_id: UUID
    organization_id: UUID
    card_id: UUID


async def follow_windows(system: WriteSession, organization_id: UUID | None = None) -> None:
    """Give the tasks that opened windows ask for and end those that none asks for any more.

    By the system, which alone reads interest of others; for one enterprise, or for all.
    """
    awaited = await _awaited(system, organization_id)
    given = await _given(system, organization_id)
    await end_tasks(system, [task_id for occasion, task_id in given.items() if occasion not in awaited])
    for occasion, carded in awaited.items():
        if occasion not in given:
            addressee = Addressee(carded.organization_id)
            subject = str(carded.table.__tablename__), carded.wish_id
            await give_task_once(system, TaskKind.CONSIDER_INTEREST, subject, addressee, since=occasion[1])


async def _awaited(system: ReadSession, organization_id: UUID | None) -> dict[Occasion, _Carded]:
    carded = {
        one.card_id: one
        for table in (FinancingNeed, ResearchDemand)
        for one in await _looking(system, table, organization_id)
    }
    found = await system.execute(select(Interest).where(col(Interest.card_id).in_(list(carded))))
    by_card: dict[UUID, list[Interest]] = defaultdict(list)
    for interest in found.scalars():
        by_card[interest.card_id].append(interest)
    picked = await introduced(system, [interest for each in by_card.values() for interest in each])
    return {
        (carded[card_id].wish_id, window.opens_at): carded[card_id]
        for card_id, interests in by_card.items()
        for window in windows_among(interests)
        if window.opens_at <= system.instant
        and window.standing
        and not any(interest.id in picked for interest in window.interests)
    }


async def _looking(system: ReadSession, table: WishTable, organization_id: UUID | None) -> list[_Carded]:
    came = select(col(Interest.id)).where(col(Interest.card_id) == NeedCard.card_id).exists()
    wanted: Select[*tuple[Any, ...]] = (
        select(col(table.id), col(table.organization_id), col(NeedCard.card_id))
        .join(NeedCard, of_table(table))
        .where(col(table.state).in_(SHOWN), col(table.expires_on) >= system.instant.date(), came)
    )
    if organization_id is not None:
        wanted = wanted.where(col(table.organization_id) == organization_id)
    return [_Carded(table, *row) for row in (await system.execute(wanted)).all()]


async def _given(system: ReadSession, organization_id: UUID | None) -> dict[Occasion, UUID]:
    wanted: Select[*tuple[Any, ...]] = select(col(Task.subject_id), col(Task.since), col(Task.id)).where(
        col(Task.kind) == TaskKind.CONSIDER_INTEREST, col(Task.done_at).is_(None)
    )
    if organization_id is not None:
        wanted = wanted.where(col(Task.organization_id) == organization_id)
    return {(wish_id, since): task_id for wish_id, since, task_id in (await system.execute(wanted)).all()}
