"""Returning a listing to whoever posted it, by an official."""

from typing import Annotated

from pydantic import Field

from schemas.base import Draft, Note


class Return(Draft):
    """What is missing or wrong, so that it can be mended."""

    defects: Annotated[list[Note], Field(fail_fast=True, min_length=1, max_length=20)]
