"""How far a stated fact may go under its record: not beyond the amount, not before the signing."""

from datetime import date

from sqlalchemy import func, select
from sqlmodel import col

from matchmaking.db.session import WriteSession
from matchmaking.errors import Invalid
from matchmaking.tables.agreements import Agreement, FulfilmentFact
from schemas.agreements import FulfilmentFactState
from schemas.vocabulary import FulfilmentKind, FulfilmentState


async def check_bounds(session: WriteSession, agreement: Agreement, statement: FulfilmentFactState) -> None:
    """Invalid for a fact of the future, and for money drawn before the signing or beyond the contract.

    Holds the agreement until the transaction ends, so that two statements cannot exceed it together.
    """
    if statement.happened_on > session.instant.date():
        raise Invalid("fact_from_the_future", pointer="/happened_on")
    if statement.kind is not FulfilmentKind.DISBURSEMENT:
        return
    signed_on = agreement.terms.get("signed_on")
    if signed_on is not None and statement.happened_on < date.fromisoformat(signed_on):
        raise Invalid("fact_before_signing", {"signed_on": signed_on}, "/happened_on")
    left = agreement.amount_fen - await _drawn(session, agreement)
    if (statement.amount_fen or 0) > left:
        raise Invalid("drawn_beyond_contract", {"left_fen": max(left, 0)}, "/amount_fen")


async def _drawn(session: WriteSession, agreement: Agreement) -> int:
    """Fen stated as drawn so far; what was corrected does not count."""
    await session.get_one(Agreement, agreement.id, with_for_update=True)
    drawn = select(func.coalesce(func.sum(col(FulfilmentFact.amount_fen)), 0)).where(
        col(FulfilmentFact.agreement_id) == agreement.id,
        col(FulfilmentFact.kind) == FulfilmentKind.DISBURSEMENT,
        col(FulfilmentFact.state) != FulfilmentState.CORRECTED,
    )
    return (await session.execute(drawn)).scalar_one() or 0
