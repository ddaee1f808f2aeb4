"""Numbers for what comes again and again: whoever has the same key has the same number, and keeps it.

Numberings only grow, so that catalogues made one from the other share them.
"""

import marshal
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Thing = TypeVar("Thing")


class Numbering(Generic[Key, Thing]):
    """`things[number]` is what was made of the key when it was met first."""

    def __init__(self) -> None:
        self.things: list[Thing] = []
        self._numbers: dict[Key, int] = {}

    def number(self, key: Key, make: Callable[[], Thing]) -> int:
        known = self._numbers.get(key)
        if known is None:
            made = make()
            known = self._numbers[key] = len(self.things)
            self.things.append(made)
        return known

    def find(self, key: Key) -> int | None:
        """The number of a key that was met before."""
        return self._numbers.get(key)

    def __len__(self) -> int:
        return len(self.things)


def key_of(document: Any) -> bytes:
    """A key for a JSON value; the standard library has nothing faster that tells different ones apart."""
    return marshal.dumps(document, 2)
