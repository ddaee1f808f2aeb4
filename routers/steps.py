"""Steps of a listing through its life-cycle, as routes: POST on its path and the name of the step.

Nothing is decided here: the service of the noun takes the step, or says why not.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from fastapi import APIRouter, Path, Response

from matchmaking.access.actor import Actor
from matchmaking.db.session import WriteSession
from routers.answers import tagged
from routers.dependencies import CurrentActor, Writes
from routers.documentation import answers, problems
from routers.preconditions import IfMatch
from schemas.base import Reading
from schemas.operations import Operation
from schemas.renewals import Renewal
from schemas.returns import Return

CHANGED = problems(403, 404, 409) | answers(200, "ETag")
Endpoint = Callable[..., Any]


class TakeStep(Protocol):
    """What the service of a noun offers."""

    async def __call__(
        self,
        session: WriteSession,
        actor: Actor,
        row_id: UUID,
        operation: Operation,
        seen_version: int,
        /,
        *,
        defects: list[str] | None = None,
        renewal: Renewal | None = None,
    ) -> Reading: ...


@dataclass(frozen=True, slots=True)
class Steps:
    """`path` ends in the parameter that names the listing; `noun` goes into the names of the operations."""

    path: str
    noun: str
    answer: type[Reading]
    take: TakeStep

    @property
    def parameter(self) -> str:
        return self.path.rpartition("{")[2].rstrip("}")

    def add_to(self, router: APIRouter, operations: Iterable[Operation]) -> None:
        for operation in operations:
            shape = {"return": _returning, "renew": _renewing}.get(operation.action, _plain)
            router.add_api_route(
                f"{self.path}/{operation.action}",
                shape(self, operation),
                methods=["POST"],
                responses=CHANGED,
                response_model=self.answer,
                name=f"{operation.action}_{self.noun}",
            )


def _plain(steps: Steps, operation: Operation) -> Endpoint:
    async def step(
        session: Writes,
        actor: CurrentActor,
        seen: IfMatch,
        response: Response,
        row_id: UUID = Path(alias=steps.parameter),
    ) -> Reading:
        return tagged(response, await steps.take(session, actor, row_id, operation, seen))

    return step


def _returning(steps: Steps, operation: Operation) -> Endpoint:
    async def step(
        verdict: Return,
        session: Writes,
        actor: CurrentActor,
        seen: IfMatch,
        response: Response,
        row_id: UUID = Path(alias=steps.parameter),
    ) -> Reading:
        moved = steps.take(session, actor, row_id, operation, seen, defects=verdict.defects)
        return tagged(response, await moved)

    return step


def _renewing(steps: Steps, operation: Operation) -> Endpoint:
    async def step(
        session: Writes,
        actor: CurrentActor,
        seen: IfMatch,
        response: Response,
        renewal: Renewal | None = None,
        row_id: UUID = Path(alias=steps.parameter),
    ) -> Reading:
        moved = steps.take(session, actor, row_id, operation, seen, renewal=renewal)
        return tagged(response, await moved)

    return step
