"""Tasks follow the states of things: a change of state ends the tasks it answers and gives the next."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, insert, select, update
from sqlmodel import col
from uuid_utils.compat import uuid7

from matchmaking.access.actor import Actor
from matchmaking.access.permissions import permits, require
from matchmaking.access.scoping import visible_to
from matchmaking.db.cursors import Slice
from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.db.unique_insert import insert_unless_taken
from matchmaking.messages import Language, text
from matchmaking.services.listings import PageRequest, listed
from matchmaking.tables.base import Row
from matchmaking.tables.followup import Task
from schemas.operations import Operation
from schemas.task_operations import ANSWERED_BY
from schemas.tasks import TaskRead
from schemas.vocabulary import LineOfDuty, TaskKind

SUBJECT_PATHS = {
    "credit_product": "/v1/credit-products/{}",
    "financing_need": "/v1/financing-needs/{}",
    "project": "/v1/projects/{}",
    "policy_measure": "/v1/policy-measures/{}",
    "capability": "/v1/capabilities/{}",
    "research_demand": "/v1/research-demands/{}",
    "introduction": "/v1/introductions/{}",
    "agreement": "/v1/agreements/{}",
    "fulfilment_fact": "/v1/fulfilment-facts/{}",
}
# What is to be acted on is not the subject itself, but what came for it.
PATHS_BELOW = {TaskKind.CONSIDER_INTEREST: "/interests"}


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who is to do something: a unit of an organization, or the officials of a line of duty."""

    organization_id: UUID | None = None
    unit_id: UUID | None = None
    line_of_duty: LineOfDuty | None = None
    waiting_organization_id: UUID | None = None


async def follow(
    session: WriteSession, subject: Row, kind: TaskKind | None, addressees: Sequence[Addressee]
) -> None:
    """End the open tasks about `subject` and give these instead; called once per change of its state.

    Tasks that have an occasion of their own (`since`) stand until that is over.
    """
    await _finish(session, (col(Task.subject_id) == subject.id) & col(Task.since).is_(None))
    about = {"subject_type": subject.__tablename__, "subject_id": subject.id}
    rows = [{**_made(session), "kind": kind, **about, **asdict(addressee)} for addressee in addressees]
    if kind is not None and rows:
        await session.execute(insert(Task), rows)


async def give_task_once(
    session: WriteSession,
    kind: TaskKind,
    subject: tuple[str, UUID],
    addressee: Addressee,
    *,
    since: datetime,
) -> None:
    """A task about `subject` (its table and id) for what came of it at `since`: one, however often asked."""
    subject_type, subject_id = subject
    about: dict[str, Any] = {"subject_type": subject_type, "subject_id": subject_id, "since": since}
    await insert_unless_taken(session, Task(**_made(session), kind=kind, **about, **asdict(addressee)))


async def end_tasks(session: WriteSession, task_ids: Sequence[UUID]) -> None:
    if task_ids:
        await _finish(session, col(Task.id).in_(task_ids))


def _made(session: WriteSession) -> dict[str, Any]:
    return {"id": uuid7(), "created_at": session.instant, "version": 1}


async def _finish(session: WriteSession, which: ColumnElement[bool]) -> None:
    await session.execute(
        update(Task)
        .where(col(Task.done_at).is_(None), which)
        .values(done_at=session.instant, version=Task.version + 1)
        .execution_options(synchronize_session=False)
    )


async def list_tasks(
    session: ReadSession, actor: Actor, page: PageRequest, language: Language
) -> Slice[TaskRead]:
    """What awaits the actor and is the actor's to do, oldest work last."""
    require(actor, Operation.TASKS_LIST)
    doable = [kind for kind, answers in ANSWERED_BY.items() if any(permits(actor, one) for one in answers)]
    statement = select(Task).where(
        visible_to(actor, Task), col(Task.done_at).is_(None), col(Task.kind).in_(doable)
    )
    return await listed(session, statement, col(Task.id), page, lambda row: _read(row[0], language))


def _read(task: Task, language: Language) -> TaskRead:
    return TaskRead(
        **task.model_dump(include=set(TaskRead.model_fields)),
        sentence=text(f"task_kind.{task.kind}", language),
        path=SUBJECT_PATHS[task.subject_type].format(task.subject_id) + PATHS_BELOW.get(task.kind, ""),
    )
