"""Projects of enterprises."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response, status

from matchmaking.services import projects
from matchmaking.services.listings import PageRequest
from routers.answers import made, tagged
from routers.dependencies import CurrentActor, IdempotencyKey, KeyedRoute, Reads, Writes
from routers.documentation import answers, problems
from routers.paging import Paged
from routers.preconditions import IfMatch
from schemas.listing_queries import ProjectQuery
from schemas.paging import Page
from schemas.projects import ProjectDescription, ProjectRead

router = APIRouter(prefix="/v1/projects", tags=["projects"], route_class=KeyedRoute)
CHANGED = problems(403, 404, 409) | answers(200, "ETag")


@router.post(
    "", status_code=status.HTTP_201_CREATED, responses=problems(403, 409) | answers(201, "ETag", "Location")
)
async def create_project(
    draft: ProjectDescription, session: Writes, actor: CurrentActor, _key: IdempotencyKey, response: Response
) -> ProjectRead:
    return made(response, "projects", await projects.create_project(session, actor, draft))


@router.get("", responses=problems(403) | answers(200, "Link"))
async def list_projects(
    session: Reads, actor: CurrentActor, paging: Paged, query: Annotated[ProjectQuery, Depends()]
) -> Page[ProjectRead]:
    page = PageRequest(paging.limit, paging.after("projects", query))
    return paging.page(await projects.list_projects(session, actor, page, query))


# Without a tag: the gap moves with agreements, which leave the version of the project as it is.
@router.get("/{project_id}", responses=problems(403, 404))
async def read_project(project_id: UUID, session: Reads, actor: CurrentActor) -> ProjectRead:
    return await projects.read_project(session, actor, project_id)


@router.put("/{project_id}", responses=CHANGED)
async def change_project(
    project_id: UUID,
    change: ProjectDescription,
    session: Writes,
    actor: CurrentActor,
    seen: IfMatch,
    response: Response,
) -> ProjectRead:
    return tagged(response, await projects.change_project(session, actor, project_id, change, seen))


@router.post("/{project_id}/close", responses=CHANGED)
async def close_project(
    project_id: UUID, session: Writes, actor: CurrentActor, seen: IfMatch, response: Response
) -> ProjectRead:
    return tagged(response, await projects.close_project(session, actor, project_id, seen))
