"""What operations ask for: the actor, a transaction in the actor's name, and a key against double effects.

Transactions are function-scoped: they commit after the answer is built and before its first byte is sent.
"""

import hashlib
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any, cast

from fastapi import Depends, Header, Request, Response, Security
from fastapi.security import HTTPAuthorizationCredentials

from matchmaking.access.actor import Actor
from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.errors import Malformed, NotSignedIn
from matchmaking.messages import Language
from matchmaking.services.idempotency import Answer, KeyedRequest, keyed_request, recall, remember
from routers.documentation import BEARER, problems
from routers.languages import language_of
from routers.parameters import query_names, refuse_unknown
from routers.preconditions import not_modified
from routers.strict_json import StrictRoute
from routers.surroundings import Surroundings

KEY_PATTERN = r"^[\x21-\x7e]{1,200}$"
REMEMBERED_HEADERS = ("content-type", "etag", "location")


async def surroundings(request: Request) -> Surroundings:
    return cast("Surroundings", request.app.state.surroundings)


async def in_language(request: Request) -> Language:
    return language_of(request.scope)


Here = Annotated[Surroundings, Depends(surroundings)]
InLanguage = Annotated[Language, Depends(in_language)]


async def current_actor(
    request: Request,
    here: Here,
    presented: Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)],
) -> Actor:
    """Whoever the bearer credential speaks for; kept on the request for the journal of refusals."""
    if presented is None:
        raise NotSignedIn("credential_missing")
    actor = await here.gate.actor_of(presented.credentials)
    request.state.actor = actor
    return actor


CurrentActor = Annotated[Actor, Depends(current_actor)]


# Both begin at once: that a sign-in has ended is told before anything else is decided about the request.
async def _reading(here: Here, actor: CurrentActor) -> AsyncIterator[ReadSession]:
    async with here.database.reading(actor.entrance) as session:
        await session.connection()
        yield session


async def _writing(here: Here, actor: CurrentActor) -> AsyncIterator[WriteSession]:
    async with here.database.writing(actor.entrance) as session:
        await session.connection()
        yield session


async def _writing_as_system(here: Here) -> AsyncIterator[WriteSession]:
    async with here.database.as_system() as session:
        yield session


Reads = Annotated[ReadSession, Depends(_reading, scope="function")]
Writes = Annotated[WriteSession, Depends(_writing, scope="function")]
SystemWrites = Annotated[WriteSession, Depends(_writing_as_system, scope="function")]


class AnsweredBefore(Exception):
    """The request was answered under its key; the same answer goes out again."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


async def _idempotency_key(
    request: Request,
    actor: CurrentActor,
    session: Writes,
    idempotency_key: Annotated[
        str | None,
        Header(description="Required; the same key with the same request has one effect and one answer"),
    ] = None,
) -> KeyedRequest:
    if not idempotency_key or len(idempotency_key) > 200 or not idempotency_key.isascii():  # noqa: PLR2004
        raise Malformed("idempotency_key_missing")
    digest = hashlib.sha256(f"{request.method} {request.url.path}\n".encode() + await request.body())
    keyed = keyed_request(actor, idempotency_key, digest.hexdigest())
    if (answer := await recall(session, keyed)) is not None:
        raise AnsweredBefore(answer)
    request.state.keyed = (session, keyed)
    return keyed


IdempotencyKey = Annotated[KeyedRequest, Depends(_idempotency_key)]


class KeyedRoute(StrictRoute):
    """Remembers the answer to a keyed request in the transaction of its effect.

    A reader who has the version that would be answered is told so, in 304 and nothing else. What the
    operation does not know in the query string is refused.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        options["responses"] = problems(422) | (options.get("responses") or {})
        super().__init__(path, endpoint, **options)
        self._query_names = query_names(self.dependant)

    def begin(self, request: Request) -> None:
        refuse_unknown(request, self._query_names)

    async def finish(self, request: Request, response: Response) -> Response:
        if request.method == "GET" and (tag := response.headers.get("etag")) is not None:
            return not_modified(request, int(tag.strip('"'))) or response
        if (held := getattr(request.state, "keyed", None)) is not None:
            session, keyed = held
            headers = {
                name: response.headers[name] for name in REMEMBERED_HEADERS if name in response.headers
            }
            await remember(session, keyed, Answer(response.status_code, headers, bytes(response.body)))
        return response


async def answer_again(_request: Request, found: Exception) -> Response:
    answer = cast("AnsweredBefore", found).answer
    return Response(answer.body, answer.status, answer.headers)
