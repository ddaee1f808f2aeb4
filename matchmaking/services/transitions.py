"""One change of state: allowed by the life-cycle, decided by compare-and-set, followed by its tasks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from matchmaking import journal
from matchmaking.access.actor import Actor
from matchmaking.access.scoping import find
from matchmaking.db.changes import compare_and_set
from matchmaking.db.session import WriteSession
from matchmaking.errors import Stale
from matchmaking.lifecycles.machine import Lifecycle
from matchmaking.services.tasks import Addressee, follow
from matchmaking.tables.base import Row
from schemas.operations import Operation
from schemas.vocabulary import Side

RowType = TypeVar("RowType", bound=Row)


@dataclass(frozen=True, slots=True)
class Noun(Generic[RowType]):
    """Rows with a life-cycle: their table, their states, and who stands on a side of one of them."""

    table: type[RowType]
    lifecycle: Lifecycle[Any]
    addressees: Callable[[RowType, Side], Sequence[Addressee]]

    @property
    def name(self) -> str:
        return str(self.table.__tablename__)

    async def assign(self, session: WriteSession, row: RowType) -> None:
        """Give the task of the row's state to whom the life-cycle awaits in it."""
        state = row.state  # type: ignore[attr-defined]
        side = self.lifecycle.awaits(state)
        awaited = () if side is None else self.addressees(row, side)
        await follow(session, row, self.lifecycle.task(state), awaited)


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody asks: the operation, the life-cycle's action, and the version the caller has seen."""

    operation: Operation
    action: str
    side: Side
    seen_version: int


def side_of(actor: Actor, enterprise_id: UUID) -> Side:
    """On which side of an enterprise's thing the actor stands."""
    if actor.official:
        return Side.OFFICIAL
    return Side.ENTERPRISE if actor.organization_id == enterprise_id else Side.PROVIDER


async def find_seen(
    session: WriteSession, actor: Actor, table: type[RowType], row_id: UUID, seen_version: int
) -> RowType:
    """The row as the caller has seen it; Stale when it has changed since."""
    row = await find(session, actor, table, row_id)
    if row.version != seen_version:
        raise Stale("version_stale")
    return row


async def take_step(
    session: WriteSession,
    actor: Actor,
    noun: Noun[RowType],
    row: RowType,
    step: Step,
    values: Mapping[str, Any] | None = None,
    **details: journal.Detail,
) -> RowType:
    """Move `row`, already found and permitted, and answer it as it stands now. Conflict when out of order."""
    if row.version != step.seen_version:
        raise Stale("version_stale")
    moved = await move(session, noun, row, step.action, step.side, values)
    await journal.record(session, actor, step.operation, noun.name, row.id, **details)
    return moved


async def move(
    session: WriteSession,
    noun: Noun[RowType],
    row: RowType,
    action: str,
    side: Side,
    values: Mapping[str, Any] | None = None,
) -> RowType:
    """The change of state alone, for things that change because another did: a need with its introduction."""
    state = row.state  # type: ignore[attr-defined]
    target = noun.lifecycle.after(state, action, side)
    seen = {"version": row.version, "state": state}
    moved = await compare_and_set(session, noun.table, row.id, seen, {"state": target, **(values or {})})
    await noun.assign(session, moved)
    return moved
