"""Loan prime rates from rows: publications are added, none is ever changed."""

from sqlalchemy import select
from sqlmodel import col
from uuid_utils.compat import uuid7

from matchmaking.access.actor import Actor
from matchmaking.db.session import WriteSession
from matchmaking.errors import Conflict, Invalid
from matchmaking.tables.offers import ReferenceRate
from schemas.reference_rates import ReferenceRatePublication
from schemas.vocabulary import LprTerm
from scripts.importing.acting import Outcome
from scripts.importing.cells import Column, code_of, day, percent, plain

COLUMNS = (
    Column("term", "期限品种", ("term",), code_of(LprTerm), required=True),
    Column("published_on", "公布日期", ("published_on",), day, required=True),
    Column("rate_percent", "利率（%）", ("basis_points",), percent, required=True),
    Column("source", "来源", ("source",), plain, required=True),
)


async def store(session: WriteSession, _actor: Actor, published: ReferenceRatePublication) -> Outcome:
    """Conflict when another rate of that term and day is held: matches were reckoned with it."""
    if published.published_on > session.instant.date():
        raise Invalid("fact_from_the_future", pointer="/published_on")
    same = select(ReferenceRate).where(
        col(ReferenceRate.term) == published.term, col(ReferenceRate.published_on) == published.published_on
    )
    held = (await session.execute(same)).scalar_one_or_none()
    if held is None:
        session.add(ReferenceRate(id=uuid7(), created_at=session.instant, **published.model_dump()))
        await session.flush()
        return "added"
    if held.basis_points != published.basis_points:
        raise Conflict("import_rate_differs", pointer="/basis_points")
    return "unchanged"
