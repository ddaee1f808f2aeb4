"""The mark of the reference shelf: compiled from public pages, not an offer."""

from typing import Protocol

from matchmaking.messages import text
from schemas.base import Compiled

NOTICE = "compiled_notice.not_an_offer"


class Shelved(Protocol):
    """A listing that may stand on the reference shelf."""

    compiled_from: str | None
    compiled_as_of: str | None


def compiled_of(listing: Shelved) -> Compiled | None:
    """None for what its owner listed here."""
    if listing.compiled_from is None:
        return None
    return Compiled(
        source=listing.compiled_from,
        as_of=listing.compiled_as_of,
        notice_zh=text(NOTICE, "zh"),
        notice_en=text(NOTICE, "en"),
    )
