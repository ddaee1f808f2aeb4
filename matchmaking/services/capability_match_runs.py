"""Match runs for research: freeze demand and capabilities, rank them, keep every number, tell the reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from matchmaking.messages import Language, text
from matchmaking.ranking.capability_catalogue import CapabilityCatalogue
from matchmaking.ranking.research import RankedCapability, ResearchRanking, rank_capabilities
from matchmaking.services.capability_screening import screened
from matchmaking.services.catalogue_feed import CatalogueFeed
from matchmaking.services.listings import PageRequest, listed
from matchmaking.services.match_views import MOST_DECISIVE_SHOWN, MOST_SHOWN, named, told
from matchmaking.services.matchable import matchable
from matchmaking.tables.identity import Organization, Unit
from matchmaking.tables.research import (
    Capability,
    CapabilityMatchCandidate,
    CapabilityMatchRun,
    ResearchDemand,
)
from schemas.capability_match_runs import (
    CapabilityMatchCandidateRead,
    CapabilityMatchRunRead,
    CapabilityMatchRunSummary,
)
from schemas.operations import Operation
from schemas.organizations import OrganizationState
from schemas.vocabulary import RelevanceBasis

OF_THE_ROW = tuple(
    set(CapabilityMatchCandidateRead.model_fields) & set(CapabilityMatchCandidate.model_fields)
)
OF_THE_RUN = set(CapabilityMatchRunSummary.model_fields) - {"counts"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A candidate by the columns of its row, and those who have the names."""

    candidate: Mapping[str, Any]
    capability: Capability
    institution: Organization
    unit: Unit


async def create_run(
    session: WriteSession,
    actor: Actor,
    capabilities: CatalogueFeed[CapabilityCatalogue],
    demand_id: UUID,
    language: Language,
    limit: int,
) -> CapabilityMatchRunRead:
    """Rank every open capability for the demand; at most `limit` runs a demand and day, against probing."""
    require(actor, Operation.CAPABILITY_MATCH_RUNS_CREATE)
    demand = await matchable(session, actor, ResearchDemand, demand_id, limit)
    request, found = await screened(session, actor, capabilities, demand)
    ranking = rank_capabilities(request)
    document = ranking.to_document()
    counts = {verdict.value: count for verdict, count in ranking.counts.items()}
    run = CapabilityMatchRun(
        id=uuid7(),
        created_at=session.instant,
        organization_id=actor.organization_id,
        demand_id=demand.id,
        demand_version=demand.version,
        ranker_version=ranking.ranker_version,
        request=request.to_document(),
        summary={name: value for name, value in document.items() if name != "candidates"}
        | {"counts": counts},
    )
    session.add(run)
    await session.flush()
    shown = [
        Shown(_row(run, outcome, found[outcome["candidate_id"]][0]), *found[outcome["candidate_id"]])
        for outcome in document["candidates"]
    ]
    await insert_all(session, CapabilityMatchCandidate, [one.candidate for one in shown])
    operation = Operation.CAPABILITY_MATCH_RUNS_CREATE
    await journal.record(session, actor, operation, "capability_match_run", run.id)
    return _view(run, ranking, shown, language)


async def read_run(
    session: ReadSession, actor: Actor, run_id: UUID, language: Language
) -> CapabilityMatchRunRead:
    """As it was stored; nothing is ranked anew."""
    require(actor, Operation.CAPABILITY_MATCH_RUNS_READ)
    run = await find(session, actor, CapabilityMatchRun, run_id)
    statement = (
        select(CapabilityMatchCandidate, Capability, Organization, Unit)
        .join(Capability, col(Capability.id) == CapabilityMatchCandidate.capability_id)
        .join(Organization, col(Organization.id) == CapabilityMatchCandidate.provider_organization_id)
        .join(Unit, col(Unit.id) == CapabilityMatchCandidate.provider_unit_id)
        .where(col(CapabilityMatchCandidate.run_id) == run.id)
        .order_by(col(CapabilityMatchCandidate.position))
        .limit(MOST_SHOWN)
    )
    rows = (await session.execute(statement)).all()
    stored = {name: value for name, value in run.summary.items() if name != "counts"}
    ranking = ResearchRanking.from_document({**stored, "candidates": [row[0].outcome for row in rows]})
    return _view(run, ranking, [Shown(vars(row[0]), *row[1:]) for row in rows], language)


async def list_runs(
    session: ReadSession, actor: Actor, page: PageRequest, demand_id: UUID | None = None
) -> Slice[CapabilityMatchRunSummary]:
    require(actor, Operation.CAPABILITY_MATCH_RUNS_LIST)
    statement = select(CapabilityMatchRun).where(visible_to(actor, CapabilityMatchRun))
    if demand_id is not None:
        statement = statement.where(col(CapabilityMatchRun.demand_id) == demand_id)
    return await listed(session, statement, col(CapabilityMatchRun.id), page, lambda row: _summed(row[0]))


def _row(run: CapabilityMatchRun, outcome: Mapping[str, Any], capability: Capability) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "created_at": run.created_at,
        "version": 1,
        "run_id": run.id,
        "organization_id": run.organization_id,
        "position": outcome["position"],
        "provider_organization_id": capability.organization_id,
        "provider_unit_id": capability.unit_id,
        "capability_id": capability.id,
        "capability_version": capability.version,
        "verdict": outcome["verdict"],
        "outcome": outcome,
    }


def _view(
    run: CapabilityMatchRun, ranking: ResearchRanking, shown: Sequence[Shown], language: Language
) -> CapabilityMatchRunRead:
    basis = RelevanceBasis.WORDS_AND_MEANING if ranking.relevance_model else RelevanceBasis.WORDS
    return CapabilityMatchRunRead(
        **run.model_dump(include=OF_THE_RUN),
        counts=run.summary["counts"],
        relevance_basis=basis,
        relevance_basis_text=text(f"relevance_basis.{basis}", language),
        most_decisive_unknown=[
            told(fact.reason, language) for fact in ranking.decisive_facts[:MOST_DECISIVE_SHOWN]
        ],
        candidates=[
            _candidate_view(one, ranked, language)
            for one, ranked in zip(shown[:MOST_SHOWN], ranking.candidates[:MOST_SHOWN], strict=True)
        ],
    )


def _candidate_view(
    shown: Shown, ranked: RankedCapability, language: Language
) -> CapabilityMatchCandidateRead:
    return CapabilityMatchCandidateRead(
        **{name: shown.candidate[name] for name in OF_THE_ROW},
        verdict_text=text(f"verdict.{ranked.verdict}", language),
        provider_name=named(shown.institution, language),
        provider_here=shown.institution.state is OrganizationState.ACTIVE,
        unit_id=shown.unit.id,
        unit_name=named(shown.unit, language),
        capability_title=(language == "en" and shown.capability.title_en) or shown.capability.title_zh,
        kind=shown.capability.kind,
        conditions_met_as_published=ranked.conditions_met_as_published,
        total=ranked.total,
        components={
            part.name: None if part.value_hundredths is None else part.value_hundredths / 100
            for part in ranked.components
        },
        reasons=[told(reason, language) for reason in ranked.reasons],
    )


def _summed(run: CapabilityMatchRun) -> CapabilityMatchRunSummary:
    return CapabilityMatchRunSummary(**run.model_dump(include=OF_THE_RUN), counts=run.summary["counts"])
