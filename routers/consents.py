"""Consents that an enterprise gives to single providers, and what was disclosed to whom."""

from uuid import UUID

from fastapi import APIRouter, Response, status

from matchmaking.services import consents
from matchmaking.services.listings import PageRequest
from routers.answers import made, tagged
from routers.dependencies import CurrentActor, IdempotencyKey, InLanguage, KeyedRoute, Reads, Writes
from routers.documentation import answers, problems
from routers.paging import Paged
from routers.preconditions import IfMatch
from schemas.consents import ConsentCreate, ConsentRead, DisclosureRead
from schemas.paging import Page

router = APIRouter(prefix="/v1", tags=["consents"], route_class=KeyedRoute)


@router.post(
    "/consents",
    status_code=status.HTTP_201_CREATED,
    responses=problems(403, 409) | answers(201, "ETag", "Location"),
)
async def create_consent(
    draft: ConsentCreate,
    session: Writes,
    actor: CurrentActor,
    language: InLanguage,
    _key: IdempotencyKey,
    response: Response,
) -> ConsentRead:
    """Let one provider's questions read groups of facts; none are read by default."""
    return made(response, "consents", await consents.give_consent(session, actor, draft, language))


@router.get("/consents", responses=problems(403) | answers(200, "Link"))
async def list_consents(
    session: Reads, actor: CurrentActor, language: InLanguage, paging: Paged
) -> Page[ConsentRead]:
    page = PageRequest(paging.limit, paging.after("consents:newest"))
    return paging.page(await consents.list_consents(session, actor, page, language))


@router.get("/consents/{consent_id}", responses=problems(403, 404))
async def read_consent(
    consent_id: UUID, session: Reads, actor: CurrentActor, language: InLanguage
) -> ConsentRead:
    """Without an ETag: whether it is in force changes with the day; `version` is what If-Match takes."""
    return await consents.read_consent(session, actor, consent_id, language)


@router.post("/consents/{consent_id}/revoke", responses=problems(403, 404, 409) | answers(200, "ETag"))
async def revoke_consent(
    consent_id: UUID,
    session: Writes,
    actor: CurrentActor,
    language: InLanguage,
    seen: IfMatch,
    response: Response,
) -> ConsentRead:
    """It stops to count with the next question that anybody asks."""
    return tagged(response, await consents.revoke_consent(session, actor, consent_id, seen, language))


@router.get("/disclosures", responses=problems(403) | answers(200, "Link"))
async def list_disclosures(
    session: Reads, actor: CurrentActor, language: InLanguage, paging: Paged
) -> Page[DisclosureRead]:
    """Newest first: each occasion on which a provider came to know something of the enterprise."""
    page = PageRequest(paging.limit, paging.after("disclosures:newest"))
    return paging.page(await consents.list_disclosures(session, actor, page, language))
