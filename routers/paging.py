"""Reads `limit` and `cursor`, and tells where the next page is, in the body and a `Link` header, RFC 8288."""

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from typing import Annotated, Any, TypeVar, cast

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel

from matchmaking.db.cursors import Cursors, Key, Listing, Slice
from schemas.paging import LONGEST_PAGE, SHORTEST_PAGE, USUAL_PAGE, Page

Row = TypeVar("Row")


class Paging:
    """The page that a request asks for: `limit` and `after()` for the query, `page()` for the answer."""

    def __init__(self, request: Request, response: Response, limit: int, cursor: str | None) -> None:
        self.limit = limit
        self._request = request
        self._response = response
        self._cursor = cursor
        self._cursors = cast("Cursors", request.app.state.cursors)
        self._listing: Listing | None = None

    def after(self, name: str, filters: Any = None) -> Key | None:
        """The key behind which this page starts, None for the first page.

        `name` is the resource and its order; Malformed when the cursor is from another list, order or filter.
        `filters` is a query of `schemas.listing_queries`, which holds the order too, a model or a mapping.
        """
        self._listing = Listing(name, _chosen(filters))
        return None if self._cursor is None else self._cursors.open(self._listing, self._cursor)

    def page(self, found: Slice[Row]) -> Page[Row]:
        """The answer for what the service found behind `after()`; also sets the `Link` header."""
        following = None
        if found.last is not None and self._listing is not None:
            following = self._cursors.seal(self._listing, found.last)
            self._response.headers["link"] = next_link(self._request, following)
        return Page(items=list(found.rows), next=following)


def _chosen(filters: Any) -> Mapping[str, object]:
    if isinstance(filters, BaseModel):
        return filters.model_dump(mode="json")
    return asdict(filters) if is_dataclass(filters) and not isinstance(filters, type) else dict(filters or {})


def next_link(request: Request, cursor: str) -> str:
    """A `Link` value for the same request from the given cursor on, relative to this host."""
    url = request.url.include_query_params(cursor=cursor)
    return f'<{url.path}?{url.query}>; rel="next"'


async def _paging(
    request: Request,
    response: Response,
    limit: Annotated[
        int, Query(ge=SHORTEST_PAGE, le=LONGEST_PAGE, description="Items on one page")
    ] = USUAL_PAGE,
    cursor: Annotated[
        str | None, Query(description="`next` of the page before, with the same filters")
    ] = None,
) -> Paging:
    return Paging(request, response, limit, cursor)


Paged = Annotated[Paging, Depends(_paging)]
