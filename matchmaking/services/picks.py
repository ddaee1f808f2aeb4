"""What an enterprise may pick: what it ranked, who came by sealed interest, what an official recommended.

Whichever of these: the offer stands, the wish is open, neither is outdated, the provider is here, neither
excluded nor introduced already. Nothing is written here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from matchmaking.access.actor import Actor
from matchmaking.access.scoping import find
from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.errors import Conflict, NotFound
from matchmaking.lifecycles.introductions import ENDED
from matchmaking.services.card_wishes import wish_behind
from matchmaking.services.claimed import require_claimed
from matchmaking.services.interest_windows import Window, windows_of_card
from matchmaking.services.interests import introduced
from matchmaking.services.listings import is_outdated
from matchmaking.services.nouns import Wish
from matchmaking.services.standing_offers import Offer, offer_of_capability, offer_of_product
from matchmaking.services.talks import hold
from matchmaking.tables.interests import Interest
from matchmaking.tables.matching import Introduction, MatchCandidate, MatchRun
from matchmaking.tables.needs import FinancingNeed
from matchmaking.tables.recommendations import Recommendation, RecommendationOffer
from matchmaking.tables.research import CapabilityMatchCandidate, CapabilityMatchRun, ResearchDemand
from schemas.interests import MOST_PICKS
from schemas.vocabulary import IntroductionRoute, NeedState, Verdict

TALKABLE = frozenset({NeedState.OPEN, NeedState.IN_TALKS})


@dataclass(frozen=True, slots=True)
class Ranked:
    """What a run of the enterprise found of a candidate, and when: a draft may have changed since."""

    verdict: Verdict
    at: datetime


@dataclass(frozen=True, slots=True)
class Pick:
    """The held wish, and the columns of an introduction that say what was picked and how it was found."""

    wish: Wish
    provider_organization_id: UUID
    columns: dict[str, Any]


async def pick_of_product(session: WriteSession, actor: Actor, candidate_id: UUID) -> Pick:
    """A candidate of one of the enterprise's runs, under the terms that were ranked."""
    candidate = await find(session, actor, MatchCandidate, candidate_id)
    run = await find(session, actor, MatchRun, candidate.run_id)
    need = await _held(session, actor, FinancingNeed, run.need_id)
    offer = await offer_of_product(session, candidate.adoption_id)
    columns = {"product_version_id": candidate.product_version_id, "candidate_id": candidate.id}
    ranked = Ranked(candidate.verdict, run.created_at)
    return await _picked(session, need, offer, IntroductionRoute.PICK, columns, ranked)


async def pick_of_capability(session: WriteSession, actor: Actor, candidate_id: UUID) -> Pick:
    """As `pick_of_product`, for a capability."""
    candidate = await find(session, actor, CapabilityMatchCandidate, candidate_id)
    run = await find(session, actor, CapabilityMatchRun, candidate.run_id)
    demand = await _held(session, actor, ResearchDemand, run.demand_id)
    offer = await offer_of_capability(session, candidate.capability_id)
    columns = {"capability_version": candidate.capability_version, "capability_candidate_id": candidate.id}
    ranked = Ranked(candidate.verdict, run.created_at)
    return await _picked(session, demand, offer, IntroductionRoute.PICK, columns, ranked)


async def pick_of_interest(
    session: WriteSession, system: ReadSession, actor: Actor, interest_id: UUID
) -> Pick:
    """Interest in a wish of the enterprise, of a window that is over: at most three of each window.

    NotFound while it is sealed, as if there were none. What is taken is the version published now.
    """
    interest = await system.get(Interest, interest_id)
    if interest is None:
        raise NotFound("not_found")
    behind = await wish_behind(system, interest.card_id)
    wish = await _held(session, actor, behind.table, behind.wish_id)
    window = _window_of(interest, await windows_of_card(system, interest.card_id))
    if window.opens_at > session.instant:
        raise NotFound("not_found")
    if interest.withdrawn_at is not None:
        raise Conflict("interest_withdrawn")
    if len(await introduced(session, window.interests)) >= MOST_PICKS:
        raise Conflict("interests_picked_up", {"limit": MOST_PICKS})
    offer = await _offer_named(session, interest)
    found_by = {"interest_id": interest.id}
    return await _picked(session, wish, offer, IntroductionRoute.INTEREST, found_by)


async def pick_of_recommendation(session: WriteSession, actor: Actor, recommended_id: UUID) -> Pick:
    """An offer that an official recommended to the enterprise, as far as it was shown to it."""
    recommended = await find(session, actor, RecommendationOffer, recommended_id)
    made = await find(session, actor, Recommendation, recommended.recommendation_id)
    table = FinancingNeed if made.need_id is not None else ResearchDemand
    wish = await _held(session, actor, table, made.wish_id)
    if recommended.provider_organization_id in wish.excluded_organization_ids:
        raise NotFound("not_found")
    offer = await _offer_named(session, recommended)
    found_by = {"recommendation_offer_id": recommended.id}
    return await _picked(session, wish, offer, IntroductionRoute.RECOMMENDATION, found_by)


async def _held(session: WriteSession, actor: Actor, table: type[Any], wish_id: UUID) -> Wish:
    """The enterprise's own wish, held until the transaction ends."""
    wish: Wish = await find(session, actor, table, wish_id)
    held: Wish = await hold(session, table, wish.id)
    return held


async def _offer_named(session: ReadSession, naming: Interest | RecommendationOffer) -> Offer:
    look = offer_of_product if naming.adoption_id is not None else offer_of_capability
    return await look(session, naming.offer_id)


def _window_of(interest: Interest, windows: list[Window]) -> Window:
    return next(window for window in windows if any(one.id == interest.id for one in window.interests))


async def _picked(
    session: WriteSession,
    wish: Wish,
    offer: Offer,
    route: IntroductionRoute,
    found_by: dict[str, Any],
    ranked: Ranked | None = None,
) -> Pick:
    """The pick, after all that must hold by whichever route the offer was found."""
    await _check(session, wish, offer, ranked)
    about = "need_id" if isinstance(wish, FinancingNeed) else "demand_id"
    columns = {about: wish.id, "provider_unit_id": offer.unit_id, **offer.columns, **found_by}
    return Pick(wish, offer.organization_id, columns | {"route": route})


def _check_ranked(wish: Wish, ranked: Ranked) -> None:
    if wish.submitted_at is None or ranked.at < wish.submitted_at:
        raise Conflict("ranked_as_draft")
    if ranked.verdict is Verdict.INELIGIBLE:
        raise Conflict("candidate_ineligible")


async def _check(session: WriteSession, wish: Wish, offer: Offer, ranked: Ranked | None) -> None:
    if wish.state not in TALKABLE:
        raise Conflict("need_not_open", {"state": wish.state})
    if is_outdated(wish.expires_on, session.instant.date()):
        raise Conflict("need_outdated")
    if ranked is not None:
        _check_ranked(wish, ranked)
    if offer.organization_id in wish.excluded_organization_ids:
        raise Conflict("provider_excluded")
    await require_claimed(session, offer.organization_id)
    about, by = Introduction.demand_id, Introduction.capability_id
    if isinstance(wish, FinancingNeed):
        about, by = Introduction.need_id, Introduction.adoption_id
    same = col(about) == wish.id, col(by) == offer.offer_id
    states = (await session.execute(select(col(Introduction.state)).where(*same))).scalars()
    if any(state not in ENDED for state in states):
        raise Conflict("introduced_already")
