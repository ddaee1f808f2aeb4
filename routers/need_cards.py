"""Anonymous cards: the enterprise's own, and those that a provider asks for with an offer of its unit."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from matchmaking.services import demand_cards, need_cards
from matchmaking.services.listings import PageRequest
from routers.dependencies import CurrentActor, Here, InLanguage, KeyedRoute, Reads, SystemWrites
from routers.documentation import answers, problems
from routers.paging import Paged
from schemas.need_cards import DemandCardRead, NeedCardRead, OwnDemandCard, OwnNeedCard
from schemas.paging import Page

router = APIRouter(prefix="/v1", tags=["anonymous cards"], route_class=KeyedRoute)
ASKED = problems(403, 404, 409, 429) | answers(200, "Link")


@router.get("/financing-needs/{need_id}/card", responses=problems(403, 404))
async def read_financing_need_card(
    need_id: UUID, session: Reads, system: SystemWrites, actor: CurrentActor, language: InLanguage
) -> OwnNeedCard:
    """What strangers will read of the need; before it is submitted, as it would be now."""
    return await need_cards.own_card(session, system, actor, need_id, language)


@router.get("/research-demands/{demand_id}/card", responses=problems(403, 404))
async def read_research_demand_card(
    demand_id: UUID, session: Reads, system: SystemWrites, actor: CurrentActor, language: InLanguage
) -> OwnDemandCard:
    """What strangers will read of the demand; before it is submitted, as it would be now."""
    return await demand_cards.own_card(session, system, actor, demand_id, language)


@router.get("/need-cards", responses=ASKED)
async def list_need_cards(
    adoption_id: Annotated[UUID, Query(description="What the unit offers: an id of `GET /v1/adoptions`")],
    session: Reads,
    system: SystemWrites,
    actor: CurrentActor,
    here: Here,
    language: InLanguage,
    paging: Paged,
) -> Page[NeedCardRead]:
    """Open needs, anonymous, against the published rules of a product that the unit offers.

    In the order of their ids, which are keyed hashes: the order tells neither time nor enterprise.
    """
    page = PageRequest(paging.limit, paging.after("need_cards:id", {"adoption_id": adoption_id}))
    limit = here.settings.fit_questions_per_offer_and_day
    found = need_cards.list_fitting(session, system, actor, adoption_id, page, language, limit)
    return paging.page(await found)


@router.get("/demand-cards", responses=ASKED)
async def list_demand_cards(
    capability_id: Annotated[UUID, Query(description="An open capability of the caller's unit")],
    session: Reads,
    system: SystemWrites,
    actor: CurrentActor,
    here: Here,
    language: InLanguage,
    paging: Paged,
) -> Page[DemandCardRead]:
    """Open demands, anonymous, with how close the capability's texts are to each public abstract.

    In the order of their ids, which are keyed hashes: the order tells neither time nor enterprise.
    """
    page = PageRequest(paging.limit, paging.after("demand_cards:id", {"capability_id": capability_id}))
    limit = here.settings.fit_questions_per_offer_and_day
    found = demand_cards.list_relevant(
        session, system, actor, here.capabilities, capability_id, page, language, limit
    )
    return paging.page(await found)
