"""Why one product stands where it stands in a run, or why it is not there: for any product on offer.

Against the need and the facts that the run froze. A product that the run holds answers as it was ranked; any
other as it is offered now, and the answer says so.
"""

from dataclasses import replace
from uuid import UUID

import numpy as np
from sqlmodel import col

from matchmaking.access.actor import Actor
from matchmaking.access.permissions import require
from matchmaking.access.scoping import find
from matchmaking.db.session import ReadSession
from matchmaking.errors import NotFound
from matchmaking.messages import Language, text
from matchmaking.ranking import FinancingRequest, RankedCandidate, Reason, rank
from matchmaking.ranking.catalogue import ProductCatalogue
from matchmaking.ranking.reasons import ReasonCode
from matchmaking.services.catalogue_feed import CatalogueFeed
from matchmaking.services.match_views import Shown, points_of, ranking_of, stored_candidates, told
from matchmaking.services.offer_catalogue import Offer, offer_of
from matchmaking.tables.matching import MatchCandidate, MatchRun
from schemas.match_runs import CandidateExplanation
from schemas.operations import Operation


async def explain_candidate(
    session: ReadSession,
    actor: Actor,
    offers: CatalogueFeed[ProductCatalogue],
    run_id: UUID,
    adoption_id: UUID,
    language: Language,
) -> CandidateExplanation:
    """NotFound when the run is not the caller's, or the product neither in it nor on offer now."""
    require(actor, Operation.MATCH_CANDIDATES_READ)
    run = await find(session, actor, MatchRun, run_id)
    held = await stored_candidates(session, run, language, col(MatchCandidate.adoption_id) == adoption_id)
    if held:
        ranked = ranking_of(run, [row.outcome for row, _ in held]).candidates[0]
        return _explanation(run, held[0][1], ranked, (), language)
    offer = _offer((await offers.current(session)).catalogue, adoption_id)
    judged = _judged(run, offer)
    notes = _notes(judged)
    return _explanation(run, Shown.of(_of_the_row(offer), offer, language), judged, notes, language)


def _offer(catalogue: ProductCatalogue, adoption_id: UUID) -> Offer:
    rows = np.flatnonzero(catalogue.ids == str(adoption_id))
    if not len(rows):
        raise NotFound("not_found")
    return offer_of(catalogue.keepsakes[rows[0]])


def _judged(run: MatchRun, offer: Offer) -> RankedCandidate | None:
    """Alone, so without a place; None for a provider that the need excludes."""
    frozen = FinancingRequest.from_document(run.request)
    found = rank(replace(frozen, candidates=(offer.candidate,), screened=None)).candidates
    return found[0] if found else None


def _notes(judged: RankedCandidate | None) -> tuple[Reason, ...]:
    """Before its own reasons: why it is not among those shown."""
    if judged is None:
        return (Reason(ReasonCode.EXCLUDED_BY_NEED),)
    return (Reason(ReasonCode.NOT_AMONG_SHOWN), Reason(ReasonCode.AS_OFFERED_NOW))


def _of_the_row(offer: Offer) -> dict[str, UUID]:
    return {"adoption_id": offer.adoption_id, "provider_organization_id": offer.bank_id}


def _explanation(
    run: MatchRun,
    shown: Shown,
    ranked: RankedCandidate | None,
    notes: tuple[Reason, ...],
    language: Language,
) -> CandidateExplanation:
    """Without notes it is as the run has it."""
    reasons = notes + (ranked.reasons if ranked else ())
    return CandidateExplanation(
        run_id=run.id,
        adoption_id=shown.candidate["adoption_id"],
        provider_organization_id=shown.candidate["provider_organization_id"],
        provider_name=shown.bank_name,
        unit_name=shown.unit_name,
        product_name=shown.product_name,
        frozen_with_run=not notes,
        excluded=ranked is None,
        position=None if notes or ranked is None else ranked.position,
        verdict=ranked.verdict if ranked else None,
        verdict_text=text(f"verdict.{ranked.verdict}", language) if ranked else None,
        total=ranked.total if ranked else None,
        components=points_of(ranked) if ranked else {},
        reasons=[told(reason, language) for reason in reasons],
    )
