"""Adoptions: which branch offers a product, where, and within which authority and quota."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import col
from uuid_utils.compat import uuid7

from matchmaking import journal
from matchmaking.access.actor import Actor
from matchmaking.access.permissions import require
from matchmaking.access.scoping import find, units_below, visible_to
from matchmaking.db.changes import compare_and_set
from matchmaking.db.cursors import Slice
from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.db.unique_insert import insert_unless_taken
from matchmaking.errors import Conflict, NotAllowed
from matchmaking.services.credit_products import check_own_and_live
from matchmaking.services.listings import PageRequest, listed
from matchmaking.services.transitions import find_seen
from matchmaking.services.units import find_own_unit
from matchmaking.tables.identity import Unit
from matchmaking.tables.offers import CreditProduct, ProductAdoption
from schemas.credit_products import AdoptionCreate, AdoptionRead
from schemas.operations import Operation
from schemas.vocabulary import ListingState


async def create_adoption(
    session: WriteSession, actor: Actor, product_id: UUID, draft: AdoptionCreate
) -> AdoptionRead:
    """Offer a product of the actor's bank by its own unit or one below; a unit adopts it once."""
    require(actor, Operation.ADOPTIONS_CREATE)
    product = await find(session, actor, CreditProduct, product_id)
    check_own_and_live(actor, product)
    await find_own_unit(session, actor, draft.unit_id, "/unit_id")
    adoption = ProductAdoption(
        id=uuid7(),
        created_at=session.instant,
        product_id=product_id,
        organization_id=actor.organization_id,
        **draft.model_dump(),
    )
    if not await insert_unless_taken(session, adoption):
        raise Conflict("adopted_already", pointer="/unit_id")
    await journal.record(session, actor, Operation.ADOPTIONS_CREATE, "product_adoption", adoption.id)
    return AdoptionRead.model_validate(adoption)


async def list_adoptions(
    session: ReadSession, actor: Actor, product_id: UUID, page: PageRequest
) -> Slice[AdoptionRead]:
    require(actor, Operation.ADOPTIONS_LIST)
    await find(session, actor, CreditProduct, product_id)
    statement = select(ProductAdoption).where(
        col(ProductAdoption.product_id) == product_id, visible_to(actor, ProductAdoption)
    )
    return await listed(
        session, statement, col(ProductAdoption.id), page, lambda row: AdoptionRead.model_validate(row[0])
    )


async def list_own_adoptions(session: ReadSession, actor: Actor, page: PageRequest) -> Slice[AdoptionRead]:
    """What the actor's unit and those below it offer: what its cards are asked for with."""
    require(actor, Operation.ADOPTIONS_LIST)
    here = select(col(Unit.id)).where(units_below(actor))
    statement = select(ProductAdoption).where(
        col(ProductAdoption.organization_id) == actor.organization_id,
        col(ProductAdoption.unit_id).in_(here),
        visible_to(actor, ProductAdoption),
    )
    return await listed(
        session, statement, col(ProductAdoption.id), page, lambda row: AdoptionRead.model_validate(row[0])
    )


async def read_adoption(session: ReadSession, actor: Actor, adoption_id: UUID) -> AdoptionRead:
    require(actor, Operation.ADOPTIONS_LIST)
    return AdoptionRead.model_validate(await find(session, actor, ProductAdoption, adoption_id))


async def suspend_adoption(
    session: WriteSession, actor: Actor, adoption_id: UUID, seen_version: int
) -> AdoptionRead:
    """The branch stops offering the product; Conflict when it did not offer it."""
    states = ListingState.OPEN, ListingState.SUSPENDED
    return await _move(session, actor, adoption_id, seen_version, Operation.ADOPTIONS_SUSPEND, states)


async def resume_adoption(
    session: WriteSession, actor: Actor, adoption_id: UUID, seen_version: int
) -> AdoptionRead:
    """The branch offers it again; Conflict when it had not stopped."""
    states = ListingState.SUSPENDED, ListingState.OPEN
    return await _move(session, actor, adoption_id, seen_version, Operation.ADOPTIONS_RESUME, states)


async def _move(
    session: WriteSession,
    actor: Actor,
    adoption_id: UUID,
    seen_version: int,
    operation: Operation,
    states: tuple[ListingState, ListingState],
) -> AdoptionRead:
    require(actor, operation)
    before, after = states
    adoption = await find_seen(session, actor, ProductAdoption, adoption_id, seen_version)
    if adoption.organization_id != actor.organization_id:
        raise NotAllowed("not_your_organization")
    if adoption.state is not before:
        raise Conflict("transition_out_of_order", {"state": adoption.state})
    moved = await compare_and_set(
        session, ProductAdoption, adoption_id, {"version": seen_version}, {"state": after}
    )
    await journal.record(session, actor, operation, "product_adoption", adoption_id)
    return AdoptionRead.model_validate(moved)
