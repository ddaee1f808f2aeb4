"""The OpenAPI document: what FastAPI derives from the operations, and what the ground answers for all.

`/docs` shows it without any outside host; its page lives in `routers/documentation_page.py`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.security import HTTPBearer

from matchmaking.messages import catalogue
from routers.problems import PROBLEM_TYPE
from schemas.problems import Problem

REFERENCE = "#/components/schemas/{model}"
STOCK_SCHEMAS = ("HTTPValidationError", "ValidationError")
BEARER = HTTPBearer(
    auto_error=False,
    bearerFormat="JWT or API key",
    description="An access token or an API key. In `/docs`: Authorize, paste it without a prefix.",
)

HEADERS: Mapping[str, tuple[str, str]] = {
    "X-Request-ID": ("Names this request; quote it when asking for help", "^[A-Za-z0-9._-]{1,64}$"),
    "ETag": ("The version of what is answered; send it as If-Match to change it", '^"[0-9]+"$'),
    "Link": ("Where the next page is, rel=next (RFC 8288)", ""),
    "Location": ("Where the new resource is", ""),
    "Retry-After": ("Seconds to wait before trying again", "^[0-9]+$"),
    "WWW-Authenticate": ("How to sign in (RFC 6750)", "^Bearer"),
    "Content-Language": ("The language of the texts: zh or en, by Accept-Language", "^(zh|en)$"),
}
HEADERS_BY_STATUS: Mapping[int, tuple[str, ...]] = {
    401: ("WWW-Authenticate",),
    429: ("Retry-After",),
    503: ("Retry-After",),
}
ALWAYS_POSSIBLE = (400, 500, 503)
WITH_BODY = (413, 415, 422)
WITH_PARAMETERS = (422,)
WITH_CREDENTIAL = (401,)
WITH_IF_MATCH = (412, 428)
WITH_KEY = (409, 422)

# FastAPI must take these for optional, so that their absence is answered 428 and 400 and not 422.
DEMANDED: Mapping[str, dict[str, Any]] = {
    "if-match": {"required": True, "schema": {"type": "string", "pattern": '^"(0|[1-9][0-9]{0,17})"$'}},
    "idempotency-key": {"required": True, "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"}},
}

IF_NONE_MATCH: Mapping[str, Any] = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "title": "If-None-Match"},
    "description": "An ETag that the reader has; answered 304 while it is the current one",
}

Responses = dict[int | str, dict[str, Any]]


def problems(*statuses: int) -> Responses:
    """For `responses=`: the refusals that only this operation knows, such as 404 or 409.

    What any operation may answer is added to all: 400, 500, 503; 401 where a credential is asked for;
    413, 415, 422 with a body; 422 with parameters; 412 and 428 with `If-Match`.
    """
    return {status: _problem_response(status) for status in statuses}


def answers(status: int, *headers: str) -> Responses:
    """For `responses=`: headers of a successful answer, by their names in `HEADERS`."""
    return {status: {"headers": {name: _header_reference(name) for name in headers}}}


def install_openapi(app: FastAPI) -> None:
    """Make `app.openapi()` answer the completed document, built once when first asked for."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title=app.title,
                version=app.version,
                summary=app.summary,
                description=app.description,
                routes=app.routes,
                tags=app.openapi_tags,
                license_info=app.license_info,
            )
            app.openapi_schema = completed(document)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def completed(document: dict[str, Any]) -> dict[str, Any]:
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in STOCK_SCHEMAS:
        schemas.pop(name, None)
    problem = Problem.model_json_schema(mode="serialization", ref_template=REFERENCE)
    schemas |= problem.pop("$defs", {}) | {"Problem": problem}
    components["schemas"] = dict(sorted(schemas.items()))
    components["headers"] = {name: _header(name) for name in HEADERS}
    for operation in _operations(document):
        _complete(operation)
    return document


def _operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from path.values()


def _complete(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    _complete_reading(operation)
    if PROBLEM_TYPE not in responses.get("422", {}).get("content", {}):
        responses.pop("422", None)
    for status in _possible(operation):
        responses.setdefault(str(status), _problem_response(status))
    for response in responses.values():
        response.setdefault("headers", {})["X-Request-ID"] = _header_reference("X-Request-ID")
    operation["responses"] = dict(sorted(responses.items()))


def _complete_reading(operation: dict[str, Any]) -> None:
    """What is answered with its version, and changes nothing, can be asked for conditionally."""
    tagged = "ETag" in operation["responses"].get("200", {}).get("headers", {})
    named = {parameter["name"].lower() for parameter in operation.get("parameters", ())}
    if not tagged or "if-match" in named:
        return
    operation.setdefault("parameters", []).append(IF_NONE_MATCH)
    operation["responses"]["304"] = {
        "description": "The reader has this version",
        "headers": {"ETag": _header_reference("ETag")},
    }


def _possible(operation: dict[str, Any]) -> Iterator[int]:
    yield from ALWAYS_POSSIBLE
    if "requestBody" in operation:
        yield from WITH_BODY
    if operation.get("security"):
        yield from WITH_CREDENTIAL
    for parameter in operation.get("parameters", ()):
        yield from WITH_PARAMETERS
        if (demanded := DEMANDED.get(parameter["name"].lower())) is not None:
            parameter.update(demanded)
            yield from WITH_IF_MATCH if parameter["name"].lower() == "if-match" else WITH_KEY


def _problem_response(status: int) -> dict[str, Any]:
    title = catalogue()[f"status.{status}"]
    names = ("Content-Language", *HEADERS_BY_STATUS.get(status, ()))
    return {
        "description": f"{title['en']} · {title['zh']}",
        "content": {PROBLEM_TYPE: {"schema": {"$ref": REFERENCE.format(model="Problem")}}},
        "headers": {name: _header_reference(name) for name in names},
    }


def _header(name: str) -> dict[str, Any]:
    description, pattern = HEADERS[name]
    schema = {"type": "string"} | ({"pattern": pattern} if pattern else {})
    return {"description": description, "schema": schema}


def _header_reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/headers/{name}"}
