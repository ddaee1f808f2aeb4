"""Match runs: freeze the request, rank it, keep every number, tell each reason in the caller's language."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col
from uuid_utils.compat import uuid7

from matchmaking import journal
from matchmaking.access.actor import Actor
from matchmaking.access.permissions import require
from matchmaking.access.scoping import find, visible_to
from matchmaking.db.cursors import Slice
from matchmaking.db.inserts import insert_all
from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.messages import Language
from matchmaking.ranking import FinancingRanking, rank
from matchmaking.services.changed_facts import changed_since_previous_run
from matchmaking.services.listings import PageRequest, listed
from matchmaking.services.match_inputs import Offer, freeze_request, open_offers
from matchmaking.services.match_views import CHANGED, Shown, run_view, stored_view
from matchmaking.services.matchable import matchable
from matchmaking.tables.matching import MatchCandidate, MatchRun
from matchmaking.tables.needs import FinancingNeed
from schemas.match_runs import MatchRunRead, MatchRunSummary
from schemas.operations import Operation


async def create_run(
    session: WriteSession, actor: Actor, need_id: UUID, language: Language, limit: int
) -> MatchRunRead:
    """Rank every open offer for the need; at most `limit` runs a need and day, against probing."""
    require(actor, Operation.MATCH_RUNS_CREATE)
    need = await matchable(session, actor, FinancingNeed, need_id, limit)
    offers = await open_offers(session, actor)
    request = await freeze_request(session, actor, need, offers)
    ranking = rank(request)
    document = ranking.to_document()
    changed = await changed_since_previous_run(session, need.id, request)
    run = MatchRun(
        id=uuid7(),
        created_at=session.instant,
        organization_id=actor.organization_id,
        need_id=need.id,
        need_version=need.version,
        ranker_version=ranking.ranker_version,
        request=request.to_document(),
        summary=_summary(ranking, document) | {CHANGED: [name.value for name in changed]},
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
