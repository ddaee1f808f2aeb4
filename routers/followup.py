"""What is left to do, what has come of it all, and what was done: tasks, tracking, the journal."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from matchmaking.services import interest_tasks, journal_entries, tasks, tracking
from matchmaking.services.listings import PageRequest
from routers.dependencies import CurrentActor, Here, InLanguage, KeyedRoute, Reads, SystemWrites
from routers.documentation import answers, problems
from routers.paging import Paged
from schemas.journal import JournalEntryRead
from schemas.paging import Page
from schemas.tasks import TaskRead
from schemas.tracking import Month, TrackingDimension, TrackingRead
from schemas.vocabulary import OrganizationKind

router = APIRouter(prefix="/v1", route_class=KeyedRoute)


async def _up_to_date(here: Here, actor: CurrentActor) -> None:
    """In a transaction that is over before the tasks are read."""
    if actor.organization_kind is OrganizationKind.ENTERPRISE:
        async with here.database.as_system() as system:
            await interest_tasks.follow_windows(system, actor.organization_id)


@router.get(
    "/tasks",
    tags=["tasks"],
    responses=problems(403) | answers(200, "Link"),
    dependencies=[Depends(_up_to_date)],
)
async def list_tasks(
    session: Reads, actor: CurrentActor, paging: Paged, language: InLanguage
) -> Page[TaskRead]:
    """What awaits the actor and is the actor's to do, with one sentence and what to act on."""
    page = PageRequest(paging.limit, paging.after("tasks:newest"))
    return paging.page(await tasks.list_tasks(session, actor, page, language))


@router.get("/tracking", tags=["tracking"], responses=problems(403))
async def read_tracking(
    session: Reads,
    system: SystemWrites,
    actor: CurrentActor,
    language: InLanguage,
    by: Annotated[TrackingDimension | None, Query(description="Tell figures apart by this")] = None,
    first_month: Annotated[Month | None, Query(alias="from", description="First month, as 2026-01")] = None,
    last_month: Annotated[Month | None, Query(alias="to", description="Last month, included")] = None,
) -> TrackingRead:
    """Counts and sums of the official's area, each with its denominator and its definition."""
    question = tracking.Question(first_month, last_month, by)
    return await tracking.read_tracking(session, system, actor, question, language)


@router.get("/journal-entries", tags=["journal"], responses=problems(403) | answers(200, "Link"))
async def list_journal_entries(session: Reads, actor: CurrentActor, paging: Paged) -> Page[JournalEntryRead]:
    page = PageRequest(paging.limit, paging.after("journal_entries:newest"))
    return paging.page(await journal_entries.list_entries(session, actor, page))
