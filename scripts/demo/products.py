"""The demo's credit products: listed the way a bank lists one, and renewed before their validity ends."""

from datetime import timedelta

from sqlalchemy import select
from sqlmodel import col

from matchmaking.access.actor import Actor
from matchmaking.services.adoptions import create_adoption
from matchmaking.services.credit_products import change_product, create_product, step_product
from matchmaking.tables.offers import CreditProduct, ProductAdoption
from schemas.credit_products import AdoptionCreate, CreditProductChange
from schemas.permissions import Operation
from schemas.vocabulary import ListingState, Role
from scripts.demo.data import SOURCE, DemoProduct
from scripts.demo.loading import Loading, organization_id, unit_id

RENEWED_BEFORE = timedelta(days=60)


async def list_product(loading: Loading, demo: DemoProduct) -> None:
    bank = loading.city.organization(demo.bank)
    manager = loading.actor(demo.bank, Role.PRODUCT_MANAGER, bank.root)
    product = await _found(loading, demo)
    if product is None:
        await _define(loading, demo, manager)
        loading.changes.add("products")
    elif product.state is ListingState.OPEN and product.valid_until < loading.today + RENEWED_BEFORE:
        change = CreditProductChange(valid_until=demo.valid_until(loading.today))
        await change_product(loading.session, manager, product.id, change, product.version)
        loading.changes.renew("products")
    await _adopt(loading, demo, manager)


async def _found(loading: Loading, demo: DemoProduct) -> CreditProduct | None:
    statement = select(CreditProduct).where(
        col(CreditProduct.organization_id) == organization_id(demo.bank),
        col(CreditProduct.source) == SOURCE,
        col(CreditProduct.external_id) == demo.key,
    )
    return (await loading.session.execute(statement)).scalar_one_or_none()


async def _define(loading: Loading, demo: DemoProduct, manager: Actor) -> None:
    session = loading.session
    made = await create_product(session, manager, demo.draft(loading.today))
    submitted = await step_product(session, manager, made.id, Operation.CREDIT_PRODUCTS_SUBMIT, made.version)
    await step_product(
        session, loading.official(), made.id, Operation.CREDIT_PRODUCTS_OPEN, submitted.version
    )


async def _adopt(loading: Loading, demo: DemoProduct, manager: Actor) -> None:
    product = await _found(loading, demo)
    if product is None:
        return
    held = select(col(ProductAdoption.unit_id)).where(col(ProductAdoption.product_id) == product.id)
    adopting = set((await loading.session.execute(held)).scalars())
    for adoption in demo.adoptions:
        if unit_id(adoption.unit) in adopting:
            continue
        draft = AdoptionCreate(unit_id=unit_id(adoption.unit), **adoption.model_dump(exclude={"unit"}))
        await create_adoption(loading.session, manager, product.id, draft)
        loading.changes.add("adoptions")
