"""Match runs: screen every offer, explain those shown, keep every number, tell it in the caller's words."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
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
from matchmaking.db.inserts import insert_all, insert_row
from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.messages import Language
from matchmaking.ranking import (
    PRESETS,
    FinancingRanking,
    FinancingRequest,
    Screened,
    Weights,
    rank,
    weights_of,
)
from matchmaking.ranking.catalogue import ProductCatalogue
from matchmaking.services.catalogue_feed import CatalogueFeed
from matchmaking.services.changed_facts import changed_since_previous_run
from matchmaking.services.listings import PageRequest, listed
from matchmaking.services.match_inputs import freeze_asking
from matchmaking.services.match_views import CHANGED, PRESET, Shown, run_view, stored_view
from matchmaking.services.matchable import matchable
from matchmaking.services.offer_catalogue import Offer, offer_of
from matchmaking.services.provider_records import Records
from matchmaking.tables.matching import MatchCandidate, MatchRun
from matchmaking.tables.needs import FinancingNeed
from schemas.match_runs import MatchRunCreate, MatchRunRead, MatchRunSummary
from schemas.operations import Operation
from schemas.vocabulary import Preset

FIRST_SHOWN = 20
NEAR_MISSES_SHOWN = 3


async def create_run(
    session: WriteSession,
    actor: Actor,
    offers: CatalogueFeed[ProductCatalogue],
    records: Records,
    wanted: MatchRunCreate,
    language: Language,
    limit: int,
) -> MatchRunRead:
    """Rank every open offer for the need; at most `limit` runs a need and day, against probing."""
    require(actor, Operation.MATCH_RUNS_CREATE)
    need = await matchable(session, actor, FinancingNeed, wanted.need_id, limit)
    frozen = await freeze_asking(session, actor, need)
    asking = replace(
        frozen,
        weights=_weights(wanted),
        cost_basis=wanted.cost_basis,
        records=records.each,
        city_record=records.city,
    )
    held = await offers.current(session)
    request, shown = screened(asking, held.catalogue, held.number)
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
        request=_stored(request, shown),
        summary=_summary(ranking, document)
        | {CHANGED: [name.value for name in changed], PRESET: _preset(wanted)},
    )
    await insert_row(session, MatchRun, run.model_dump())
    rows = [_row(run, outcome, offer) for outcome, offer in zip(document["candidates"], shown, strict=True)]
    await insert_all(session, MatchCandidate, rows)
    await journal.record(session, actor, Operation.MATCH_RUNS_CREATE, "match_run", run.id)
    told = [Shown.of(row, offer, language) for row, offer in zip(rows, shown, strict=True)]
    return run_view(run, ranking, told, language)


def _preset(wanted: MatchRunCreate) -> Preset | None:
    return wanted.preset or (None if wanted.weights else Preset.BALANCED)


def _weights(wanted: MatchRunCreate) -> Weights:
    if wanted.weights is not None:
        return weights_of(wanted.weights.model_dump())
    return PRESETS[wanted.preset or Preset.BALANCED]


def screened(
    asking: FinancingRequest, catalogue: ProductCatalogue, changes: int
) -> tuple[FinancingRequest, list[Offer]]:
    """The request with those who are to be shown, in order, and their offers. What is past its end is out."""
    listed = catalogue.columns.valid_until >= asking.reference_date.toordinal()
    screening = catalogue.screen(asking, listed)
    placed = screening.shown(FIRST_SHOWN, NEAR_MISSES_SHOWN)
    shown = [offer_of(catalogue.keepsakes[each.row]) for each in placed]
    found = Screened(
        positions=tuple(each.position for each in placed),
        moved_from=tuple(each.moved_from for each in placed),
        counts=screening.counts,
        excluded=screening.excluded,
        decisive_facts=screening.decisive_facts,
        changes=changes,
    )
    candidates = tuple(offer.candidate for offer in shown)
    banks = {candidate.organization_id for candidate in candidates}
    records = tuple(each for each in asking.records if each.organization_id in banks)
    return replace(asking, candidates=candidates, screened=found, records=records), shown


def _stored(request: FinancingRequest, shown: Sequence[Offer]) -> dict[str, Any]:
    """As the request would say it itself; the documents of offers are made once for all runs."""
    document = request.without_candidates()
    document["candidates"] = [offer.document for offer in shown]
    return document


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


def _row(run: MatchRun, outcome: Mapping[str, Any], offer: Offer) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "created_at": run.created_at,
        "version": 1,
        "run_id": run.id,
        "organization_id": run.organization_id,
        "position": outcome["position"],
        "provider_organization_id": offer.bank_id,
        "product_id": offer.product_id,
        "product_version_id": offer.product_version_id,
        "adoption_id": offer.adoption_id,
        "verdict": outcome["verdict"],
        "outcome": outcome,
    }


def _summary(ranking: FinancingRanking, document: Mapping[str, Any]) -> dict[str, Any]:
    """The ranking without its candidates, which stand in rows of their own."""
    counts = {verdict.value: count for verdict, count in ranking.counts.items()}
    return {name: value for name, value in document.items() if name != "candidates"} | {"counts": counts}


def _summed(run: MatchRun) -> MatchRunSummary:
    values = run.model_dump(include=set(MatchRunSummary.model_fields))
    return MatchRunSummary(**values, counts=run.summary["counts"])
