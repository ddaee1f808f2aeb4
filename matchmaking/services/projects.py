"""Projects: what several needs of one enterprise are for together, and what of it is still without money."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col
from uuid_utils.compat import uuid7

from matchmaking import journal
from matchmaking.access.actor import Actor
from matchmaking.access.permissions import require
from matchmaking.access.scoping import find, visible_to
from matchmaking.db.changes import compare_and_set
from matchmaking.db.cursors import Slice
from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.errors import Conflict, Invalid
from matchmaking.lifecycles.listings import PROJECT
from matchmaking.services.listings import NEWEST, OLDEST, Catalogue, Order, PageRequest, browse
from matchmaking.services.tasks import Addressee
from matchmaking.services.transitions import Noun, Step, find_seen, take_step
from matchmaking.tables.agreements import Agreement
from matchmaking.tables.needs import FinancingNeed
from matchmaking.tables.projects import Project
from schemas.listing_queries import ProjectQuery, ProjectSort
from schemas.operations import Operation
from schemas.projects import ProjectDescription, ProjectRead
from schemas.vocabulary import AgreementNature, AgreementState, ProjectState, Side

OF_THE_ROW = set(ProjectRead.model_fields) & set(Project.model_fields)
SIGNED = (AgreementState.SIGNED, AgreementState.PERFORMING, AgreementState.FULFILLED)
CATALOGUE = Catalogue(
    identity=col(Project.id),
    orders={
        ProjectSort.NEWEST: NEWEST,
        ProjectSort.OLDEST: OLDEST,
        ProjectSort.LARGEST: Order((col(Project.total_investment_fen),), descending=True),
        ProjectSort.TITLE: Order((col(Project.title),)),
    },
    filters={"state": lambda state, _: col(Project.state) == state},
    searched=(col(Project.title), col(Project.summary)),
)
PROJECTS = Noun(Project, PROJECT, lambda project, _side: (Addressee(project.organization_id),))


async def create_project(session: WriteSession, actor: Actor, draft: ProjectDescription) -> ProjectRead:
    require(actor, Operation.PROJECTS_CREATE)
    _check(session, draft)
    project = Project(
        id=uuid7(),
        created_at=session.instant,
        organization_id=actor.organization_id,
        **draft.model_dump(mode="json"),
    )
    session.add(project)
    await session.flush()
    await PROJECTS.assign(session, project)
    await journal.record(session, actor, Operation.PROJECTS_CREATE, PROJECTS.name, project.id)
    return await _told(session, actor, project)


async def read_project(session: ReadSession, actor: Actor, project_id: UUID) -> ProjectRead:
    require(actor, Operation.PROJECTS_READ)
    return await _told(session, actor, await find(session, actor, Project, project_id))


async def list_projects(
    session: ReadSession, actor: Actor, page: PageRequest, query: ProjectQuery
) -> Slice[ProjectRead]:
    require(actor, Operation.PROJECTS_LIST)
    statement = select(Project).where(visible_to(actor, Project))
    found: Slice[Project] = await browse(session, CATALOGUE, statement, query, page, lambda row: row[0])
    return Slice(await _all_told(session, actor, found.rows), found.last)


async def change_project(
    session: WriteSession, actor: Actor, project_id: UUID, change: ProjectDescription, seen_version: int
) -> ProjectRead:
    """The description anew; Conflict once it is closed."""
    require(actor, Operation.PROJECTS_CHANGE)
    _check(session, change)
    project = await find_seen(session, actor, Project, project_id, seen_version)
    if project.state is ProjectState.CLOSED:
        raise Conflict("project_closed")
    seen = {"version": seen_version, "organization_id": actor.organization_id}
    values = change.model_dump(mode="json")
    changed = await compare_and_set(session, Project, project_id, seen, values)
    await journal.record(session, actor, Operation.PROJECTS_CHANGE, PROJECTS.name, project_id)
    return await _told(session, actor, changed)


async def close_project(
    session: WriteSession, actor: Actor, project_id: UUID, seen_version: int
) -> ProjectRead:
    """Its needs go on as they stand; none is added to it any more."""
    require(actor, Operation.PROJECTS_CLOSE)
    project = await find_seen(session, actor, Project, project_id, seen_version)
    step = Step(Operation.PROJECTS_CLOSE, "close", Side.ENTERPRISE, seen_version)
    return await _told(session, actor, await take_step(session, actor, PROJECTS, project, step))


def _check(session: ReadSession, draft: ProjectDescription) -> None:
    today = session.instant.date()
    for index, approval in enumerate(draft.approvals):
        if approval.on is not None and approval.on > today:
            raise Invalid("approval_from_the_future", pointer=f"/approvals/{index}/on")


async def _told(session: ReadSession, actor: Actor, project: Project) -> ProjectRead:
    return (await _all_told(session, actor, [project]))[0]


async def _all_told(session: ReadSession, actor: Actor, projects: Sequence[Project]) -> list[ProjectRead]:
    """Each with its needs and what was agreed for them, as far as the reader may know of either."""
    ids = [project.id for project in projects]
    needs = select(col(FinancingNeed.project_id), col(FinancingNeed.id)).where(
        col(FinancingNeed.project_id).in_(ids), visible_to(actor, FinancingNeed)
    )
    asked = [(row[0], row[1]) for row in await session.execute(needs.order_by(col(FinancingNeed.id)))]
    agreed = select(col(Agreement.need_id), func.sum(col(Agreement.amount_fen))).where(
        col(Agreement.need_id).in_([need_id for _, need_id in asked]),
        col(Agreement.nature) == AgreementNature.LOAN_CONTRACT,
        col(Agreement.state).in_(SIGNED),
        visible_to(actor, Agreement),
    )
    found = await session.execute(agreed.group_by(col(Agreement.need_id)))
    sums = {row[0]: int(row[1]) for row in found}
    return [_read(one, [need_id for of, need_id in asked if of == one.id], sums) for one in projects]


def _read(project: Project, need_ids: list[UUID], sums: dict[Any, int]) -> ProjectRead:
    agreed = sum(sums.get(need_id, 0) for need_id in need_ids)
    return ProjectRead(
        **project.model_dump(include=OF_THE_ROW),
        agreed_fen=agreed,
        gap_fen=max(0, project.total_investment_fen - project.own_capital_fen - agreed),
        need_ids=need_ids,
    )
