"""What is left to do, what has come of it all, and what was done: tasks, tracking, the journal."""

from fastapi import APIRouter

from matchmaking.services import journal_entries, tasks, tracking
from matchmaking.services.listings import PageRequest
from routers.dependencies import CurrentActor, InLanguage, KeyedRoute, Reads
from routers.documentation import answers, problems
from routers.paging import Paged
from schemas.journal import JournalEntryRead
from schemas.paging import Page
from schemas.tasks import TaskRead
from schemas.tracking import TrackingRead

router = APIRouter(prefix="/v1", route_class=KeyedRoute)


@router.get("/tasks", tags=["tasks"], responses=problems(403) | answers(200, "Link"))
async def list_tasks(
    session: Reads, actor: CurrentActor, paging: Paged, language: InLanguage
) -> Page[TaskRead]:
    page = PageRequest(paging.limit, paging.after("tasks:newest"))
    return paging.page(await tasks.list_tasks(session, actor, page, language))


@router.get("/tracking", tags=["tracking"], responses=problems(403))
async def read_tracking(session: Reads, actor: CurrentActor, language: InLanguage) -> TrackingRead:
    return await tracking.read_tracking(session, actor, language)


@router.get("/journal-entries", tags=["journal"], responses=problems(403) | answers(200, "Link"))
async def list_journal_entries(session: Reads, actor: CurrentActor, paging: Paged) -> Page[JournalEntryRead]:
    page = PageRequest(paging.limit, paging.after("journal_entries:newest"))
    return paging.page(await journal_entries.list_entries(session, actor, page))
