"""Cards of financing needs: the enterprise's own before anybody sees it, and what fits a branch's product.

Providers never get at a need here. The system reads for them, and hands on what a card shows and one word.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col
from uuid_utils.compat import uuid7

from matchmaking.access.actor import Actor
from matchmaking.access.permissions import require
from matchmaking.access.scoping import find
from matchmaking.db.cursors import Slice
from matchmaking.db.inserts import insert_all
from matchmaking.db.keyset import page_of, slice_of
from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.messages import Language, text, word
from matchmaking.ranking.anonymity import MoneyBand
from matchmaking.ranking.card_fit import PublishedOffer, ShownWish, fit_of
from matchmaking.ranking.facts import FactsAtDate
from matchmaking.services.consented_facts import Consented, consented_facts, groups_read
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
from matchmaking.services.published_terms import terms_of
from matchmaking.services.standing_offers import own_offer
from matchmaking.tables.cards import NeedCard
from matchmaking.tables.consents import Disclosure
from matchmaking.tables.needs import FinancingNeed
from matchmaking.tables.offers import CreditProductVersion, ProductAdoption
from schemas.need_cards import MoneyBandRead, NeedCardFace, NeedCardRead, OwnNeedCard
from schemas.operations import Operation
from schemas.vocabulary import CardObstacle, ConsentPurpose, DisclosureKind, ProviderFit

# Keyed hashes: their order tells neither when a wish was posted nor whose it is.
BY_CARD: Any = col(NeedCard.card_id)
Standing = tuple[Face, FinancingNeed]


async def own_card(
    session: ReadSession, system: WriteSession, actor: Actor, need_id: UUID, language: Language
) -> OwnNeedCard:
    """As strangers will read it: reckoned anew while nobody has submitted it, fixed from then on."""
    require(actor, Operation.NEED_CARDS_READ)
    need = await find(session, actor, FinancingNeed, need_id)
    register = await load_register(system)
    fixed = need.state not in UNSEEN and need.submitted_at is not None
    face = await fixed_card(system, need, register) if fixed else as_it_would_be(session, need, register)
    obstacle = None if face is not None else CardObstacle.TOO_FEW_ALIKE
    return OwnNeedCard(
        fixed=fixed and face is not None,
        obstacle=obstacle,
        obstacle_text=None if obstacle is None else text(f"card_obstacle.{obstacle}", language),
        card=None if face is None else _face(face, need),
    )


async def list_fitting(
    session: ReadSession,
    system: WriteSession,
    actor: Actor,
    adoption_id: UUID,
    page: PageRequest,
    language: Language,
    limit: int,
) -> Slice[NeedCardRead]:
    """Cards of open needs in the order of their ids, each with fits, does not fit, or facts not shared.

    TooMany after `limit` questions with one adoption on a day.
    """
    require(actor, Operation.NEED_CARDS_LIST)
    offer = await own_offer(session, actor, ProductAdoption, adoption_id)
    adoption = await session.get_one(ProductAdoption, offer.offer_id)
    version = await session.get_one(CreditProductVersion, offer.columns["product_version_id"])
    await count_question(system, actor, ProductAdoption, adoption.id, limit)
    found = await _page(system, actor.organization_id, page)
    fits = await _fits(system, actor, adoption, version, found.rows)
    cards = [
        NeedCardRead(**_face(*standing).model_dump(), fit=fit, fit_text=word(fit, language))
        for standing, fit in zip(found.rows, fits, strict=True)
    ]
    return Slice(cards, found.last)


async def _page(system: WriteSession, provider_id: UUID, page: PageRequest) -> Slice[Standing]:
    register = await load_register(system)
    await make_missing(system, FinancingNeed, register)
    statement: Select[*tuple[Any, ...]] = (
        select(NeedCard, FinancingNeed)
        .join(FinancingNeed, of_table(FinancingNeed))
        .where(
            col(NeedCard.submitted_at) == FinancingNeed.submitted_at,
            open_to(FinancingNeed, provider_id, system),
        )
    )
    asked = page_of(statement, (BY_CARD,), page.after, page.limit, descending=False)
    part = slice_of((await system.execute(asked)).all(), page.limit, lambda row: (row[0].card_id,))
    faces = [(await held(system, row[0], register), row[1]) for row in part.rows]
    return Slice([(face, need) for face, need in faces if face is not None], part.last)


async def _fits(
    system: WriteSession,
    actor: Actor,
    adoption: ProductAdoption,
    version: CreditProductVersion,
    standing: Sequence[Standing],
) -> list[ProviderFit]:
    """One word a card; what was read for it is disclosed to the enterprise that consented."""
    terms = terms_of(version).public
    offer = PublishedOffer(terms.purposes, terms.smallest_amount_fen, adoption.territory, terms.rules)
    enterprises = [need.organization_id for _, need in standing]
    shared = await consented_facts(system, actor.organization_id, enterprises, ConsentPurpose.MATCHING)
    read = groups_read(terms.rules)
    fits, disclosed = [], []
    for face, need in standing:
        consented = shared.get(need.organization_id, Consented()).narrowed(read)
        wish = ShownWish(need.purpose, face.band, face.traits)
        fits.append(fit_of(offer, wish, FactsAtDate(consented.facts, system.instant.date())))
        if consented.groups:
            disclosed.append(_disclosure(system, actor, need, version, consented))
    await insert_all(system, Disclosure, disclosed)
    return fits


def _disclosure(
    system: ReadSession,
    actor: Actor,
    need: FinancingNeed,
    version: CreditProductVersion,
    consented: Consented,
) -> dict[str, object]:
    return {
        "id": uuid7(),
        "created_at": system.instant,
        "version": 1,
        "organization_id": need.organization_id,
        "counterparty_organization_id": actor.organization_id,
        "counterparty_unit_id": actor.unit_id,
        "kind": DisclosureKind.FIT_QUESTION,
        "field_groups": sorted(consented.groups),
        "need_id": need.id,
        "product_version_id": version.id,
    }


def _face(face: Face, need: FinancingNeed) -> NeedCardFace:
    return NeedCardFace(
        card_id=face.card_id,
        purpose=need.purpose,
        amount=_money_band(face.band),
        enterprise=face.enterprise,
    )


def _money_band(band: MoneyBand) -> MoneyBandRead:
    return MoneyBandRead(lowest_fen=band.lowest_fen, below_fen=band.below_fen)
