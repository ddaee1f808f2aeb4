"""Steps through a life-cycle that listings take alike: offers of providers, and wishes of enterprises.

What a step may be asked for stands in the life-cycle and in the permission table; what is particular to one
noun stays in the service of its name.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from matchmaking import journal
from matchmaking.access.actor import Actor
from matchmaking.access.permissions import require
from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.errors import NotAllowed
from matchmaking.services.listings import renewed_end
from matchmaking.services.talks import WishType, end_introductions, hold
from matchmaking.services.transitions import Noun, Step, find_seen, side_of, take_step
from matchmaking.tables.offers import CreditProduct
from matchmaking.tables.research import Capability
from schemas.operations import Operation
from schemas.renewals import Renewal
from schemas.vocabulary import Side

OfferType = TypeVar("OfferType", CreditProduct, Capability)


@dataclass(frozen=True, slots=True)
class Asked:
    """A step as it was asked for: with the defects of what is returned, or the end that a renewal names."""

    operation: Operation
    seen_version: int
    defects: list[str] | None = None
    renewal: Renewal | None = None

    def taken_by(self, side: Side) -> Step:
        return Step(self.operation, self.operation.action, side, self.seen_version)


async def step_offer(
    session: WriteSession, actor: Actor, noun: Noun[OfferType], offer_id: UUID, asked: Asked
) -> OfferType:
    """Submit, open, return, suspend, resume, renew or withdraw what a provider offers.

    Renewing sets the end that was asked for, or twelve months from today.
    """
    require(actor, asked.operation)
    offer = await find_seen(session, actor, noun.table, offer_id, asked.seen_version)
    if not actor.official and offer.organization_id != actor.organization_id:
        raise NotAllowed("not_your_organization")
    step = asked.taken_by(Side.OFFICIAL if actor.official else Side.PROVIDER)
    values: dict[str, Any] = {"returned_defects": asked.defects}
    if step.action == "renew":
        values["valid_until"] = _renewed_end(session, asked)
    return await take_step(session, actor, noun, offer, step, values)


async def step_wish(
    session: WriteSession, actor: Actor, noun: Noun[WishType], wish_id: UUID, asked: Asked
) -> WishType:
    """Submit, open, return, renew or withdraw what an enterprise asks for.

    With a wish that is withdrawn end its introductions, and the records that awaited signatures. Renewing
    sets the end that was asked for, or twelve months from today.
    """
    require(actor, asked.operation)
    wish = await find_seen(session, actor, noun.table, wish_id, asked.seen_version)
    step = asked.taken_by(side_of(actor, wish.organization_id))
    values = {"returned_defects": asked.defects} | _moments(session, actor, step.action)
    details: dict[str, journal.Detail] = {}
    if step.action == "renew":
        values |= _renewed(session, wish, asked)
    if step.action == "withdraw":
        noun.lifecycle.after(wish.state, step.action, step.side)
        details["introductions"] = await end_introductions(session, await hold(session, noun.table, wish_id))
    return await take_step(session, actor, noun, wish, step, values, **details)


def _moments(session: ReadSession, actor: Actor, action: str) -> dict[str, Any]:
    """When officials first saw it, and when and by whom it was last opened: these outlast the state."""
    if action == "submit":
        return {"submitted_at": session.instant}
    if action == "open":
        return {"opened_at": session.instant, "opened_by_membership_id": actor.membership_id}
    return {}


def _renewed(session: ReadSession, wish: WishType, asked: Asked) -> dict[str, Any]:
    """The new end; also the day by which it is needed, once that has gone by."""
    end = _renewed_end(session, asked)
    gone = wish.needed_by <= session.instant.date()
    return {"expires_on": end} | ({"needed_by": end} if gone else {})


def _renewed_end(session: ReadSession, asked: Asked) -> date:
    return renewed_end(session, asked.renewal.valid_until if asked.renewal else None)
