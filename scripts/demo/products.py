"""The demo's credit products: listed as banks list theirs, and renewed before their validity ends."""

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from matchmaking.services.credit_products import PRODUCTS, change_product
from matchmaking.tables.offers import CreditProduct, CreditProductVersion, ProductAdoption
from schemas.credit_products import AdoptionCreate, CreditProductChange, CreditProductCreate
from schemas.operations import Operation
from schemas.vocabulary import ListingState, Role
from scripts.demo.data import SOURCE, DemoProduct, demo_id
from scripts.demo.loading import Loading, organization_id, unit_id

RENEWED_BEFORE = timedelta(days=60)

Held = Mapping[tuple[UUID, str | None], CreditProduct]


async def list_products(loading: Loading) -> None:
    held = await _held(loading)
    missing = [demo for demo in loading.city.products if _key(demo) not in held]
    products = [_product(loading, demo) for demo in missing]
    await loading.insert(products)
    await loading.insert([_version(loading, demo) for demo in missing])
    loading.changes.add("products", len(missing))
    for demo, product in zip(missing, products, strict=True):
        _tell(loading, demo, product)
    for demo in loading.city.products:
        if _key(demo) in held:
            await _renew(loading, demo, held[_key(demo)])
    await _adopt(loading, {**held, **dict(zip(map(_key, missing), products, strict=True))})


def _key(demo: DemoProduct) -> tuple[UUID, str | None]:
    return organization_id(demo.bank), demo.key


async def _held(loading: Loading) -> Held:
    banks = {organization_id(demo.bank) for demo in loading.city.products}
    statement = select(CreditProduct).where(
        col(CreditProduct.organization_id).in_(banks), col(CreditProduct.source) == SOURCE
    )
    found = (await loading.session.execute(statement)).scalars()
    return {(product.organization_id, product.external_id): product for product in found}


def _product(loading: Loading, demo: DemoProduct) -> CreditProduct:
    draft = CreditProductCreate(
        kind=demo.kind,
        name_zh=demo.name_zh,
        name_en=demo.name_en,
        valid_until=_valid_until(loading, demo),
        terms=demo.terms,
        source=SOURCE,
        external_id=demo.key,
    )
    return CreditProduct(
        id=demo_id(f"product {demo.key}"),
        created_at=loading.session.instant,
        organization_id=organization_id(demo.bank),
        state=ListingState.OPEN,
        **draft.model_dump(exclude={"terms"}),
    )


def _valid_until(loading: Loading, demo: DemoProduct) -> date:
    return loading.today + timedelta(days=demo.valid_days)


def _version(loading: Loading, demo: DemoProduct) -> CreditProductVersion:
    return CreditProductVersion(
        id=demo_id(f"product version {demo.key} 1"),
        created_at=loading.session.instant,
        product_id=demo_id(f"product {demo.key}"),
        organization_id=organization_id(demo.bank),
        number=1,
        terms=demo.terms.model_dump(mode="json"),
    )


def _tell(loading: Loading, demo: DemoProduct, product: CreditProduct) -> None:
    """The journal has the way that a product goes until it is open."""
    manager = loading.root_actor(demo.bank, Role.PRODUCT_MANAGER)
    for actor, operation in (
        (manager, Operation.CREDIT_PRODUCTS_CREATE),
        (manager, Operation.CREDIT_PRODUCTS_SUBMIT),
        (loading.official(), Operation.CREDIT_PRODUCTS_OPEN),
    ):
        loading.note(actor, operation, PRODUCTS.name, product.id)
    loading.give_tasks(PRODUCTS, product)


async def _renew(loading: Loading, demo: DemoProduct, product: CreditProduct) -> None:
    if product.state is not ListingState.OPEN or product.valid_until >= loading.today + RENEWED_BEFORE:
        return
    change = CreditProductChange(valid_until=_valid_until(loading, demo))
    manager = loading.root_actor(demo.bank, Role.PRODUCT_MANAGER)
    await change_product(loading.session, manager, product.id, change, product.version)
    loading.changes.renew("products")


async def _adopt(loading: Loading, products: Held) -> None:
    ids = [product.id for product in products.values()]
    held = select(col(ProductAdoption.product_id), col(ProductAdoption.unit_id)).where(
        col(ProductAdoption.product_id).in_(ids)
    )
    adopting = {(product, unit) for product, unit in await loading.session.execute(held)}
    rows = []
    for demo in loading.city.products:
        manager, product = loading.root_actor(demo.bank, Role.PRODUCT_MANAGER), products[_key(demo)]
        for adoption in demo.adoptions:
            draft = AdoptionCreate(unit_id=unit_id(adoption.unit), **adoption.model_dump(exclude={"unit"}))
            if (product.id, draft.unit_id) in adopting:
                continue
            row = ProductAdoption(
                id=demo_id(f"adoption {demo.key} {adoption.unit}"),
                created_at=loading.session.instant,
                product_id=product.id,
                organization_id=product.organization_id,
                **draft.model_dump(),
            )
            rows.append(row)
            loading.note(manager, Operation.ADOPTIONS_CREATE, "product_adoption", row.id)
    await loading.insert(rows)
    loading.changes.add("adoptions", len(rows))
