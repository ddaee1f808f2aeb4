"""Makes cards and holds them: fixed with a submission, checked against the register each time they are shown.

Runs as the system. A card that too few fit by now is shown coarser, and from then on never finer again: who
remembers the finer one must not learn more by comparing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, literal, not_, or_, select
from sqlmodel import col
from uuid_utils.compat import uuid7

from matchmaking.db.changes import compare_and_set
from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.db.unique_insert import insert_unless_taken
from matchmaking.ranking.anonymity import (
    AMOUNT_FLOORS,
    BUDGET_FLOORS,
    CardTraits,
    MoneyBand,
    Register,
)
from matchmaking.tables.cards import NeedCard
from matchmaking.tables.needs import FinancingNeed
from matchmaking.tables.research import ResearchDemand
from schemas.need_cards import AnonymousEnterprise
from schemas.vocabulary import NeedState

Wish = FinancingNeed | ResearchDemand
WishTable = type[FinancingNeed] | type[ResearchDemand]
# Whether somebody talks already is not told: no provider learns that it is second.
SHOWN = (NeedState.OPEN, NeedState.IN_TALKS)
UNSEEN = (NeedState.DRAFT, NeedState.RETURNED)


@dataclass(frozen=True, slots=True)
class Face:
    """What a card shows of the enterprise and of the money."""

    card_id: UUID
    traits: CardTraits
    band: MoneyBand

    @property
    def enterprise(self) -> AnonymousEnterprise:
        return AnonymousEnterprise(**asdict(self.traits))


def as_it_would_be(session: ReadSession, wish: Wish, register: Register) -> Face | None:
    """The card of a wish by the register of now; None when too few enterprises are alike."""
    cell = register.cell_of(str(wish.organization_id))
    if cell is None:
        return None
    fen, floors = _money(wish)
    band = MoneyBand() if fen is None else cell.band(fen, floors)
    return Face(_card_id(session, wish), cell.traits, band)


async def fixed_card(system: WriteSession, wish: Wish, register: Register) -> Face | None:
    """The card that was made with the submission, made now if there is none yet; None: not to be shown."""
    row = await _row_of(system, wish)
    if row is None or row.submitted_at != wish.submitted_at:
        return await _make(system, wish, register, row)
    return await held(system, row, register)


async def held(system: WriteSession, row: NeedCard, register: Register) -> Face | None:
    """A card made before, as it may be shown by the register of now."""
    made = CardTraits(**row.traits), MoneyBand(row.lowest_fen, row.below_fen)
    now = register.hold(*made)
    if now is None:
        return None
    if now != made:
        await compare_and_set(system, NeedCard, row.id, {"version": row.version}, _columns(*now))
    return Face(row.card_id, *now)


async def make_missing(system: WriteSession, table: WishTable, register: Register) -> None:
    """A card for every wish that is open and has none of its present submission."""
    for wish in (await system.execute(_missing(table, system))).scalars():
        await fixed_card(system, wish, register)


def open_to(table: WishTable, provider_id: UUID, session: ReadSession) -> ColumnElement[bool]:
    """Over the wishes: open, not over, not of the reference shelf, and not kept from this provider."""
    excluded = literal(provider_id) == col(table.excluded_organization_ids).any_()
    return and_(_shown(table, session), not_(excluded))


def of_table(table: WishTable) -> ColumnElement[bool]:
    """The condition that joins a card to its wish."""
    if table is FinancingNeed:
        return col(NeedCard.need_id) == col(FinancingNeed.id)
    return col(NeedCard.demand_id) == col(ResearchDemand.id)


def _shown(table: WishTable, session: ReadSession) -> ColumnElement[bool]:
    conditions = [
        col(table.state).in_(SHOWN),
        col(table.submitted_at).is_not(None),
        col(table.expires_on) >= session.instant.date(),
    ]
    if table is ResearchDemand:
        conditions.append(col(ResearchDemand.compiled_from).is_(None))
    return and_(*conditions)


def _missing(table: WishTable, session: ReadSession) -> Any:
    stale = or_(col(NeedCard.id).is_(None), col(NeedCard.submitted_at) != col(table.submitted_at))
    return select(table).outerjoin(NeedCard, of_table(table)).where(_shown(table, session), stale)


async def _make(system: WriteSession, wish: Wish, register: Register, before: NeedCard | None) -> Face | None:
    face = as_it_would_be(system, wish, register)
    if face is None:
        return None
    made = {"card_id": face.card_id, "submitted_at": wish.submitted_at}
    columns = _columns(face.traits, face.band) | made
    if before is not None:
        await compare_and_set(system, NeedCard, before.id, {"version": before.version}, columns)
        return face
    row = NeedCard(
        id=uuid7(),
        created_at=system.instant,
        organization_id=wish.organization_id,
        **(columns | {_column(wish): wish.id}),
    )
    if not await insert_unless_taken(system, row):
        # Somebody looked at the same moment; both go on with the one that stands.
        standing = await _row_of(system, wish)
        return None if standing is None else await held(system, standing, register)
    return face


async def _row_of(system: ReadSession, wish: Wish) -> NeedCard | None:
    statement = select(NeedCard).where(getattr(NeedCard, _column(wish)) == wish.id)
    row: NeedCard | None = (await system.execute(statement)).scalar_one_or_none()
    return row


def _column(wish: Wish) -> str:
    return "need_id" if isinstance(wish, FinancingNeed) else "demand_id"


def _columns(traits: CardTraits, band: MoneyBand) -> dict[str, Any]:
    return {"traits": asdict(traits), "lowest_fen": band.lowest_fen, "below_fen": band.below_fen}


def _money(wish: Wish) -> tuple[int | None, Sequence[int]]:
    if isinstance(wish, FinancingNeed):
        return wish.amount_fen, AMOUNT_FLOORS
    return wish.largest_budget_fen or wish.smallest_budget_fen, BUDGET_FLOORS


def _card_id(session: ReadSession, wish: Wish) -> UUID:
    """Keyed, so that nobody finds it from an id; another one for each submission."""
    moment: datetime | None = wish.submitted_at
    parts: Iterable[str] = ("card", wish.id.hex, "" if moment is None else moment.isoformat())
    return UUID(bytes=session.keyed("\n".join(parts).encode())[:16], version=4)
