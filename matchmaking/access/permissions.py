"""Whether an actor may ask for an operation at all: the permission table applied to one actor."""

from matchmaking.access.actor import Actor
from matchmaking.errors import NotAllowed
from schemas.operations import Operation
from schemas.permissions import DUTIES, PERSONS_ONLY, held_by
from schemas.vocabulary import LineOfDuty


def permits(actor: Actor, operation: Operation) -> bool:
    """The role holds the right, and for some rights in one line of duty only; the party office only reads.

    A machine needs the scope as well, and never commits an organization.
    """
    return _role_permits(actor, operation) and _key_permits(actor, operation)


def require(actor: Actor, operation: Operation) -> None:
    """NotAllowed `not_permitted` unless the role, and `key_not_permitted` unless the key may ask for it."""
    if not _role_permits(actor, operation):
        raise NotAllowed("not_permitted", {"operation": operation.value})
    if not _key_permits(actor, operation):
        raise NotAllowed("key_not_permitted", {"operation": operation.value})


def _role_permits(actor: Actor, operation: Operation) -> bool:
    if not held_by(actor.organization_kind, actor.role, operation):
        return False
    if actor.line_of_duty is LineOfDuty.PARTY_OFFICE and not operation.reads:
        return False
    return operation not in DUTIES or actor.line_of_duty in DUTIES[operation]


def _key_permits(actor: Actor, operation: Operation) -> bool:
    return actor.scopes is None or (operation in actor.scopes and operation not in PERSONS_ONLY)
