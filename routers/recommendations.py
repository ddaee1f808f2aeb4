"""Recommendations: made by officials, read by their office and the enterprise, by no provider."""

from uuid import UUID

from fastapi import APIRouter, Response, status

from matchmaking.services import recommendations
from matchmaking.services.listings import PageRequest
from routers.answers import made
from routers.dependencies import (
    CurrentActor,
    IdempotencyKey,
    InLanguage,
    KeyedRoute,
    Reads,
    SystemWrites,
    Writes,
)
from routers.documentation import answers, problems
from routers.paging import Paged
from schemas.paging import Page
from schemas.recommendations import RecommendationCreate, RecommendationRead

router = APIRouter(prefix="/v1/recommendations", tags=["recommendations"], route_class=KeyedRoute)


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses=problems(403, 404, 409) | answers(201, "ETag", "Location"),
)
async def create_recommendation(
    draft: RecommendationCreate,
    session: Writes,
    system: SystemWrites,
    actor: CurrentActor,
    language: InLanguage,
    _key: IdempotencyKey,
    response: Response,
) -> RecommendationRead:
    """Name offers of at least three providers to the enterprise, or say why there are fewer.

    Whatever order they are sent in, they are kept and shown in the published one.
    """
    recommended = await recommendations.recommend(session, system, actor, draft, language)
    return made(response, "recommendations", recommended)


@router.get("", responses=problems(403) | answers(200, "Link"))
async def list_recommendations(
    session: Reads,
    system: SystemWrites,
    actor: CurrentActor,
    language: InLanguage,
    paging: Paged,
    need_id: UUID | None = None,
    demand_id: UUID | None = None,
) -> Page[RecommendationRead]:
    """Those made to the enterprise, or by the office; newest first."""
    filters = {"need_id": need_id, "demand_id": demand_id}
    page = PageRequest(paging.limit, paging.after("recommendations:newest", filters))
    found = recommendations.list_recommendations(session, system, actor, page, language, (need_id, demand_id))
    return paging.page(await found)


@router.get("/{recommendation_id}", responses=problems(403, 404))
async def read_recommendation(
    recommendation_id: UUID,
    session: Reads,
    system: SystemWrites,
    actor: CurrentActor,
    language: InLanguage,
) -> RecommendationRead:
    """Without `ETag`: what the offers are called and whether they stand changes without a new version."""
    return await recommendations.read_recommendation(session, system, actor, recommendation_id, language)
