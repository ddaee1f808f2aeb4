"""Credit products: defined by a bank, versioned, opened by an official."""

from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, select
from sqlmodel import col
from uuid_utils.compat import uuid7

from matchmaking import journal
from matchmaking.access.actor import Actor
from matchmaking.access.permissions import require
from matchmaking.access.scoping import visible_to
from matchmaking.db.changes import compare_and_set
from matchmaking.db.cursors import Slice
from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.db.unique_insert import insert_unless_taken
from matchmaking.errors import Conflict, NotAllowed, NotFound, TooMany
from matchmaking.lifecycles import PRODUCT
from matchmaking.services.compiled import compiled_of
from matchmaking.services.listing_steps import Asked, step_offer
from matchmaking.services.listings import (
    NEWEST,
    OLDEST,
    Catalogue,
    Order,
    PageRequest,
    browse,
    check_listing_end,
    outdated,
    standing,
)
from matchmaking.services.published_terms import terms_of
from matchmaking.services.tasks import Addressee
from matchmaking.services.transitions import Noun, find_seen
from matchmaking.tables.offers import CreditProduct, CreditProductVersion, ProductAdoption
from schemas.credit_products import (
    CreditProductChange,
    CreditProductCreate,
    CreditProductRead,
    CreditProductTerms,
)
from schemas.listing_queries import CreditProductQuery, CreditProductSort
from schemas.operations import Operation
from schemas.renewals import Renewal
from schemas.vocabulary import LineOfDuty, ListingState, Side

STATEMENTS_KEPT = 500
VERSIONS_A_DAY = 3
OF_THE_PRODUCT = set(CreditProductRead.model_fields) & set(CreditProduct.model_fields) - {"returned_defects"}
# Terms that enterprises are matched with now, or will be as soon as the bank resumes.
PUBLISHED = (ListingState.OPEN, ListingState.SUSPENDED)


def _offered_in(district: str) -> ColumnElement[bool]:
    return (
        select(col(ProductAdoption.id))
        .where(
            col(ProductAdoption.product_id) == CreditProduct.id,
            col(ProductAdoption.state) == ListingState.OPEN,
            literal(district) == col(ProductAdoption.territory).any_(),
        )
        .exists()
    )


_TERMS = col(CreditProductVersion.terms)
CATALOGUE = Catalogue(
    identity=col(CreditProduct.id),
    orders={
        CreditProductSort.NEWEST: NEWEST,
        CreditProductSort.OLDEST: OLDEST,
        CreditProductSort.NAME: Order((col(CreditProduct.name_zh),)),
        CreditProductSort.ENDING_FIRST: Order((col(CreditProduct.valid_until),)),
    },
    filters={
        "kind": lambda kind, _: col(CreditProduct.kind) == kind,
        "state": lambda state, _: col(CreditProduct.state) == state,
        "organization_id": lambda bank, _: col(CreditProduct.organization_id) == bank,
        "purpose": lambda purpose, _: _TERMS.contains({"purposes": [purpose]}),
        "guarantee_mode": lambda mode, _: _TERMS.contains({"guarantee_modes": [mode]}),
        "district": lambda district, _: _offered_in(district),
        "outdated": outdated(col(CreditProduct.valid_until)),
    },
    searched=(col(CreditProduct.name_zh), col(CreditProduct.name_en)),
)


def _addressees(product: CreditProduct, side: Side) -> tuple[Addressee, ...]:
    if side is Side.OFFICIAL:
        waiting = product.organization_id
        return (Addressee(line_of_duty=LineOfDuty.FINANCE, waiting_organization_id=waiting),)
    return (Addressee(organization_id=product.organization_id),)


PRODUCTS = Noun(CreditProduct, PRODUCT, _addressees)


async def create_product(
    session: WriteSession, actor: Actor, draft: CreditProductCreate
) -> CreditProductRead:
    require(actor, Operation.CREDIT_PRODUCTS_CREATE)
    check_listing_end(session, draft.valid_until, "/valid_until")
    product = CreditProduct(
        id=uuid7(),
        created_at=session.instant,
        organization_id=actor.organization_id,
        **draft.model_dump(exclude={"terms"}),
    )
    if not await insert_unless_taken(session, product):
        raise Conflict("external_id_taken", pointer="/external_id")
    version = await _publish(session, product, 1, draft.terms)
    await PRODUCTS.assign(session, product)
    await journal.record(session, actor, Operation.CREDIT_PRODUCTS_CREATE, PRODUCTS.name, product.id)
    return _read(session, actor, product, version)


async def read_product(session: ReadSession, actor: Actor, product_id: UUID) -> CreditProductRead:
    require(actor, Operation.CREDIT_PRODUCTS_READ)
    statement = _with_terms(actor).where(col(CreditProduct.id) == product_id)
    found = (await session.execute(statement)).one_or_none()
    if found is None:
        raise NotFound("not_found")
    return _read(session, actor, found[0], found[1])


async def list_products(
    session: ReadSession,
    actor: Actor,
    page: PageRequest,
    query: CreditProductQuery,
) -> Slice[CreditProductRead]:
    require(actor, Operation.CREDIT_PRODUCTS_LIST)

    def show(row: Any) -> CreditProductRead:
        return _read(session, actor, row[0], row[1])

    return await browse(session, CATALOGUE, _with_terms(actor), query, page, show)


async def change_product(
    session: WriteSession,
    actor: Actor,
    product_id: UUID,
    change: CreditProductChange,
    seen_version: int,
) -> CreditProductRead:
    """New terms become a new version; an open product goes on with it at once.

    TooMany after three versions of a published product in a day: terms are not for probing who fits them.
    """
    require(actor, Operation.CREDIT_PRODUCTS_CHANGE)
    product = await find_seen(session, actor, CreditProduct, product_id, seen_version)
    check_own_and_live(actor, product)
    values = change.model_dump(exclude={"terms"}, exclude_none=True)
    if change.valid_until is not None:
        check_listing_end(session, change.valid_until, "/valid_until")
    if change.terms is not None:
        await _check_versions(session, product)
        values["latest_number"] = product.latest_number + 1
    seen = {"version": seen_version, "organization_id": actor.organization_id}
    changed = await compare_and_set(session, CreditProduct, product.id, seen, values)
    if change.terms is not None:
        await _publish(session, changed, changed.latest_number, change.terms)
    await journal.record(
        session,
        actor,
        Operation.CREDIT_PRODUCTS_CHANGE,
        PRODUCTS.name,
        product.id,
        fields=sorted(change.model_fields_set),
    )
    return _read(session, actor, changed, await latest_version(session, changed))


async def step_product(
    session: WriteSession,
    actor: Actor,
    product_id: UUID,
    operation: Operation,
    seen_version: int,
    defects: list[str] | None = None,
    renewal: Renewal | None = None,
) -> CreditProductRead:
    """Submit, open, return, suspend, resume, renew or withdraw: see `step_offer`."""
    asked = Asked(operation, seen_version, defects, renewal)
    product = await step_offer(session, actor, PRODUCTS, product_id, asked)
    return _read(session, actor, product, await latest_version(session, product))


async def latest_version(session: ReadSession, product: CreditProduct) -> CreditProductVersion:
    statement = select(CreditProductVersion).where(
        col(CreditProductVersion.product_id) == product.id,
        col(CreditProductVersion.number) == product.latest_number,
    )
    return (await session.execute(statement)).scalar_one()


def check_own_and_live(actor: Actor, product: CreditProduct) -> None:
    """NotAllowed for another bank's product, Conflict for one that is over."""
    if product.organization_id != actor.organization_id:
        raise NotAllowed("not_your_organization")
    if product.state in PRODUCT.terminal:
        raise Conflict("product_is_over", {"state": product.state})


async def _check_versions(session: ReadSession, product: CreditProduct) -> None:
    if product.state not in PUBLISHED:
        return
    midnight = datetime.combine(session.instant.date(), time(), session.instant.tzinfo)
    of_today = select(func.count()).where(
        col(CreditProductVersion.product_id) == product.id,
        col(CreditProductVersion.number) > 1,
        col(CreditProductVersion.created_at) >= midnight,
    )
    if (await session.execute(of_today)).scalar_one() >= VERSIONS_A_DAY:
        wait = int((midnight + timedelta(days=1) - session.instant).total_seconds()) + 1
        raise TooMany("versions_capped", {"limit": VERSIONS_A_DAY, "retry_after": wait})


@lru_cache(maxsize=STATEMENTS_KEPT)
def _with_terms(actor: Actor) -> Select[CreditProduct, CreditProductVersion]:
    """What the actor may know of, each with the version published last."""
    latest = (col(CreditProductVersion.product_id) == CreditProduct.id) & (
        col(CreditProductVersion.number) == CreditProduct.latest_number
    )
    return (
        select(CreditProduct, CreditProductVersion)
        .join(CreditProductVersion, latest)
        .where(visible_to(actor, CreditProduct))
    )


async def _publish(
    session: WriteSession, product: CreditProduct, number: int, terms: CreditProductTerms
) -> CreditProductVersion:
    version = CreditProductVersion(
        id=uuid7(),
        created_at=session.instant,
        product_id=product.id,
        organization_id=product.organization_id,
        number=number,
        terms=terms.model_dump(mode="json"),
    )
    session.add(version)
    await session.flush()
    return version


def _read(
    session: ReadSession,
    actor: Actor,
    product: CreditProduct,
    version: CreditProductVersion,
) -> CreditProductRead:
    terms = terms_of(version)
    own = actor.organization_id == product.organization_id
    return CreditProductRead(
        **product.model_dump(include=OF_THE_PRODUCT),
        version_id=version.id,
        version_number=version.number,
        terms=terms.own if own else terms.public,
        **standing(session, product.valid_until),
        compiled=compiled_of(product),
        returned_defects=product.returned_defects if own else None,
    )
