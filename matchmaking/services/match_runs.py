"""Match runs: freeze the request, rank it, keep every number, tell each reason in the caller's language."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col
from uuid_utils.compat import uuid7

from matchmaking import journal
from matchmaking.access.actor import Actor
from matchmaking.access.permissions import require
from matchmaking.access.scoping import find, visible_to
from matchmaking.db.cursors import Slice
from matchmaking.db.inserts import insert_all
from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.errors import Conflict, NotFound, TooMany
from matchmaking.messages import Language
from matchmaking.ranking import FinancingRanking, rank
from matchmaking.services.listings import PageRequest, listed
from matchmaking.services.match_inputs import Offer, freeze_request, open_offers
from matchmaking.services.match_views import Shown, run_view, stored_view
from matchmaking.tables.matching import MatchCandidate, MatchRun
from matchmaking.tables.needs import FinancingNeed
from schemas.match_runs import MatchRunRead, MatchRunSummary
from schemas.permissions import Operation
from schemas.vocabulary import NeedState

MATCHABLE = (NeedState.OPEN, NeedState.IN_TALKS)


async def create_run(
    session: WriteSession, actor: Actor, need_id: UUID, language: Language, limit: int
) -> MatchRunRead:
    """Rank every open offer for the need; at most `limit` runs a need and day, against probing."""
    require(actor, Operation.MATCH_RUNS_CREATE)
    need = await _matchable(session, actor, need_id, limit)
    offers = await open_offers(session, actor)
    request = await freeze_request(session, actor, need, offers)
    ranking = rank(request)
    document = ranking.to_document()
    run = MatchRun(
        id=uuid7(),
        created_at=session.instant,
        organization_id=actor.organization_id,
        need_id=need.id,
        need_version=need.version,
        ranker_version=ranking.ranker_version,
        request=request.to_document(),
        summary=_summary(ranking, document),
    )
    session.add(run)
    await session.flush()
    candidates = _candidates(run, document["candidates"], {str(one.adoption.id): one for one in offers})
    await insert_all(session, MatchCandidate, [one.candidate for one in candidates])
    await journal.record(session, actor, Operation.MATCH_RUNS_CREATE, "match_run", run.id)
    return run_view(run, ranking, candidates, language)


async def read_run(session: ReadSession, actor: Actor, run_id: UUID, language: Language) -> MatchRunRead:
    """As it was stored; nothing is ranked anew."""
    require(actor, Operation.MATCH_RUNS_READ)
    return await stored_view(session, await find(session, actor, MatchRun, run_id), language)


async def list_runs(
    session: ReadSession, actor: Actor, page: PageRequest, need_id: UUID | None = None
) -> Slice[MatchRunSummary]:
    require(actor, Operation.MATCH_RUNS_LIST)
    statement = select(MatchRun).where(visible_to(actor, MatchRun))
    if need_id is not None:
        statement = statement.where(col(MatchRun.need_id) == need_id)
    return await listed(session, statement, col(MatchRun.id), page, lambda row: _summed(row[0]))


async def _matchable(session: ReadSession, actor: Actor, need_id: UUID, limit: int) -> FinancingNeed:
    """The need, if it may be matched once more today: NotFound, Conflict or TooMany otherwise."""
    midnight = datetime.combine(session.instant.date(), time(), session.instant.tzinfo)
    of_today = (
        select(func.count())
        .where(col(MatchRun.need_id) == need_id, col(MatchRun.created_at) >= midnight)
        .scalar_subquery()
    )
    wanted = select(FinancingNeed, of_today).where(
        col(FinancingNeed.id) == need_id, visible_to(actor, FinancingNeed)
    )
    found = (await session.execute(wanted)).one_or_none()
    if found is None:
        raise NotFound("not_found")
    need: FinancingNeed = found[0]
    if need.state not in MATCHABLE:
        raise Conflict("need_not_open", {"state": need.state})
    if found[1] >= limit:
        wait = midnight + timedelta(days=1) - session.instant
        raise TooMany("match_runs_capped", {"limit": limit, "retry_after": int(wait.total_seconds()) + 1})
    return need


def _candidates(
    run: MatchRun, outcomes: Sequence[Mapping[str, Any]], offers: Mapping[str, Offer]
) -> list[Shown]:
    """A row for each outcome, with those who are named beside it."""
    found = []
    for outcome in outcomes:
        offer = offers[outcome["candidate_id"]]
        row = {
            "id": uuid7(),
            "created_at": run.created_at,
            "version": 1,
            "run_id": run.id,
            "organization_id": run.organization_id,
            "position": outcome["position"],
            "provider_organization_id": offer.product.organization_id,
            "product_id": offer.product.id,
            "product_version_id": offer.version.id,
            "adoption_id": offer.adoption.id,
            "verdict": outcome["verdict"],
            "outcome": outcome,
        }
        found.append(Shown(row, offer.product, offer.bank, offer.unit))
    return found


def _summary(ranking: FinancingRanking, document: Mapping[str, Any]) -> dict[str, Any]:
    """The ranking without its candidates, which stand in rows of their own."""
    counts = {verdict.value: count for verdict, count in ranking.counts.items()}
    return {name: value for name, value in document.items() if name != "candidates"} | {"counts": counts}


def _summed(run: MatchRun) -> MatchRunSummary:
    values = run.model_dump(include=set(MatchRunSummary.model_fields))
    return MatchRunSummary(**values, counts=run.summary["counts"])
