"""Runs that rank capabilities for a research demand."""

from uuid import UUID

from fastapi import APIRouter, Response, status

from matchmaking.services import capability_match_runs
from matchmaking.services.listings import PageRequest
from routers.answers import made
from routers.dependencies import CurrentActor, Here, IdempotencyKey, InLanguage, KeyedRoute, Reads, Writes
from routers.documentation import answers, problems
from routers.paging import Paged
from schemas.capability_match_runs import (
    CapabilityMatchRunCreate,
    CapabilityMatchRunRead,
    CapabilityMatchRunSummary,
)
from schemas.paging import Page

router = APIRouter(prefix="/v1/capability-match-runs", tags=["match runs"], route_class=KeyedRoute)


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses=problems(403, 404, 409, 429) | answers(201, "ETag", "Location"),
)
async def create_capability_match_run(
    asked: CapabilityMatchRunCreate,
    session: Writes,
    actor: CurrentActor,
    here: Here,
    language: InLanguage,
    _key: IdempotencyKey,
    response: Response,
) -> CapabilityMatchRunRead:
    limit = here.settings.matches_per_need_and_day
    run = await capability_match_runs.create_run(
        session, actor, here.capabilities, asked.demand_id, language, limit
    )
    return made(response, "capability-match-runs", run)


@router.get("", responses=problems(403) | answers(200, "Link"))
async def list_capability_match_runs(
    session: Reads, actor: CurrentActor, paging: Paged, demand_id: UUID | None = None
) -> Page[CapabilityMatchRunSummary]:
    page = PageRequest(paging.limit, paging.after("capability_match_runs:newest", {"demand_id": demand_id}))
    return paging.page(await capability_match_runs.list_runs(session, actor, page, demand_id))


@router.get("/{run_id}", responses=problems(403, 404))
async def read_capability_match_run(
    run_id: UUID, session: Reads, actor: CurrentActor, language: InLanguage
) -> CapabilityMatchRunRead:
    """As it was stored, worded in the caller's language; without an ETag, which would name one wording."""
    return await capability_match_runs.read_run(session, actor, run_id, language)
