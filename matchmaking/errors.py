"""Named facts about why something was refused. Statuses of HTTP live in `routers/problems.py` only."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

# Members of the vocabulary, alone or several, are shown by their names.
Parameter = str | int | tuple[StrEnum, ...]


@dataclass
class Refusal(Exception):
    """Something asked of the domain and not done.

    `code` names the fact and the text in `messages/`; `parameters` fill that text and must be safe to show;
    `pointer` is the JSON pointer of the field at fault, where there is one.
    """

    code: str
    parameters: dict[str, Parameter] = field(default_factory=dict)
    pointer: str | None = None

    def __str__(self) -> str:
        return self.code


class NotFound(Refusal):
    """Nothing of that id that this actor may know of."""


class NotAllowed(Refusal):
    """The actor may know of the thing and not do this with it."""


class NotSignedIn(Refusal):
    """No credential, or one that does not count any more."""


class Conflict(Refusal):
    """The thing's state does not admit this, or somebody was faster."""


class Stale(Refusal):
    """The caller changed a version that is not the current one."""


class PreconditionMissing(Refusal):
    """The caller must say which version it changes."""


class Invalid(Refusal):
    """A value that breaks a rule of the domain; `pointer` names it."""


class Malformed(Refusal):
    """A request that is not of the protocol's form."""


class TooMany(Refusal):
    """A limit on attempts; `parameters["retry_after"]` says in how many seconds it reopens."""

    default_wait: ClassVar[int] = 60


class Unavailable(Refusal):
    """Something we depend on is away; the same request may succeed later."""
