"""A small application on the real ground, without a database. As a program it serves on a free port."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal, cast
from uuid import UUID

import psycopg
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, FailFast, Field, field_validator
from sqlalchemy import exc
from uuid_utils.compat import uuid7

from matchmaking import errors
from matchmaking.db.cursors import Cursors, Key, Slice
from matchmaking.log import configure_logging
from matchmaking.settings import Settings
from routers import listening, server
from routers.documentation import BEARER, answers, problems
from routers.ground import lay_ground
from routers.middleware import LAYERS, Layer
from routers.paging import Paged
from routers.preconditions import IfMatch, entity_tag, not_modified
from routers.strict_json import StrictRoute
from schemas.paging import Page

SECRET = b"a probe's secret, known to all who read this"
STREAMED = 3


class AmountRule(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Literal["amount"]
    minimum_fen: Annotated[int, Field(ge=1)]


class RegionRule(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Literal["region"]
    code: Annotated[str, Field(pattern="^[0-9]{6}$")]


class ProbeDraft(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(min_length=1, max_length=20)]
    amount_fen: Annotated[int, Field(ge=0, le=10**15)]
    nature: Literal["credit", "framework"] = "credit"
    tags: Annotated[list[str], FailFast(), Field(max_length=10)] = []
    rules: Annotated[
        list[Annotated[AmountRule | RegionRule, Field(discriminator="kind")]], FailFast(), Field(max_length=5)
    ] = []

    @field_validator("name")
    @classmethod
    def _no_forbidden_name(cls, name: str) -> str:
        if name == "forbidden":
            raise ValueError("text_too_short", {"minimum": 77})
        if name == "odd":
            raise ValueError("no such code: odd")
        return name


class ProbeRead(ProbeDraft):
    id: UUID
    version: int


@dataclass
class Shelf:
    """What the probe keeps instead of a database."""

    probes: dict[UUID, ProbeRead] = field(default_factory=dict)
    handled: int = 0
    cancelled: int = 0
    ready: bool = True

    async def readiness(self) -> None:
        if not self.ready:
            raise psycopg.OperationalError("connection to server at secret.invalid failed")

    def listed(self, after: Key | None, limit: int) -> Slice[ProbeRead]:
        rows = sorted(self.probes.values(), key=lambda probe: probe.id, reverse=True)
        rows = [row for row in rows if after is None or row.id < cast("UUID", after[0])]
        return Slice(rows[:limit], (rows[limit - 1].id,) if len(rows) > limit else None)


def broken_statement(state: type[psycopg.Error]) -> exc.DBAPIError:
    return exc.DBAPIError.instance("SELECT 1", {}, state("detail: canary-sql"), psycopg.Error)  # type: ignore[return-value]


FAILURES: Mapping[str, BaseException] = {
    "not-found": errors.NotFound("not_found"),
    "not-allowed": errors.NotAllowed("not_allowed"),
    "credential-missing": errors.NotSignedIn("not_signed_in"),
    "credential-ended": errors.NotSignedIn("conflict"),
    "conflict": errors.Conflict("conflict"),
    "stale": errors.Stale("version_stale"),
    "precondition": errors.PreconditionMissing("if_match_missing"),
    "invalid": errors.Invalid("number_too_small", {"field": "amount_fen", "minimum": 5}, "/amount_fen"),
    "malformed": errors.Malformed("bad_request"),
    "too-many": errors.TooMany("too_many_requests", {"retry_after": 7}),
    "unavailable": errors.Unavailable("unavailable"),
    "undocumented": errors.Conflict("a_code_that_no_catalogue_knows"),
    "unforeseen": RuntimeError("canary-message"),
    "connection-refused": psycopg.OperationalError("connection to server canary failed"),
    "pool-exhausted": exc.TimeoutError("QueuePool limit of size 16 overflow 0 reached"),
    "lock-timeout": broken_statement(psycopg.errors.LockNotAvailable),
    "broken-constraint": broken_statement(psycopg.errors.UniqueViolation),
}


async def signed_in(request: Request, _scheme: Annotated[object, Depends(BEARER)]) -> str:
    if request.headers.get("authorization") != "Bearer good":
        raise errors.NotSignedIn("not_signed_in")
    return "somebody"


async def held(request: Request) -> Shelf:
    return cast("Shelf", request.app.state.shelf)


Held = Annotated[Shelf, Depends(held)]
router = APIRouter(prefix="/v1", route_class=StrictRoute)


@router.post("/probes", status_code=201, responses=answers(201, "ETag", "Location") | problems(409))
async def create_probe(shelf: Held, draft: ProbeDraft, response: Response) -> ProbeRead:
    shelf.handled += 1
    made = ProbeRead(id=uuid7(), version=1, **draft.model_dump())
    shelf.probes[made.id] = made
    response.headers["etag"] = entity_tag(made.version)
    response.headers["location"] = f"/v1/probes/{made.id}"
    return made


@router.get("/probes", responses=answers(200, "Link"))
async def list_probes(shelf: Held, paging: Paged, nature: str | None = None) -> Page[ProbeRead]:
    after = paging.after("probes:newest", {"nature": nature})
    return paging.page(shelf.listed(after, paging.limit))


@router.get("/probes/{probe_id}", responses=answers(200, "ETag") | problems(404))
async def read_probe(shelf: Held, request: Request, response: Response, probe_id: UUID) -> ProbeRead:
    if (found := shelf.probes.get(probe_id)) is None:
        raise errors.NotFound("not_found")
    if (unchanged := not_modified(request, found.version)) is not None:
        return unchanged  # type: ignore[return-value]
    response.headers["etag"] = entity_tag(found.version)
    return found


@router.put("/probes/{probe_id}", responses=answers(200, "ETag") | problems(404))
async def change_probe(shelf: Held, probe_id: UUID, draft: ProbeDraft, seen: IfMatch) -> ProbeRead:
    if (found := shelf.probes.get(probe_id)) is None:
        raise errors.NotFound("not_found")
    if found.version != seen:
        raise errors.Stale("version_stale")
    changed = ProbeRead(id=probe_id, version=seen + 1, **draft.model_dump())
    shelf.probes[probe_id] = changed
    return changed


@router.post("/private", responses=problems(403))
async def private(draft: ProbeDraft, actor: Annotated[str, Depends(signed_in)]) -> dict[str, str]:
    return {"actor": actor, "name": draft.name}


@router.get("/failures/{kind}", responses=problems(404))
async def fail(kind: str) -> None:
    raise FAILURES[kind]


@router.get("/slow")
async def slow(shelf: Held, seconds: float = 60) -> dict[str, str]:
    sys.stdout.write("resting\n")
    sys.stdout.flush()
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        shelf.cancelled += 1
        raise
    return {"status": "rested"}


@router.get("/broken-stream", response_class=StreamingResponse)
async def broken_stream() -> StreamingResponse:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(STREAMED):
            yield b"part "
        raise RuntimeError("canary-stream")

    return StreamingResponse(parts(), media_type="text/plain")


@router.get("/large", response_class=Response)
async def large(megabytes: int = 8) -> Response:
    return Response(b"x" * (megabytes << 20), media_type="text/plain")


@router.get("/empty")
async def empty() -> None:
    return None


def make(
    settings: Settings, shelf: Shelf | None = None, layers: tuple[Layer, ...] = tuple(LAYERS)
) -> FastAPI:
    shelf = shelf or Shelf()
    app = lay_ground(settings, readiness=shelf.readiness, cursors=Cursors(SECRET), layers=layers)
    app.state.shelf = shelf
    app.include_router(router)
    return app


def main() -> None:
    configure_logging("warning")
    settings = Settings()
    listener = listening.listen(0)

    def tell(_host: str, port: int) -> None:
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()

    server.run(make(settings), settings, listener, on_ready=tell)
    sys.stdout.write(f"ended {os.getpid()}\n")


if __name__ == "__main__":
    main()
