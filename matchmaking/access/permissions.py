"""Whether an actor may ask for an operation at all: the permission table applied to one actor."""

from matchmaking.access.actor import Actor
from matchmaking.errors import NotAllowed
from schemas.permissions import DUTIES, PERSONS_ONLY, Operation, held_by
from schemas.vocabulary import LineOfDuty


def permits(actor: Actor, operation: Operation) -> bool:
    """The role holds the right, and for some rights in one line of duty only; the party office only reads.

    A machine needs the scope as well, and never commits an organization.
    """
    if not held_by(actor.organization_kind, actor.role, operation):
        return False
    if actor.line_of_duty is LineOfDuty.PARTY_OFFICE and not operation.reads:
        return False
    if operation in DUTIES and actor.line_of_duty not in DUTIES[operation]:
        return False
    if actor.scopes is None:
        return True
    return operation in actor.scopes and operation not in PERSONS_ONLY


def require(actor: Actor, operation: Operation) -> None:
    """NotAllowed `not_permitted` unless the actor may ask for `operation`."""
    if not permits(actor, operation):
        raise NotAllowed("not_permitted", {"operation": operation.value})
