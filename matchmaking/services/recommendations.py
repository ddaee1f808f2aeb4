"""Recommendations: an official names offers to an enterprise, which picks or does not.

Read by the office that made one and by the enterprise. No provider reads any, nor how often it was named: it
meets the enterprise in an introduction, and may decline that without penalty, since no clock, code or record
of it differs from one that the enterprise found by itself. An exclusion is the enterprise's own business: the
office is answered as if there were none, and the enterprise is not shown whom it excluded.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col
from uuid_utils.compat import uuid7

from matchmaking import journal
from matchmaking.access.actor import Actor
from matchmaking.access.permissions import require
from matchmaking.access.scoping import find, visible_to
from matchmaking.db.cursors import Slice
from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.errors import Conflict, Invalid, NotAllowed
from matchmaking.messages import Language, word
from matchmaking.ranking.standing import tie_hash
from matchmaking.services.claimed import require_claimed
from matchmaking.services.listings import PageRequest, is_outdated, listed
from matchmaking.services.matchable import MATCHABLE
from matchmaking.services.nouns import Wish
from matchmaking.services.standing_offers import Offer, described, offer_of_capability, offer_of_product
from matchmaking.tables.identity import Membership, Organization, Unit
from matchmaking.tables.needs import FinancingNeed
from matchmaking.tables.recommendations import Recommendation, RecommendationOffer
from matchmaking.tables.research import ResearchDemand
from schemas.offered import OfferedRead
from schemas.operations import Operation
from schemas.recommendations import (
    FEWEST_PROVIDERS,
    RecommendationCreate,
    RecommendationRead,
    RecommendedOffer,
)

NAMED = "recommendation"
Named = dict[UUID, list[RecommendationOffer]]
Office = tuple[Organization, Unit]


async def recommend(
    session: WriteSession,
    system: ReadSession,
    actor: Actor,
    draft: RecommendationCreate,
    language: Language,
) -> RecommendationRead:
    """NotAllowed for whoever vetted the wish; Invalid for too few providers or an offer not open."""
    operation = _operation(draft)
    require(actor, operation)
    wish = await _open_wish(session, actor, draft)
    await _require_another_vetter(session, actor, wish)
    offers = await _offers(session, draft)
    if len({offer.organization_id for offer in offers}) < FEWEST_PROVIDERS and draft.fewer_reason is None:
        raise Invalid("too_few_recommended", {"fewest": FEWEST_PROVIDERS}, pointer="/offers")
    made = await _keep(session, actor, draft, wish, offers)
    providers = sorted({str(offer.organization_id) for offer in offers})
    codes = {"reason": draft.reason.value, "interest": draft.has_interest}
    await journal.record(session, actor, operation, NAMED, made.id, providers=providers, **codes)
    return (await _told(session, system, actor, [made], language))[0]


async def read_recommendation(
    session: ReadSession, system: ReadSession, actor: Actor, recommendation_id: UUID, language: Language
) -> RecommendationRead:
    require(actor, Operation.RECOMMENDATIONS_READ)
    found = await find(session, actor, Recommendation, recommendation_id)
    return (await _told(session, system, actor, [found], language))[0]


async def list_recommendations(
    session: ReadSession,
    system: ReadSession,
    actor: Actor,
    page: PageRequest,
    language: Language,
    wishes: tuple[UUID | None, UUID | None] = (None, None),
) -> Slice[RecommendationRead]:
    """Newest first; `wishes` narrows to a need or a demand."""
    require(actor, Operation.RECOMMENDATIONS_LIST)
    statement = select(Recommendation).where(visible_to(actor, Recommendation))
    for column, wanted in zip((Recommendation.need_id, Recommendation.demand_id), wishes, strict=True):
        if wanted is not None:
            statement = statement.where(col(column) == wanted)
    found = await listed(session, statement, col(Recommendation.id), page, lambda row: row[0])
    return Slice(await _told(session, system, actor, found.rows, language), found.last)


def _operation(draft: RecommendationCreate) -> Operation:
    """Needs are the task of finance, demands that of science."""
    if draft.need_id is not None:
        return Operation.NEED_RECOMMENDATIONS_CREATE
    return Operation.DEMAND_RECOMMENDATIONS_CREATE


async def _open_wish(session: ReadSession, actor: Actor, draft: RecommendationCreate) -> Wish:
    table: type[Any] = FinancingNeed if draft.need_id is not None else ResearchDemand
    wish: Wish = await find(session, actor, table, draft.wish_id)
    if wish.state not in MATCHABLE:
        raise Conflict("need_not_open", {"state": wish.state})
    if is_outdated(wish.expires_on, session.instant.date()):
        raise Conflict("need_outdated")
    return wish


async def _require_another_vetter(session: ReadSession, actor: Actor, wish: Wish) -> None:
    """The same person in another role of the office is the same person."""
    if wish.opened_by_membership_id is None:
        return
    vetter = select(col(Membership.person_id)).where(col(Membership.id) == wish.opened_by_membership_id)
    if (await session.execute(vetter)).scalar_one_or_none() == actor.person_id:
        raise NotAllowed("vetter_may_not_recommend")


async def _offers(session: ReadSession, draft: RecommendationCreate) -> list[Offer]:
    """Offers of providers that are here, each once and each standing; Invalid names the one that is not."""
    look = offer_of_product if draft.need_id is not None else offer_of_capability
    found: dict[UUID, Offer] = {}
    for place, offer_id in enumerate(draft.offers):
        pointer = f"/offers/{place}"
        if offer_id in found:
            raise Invalid("offer_named_twice", pointer=pointer)
        try:
            found[offer_id] = await look(session, offer_id)
            await require_claimed(session, found[offer_id].organization_id)
        except Conflict as refusal:
            raise Invalid("recommended_offer_not_open", pointer=pointer) from refusal
    return list(found.values())


async def _keep(
    session: WriteSession, actor: Actor, draft: RecommendationCreate, wish: Wish, offers: Sequence[Offer]
) -> Recommendation:
    made = Recommendation(
        id=uuid7(),
        created_at=session.instant,
        organization_id=actor.organization_id,
        unit_id=actor.unit_id,
        made_by_membership_id=actor.membership_id,
        enterprise_organization_id=wish.organization_id,
        **draft.model_dump(exclude={"offers"}),
    )
    session.add(made)
    await session.flush()
    ordered = sorted(offers, key=lambda offer: tie_hash(str(wish.id), str(offer.offer_id)))
    session.add_all(
        RecommendationOffer(
            id=uuid7(),
            created_at=session.instant,
            recommendation_id=made.id,
            organization_id=actor.organization_id,
            enterprise_organization_id=wish.organization_id,
            position=position,
            provider_organization_id=offer.organization_id,
            adoption_id=offer.columns.get("adoption_id"),
            capability_id=offer.columns.get("capability_id"),
        )
        for position, offer in enumerate(ordered, start=1)
    )
    await session.flush()
    return made


async def _told(
    session: ReadSession,
    system: ReadSession,
    actor: Actor,
    made: Sequence[Recommendation],
    language: Language,
) -> list[RecommendationRead]:
    named = await _named(session, actor, made)
    ids = {offer.offer_id for offers in named.values() for offer in offers}
    offers = await described(system, ids)
    offices = await _offices(system, {one.unit_id for one in made})
    return [_read(one, named[one.id], offers, offices[one.unit_id], language) for one in made]


async def _named(session: ReadSession, actor: Actor, made: Sequence[Recommendation]) -> Named:
    """The offers of each in their order; to the enterprise without those of whom it excluded."""
    excluded = {} if actor.official else await _excluded(session, made)
    wanted = (
        select(RecommendationOffer)
        .where(
            col(RecommendationOffer.recommendation_id).in_([one.id for one in made]),
            visible_to(actor, RecommendationOffer),
        )
        .order_by(col(RecommendationOffer.position))
    )
    found: Named = defaultdict(list)
    for offer in (await session.execute(wanted)).scalars():
        if offer.provider_organization_id not in excluded.get(offer.recommendation_id, ()):
            found[offer.recommendation_id].append(offer)
    return found


async def _excluded(session: ReadSession, made: Sequence[Recommendation]) -> dict[UUID, Collection[UUID]]:
    """Whom the enterprise excluded from the wish of each recommendation."""
    wish_ids = [one.wish_id for one in made]
    excluded: dict[UUID, Collection[UUID]] = {}
    for table in (FinancingNeed, ResearchDemand):
        wanted = select(col(table.id), col(table.excluded_organization_ids)).where(
            col(table.id).in_(wish_ids)
        )
        excluded |= {row[0]: row[1] for row in (await session.execute(wanted)).all()}
    return {one.id: excluded[one.wish_id] for one in made}


async def _offices(system: ReadSession, unit_ids: Collection[UUID]) -> dict[UUID, Office]:
    wanted: Select[*tuple[Any, ...]] = (
        select(Organization, Unit)
        .join(Unit, col(Unit.organization_id) == Organization.id)
        .where(col(Unit.id).in_(unit_ids))
    )
    return {unit.id: (organization, unit) for organization, unit in (await system.execute(wanted)).all()}


def _read(
    made: Recommendation,
    named: Sequence[RecommendationOffer],
    offers: dict[UUID, OfferedRead],
    office: Office,
    language: Language,
) -> RecommendationRead:
    organization, unit = office
    hidden = {"made_by_membership_id", "enterprise_organization_id"}
    return RecommendationRead(
        **made.model_dump(exclude=hidden),
        organization_name_zh=organization.name_zh,
        organization_name_en=organization.name_en,
        unit_name_zh=unit.name_zh,
        unit_name_en=unit.name_en,
        reason_text=word(made.reason, language),
        offers=[RecommendedOffer(id=offer.id, offer=offers[offer.offer_id]) for offer in named],
    )
