"""Sealed interest: providers express it in a card, the enterprise sees all of a window at once.

Providers and the enterprise meet in no row here: the provider's session reads its own interest, what lies
behind the card is read by the system, and only what each may know is handed on.
"""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col
from uuid_utils.compat import uuid7

from matchmaking import journal
from matchmaking.access.actor import Actor
from matchmaking.access.permissions import require
from matchmaking.access.scoping import find, visible_to
from matchmaking.db.changes import compare_and_set
from matchmaking.db.cursors import Slice
from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.db.unique_insert import insert_unless_taken
from matchmaking.errors import Conflict
from matchmaking.ranking.standing import tie_hash
from matchmaking.services.card_wishes import card_of, require_shown, still_open
from matchmaking.services.interest_windows import Window, windows_of_card
from matchmaking.services.listings import PageRequest, listed
from matchmaking.services.need_card_making import WishTable
from matchmaking.services.nouns import Wish
from matchmaking.services.standing_offers import Offer, described, own_offer
from matchmaking.services.transitions import find_seen
from matchmaking.tables.interests import Interest
from matchmaking.tables.matching import Introduction
from matchmaking.tables.needs import FinancingNeed
from matchmaking.tables.offers import ProductAdoption
from matchmaking.tables.research import Capability, ResearchDemand
from schemas.interests import (
    MOST_PICKS,
    InterestCreate,
    InterestRead,
    InterestWindowRead,
    ReceivedInterest,
    ReceivedInterests,
)
from schemas.offered import OfferedRead
from schemas.operations import Operation
from schemas.vocabulary import InterestState

NAMED = "interest"
NOTHING = ReceivedInterests(sealed=False, opens_at=None, windows=[])
Introduced = dict[UUID, UUID]
"""Introductions by the interest that led to them."""


async def express_interest(
    session: WriteSession, system: WriteSession, actor: Actor, draft: InterestCreate
) -> InterestRead:
    """NotFound for every card that is not shown to this provider now; Conflict for a second time."""
    require(actor, Operation.INTERESTS_CREATE)
    table, offer = await _offered(session, actor, draft)
    await require_shown(system, table, actor.organization_id, draft.card_id)
    interest = Interest(
        id=uuid7(),
        created_at=session.instant,
        organization_id=actor.organization_id,
        unit_id=offer.unit_id,
        adoption_id=draft.adoption_id,
        capability_id=draft.capability_id,
        card_id=draft.card_id,
    )
    if not await insert_unless_taken(session, interest):
        raise Conflict("interest_expressed_already")
    operation, card = Operation.INTERESTS_CREATE, str(draft.card_id)
    await journal.record(session, actor, operation, NAMED, interest.id, card=card)
    return _read(interest, {}, {interest.card_id})


async def read_interest(
    session: ReadSession, system: ReadSession, actor: Actor, interest_id: UUID
) -> InterestRead:
    require(actor, Operation.INTERESTS_READ)
    return (await _told(session, system, [await find(session, actor, Interest, interest_id)]))[0]


async def list_interests(
    session: ReadSession, system: ReadSession, actor: Actor, page: PageRequest
) -> Slice[InterestRead]:
    require(actor, Operation.INTERESTS_LIST)
    statement = select(Interest).where(visible_to(actor, Interest))
    found = await listed(session, statement, col(Interest.id), page, lambda row: row[0])
    return Slice(await _told(session, system, found.rows), found.last)


async def withdraw_interest(
    session: WriteSession, system: ReadSession, actor: Actor, interest_id: UUID, seen_version: int
) -> InterestRead:
    """Conflict once it is withdrawn, or picked: an introduction is declined, with a reason."""
    require(actor, Operation.INTERESTS_WITHDRAW)
    row = await find_seen(session, actor, Interest, interest_id, seen_version)
    (told,) = await _told(session, system, [row])
    if told.state in {InterestState.WITHDRAWN, InterestState.PICKED}:
        raise Conflict("interest_not_withdrawable", {"state": (told.state,)})
    seen = {"version": seen_version, "withdrawn_at": None}
    withdrawn = await compare_and_set(session, Interest, row.id, seen, {"withdrawn_at": session.instant})
    await journal.record(session, actor, Operation.INTERESTS_WITHDRAW, NAMED, row.id)
    return _read(withdrawn, {}, set())


async def interests_in_need(
    session: ReadSession, system: ReadSession, actor: Actor, need_id: UUID
) -> ReceivedInterests:
    """What came for a need of one's own: of windows that are over all, of one that collects only that."""
    require(actor, Operation.RECEIVED_INTERESTS_LIST)
    return await _received(session, system, await find(session, actor, FinancingNeed, need_id))


async def interests_in_demand(
    session: ReadSession, system: ReadSession, actor: Actor, demand_id: UUID
) -> ReceivedInterests:
    """As `interests_in_need`, for a research demand."""
    require(actor, Operation.RECEIVED_INTERESTS_LIST)
    return await _received(session, system, await find(session, actor, ResearchDemand, demand_id))


async def _received(session: ReadSession, system: ReadSession, wish: Wish) -> ReceivedInterests:
    card_id = await card_of(system, wish)
    if card_id is None:
        return NOTHING
    windows = [window for window in await windows_of_card(system, card_id) if window.standing]
    sealed = next((window for window in windows if window.opens_at > session.instant), None)
    opened = [window for window in windows if window is not sealed]
    interests = [interest for window in opened for interest in window.interests]
    offers = await described(system, {interest.offer_id for interest in interests})
    led_to = await introduced(session, interests)
    return ReceivedInterests(
        sealed=sealed is not None,
        opens_at=None if sealed is None else sealed.opens_at,
        windows=[_window(wish.id, window, offers, led_to) for window in opened],
    )


async def introduced(session: ReadSession, interests: Collection[Interest]) -> Introduced:
    """Which of these were picked, as either side reads it in its own introductions."""
    ids = [interest.id for interest in interests]
    wanted = select(col(Introduction.interest_id), col(Introduction.id)).where(
        col(Introduction.interest_id).in_(ids)
    )
    rows = (await session.execute(wanted)).all()
    return {interest_id: made for interest_id, made in rows if interest_id is not None}


async def _offered(session: ReadSession, actor: Actor, draft: InterestCreate) -> tuple[WishTable, Offer]:
    """What kind of wish the draft is about, and the unit's own offer."""
    if draft.adoption_id is not None:
        return FinancingNeed, await own_offer(session, actor, ProductAdoption, draft.offer_id)
    return ResearchDemand, await own_offer(session, actor, Capability, draft.offer_id)


async def _told(
    session: ReadSession, system: ReadSession, interests: Sequence[Interest]
) -> list[InterestRead]:
    led_to = await introduced(session, interests)
    standing = await still_open(system, {interest.card_id for interest in interests})
    return [_read(interest, led_to, standing) for interest in interests]


def _read(interest: Interest, led_to: Introduced, standing: set[UUID]) -> InterestRead:
    introduction_id = led_to.get(interest.id)
    if introduction_id is not None:
        state = InterestState.PICKED
    elif interest.withdrawn_at is not None:
        state = InterestState.WITHDRAWN
    else:
        state = InterestState.EXPRESSED if interest.card_id in standing else InterestState.PASSED
    derived: dict[str, Any] = {"state": state, "introduction_id": introduction_id}
    return InterestRead(**interest.model_dump(exclude={"withdrawn_at", "organization_id"}), **derived)


def _window(
    wish_id: UUID, window: Window, offers: dict[UUID, OfferedRead], led_to: Introduced
) -> InterestWindowRead:
    ordered = sorted(window.standing, key=lambda each: tie_hash(str(wish_id), str(each.offer_id)))
    picked = sum(interest.id in led_to for interest in window.interests)
    return InterestWindowRead(
        opened_at=window.opens_at,
        picks_left=max(0, MOST_PICKS - picked),
        interests=[
            ReceivedInterest(id=each.id, offer=offers[each.offer_id], introduction_id=led_to.get(each.id))
            for each in ordered
        ],
    )
