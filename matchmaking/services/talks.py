"""What moves together: a need follows its introductions and records, and what belongs to it ends with it.

All that changes around one need holds its row first, so that it happens one after the other and no two
transactions wait for each other. Introductions of other providers are not seen here: the need keeps counts.
"""

from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import col

from matchmaking.db.session import WriteSession
from matchmaking.lifecycles.introductions import ENDED
from matchmaking.services.nouns import AGREEMENTS, INTRODUCTIONS, NEEDS
from matchmaking.services.transitions import move
from matchmaking.tables.agreements import Agreement
from matchmaking.tables.matching import Introduction
from matchmaking.tables.needs import FinancingNeed
from schemas.vocabulary import AgreementState, IntroductionState, NeedState, Side

NOT_TALKING = ENDED | {IntroductionState.REQUESTED}


async def hold_need(session: WriteSession, need_id: UUID) -> FinancingNeed:
    """The need as it stands, held until the transaction ends. Its id comes from a row found by the door."""
    return await session.get_one(FinancingNeed, need_id, with_for_update=True, populate_existing=True)


async def follow_talks(
    session: WriteSession, need: FinancingNeed, before: IntroductionState, after: IntroductionState
) -> None:
    """The first acceptance brings the need into talks; when the last talks end it is open again."""
    change = int(after not in NOT_TALKING) - int(before not in NOT_TALKING)
    if change == 0:
        return
    need = await _count(session, need, talks=need.live_talks + change)
    if need.state is NeedState.OPEN and need.live_talks > 0:
        await move(session, NEEDS, need, "start_talks", Side.PROVIDER)
    if need.state is NeedState.IN_TALKS and need.live_talks == 0:
        await move(session, NEEDS, need, "resume_search", Side.PARTIES)


async def sign_need(session: WriteSession, need: FinancingNeed) -> FinancingNeed:
    need = await _count(session, need, agreements=need.live_agreements + 1)
    if need.state is NeedState.IN_TALKS:
        return await move(session, NEEDS, need, "sign", Side.PARTIES)
    return need


async def release_need(session: WriteSession, need: FinancingNeed) -> None:
    """A signed record was terminated: without another one the need looks for a provider again."""
    need = await _count(session, need, agreements=need.live_agreements - 1)
    if need.state is not NeedState.SIGNED or need.live_agreements > 0:
        return
    need = await move(session, NEEDS, need, "resume_search", Side.PARTIES)
    if need.live_talks > 0:
        await move(session, NEEDS, need, "start_talks", Side.PROVIDER)


async def end_introductions(session: WriteSession, need: FinancingNeed) -> list[str]:
    """Withdraw all that is under way for a need that its enterprise withdraws; the ids of what ended."""
    statement = (
        select(Introduction)
        .where(col(Introduction.need_id) == need.id, col(Introduction.state).not_in(ENDED))
        .order_by(col(Introduction.id))
    )
    live = list((await session.execute(statement)).scalars())
    for introduction in live:
        await move(session, INTRODUCTIONS, introduction, "withdraw", Side.ENTERPRISE)
        await end_record(session, introduction.id)
    await _count(session, need, talks=0)
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
    session: WriteSession, need: FinancingNeed, *, talks: int | None = None, agreements: int | None = None
) -> FinancingNeed:
    """Counts raise no version: they are no part of what anybody reads and changes."""
    values = {"live_talks": talks, "live_agreements": agreements}
    statement = (
        update(FinancingNeed)
        .where(col(FinancingNeed.id) == need.id)
        .values({name: value for name, value in values.items() if value is not None})
        .returning(FinancingNeed)
        .execution_options(populate_existing=True, synchronize_session=False)
    )
    return (await session.execute(statement)).scalar_one()
