"""Match runs: rank the products for a need, and read again what was ranked and why."""

from uuid import UUID

from fastapi import APIRouter, Response, status

from matchmaking.services import match_explanations, match_runs
from matchmaking.services.listings import PageRequest
from routers.answers import made
from routers.dependencies import CurrentActor, Here, IdempotencyKey, InLanguage, KeyedRoute, Reads, Writes
from routers.documentation import answers, problems
from routers.paging import Paged
from schemas.match_runs import CandidateExplanation, MatchRunCreate, MatchRunRead, MatchRunSummary
from schemas.paging import Page

router = APIRouter(prefix="/v1/match-runs", tags=["match runs"], route_class=KeyedRoute)


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses=problems(403, 404, 409, 429) | answers(201, "ETag", "Location"),
)
async def create_match_run(
    wanted: MatchRunCreate,
    session: Writes,
    actor: CurrentActor,
    _key: IdempotencyKey,
    here: Here,
    language: InLanguage,
    response: Response,
) -> MatchRunRead:
    limit = here.settings.matches_per_need_and_day
    records = await here.records.current()
    run = await match_runs.create_run(session, actor, here.offers, records, wanted, language, limit)
    return made(response, "match-runs", run)


@router.get("", responses=problems(403) | answers(200, "Link"))
async def list_match_runs(
    session: Reads, actor: CurrentActor, paging: Paged, need_id: UUID | None = None
) -> Page[MatchRunSummary]:
    page = PageRequest(paging.limit, paging.after("match_runs:newest", {"need_id": need_id}))
    return paging.page(await match_runs.list_runs(session, actor, page, need_id))


@router.get("/{run_id}", responses=problems(403, 404))
async def read_match_run(
    run_id: UUID, session: Reads, actor: CurrentActor, language: InLanguage
) -> MatchRunRead:
    """As it was stored, worded in the caller's language; without an ETag, which would name one wording."""
    return await match_runs.read_run(session, actor, run_id, language)


@router.get("/{run_id}/candidates/{adoption_id}", responses=problems(403, 404))
async def read_match_candidate(
    run_id: UUID,
    adoption_id: UUID,
    session: Reads,
    actor: CurrentActor,
    here: Here,
    language: InLanguage,
) -> CandidateExplanation:
    """Why this one, and why not: for any product on offer, also one that is ineligible or excluded."""
    return await match_explanations.explain_candidate(
        session, actor, here.offers, run_id, adoption_id, language
    )
