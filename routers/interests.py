"""Sealed interest: providers express and withdraw it, the enterprise sees all of a window at once."""

from uuid import UUID

from fastapi import APIRouter, Response, status

from matchmaking.services import interests
from matchmaking.services.listings import PageRequest
from routers.answers import made, tagged
from routers.dependencies import CurrentActor, IdempotencyKey, KeyedRoute, Reads, SystemWrites, Writes
from routers.documentation import answers, problems
from routers.paging import Paged
from routers.preconditions import IfMatch
from schemas.interests import InterestCreate, InterestRead
from schemas.paging import Page

router = APIRouter(prefix="/v1/interests", tags=["interests"], route_class=KeyedRoute)


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses=problems(403, 404, 409) | answers(201, "ETag", "Location"),
)
async def create_interest(
    draft: InterestCreate,
    session: Writes,
    system: SystemWrites,
    actor: CurrentActor,
    _key: IdempotencyKey,
    response: Response,
) -> InterestRead:
    """Say that the unit would talk about what an anonymous card shows.

    The enterprise sees it within one working day, together with all else that came; who comes first gains
    nothing. A card that is not shown to the provider is answered as if there were none.
    """
    return made(response, "interests", await interests.express_interest(session, system, actor, draft))


@router.get("", responses=problems(403) | answers(200, "Link"))
async def list_interests(
    session: Reads, system: SystemWrites, actor: CurrentActor, paging: Paged
) -> Page[InterestRead]:
    """Those of the unit, newest first."""
    page = PageRequest(paging.limit, paging.after("interests:newest"))
    return paging.page(await interests.list_interests(session, system, actor, page))


@router.get("/{interest_id}", responses=problems(403, 404))
async def read_interest(
    interest_id: UUID, session: Reads, system: SystemWrites, actor: CurrentActor
) -> InterestRead:
    """With its state as it is now.

    There is no `ETag`: the state follows the enterprise, without a new version. `If-Match` takes `version`.
    """
    return await interests.read_interest(session, system, actor, interest_id)


@router.post("/{interest_id}/withdraw", responses=problems(403, 404, 409) | answers(200, "ETag"))
async def withdraw_interest(
    interest_id: UUID,
    session: Writes,
    system: SystemWrites,
    actor: CurrentActor,
    seen: IfMatch,
    response: Response,
) -> InterestRead:
    """Until it is picked; from then on the introduction is accepted or declined."""
    return tagged(response, await interests.withdraw_interest(session, system, actor, interest_id, seen))
