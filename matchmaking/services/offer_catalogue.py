"""Credit products on offer, as the catalogue in memory holds them, and back for those that are shown."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

import orjson
from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Row, Select, Text, cast, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from matchmaking.log import logger
from matchmaking.ranking import Candidate
from matchmaking.ranking.catalogue import Listed, ProductCatalogue, Vocabularies
from matchmaking.ranking.costing import FEES
from matchmaking.services.catalogue_feed import Changed, Size
from matchmaking.tables.catalogue_changes import CatalogueSubject
from matchmaking.tables.identity import Organization, Unit
from matchmaking.tables.offers import CreditProduct, CreditProductVersion, ProductAdoption
from schemas.organizations import OrganizationState
from schemas.vocabulary import ListingState, OrganizationKind, RuleVisibility

ROWS_AT_ONCE = 2_000
PRICED_BY = ("repayment_methods", *FEES)
OFFERS_KEPT = 2_000

# What a candidate takes from the terms as they are published; rules are taken apart from these.
FROM_TERMS = (
    *("smallest_amount_fen", "largest_amount_fen", "shortest_tenor_months", "longest_tenor_months"),
    *("purposes", "guarantee_modes", "rate", "cap_formulas", "days_to_money"),
    *("cap_tables", "pool_shares"),
)


@dataclass(frozen=True, slots=True)
class Offer:
    """A candidate that is shown: as the ranker takes it, as a run stores it, and what it is called.

    `names` has for each language those of bank, unit and product.
    """

    candidate: Candidate
    document: dict[str, Any]
    product_id: UUID
    product_version_id: UUID
    adoption_id: UUID
    bank_id: UUID
    unit_id: UUID
    bank_here: bool
    names: Mapping[str, Mapping[str, str]]


class OfferReader:
    """Every open offer of every branch, whoever asks; those that have ended are left to the match."""

    name = "products"
    subjects = frozenset(
        {CatalogueSubject.CREDIT_PRODUCT, CatalogueSubject.ORGANIZATION, CatalogueSubject.UNIT}
    )

    async def load(self, connection: AsyncConnection) -> ProductCatalogue:
        known = Vocabularies()
        found = await connection.stream(_open_offers(), execution_options={"yield_per": ROWS_AT_ONCE})
        parts = [await asyncio.to_thread(_built, rows, known) async for rows in found.partitions()]
        return await asyncio.to_thread(ProductCatalogue.joined, [_built([], known), *parts])

    async def follow(
        self, connection: AsyncConnection, catalogue: ProductCatalogue, changed: Changed
    ) -> ProductCatalogue:
        organizations, units, products = (
            {str(each) for each in changed.get(subject, ())}
            for subject in (
                CatalogueSubject.ORGANIZATION,
                CatalogueSubject.UNIT,
                CatalogueSubject.CREDIT_PRODUCT,
            )
        )
        products |= catalogue.products_of(organizations, units)
        if not products:
            return catalogue
        ids = col(CreditProduct.id).in_([UUID(each) for each in products])
        rows = (await connection.execute(_open_offers(ids))).all()
        listed = _listed(rows, catalogue.vocabularies)
        return await asyncio.to_thread(catalogue.apply, products, listed)

    def size(self, catalogue: ProductCatalogue) -> Size:
        return Size(len(catalogue), catalogue.nbytes)


def _open_offers(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            col(ProductAdoption.id).label("adoption_id"),
            col(CreditProduct.id).label("product_id"),
            col(CreditProduct.organization_id),
            col(ProductAdoption.unit_id),
            col(CreditProductVersion.id).label("version_id"),
            cast(col(CreditProductVersion.terms), Text).label("terms"),
            col(ProductAdoption.territory),
            col(ProductAdoption.authority_limit_fen),
            col(ProductAdoption.quota_fen),
            col(CreditProduct.valid_until),
            col(Organization.state),
            col(CreditProduct.name_zh).label("product_zh"),
            col(CreditProduct.name_en).label("product_en"),
            col(Organization.name_zh).label("bank_zh"),
            col(Organization.name_en).label("bank_en"),
            col(Unit.name_zh).label("unit_zh"),
            col(Unit.name_en).label("unit_en"),
        )
        .join(CreditProduct, col(CreditProduct.id) == ProductAdoption.product_id)
        .join(Organization, col(Organization.id) == CreditProduct.organization_id)
        .join(Unit, col(Unit.id) == ProductAdoption.unit_id)
        .join(CreditProductVersion, col(CreditProductVersion.product_id) == CreditProduct.id)
        .where(
            col(CreditProductVersion.number) == CreditProduct.latest_number,
            col(CreditProduct.state) == ListingState.OPEN,
            col(ProductAdoption.state) == ListingState.OPEN,
            col(Organization.kind) != OrganizationKind.ENTERPRISE,
            *conditions,
        )
    )


def _built(rows: Sequence[Row[Any]], known: Vocabularies) -> ProductCatalogue:
    return ProductCatalogue.build(_listed(rows, known), known)


def _listed(rows: Iterable[Row[Any]], known: Vocabularies) -> list[Listed]:
    """What cannot be read is said in the log and left out, so that one broken row closes no market."""
    listed = []
    for row in rows:
        try:
            document = candidate_document(row)
            keepsake = _keepsake(row, document)
            listed.append(Listed.of(known, str(row.product_id), document, keepsake))
        except (KeyError, TypeError, ValueError) as fault:
            logger("catalogue").error(
                "offer_unreadable", adoption_id=str(row.adoption_id), kind=type(fault).__name__
            )
    return listed


def candidate_document(row: Any) -> dict[str, Any]:
    """As enterprises may see it: rules that the bank keeps to itself are only known to be there."""
    terms = orjson.loads(row.terms)
    rules = terms.get("rules", {}).get("all_of", [])
    public = [entry for entry in rules if _visibility(entry) == RuleVisibility.PUBLIC]
    return {name: terms[name] for name in (*FROM_TERMS, *PRICED_BY) if name in terms} | {
        "candidate_id": str(row.adoption_id),
        "organization_id": str(row.organization_id),
        "unit_id": str(row.unit_id),
        "product_version_id": str(row.version_id),
        "territory": row.territory,
        "rules": {"all_of": public},
        "unpublished_rules": len(public) < len(rules),
        "conditions_in_words": bool(terms.get("conditions_in_words")),
        "authority_limit_fen": row.authority_limit_fen,
        "quota_left_fen": row.quota_fen,
        "valid_until": row.valid_until.isoformat(),
    }


def _visibility(entry: Mapping[str, Any]) -> str:
    """Groups are of one visibility."""
    rule = entry["any_of"][0] if "any_of" in entry else entry
    visibility: str = rule.get("visibility", RuleVisibility.PUBLIC.value)
    return visibility


def _keepsake(row: Any, document: Mapping[str, Any]) -> bytes:
    names = {
        language: {
            thing: getattr(row, f"{thing}_{language}") or getattr(row, f"{thing}_zh")
            for thing in ("bank", "unit", "product")
        }
        for language in ("zh", "en")
    }
    here = row.state is OrganizationState.ACTIVE
    return orjson.dumps({"candidate": document, "product_id": row.product_id, "here": here, "names": names})


@lru_cache(maxsize=OFFERS_KEPT)
def offer_of(keepsake: bytes) -> Offer:
    """What is shown again and again is made once. Shared by requests, so not to be changed."""
    kept = orjson.loads(keepsake)
    candidate = _candidates().validate_python(kept["candidate"])
    return Offer(
        candidate=candidate,
        document=_candidates().dump_python(candidate, mode="json"),
        product_id=UUID(kept["product_id"]),
        product_version_id=UUID(candidate.product_version_id),
        adoption_id=UUID(candidate.candidate_id),
        bank_id=UUID(candidate.organization_id),
        unit_id=UUID(candidate.unit_id),
        bank_here=kept["here"],
        names=kept["names"],
    )


@cache
def _candidates() -> TypeAdapter[Candidate]:
    return TypeAdapter(Candidate)
