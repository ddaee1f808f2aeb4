"""Tasks follow the states of things: a change of state ends the tasks it answers and gives the next."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlmodel import col
from uuid_utils.compat import uuid7

from matchmaking.access.actor import Actor
from matchmaking.access.permissions import permits, require
from matchmaking.access.scoping import visible_to
from matchmaking.db.cursors import Slice
from matchmaking.db.session import ReadSession, WriteSession
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
    """End the open tasks about `subject` and give these instead; called once per change of its state."""
    await _finish(session, subject.id)
    rows = [
        {
            "id": uuid7(),
            "created_at": session.instant,
            "version": 1,
            "kind": kind,
            "subject_type": subject.__tablename__,
            "subject_id": subject.id,
            **asdict(addressee),
        }
        for addressee in addressees
    ]
    if kind is not None and rows:
        await session.execute(insert(Task), rows)


async def _finish(session: WriteSession, subject_id: UUID) -> None:
    await session.execute(
        update(Task)
        .where(col(Task.done_at).is_(None), col(Task.subject_id) == subject_id)
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
        path=SUBJECT_PATHS[task.subject_type].format(task.subject_id),
    )
