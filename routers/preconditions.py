"""Conditional requests (RFC 9110, 13): which version a change is based on, and what a reader already has."""

import re
from typing import Annotated

from fastapi import Depends, Header, Request, Response

from matchmaking.errors import Malformed, PreconditionMissing

STRONG_TAG = re.compile(r'"(0|[1-9][0-9]{0,17})"')
ANY_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e]*")')


def entity_tag(version: int) -> str:
    """The strong entity tag of a row's version."""
    return f'"{version}"'


async def _expected_version(
    request: Request,
    if_match: Annotated[
        str | None, Header(description="The ETag that was read; exactly one strong tag, never `*`")
    ] = None,
) -> int:
    """The version that the caller has seen; PreconditionMissing without one, Malformed for any other form.

    `*` would mean "whatever it is by now", which is what the condition is there to prevent.
    """
    if if_match is None:
        raise PreconditionMissing("if_match_missing")
    found = STRONG_TAG.fullmatch(if_match.strip())
    if found is None or len(request.headers.getlist("if-match")) > 1:
        raise Malformed("if_match_malformed")
    return int(found.group(1))


IfMatch = Annotated[int, Depends(_expected_version)]


def not_modified(request: Request, version: int) -> Response | None:
    """A 304 when `If-None-Match` names this version; None when the caller needs the whole answer."""
    given = ",".join(request.headers.getlist("if-none-match"))
    if not given:
        return None
    tag = entity_tag(version)
    if given.strip() != "*" and tag not in ANY_TAG.findall(given):
        return None
    return Response(status_code=304, headers={"etag": tag})
