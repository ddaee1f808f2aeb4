"""What moves together: a wish follows its introductions and records, and what belongs to it ends with it.

A wish is a financing need or a research demand. All that changes around one holds its row first, so that it
happens one after the other and no two transactions wait for each other. Introductions of other providers are
not seen here: the wish keeps counts.
"""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import col

from matchmaking.db.session import WriteSession
from matchmaking.lifecycles.introductions import ENDED
from matchmaking.services.nouns import AGREEMENTS, Wish, introductions_about, noun_of
from matchmaking.services.transitions import move
from matchmaking.tables.agreements import Agreement
from matchmaking.tables.matching import Introduction
from matchmaking.tables.needs import FinancingNeed
from matchmaking.tables.research import ResearchDemand
from schemas.vocabulary import AgreementState, IntroductionState, NeedState, Side

NOT_TALKING = ENDED | {IntroductionState.REQUESTED}
WishType = TypeVar("WishType", FinancingNeed, ResearchDemand)


async def hold(session: WriteSession, table: type[WishType], wish_id: UUID) -> WishType:
    """The wish as it stands, held until the transaction ends. Its id comes from a row found by the door."""
    return await session.get_one(table, wish_id, with_for_update=True, populate_existing=True)


async def hold_wish_of(session: WriteSession, row: Introduction | Agreement) -> Wish | None:
    """What an introduction or a record is about, held; None for a record that came from no introduction."""
    if row.need_id is not None:
        return await hold(session, FinancingNeed, row.need_id)
    return None if row.demand_id is None else await hold(session, ResearchDemand, row.demand_id)


async def follow_talks(
    session: WriteSession, wish: Wish, before: IntroductionState, after: IntroductionState
) -> None:
    """The first acceptance brings the wish into talks; when the last talks end it is open again."""
    change = int(after not in NOT_TALKING) - int(before not in NOT_TALKING)
    if change == 0:
        return
    wish = await _count(session, wish, talks=wish.live_talks + change)
    if wish.state is NeedState.OPEN and wish.live_talks > 0:
        await move(session, noun_of(wish), wish, "start_talks", Side.PROVIDER)
    if wish.state is NeedState.IN_TALKS and wish.live_talks == 0:
        await move(session, noun_of(wish), wish, "resume_search", Side.PARTIES)


async def sign_wish(session: WriteSession, wish: Wish) -> Wish:
    wish = await _count(session, wish, agreements=wish.live_agreements + 1)
    if wish.state is NeedState.IN_TALKS:
        signed: Wish = await move(session, noun_of(wish), wish, "sign", Side.PARTIES)
        return signed
    return wish


async def release_wish(session: WriteSession, wish: Wish) -> None:
    """A signed record was terminated: without another one the wish looks for a provider again."""
    wish = await _count(session, wish, agreements=wish.live_agreements - 1)
    if wish.state is not NeedState.SIGNED or wish.live_agreements > 0:
        return
    wish = await move(session, noun_of(wish), wish, "resume_search", Side.PARTIES)
    if wish.live_talks > 0:
        await move(session, noun_of(wish), wish, "start_talks", Side.PROVIDER)


async def end_introductions(session: WriteSession, wish: Wish) -> list[str]:
    """Withdraw all that is under way for a wish that its enterprise withdraws; the ids of what ended."""
    about = Introduction.need_id if isinstance(wish, FinancingNeed) else Introduction.demand_id
    statement = (
        select(Introduction)
        .where(col(about) == wish.id, col(Introduction.state).not_in(ENDED))
        .order_by(col(Introduction.id))
    )
    live = list((await session.execute(statement)).scalars())
    for introduction in live:
        await move(session, introductions_about(introduction), introduction, "withdraw", Side.ENTERPRISE)
        await end_record(session, introduction.id)
    await _count(session, wish, talks=0)
    return [str(introduction.id) for introduction in live]


async def end_record(session: WriteSession, introduction_id: UUID) -> None:
    """A record that still awaited signatures ends with the introduction that it came from."""
    statement = select(Agreement).where(
        col(Agreement.introduction_id) == introduction_id,
        col(Agreement.state) == AgreementState.AWAITING_SIGNATURES,
    )
    for agreement in list((await session.execute(statement)).scalars()):
        await move(session, AGREEMENTS, agreement, "terminate", Side.PARTIES)


async def _count(
    session: WriteSession, wish: Wish, *, talks: int | None = None, agreements: int | None = None
) -> Wish:
    """Counts raise no version: they are no part of what anybody reads and changes."""
    table: type[Any] = type(wish)
    values = {"live_talks": talks, "live_agreements": agreements}
    statement = (
        update(table)
        .where(table.id == wish.id)
        .values({name: value for name, value in values.items() if value is not None})
        .returning(table)
        .execution_options(populate_existing=True, synchronize_session=False)
    )
    counted: Wish = (await session.execute(statement)).scalar_one()
    return counted
