"""From a card to the wish behind it and back: read by the system, for nobody who knows only the card."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.errors import NotFound
from matchmaking.services.need_card_making import SHOWN, WishTable, held, of_table, open_to
from matchmaking.services.need_card_register import load_register
from matchmaking.services.nouns import Wish
from matchmaking.tables.cards import NeedCard
from matchmaking.tables.needs import FinancingNeed
from matchmaking.tables.research import ResearchDemand


@dataclass(frozen=True, slots=True)
class WishBehind:
    """Which wish a card shows."""

    table: WishTable
    wish_id: UUID


async def require_shown(system: WriteSession, table: WishTable, provider_id: UUID, card_id: UUID) -> None:
    """NotFound alike unless the card of an open wish of this kind is shown to this provider now.

    Unknown, closed, too few alike, or kept from this provider: nobody may tell these from each other.
    """
    wanted: Select[*tuple[Any, ...]] = (
        select(NeedCard)
        .join(table, of_table(table))
        .where(
            col(NeedCard.card_id) == card_id,
            col(NeedCard.submitted_at) == table.submitted_at,
            open_to(table, provider_id, system),
        )
    )
    card = (await system.execute(wanted)).scalar_one_or_none()
    if card is None or await held(system, card, await load_register(system)) is None:
        raise NotFound("not_found")


async def wish_behind(system: ReadSession, card_id: UUID) -> WishBehind:
    """The wish of a card. NotFound for none."""
    wanted = select(col(NeedCard.need_id), col(NeedCard.demand_id)).where(col(NeedCard.card_id) == card_id)
    found = (await system.execute(wanted)).one_or_none()
    if found is None:
        raise NotFound("not_found")
    need_id, demand_id = found
    if need_id is not None:
        return WishBehind(FinancingNeed, need_id)
    return WishBehind(ResearchDemand, cast("UUID", demand_id))


async def card_of(system: ReadSession, wish: Wish) -> UUID | None:
    """The id of the wish's card; None when nobody was ever shown one."""
    about = NeedCard.need_id if isinstance(wish, FinancingNeed) else NeedCard.demand_id
    wanted = select(col(NeedCard.card_id)).where(col(about) == wish.id)
    found: UUID | None = (await system.execute(wanted)).scalar_one_or_none()
    return found


async def still_open(system: ReadSession, card_ids: Collection[UUID]) -> set[UUID]:
    """Those of the cards whose wish still looks for somebody; talks with others do not count."""
    found: set[UUID] = set()
    for table in (FinancingNeed, ResearchDemand):
        wanted = (
            select(col(NeedCard.card_id))
            .join(table, of_table(table))
            .where(
                col(NeedCard.card_id).in_(card_ids),
                col(table.state).in_(SHOWN),
                col(table.expires_on) >= system.instant.date(),
            )
        )
        found |= set((await system.execute(wanted)).scalars())
    return found
