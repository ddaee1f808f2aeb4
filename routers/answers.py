"""Headers that answers about one thing carry: its entity tag, and where it was made."""

from typing import TypeVar

from fastapi import Response

from routers.preconditions import entity_tag
from schemas.base import Reading

Shape = TypeVar("Shape", bound=Reading)


def tagged(response: Response, thing: Shape) -> Shape:
    """The thing as it is, with its version in `ETag`."""
    response.headers["etag"] = entity_tag(thing.version)
    return thing


def made(response: Response, collection: str, thing: Shape) -> Shape:
    """A thing just made: also says where it is from now on."""
    response.headers["location"] = f"/v1/{collection}/{thing.id}"
    return tagged(response, thing)
