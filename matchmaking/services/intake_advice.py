"""Advice on wishes, for the enterprise that writes one and the officials who vet it; it changes nothing.

Everybody is advised from what they may read: officials without the confidential part and without drafts,
enterprises without a word about the listings of others.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlmodel import col

from matchmaking.access.actor import Actor
from matchmaking.access.permissions import require
from matchmaking.access.scoping import find, visible_to
from matchmaking.db.session import ReadSession
from matchmaking.messages import Language, text
from matchmaking.ranking.intake import advise_demand, advise_need, in_order
from matchmaking.ranking.intake_alike import Likeness, StatedNeed, alike, alike_needs
from matchmaking.ranking.intake_drafts import Advice, DemandDraft, NeedDraft, StatedIndicator
from matchmaking.services.nouns import Wish
from matchmaking.tables.needs import FinancingNeed
from matchmaking.tables.research import ResearchDemand
from schemas.intake_advice import AdviceRead, AlikeListing, IntakeAdviceRead
from schemas.operations import Operation
from schemas.vocabulary import AdviceCode, NeedState

# The newest are compared, and the answer says how many.
MOST_COMPARED = 500
MOST_ALIKE = 5
# Whoever took a wish back may enter it again.
NOT_COMPARED = NeedState.WITHDRAWN
DEMAND_COLUMNS = (ResearchDemand.title, ResearchDemand.problem)
NEED_COLUMNS = (
    *(FinancingNeed.purpose, FinancingNeed.amount_fen, FinancingNeed.needed_by, FinancingNeed.summary),
)

Others = Sequence[Row[Any]]


async def advise_on_demand(
    session: ReadSession, actor: Actor, demand_id: UUID, language: Language
) -> IntakeAdviceRead:
    require(actor, Operation.DEMAND_ADVICE_READ)
    demand = await find(session, actor, ResearchDemand, demand_id)
    others = await _others(session, actor, demand, DEMAND_COLUMNS)
    likenesses = alike(_told_text(demand), ((str(one.id), _told_text(one)) for one in others))
    found = advise_demand(_demand_draft(demand), session.instant.date())
    return _read(demand, found, likenesses, others, language)


async def advise_on_need(
    session: ReadSession, actor: Actor, need_id: UUID, language: Language
) -> IntakeAdviceRead:
    require(actor, Operation.NEED_ADVICE_READ)
    need = await find(session, actor, FinancingNeed, need_id)
    others = await _others(session, actor, need, NEED_COLUMNS)
    likenesses = alike_needs(_stated(need, need), (_stated(one, need) for one in others))
    draft = NeedDraft(
        amount_fen=need.amount_fen,
        needed_by=need.needed_by,
        tenor_months=need.tenor_months,
        summary=need.summary or "",
    )
    return _read(need, advise_need(draft, session.instant.date()), likenesses, others, language)


async def _others(session: ReadSession, actor: Actor, wish: Wish, columns: Iterable[Any]) -> Others:
    """What the actor may read of the same kind: an enterprise its own, an official those of the area."""
    table = type(wish)
    statement = (
        select(col(table.id), col(table.organization_id), col(table.state), *columns)
        .where(visible_to(actor, table), col(table.id) != wish.id, col(table.state) != NOT_COMPARED)
        .order_by(col(table.id).desc())
        .limit(MOST_COMPARED)
    )
    return (await session.execute(statement)).all()


def _told_text(demand: Any) -> str:
    return f"{demand.title}\n{demand.problem}"


def _demand_draft(demand: ResearchDemand) -> DemandDraft:
    return DemandDraft(
        title=demand.title,
        problem=demand.problem,
        public_abstract=demand.public_abstract,
        indicators=tuple(
            StatedIndicator(name=one["name"], goal=one["goal"], baseline=one.get("baseline"))
            for one in demand.indicators
        ),
        budget_stated=(demand.smallest_budget_fen or demand.largest_budget_fen) is not None,
        needed_by=demand.needed_by,
        modes_stated=bool(demand.modes),
        readiness_stated=demand.readiness_wanted is not None,
        chain_stated=demand.chain is not None,
    )


def _stated(need: Any, compared_with: FinancingNeed) -> StatedNeed:
    return StatedNeed(
        key=str(need.id),
        own=need.organization_id == compared_with.organization_id,
        purpose=need.purpose,
        amount_fen=need.amount_fen,
        needed_by=need.needed_by,
        summary=need.summary or "",
    )


def _read(
    wish: Wish, found: Iterable[Advice], likenesses: Sequence[Likeness], others: Others, language: Language
) -> IntakeAdviceRead:
    repeated = {
        code: [one for one in likenesses if one.same is same]
        for code, same in ((AdviceCode.SAME_AS_ANOTHER, True), (AdviceCode.CLOSE_TO_ANOTHER, False))
    }
    advice = in_order([*found, *(Advice(code, "") for code, alikes in repeated.items() if alikes)])
    by_id = {str(one.id): one for one in others}
    return IntakeAdviceRead(
        version=wish.version,
        compared=len(others),
        advice=[
            _worded(
                one, [_alike(wish, each, by_id[each.key]) for each in repeated.get(one.code, ())], language
            )
            for one in advice
        ],
    )


def _worded(advice: Advice, alikes: list[AlikeListing], language: Language) -> AdviceRead:
    code = f"advice.{advice.code}"
    said = {name: str(value) for name, value in advice.parameters.items()}
    return AdviceRead(
        code=advice.code,
        kind=advice.kind,
        pointer=advice.pointer,
        text=text(code, language, **said),
        what_to_do=text(code, language, "mend"),
        found=list(advice.found),
        alike=alikes[:MOST_ALIKE],
    )


def _alike(wish: Wish, likeness: Likeness, other: Any) -> AlikeListing:
    return AlikeListing(
        id=other.id,
        state=other.state,
        same_enterprise=other.organization_id == wish.organization_id,
        share_percent=likeness.share_basis_points // 100,
    )
