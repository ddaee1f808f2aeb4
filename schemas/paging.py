"""Pages of a list: some items, and where the next page starts."""

from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, Field

SHORTEST_PAGE = 1
LONGEST_PAGE = 100
USUAL_PAGE = 20

Item = TypeVar("Item")

Limit = Annotated[int, Field(ge=SHORTEST_PAGE, le=LONGEST_PAGE, description="Items on one page")]


class Page(BaseModel, Generic[Item]):
    """One page of a list, newest first unless the operation says otherwise."""

    items: list[Item]
    next: Annotated[
        str | None,
        Field(description="Cursor of the next page, for the same filters and order; null on the last"),
    ] = None
