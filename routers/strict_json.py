"""Strict JSON bodies, and the route class that reads them.

A malformed body is answered 400 before anybody is asked who is calling: FastAPI reads the body first. A body
that is JSON and breaks a schema is answered 422 after the dependencies ran, so there a missing sign-in wins.
"""

import json
import re
from collections.abc import Callable, Coroutine, Iterable
from itertools import chain
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.routing import APIRoute

from routers.problems import MalformedBody

DEEPEST = 32
MOST_ITEMS = 10_000
LARGEST_INTEGER = 2**63 - 1
LONG_NUMBER = re.compile(rb"\d{19}")
ESCAPED_NUL = rb"\u0000"
# Possessive, and content with an end that is missing: linear whatever it is given.
TEXT = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)


def parse(body: bytes) -> Any:
    """The value of a strict JSON document; MalformedBody says what is not strict in it.

    orjson refuses other encodings, lone surrogates, NaN, Infinity and 1e999. It keeps the last of repeated
    keys and rounds long integers, so the value comes from the standard library, once its size is harmless.
    """
    suspicious = _may_exceed(body)
    if suspicious:
        _refuse_surplus(body)
    try:
        draft = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise MalformedBody("malformed_json", {"position": error.pos + 1}) from None
    if suspicious:
        _walk(draft)
    value = json.loads(str(body, "utf-8"), object_pairs_hook=_unique)
    if LONG_NUMBER.search(body):
        _refuse_large_integers(value)
    return value


def _may_exceed(body: bytes) -> bool:
    """A cheap over-estimate that spares ordinary bodies the walk: brackets and commas in texts count too."""
    containers = body.count(b"[") + body.count(b"{")
    return containers > DEEPEST or containers + body.count(b",") > MOST_ITEMS or ESCAPED_NUL in body


def _refuse_surplus(body: bytes) -> None:
    """Count before anything is built: outside texts, each comma parts two items, each bracket opens one."""
    bare = TEXT.sub(b"", body)
    if max(bare.count(b","), bare.count(b"[") + bare.count(b"{") - 1) >= MOST_ITEMS:
        raise MalformedBody("json_too_many_items", {"limit": MOST_ITEMS})


def _walk(draft: object) -> None:
    """Refuse depth, number of items, and NUL characters, which PostgreSQL texts cannot hold."""
    items = 0
    level = [draft]
    for depth in range(DEEPEST + 1):
        if any(isinstance(value, str) and "\0" in value for value in level):
            raise MalformedBody("json_nul_character")
        containers = [value for value in level if isinstance(value, dict | list)]
        if not containers:
            return
        if depth == DEEPEST:
            raise MalformedBody("json_too_deep", {"limit": DEEPEST})
        items += sum(len(container) for container in containers)
        if items > MOST_ITEMS:
            raise MalformedBody("json_too_many_items", {"limit": MOST_ITEMS})
        level = [part for container in containers for part in _parts(container)]


def _parts(container: dict[str, object] | list[object]) -> Iterable[object]:
    return container if isinstance(container, list) else chain(container.keys(), container.values())


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise MalformedBody("json_key_repeated")
    return found


def _refuse_large_integers(value: object) -> None:
    pending = [value]
    while pending:
        here = pending.pop()
        if isinstance(here, dict):
            pending += here.values()
        elif isinstance(here, list):
            pending += here
        elif isinstance(here, int) and not -LARGEST_INTEGER - 1 <= here <= LARGEST_INTEGER:
            raise MalformedBody("json_integer_too_large")


class StrictRequest(Request):
    async def json(self) -> Any:
        if not hasattr(self, "_strict"):
            self._strict = parse(await self.body())
        return self._strict


class StrictRoute(APIRoute):
    """Reads bodies strictly. The route class of every operation."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            self.begin(request)
            strict = StrictRequest(request.scope, request.receive)
            return await self.finish(strict, await handle(strict))

        return handle_strictly

    def begin(self, request: Request) -> None:
        """Refuse what needs no look at body or sign-in; to be overridden."""

    async def finish(self, request: Request, response: Response) -> Response:  # noqa: ARG002
        """What to send for the answer just built; to be overridden.

        Runs before function-scoped dependencies end, so what is written to their session is committed with
        the effect of the operation. Not called when the operation raised.
        """
        return response
