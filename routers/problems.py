"""From what went wrong to an RFC 9457 answer. The only place where refusals meet statuses of HTTP.

Nothing of the request is repeated in an answer, and nothing of an unexpected exception.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Scope

from matchmaking.db.outage import is_outage
from matchmaking.errors import (
    Conflict,
    Invalid,
    Malformed,
    NotAllowed,
    NotFound,
    NotSignedIn,
    PreconditionMissing,
    Refusal,
    Stale,
    TooMany,
    Unavailable,
)
from matchmaking.messages import Language
from routers.languages import language_of
from routers.scopes import request_id
from routers.validation import FieldFault, faults_of
from routers.wording import is_documented, sentence, title
from schemas.problems import MOST_ERRORS

PROBLEM_TYPE = "application/problem+json"
SHORT_WAIT = 1
TOKEN_MISSING = frozenset({"credential_missing", "not_signed_in", "sign_in_failed"})


class TooLarge(Refusal):
    """More bytes than this service reads."""


class MediaTypeRefused(Refusal):
    """A body in a form that this service does not read."""


class MalformedBody(Malformed):
    """Not strict JSON. Shown under `malformed_json`; the refusal's own code says what is wrong with it."""


STATUSES: Mapping[type[Refusal], int] = {
    Malformed: 400,
    NotSignedIn: 401,
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    Stale: 412,
    TooLarge: 413,
    MediaTypeRefused: 415,
    Invalid: 422,
    PreconditionMissing: 428,
    TooMany: 429,
    Unavailable: 503,
}

# What a status is called when nothing more is known of it.
GENERAL_CODES: Mapping[int, str] = {
    400: "bad_request",
    401: "not_signed_in",
    403: "not_allowed",
    404: "address_unknown",
    405: "method_not_allowed",
    409: "conflict",
    412: "version_stale",
    413: "body_too_large",
    415: "media_type_unsupported",
    422: "validation_failed",
    428: "if_match_missing",
    429: "too_many_requests",
    500: "internal_error",
    503: "unavailable",
}


@dataclass(frozen=True)
class Answer:
    """A problem before it is put into a language; `detail_code` words the detail where it is not `code`."""

    status: int
    code: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    faults: Sequence[FieldFault] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    detail_code: str | None = None


class ProblemResponse(Response):
    media_type = PROBLEM_TYPE


def answer_for(error: BaseException, scope: Scope) -> Answer:
    """What to answer to an exception, whichever it is; a status of 500 means that nobody foresaw it."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    if isinstance(error, HTTPException):
        # FastAPI wraps whatever reading the body raised; its cause says what it was.
        if not isinstance(error.__cause__, Refusal | ClientDisconnect):
            return _of_status(error, scope)
        error = error.__cause__
    if isinstance(error, Refusal):
        return _of_refusal(error)
    if isinstance(error, RequestValidationError):
        return _of_faults(faults_of(error))
    if isinstance(error, ClientDisconnect):
        return Answer(400, "request_cut_off")
    if is_outage(error):
        return Answer(503, "unavailable", headers={"retry-after": str(SHORT_WAIT)})
    return Answer(500, "internal_error")


def respond(answer: Answer, scope: Scope) -> ProblemResponse:
    language = language_of(scope)
    headers = {"content-language": language, "vary": "Accept-Language", **answer.headers}
    body = orjson.dumps(problem_of(answer, language, request_id(scope)))
    return ProblemResponse(body, answer.status, headers)


async def answer_problem(request: Request, error: Exception) -> Response:
    """The exception handler for what is refused on purpose."""
    if isinstance(error, HTTPException) and error.status_code < 400:  # noqa: PLR2004
        return Response(status_code=error.status_code, headers=error.headers)
    return respond(answer_for(error, request.scope), request.scope)


def install_problems(app: FastAPI) -> None:
    for kind in (Refusal, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, answer_problem)


def _of_refusal(refusal: Refusal) -> Answer:
    status = next((STATUSES[kind] for kind in type(refusal).__mro__ if kind in STATUSES), 409)
    answer = Answer(status, refusal.code, refusal.parameters, headers=_headers(refusal))
    if not is_documented(refusal.code):
        answer = replace(answer, code=GENERAL_CODES[status])
    if isinstance(refusal, MalformedBody):
        return replace(answer, code="malformed_json", detail_code=refusal.code)
    if refusal.pointer is not None:
        fault = FieldFault(refusal.pointer, "body", answer.code, refusal.parameters)
        return replace(answer, faults=(fault,))
    return answer


def _headers(refusal: Refusal) -> dict[str, str]:
    if isinstance(refusal, NotSignedIn):
        # RFC 6750, 3.1: a request without any bearer token gets no error attribute.
        known = refusal.code in TOKEN_MISSING
        return {"www-authenticate": "Bearer" if known else 'Bearer error="invalid_token"'}
    wait = refusal.parameters.get("retry_after")
    if wait is None and isinstance(refusal, TooMany):
        wait = refusal.default_wait
    if wait is None and isinstance(refusal, Unavailable):
        wait = SHORT_WAIT
    return {} if wait is None else {"retry-after": str(wait)}


def _of_faults(faults: Sequence[FieldFault]) -> Answer:
    return Answer(422, "validation_failed", {"count": len(faults)}, faults[:MOST_ERRORS])


def _of_status(error: HTTPException, scope: Scope) -> Answer:
    status = error.status_code
    general = "internal_error" if status >= 500 else "bad_request"  # noqa: PLR2004
    headers = {name: value for name, value in (error.headers or {}).items() if name.lower() != "content-type"}
    if status == 405:  # noqa: PLR2004
        headers = {"allow": ", ".join(methods_at(scope))}
    return Answer(status, GENERAL_CODES.get(status, general), headers=headers)


def methods_at(scope: Scope) -> list[str]:
    """Every method that some route takes at this path; the framework itself names those of one route only."""
    found: set[str] = set()
    for route in iter_route_contexts(scope["app"].routes):
        pattern = getattr(route, "path_regex", None)
        if pattern is not None and pattern.match(scope["path"]):
            found |= route.methods or set()
    return sorted(found)


def problem_of(answer: Answer, language: Language, identifier: str) -> dict[str, Any]:
    """The members of `schemas.problems.Problem`, ready to be dumped."""
    problem_type = f"/problems/{answer.code}"
    problem: dict[str, Any] = {
        "type": problem_type,
        "title": title(answer.code, answer.status, language),
        "status": answer.status,
        "detail": sentence(answer.detail_code or answer.code, language, answer.parameters),
        "instance": f"{problem_type}#{identifier}",
        "code": answer.code,
        "request_id": identifier,
    }
    if answer.faults:
        problem["errors"] = [_fault(fault, language) for fault in answer.faults]
    return problem


def _fault(fault: FieldFault, language: Language) -> dict[str, str]:
    parameters = {"field": fault.pointer.removeprefix("/") or fault.location, **fault.parameters}
    return {
        "pointer": fault.pointer,
        "location": fault.location,
        "code": fault.code,
        "detail": sentence(fault.code, language, parameters),
    }
