"""Page cursors: opaque, signed, and good only for the list, filters and order that they were made for.

A cursor is no secret and grants nothing: rows behind it are as visible as without it. Needs no SQLAlchemy.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar
from uuid import UUID

import orjson

from matchmaking.errors import Malformed

KeyValue = UUID | int | str | datetime | date
Key = tuple[KeyValue, ...]
Row = TypeVar("Row")

MAC_BYTES = 16
LONGEST_CURSOR = 1024
READERS: Mapping[str, Callable[[str], KeyValue]] = {
    "u": UUID,
    "i": int,
    "s": str,
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
}


@dataclass(frozen=True, slots=True)
class Listing:
    """The list that a cursor belongs to: its resource and order by name, and the filters that narrow it."""

    name: str
    filters: Mapping[str, object]

    def fingerprint(self) -> bytes:
        options = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS
        canonical = orjson.dumps([self.name, self.filters], default=str, option=options)
        return hashlib.sha256(canonical).digest()


@dataclass(frozen=True, slots=True)
class Slice(Generic[Row]):
    """The rows of one page, and the key of the last when more follow."""

    rows: Sequence[Row]
    last: Key | None


class Cursors:
    """Seals and opens cursors with one secret, which all processes of an installation share."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def seal(self, listing: Listing, last: Key) -> str:
        payload = orjson.dumps([_tagged(value) for value in last])
        return urlsafe_b64encode(self._mac(listing, payload) + payload).rstrip(b"=").decode()

    def open(self, listing: Listing, cursor: str) -> Key:
        """The key after which the page starts; Malformed `cursor_invalid` for what we did not seal."""
        try:
            raw = urlsafe_b64decode(cursor[:LONGEST_CURSOR].encode("ascii") + b"=" * (-len(cursor) % 4))
        except ValueError:
            raise Malformed("cursor_invalid") from None
        mac, payload = raw[:MAC_BYTES], raw[MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(listing, payload)):
            raise Malformed("cursor_invalid")
        return tuple(READERS[text[0]](text[2:]) for text in orjson.loads(payload))

    def _mac(self, listing: Listing, payload: bytes) -> bytes:
        message = b"cursor\0" + listing.fingerprint() + payload
        return hmac.digest(self._secret, message, "sha256")[:MAC_BYTES]


def _tagged(value: KeyValue) -> str:
    # datetime is a kind of date, and bool of int: the order of the questions matters.
    if isinstance(value, UUID):
        return f"u:{value}"
    if isinstance(value, datetime):
        return f"t:{value.isoformat()}"
    if isinstance(value, date):
        return f"d:{value.isoformat()}"
    return f"i:{value}" if isinstance(value, int) else f"s:{value}"
