"""Cards of research demands: the enterprise's own before anybody sees it, and what is close to a capability.

A stranger reads the public abstract, which the enterprise wrote for strangers, and nothing else of a demand;
relevance is reckoned from that abstract and from nothing else.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from matchmaking.access.actor import Actor
from matchmaking.access.permissions import require
from matchmaking.access.scoping import find
from matchmaking.db.cursors import Slice
from matchmaking.db.keyset import page_of, slice_of
from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.messages import Language, text, word
from matchmaking.ranking.anonymity import Register
from matchmaking.ranking.capability_catalogue import CapabilityCatalogue
from matchmaking.ranking.relevance import Relevance, TextMatch
from matchmaking.services.catalogue_feed import CatalogueFeed
from matchmaking.services.demand_relevance import relevance_to_abstracts
from matchmaking.services.fit_questions import count_question
from matchmaking.services.listings import PageRequest
from matchmaking.services.need_card_making import (
    UNSEEN,
    Face,
    as_it_would_be,
    fixed_card,
    held,
    make_missing,
    of_table,
    open_to,
)
from matchmaking.services.need_card_register import load_register
from matchmaking.services.standing_offers import own_offer
from matchmaking.tables.cards import NeedCard
from matchmaking.tables.identity import Organization
from matchmaking.tables.research import Capability, ResearchDemand
from schemas.need_cards import DemandCardFace, DemandCardRead, MoneyBandRead, OwnDemandCard, WordedReason
from schemas.operations import Operation
from schemas.vocabulary import CapabilityText, CardObstacle, CooperationMode, RelevanceBasis

MOST_REASONS = 3
# Keyed hashes: their order tells neither when a wish was posted nor whose it is.
BY_CARD: Any = col(NeedCard.card_id)
Standing = tuple[Face, ResearchDemand]


async def own_card(
    session: ReadSession, system: WriteSession, actor: Actor, demand_id: UUID, language: Language
) -> OwnDemandCard:
    """As strangers will read it: reckoned anew while nobody has submitted it, fixed from then on."""
    require(actor, Operation.DEMAND_CARDS_READ)
    demand = await find(session, actor, ResearchDemand, demand_id)
    own = await find(session, actor, Organization, demand.organization_id)
    fixed = demand.state not in UNSEEN and demand.submitted_at is not None
    face, obstacle = None, _obstacle(demand, own)
    if obstacle is None:
        face = await _own_face(session, system, demand, fixed=fixed)
        obstacle = None if face is not None else CardObstacle.TOO_FEW_ALIKE
    return OwnDemandCard(
        fixed=fixed and face is not None,
        obstacle=obstacle,
        obstacle_text=None if obstacle is None else text(f"card_obstacle.{obstacle}", language),
        card=None if face is None else _face(face, demand),
    )


async def list_relevant(
    session: ReadSession,
    system: WriteSession,
    actor: Actor,
    capabilities: CatalogueFeed[CapabilityCatalogue],
    capability_id: UUID,
    page: PageRequest,
    language: Language,
    limit: int,
) -> Slice[DemandCardRead]:
    """Cards of open demands in the order of their ids, each with the relevance of its abstract and why.

    TooMany after `limit` questions with one capability on a day.
    """
    require(actor, Operation.DEMAND_CARDS_LIST)
    offer = await own_offer(session, actor, Capability, capability_id)
    capability = await session.get_one(Capability, offer.offer_id)
    await count_question(system, actor, Capability, capability.id, limit)
    found = await _page(system, actor.organization_id, page)
    catalogue = (await capabilities.current(session)).catalogue
    close = await relevance_to_abstracts(system, catalogue, capability, [demand for _, demand in found.rows])
    cards = [_read(*each, language) for each in zip(found.rows, close, strict=True)]
    return Slice(cards, found.last)


async def _own_face(
    session: ReadSession, system: WriteSession, demand: ResearchDemand, *, fixed: bool
) -> Face | None:
    register: Register = await load_register(system)
    if fixed:
        return await fixed_card(system, demand, register)
    return as_it_would_be(session, demand, register)


async def _page(system: WriteSession, provider_id: UUID, page: PageRequest) -> Slice[Standing]:
    register = await load_register(system)
    await make_missing(system, ResearchDemand, register)
    statement: Select[*tuple[Any, ...]] = (
        select(NeedCard, ResearchDemand, Organization)
        .join(ResearchDemand, of_table(ResearchDemand))
        .join(Organization, col(Organization.id) == ResearchDemand.organization_id)
        .where(
            col(NeedCard.submitted_at) == ResearchDemand.submitted_at,
            open_to(ResearchDemand, provider_id, system),
        )
    )
    asked = page_of(statement, (BY_CARD,), page.after, page.limit, descending=False)
    part = slice_of((await system.execute(asked)).all(), page.limit, lambda row: (row[0].card_id,))
    shown = [row for row in part.rows if _obstacle(row[1], row[2]) is None]
    faces = [(await held(system, row[0], register), row[1]) for row in shown]
    return Slice([(face, demand) for face, demand in faces if face is not None], part.last)


def _obstacle(demand: ResearchDemand, own: Organization) -> CardObstacle | None:
    """An abstract in which the enterprise names itself is shown to nobody."""
    names = (own.name_zh, own.name_en, own.credit_code)
    abstract = demand.public_abstract.casefold()
    named = any(name and name.casefold() in abstract for name in names)
    return CardObstacle.ABSTRACT_NAMES_ENTERPRISE if named else None


def _read(standing: Standing, close: Relevance, language: Language) -> DemandCardRead:
    face, demand = standing
    return DemandCardRead(
        **_face(face, demand).model_dump(),
        relevance=(close.value_hundredths or 0) / 100,
        relevance_basis=close.basis,
        reasons=_reasons(close, language),
    )


def _reasons(found: Relevance, language: Language) -> list[WordedReason]:
    """The texts that say most of it, best first; and that words alone were read, if so."""
    told = [_reason_of(match, language) for match in found.matches[:MOST_REASONS]]
    if not told:
        told = [_worded("no_common_words", language)]
    alone = found.basis is RelevanceBasis.WORDS
    return [*told, *([_worded("words_alone", language)] if alone else [])]


def _reason_of(match: TextMatch, language: Language) -> WordedReason:
    where = word(CapabilityText(match.text), language)
    if not match.share_basis_points:
        return _worded("close_meaning", language, where=where)
    share = f"{match.share_basis_points / 100:.0f}"
    if not match.phrases:
        return _worded("close_words", language, where=where, share=share)
    return _worded("common_words", language, where=where, share=share, phrases="、".join(match.phrases))


def _worded(code: str, language: Language, **parameters: str) -> WordedReason:
    return WordedReason(code=code, text=text(f"card_reason.{code}", language, **parameters))


def _face(face: Face, demand: ResearchDemand) -> DemandCardFace:
    stated = demand.largest_budget_fen is not None or demand.smallest_budget_fen is not None
    band = MoneyBandRead(lowest_fen=face.band.lowest_fen, below_fen=face.band.below_fen)
    return DemandCardFace(
        card_id=face.card_id,
        public_abstract=demand.public_abstract,
        modes=[CooperationMode(mode) for mode in demand.modes],
        budget=band if stated else None,
        enterprise=face.enterprise,
    )
