"""Offers as they stand now: whether one may be talked about, whose it is, what it is called.

An offer is a product that a branch adopted, or a capability. Nothing is written here.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from matchmaking.access.actor import Actor
from matchmaking.access.scoping import find, units_below
from matchmaking.db.session import ReadSession
from matchmaking.errors import Conflict, NotAllowed
from matchmaking.services.listings import is_outdated
from matchmaking.tables.identity import Organization, Unit
from matchmaking.tables.offers import CreditProduct, CreditProductVersion, ProductAdoption
from matchmaking.tables.research import Capability
from schemas.offered import OfferedRead
from schemas.vocabulary import ListingState


@dataclass(frozen=True, slots=True)
class Offer:
    """`columns` name the offer and the version published now, as an introduction keeps them."""

    offer_id: UUID
    organization_id: UUID
    unit_id: UUID
    columns: dict[str, Any]


async def offer_of_product(session: ReadSession, adoption_id: UUID) -> Offer:
    """Conflict `offer_not_open` unless adoption and product are open and not outdated."""
    wanted: Select[*tuple[Any, ...]] = (
        select(ProductAdoption, CreditProduct, col(CreditProductVersion.id))
        .join(CreditProduct, col(CreditProduct.id) == ProductAdoption.product_id)
        .join(CreditProductVersion, _published())
        .where(col(ProductAdoption.id) == adoption_id)
    )
    found = (await session.execute(wanted)).one_or_none()
    if found is None:
        # A door that has closed since: withdrawn, and so out of sight.
        raise Conflict("offer_not_open")
    adoption, product, version_id = found
    require_open(session, (adoption.state, product.state), product.valid_until)
    columns = {"adoption_id": adoption.id, "product_version_id": version_id}
    return Offer(adoption.id, adoption.organization_id, adoption.unit_id, columns)


async def offer_of_capability(session: ReadSession, capability_id: UUID) -> Offer:
    """As `offer_of_product`, for a capability."""
    found = await session.get(Capability, capability_id)
    if found is None:
        raise Conflict("offer_not_open")
    require_open(session, (found.state,), found.valid_until)
    columns = {"capability_id": found.id, "capability_version": found.version}
    return Offer(found.id, found.organization_id, found.unit_id, columns)


async def own_offer(
    session: ReadSession, actor: Actor, table: type[ProductAdoption] | type[Capability], offer_id: UUID
) -> Offer:
    """An open offer of the actor's unit or of one below it: NotFound, NotAllowed or Conflict otherwise."""
    row: ProductAdoption | Capability = await find(session, actor, table, offer_id)
    here = select(col(Unit.id)).where(col(Unit.id) == row.unit_id, units_below(actor))
    if row.organization_id != actor.organization_id or (await session.execute(here)).first() is None:
        raise NotAllowed("offer_not_yours")
    if isinstance(row, ProductAdoption):
        return await offer_of_product(session, offer_id)
    return await offer_of_capability(session, offer_id)


def require_open(session: ReadSession, states: Collection[ListingState], valid_until: date) -> None:
    outdated = is_outdated(valid_until, session.instant.date())
    if outdated or any(state is not ListingState.OPEN for state in states):
        raise Conflict("offer_not_open")


async def described(session: ReadSession, offer_ids: Collection[UUID]) -> dict[UUID, OfferedRead]:
    """Offers of either kind by their ids, as they are called and whether they stand now.

    To be read by the system for those who were shown an offer, also after it was withdrawn.
    """
    today = session.instant.date()
    return await _products(session, offer_ids, today) | await _capabilities(session, offer_ids, today)


async def _products(session: ReadSession, ids: Collection[UUID], today: date) -> dict[UUID, OfferedRead]:
    wanted: Select[*tuple[Any, ...]] = (
        select(ProductAdoption, CreditProduct, col(CreditProductVersion.id), Unit, Organization)
        .join(CreditProduct, col(CreditProduct.id) == ProductAdoption.product_id)
        .join(CreditProductVersion, _published())
        .join(Unit, col(Unit.id) == ProductAdoption.unit_id)
        .join(Organization, col(Organization.id) == ProductAdoption.organization_id)
        .where(col(ProductAdoption.id).in_(ids))
    )
    found = {}
    for adoption, product, version_id, unit, organization in (await session.execute(wanted)).all():
        standing = adoption.state == product.state == ListingState.OPEN
        found[adoption.id] = OfferedRead(
            **_provider(organization, unit),
            adoption_id=adoption.id,
            product_id=product.id,
            product_version_id=version_id,
            capability_id=None,
            title_zh=product.name_zh,
            title_en=product.name_en,
            available=standing and not is_outdated(product.valid_until, today),
        )
    return found


async def _capabilities(session: ReadSession, ids: Collection[UUID], today: date) -> dict[UUID, OfferedRead]:
    wanted: Select[*tuple[Any, ...]] = (
        select(Capability, Unit, Organization)
        .join(Unit, col(Unit.id) == Capability.unit_id)
        .join(Organization, col(Organization.id) == Capability.organization_id)
        .where(col(Capability.id).in_(ids))
    )
    found = {}
    for capability, unit, organization in (await session.execute(wanted)).all():
        standing = capability.state is ListingState.OPEN
        found[capability.id] = OfferedRead(
            **_provider(organization, unit),
            adoption_id=None,
            product_id=None,
            product_version_id=None,
            capability_id=capability.id,
            title_zh=capability.title_zh,
            title_en=capability.title_en,
            available=standing and not is_outdated(capability.valid_until, today),
        )
    return found


def _published() -> Any:
    """The version of a product that was published last."""
    return (col(CreditProductVersion.product_id) == CreditProduct.id) & (
        col(CreditProductVersion.number) == CreditProduct.latest_number
    )


def _provider(organization: Organization, unit: Unit) -> dict[str, Any]:
    return {
        "provider_organization_id": organization.id,
        "provider_name_zh": organization.name_zh,
        "provider_name_en": organization.name_en,
        "unit_id": unit.id,
        "unit_name_zh": unit.name_zh,
        "unit_name_en": unit.name_en,
    }
