"""Figures for reports, each with its denominator and definition: an intent never counts as a deal."""

from sqlalchemy import ColumnElement, distinct, func, select
from sqlmodel import col

from matchmaking.access.actor import Actor
from matchmaking.access.permissions import require
from matchmaking.access.scoping import visible_to
from matchmaking.db.session import ReadSession
from matchmaking.messages import Language, text
from matchmaking.tables.agreements import Agreement, FulfilmentFact
from matchmaking.tables.needs import FinancingNeed
from schemas.permissions import Operation
from schemas.tracking import Figure, TrackingRead
from schemas.vocabulary import AgreementNature, AgreementState, FulfilmentKind, FulfilmentState

Condition = ColumnElement[bool]
ACKNOWLEDGED = (AgreementState.SIGNED, AgreementState.PERFORMING, AgreementState.FULFILLED)


async def read_tracking(session: ReadSession, actor: Actor, language: Language) -> TrackingRead:
    """Over what this official may see: needs opened in the area, loan contracts of them, money drawn."""
    require(actor, Operation.TRACKING_READ)
    # Opened once counts for good: needs withdrawn or expired afterwards stay in the denominator.
    opened = visible_to(actor, FinancingNeed) & col(FinancingNeed.opened_at).is_not(None)
    signed = _signed(opened)
    drawn = _drawn(signed)
    needs = await _opened_needs(session, opened)
    signed_needs, signed_amount = await _agreements(session, signed)
    drawn_needs, drawn_amount = await _disbursements(session, drawn)
    return TrackingRead(
        as_of=session.instant,
        figures=[
            _figure("needs_signed", language, signed_needs, needs, signed_amount),
            _figure("needs_drawn", language, drawn_needs, signed_needs, drawn_amount),
        ],
    )


def _signed(opened: Condition) -> Condition:
    return (
        col(Agreement.need_id).in_(select(col(FinancingNeed.id)).where(opened))
        & (col(Agreement.nature) == AgreementNature.LOAN_CONTRACT)
        & col(Agreement.state).in_(ACKNOWLEDGED)
    )


def _drawn(signed: Condition) -> Condition:
    return (
        col(FulfilmentFact.agreement_id).in_(select(col(Agreement.id)).where(signed))
        & (col(FulfilmentFact.kind) == FulfilmentKind.DISBURSEMENT)
        & (col(FulfilmentFact.state) == FulfilmentState.CONFIRMED)
    )


async def _opened_needs(session: ReadSession, opened: Condition) -> int:
    statement = select(func.count()).select_from(FinancingNeed).where(opened)
    return (await session.execute(statement)).scalar_one()


async def _agreements(session: ReadSession, signed: Condition) -> tuple[int, int]:
    columns = (
        func.count(distinct(col(Agreement.need_id))),
        func.coalesce(func.sum(col(Agreement.amount_fen)), 0),
    )
    count, amount = (await session.execute(select(*columns).where(signed))).one()
    return int(count or 0), int(amount or 0)


async def _disbursements(session: ReadSession, drawn: Condition) -> tuple[int, int]:
    columns = (
        func.count(distinct(col(Agreement.need_id))),
        func.coalesce(func.sum(col(FulfilmentFact.amount_fen)), 0),
    )
    joined = (
        select(*columns)
        .select_from(FulfilmentFact)
        .join(Agreement, col(Agreement.id) == FulfilmentFact.agreement_id)
        .where(drawn)
    )
    count, amount = (await session.execute(joined)).one()
    return int(count or 0), int(amount or 0)


def _figure(code: str, language: Language, count: int, of: int, amount_fen: int) -> Figure:
    return Figure(
        code=code,
        definition=text(f"figure.{code}", language),
        count=count,
        of=of,
        of_definition=text(f"figure.{code}_of", language),
        amount_fen=amount_fen,
    )
