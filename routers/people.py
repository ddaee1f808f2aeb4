"""People of the caller's organization, and the roles they hold."""

from uuid import UUID

from fastapi import APIRouter, Response, status

from matchmaking.services import memberships, password_resets, people
from matchmaking.services.listings import PageRequest
from routers.answers import tagged
from routers.dependencies import CurrentActor, Here, IdempotencyKey, KeyedRoute, Reads, SystemWrites, Writes
from routers.documentation import answers, problems
from routers.paging import Paged
from routers.preconditions import IfMatch
from schemas.paging import Page
from schemas.people import (
    MembershipCreate,
    MembershipRead,
    PasswordReset,
    PersonCreate,
    PersonEnrolled,
    PersonRead,
)

router = APIRouter(prefix="/v1", tags=["people"], route_class=KeyedRoute)


@router.post(
    "/people",
    status_code=status.HTTP_201_CREATED,
    responses=problems(403, 409) | answers(201, "ETag"),
)
async def create_person(
    draft: PersonCreate,
    session: Writes,
    actor: CurrentActor,
    here: Here,
    _key: IdempotencyKey,
    response: Response,
) -> PersonEnrolled:
    """Enrol a person with a role in a unit; the initial password stands in this answer alone."""
    return tagged(response, await people.create_person(session, actor, draft, here.gate.passwords))


@router.get("/people", responses=problems(403) | answers(200, "Link"))
async def list_people(session: Reads, actor: CurrentActor, paging: Paged) -> Page[PersonRead]:
    page = PageRequest(paging.limit, paging.after("people:newest"))
    return paging.page(await people.list_people(session, actor, page))


@router.post(
    "/people/{person_id}/memberships",
    status_code=status.HTTP_201_CREATED,
    responses=problems(403, 404, 409) | answers(201, "ETag"),
)
async def create_membership(
    person_id: UUID,
    draft: MembershipCreate,
    session: Writes,
    actor: CurrentActor,
    _key: IdempotencyKey,
    response: Response,
) -> MembershipRead:
    """A further role; at sign-in `membership_id` chooses in which of them to act."""
    return tagged(response, await memberships.create_membership(session, actor, person_id, draft))


@router.post("/memberships/{membership_id}/end", responses=problems(403, 404, 409) | answers(200, "ETag"))
async def end_membership(
    membership_id: UUID, session: Writes, actor: CurrentActor, seen: IfMatch, response: Response
) -> MembershipRead:
    """End a role at once; its sign-ins do not count from the next request on."""
    return tagged(response, await memberships.end_membership(session, actor, membership_id, seen))


@router.post(
    "/memberships/{membership_id}/reset-password",
    responses=problems(403, 404, 409) | answers(200, "ETag"),
)
async def reset_password(
    membership_id: UUID,
    session: Reads,
    system: SystemWrites,
    actor: CurrentActor,
    here: Here,
    seen: IfMatch,
    response: Response,
) -> PasswordReset:
    """A new initial password for the person who holds this role; it stands in this answer alone.

    All sign-ins of the person end. An owner's is reset by another owner; one's own is replaced at sign-in.
    """
    reset = password_resets.reset_password(session, system, actor, membership_id, seen, here.gate.passwords)
    return tagged(response, await reset)
