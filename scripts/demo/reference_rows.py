"""The reference shelf as rows: unclaimed owners with a unit, their products, capabilities and demands.

Ids are made of names, so that loading again finds what is there. Listings are open from the start: nobody
submitted them, and nobody can be introduced to their owners before they join.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from matchmaking.tables.identity import Organization, Unit
from matchmaking.tables.offers import CreditProduct, CreditProductVersion, ProductAdoption
from matchmaking.tables.research import Capability, ResearchDemand
from schemas.organizations import OrganizationState
from schemas.vocabulary import (
    CapabilityKind,
    ListingState,
    NeedState,
    OrganizationKind,
    PlatformLevel,
    UnitKind,
)
from scripts.demo.data import demo_id
from scripts.demo.reference_data import (
    SOURCE,
    Printed,
    ReferenceProduct,
    fen_of,
    reference_products,
    rows_of,
)

Values = dict[str, Any]
LISTED_FOR = timedelta(days=365)
NEEDED_WITHIN = timedelta(days=270)
# For an owner of whom the page does not say where it is.
NO_DISTRICT = "000000"
BETWEEN_NAME_AND_GOAL = re.compile(r"[><≥≤±φ]")
UNSAID = ("", "未注明")
ACADEMIC = ("大学", "学院")


@dataclass(slots=True)
class Shelf:
    """Rows by table, each made when it is asked for: what is there already is never built."""

    instant: datetime
    organizations: dict[UUID, Callable[[], Values]] = field(default_factory=dict)
    units: dict[UUID, Callable[[], Values]] = field(default_factory=dict)
    products: dict[UUID, Callable[[], Values]] = field(default_factory=dict)
    versions: dict[UUID, Callable[[], Values]] = field(default_factory=dict)
    adoptions: dict[UUID, Callable[[], Values]] = field(default_factory=dict)
    capabilities: dict[UUID, Callable[[], Values]] = field(default_factory=dict)
    demands: dict[UUID, Callable[[], Values]] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.instant.date()

    def row(self, name: str) -> Values:
        return {"id": demo_id(name), "created_at": self.instant, "version": 1}

    def owner(self, name: str, kind: OrganizationKind, district: str = NO_DISTRICT) -> UUID:
        """The id of the unclaimed organization of that name, which gets a unit of its own name."""
        organization, unit = owner_id(name), unit_id(name)
        self.organizations.setdefault(organization, lambda: _organization(self, name, kind, district))
        self.units.setdefault(unit, lambda: _unit(self, name, name, UnitKind.HEAD_OFFICE))
        return organization


def reference_shelf(instant: datetime) -> Shelf:
    shelf = Shelf(instant)
    for product in reference_products():
        _list_product(shelf, product)
    for lab in rows_of("labs"):
        _list_lab(shelf, lab)
    for demand in rows_of("demands"):
        _list_demand(shelf, demand)
    return shelf


def owner_id(name: str) -> UUID:
    return demo_id(f"reference organization {name}")


def unit_id(name: str) -> UUID:
    return demo_id(f"reference unit {name}")


def product_id(key: str) -> UUID:
    return demo_id(f"reference product {key}")


def _organization(shelf: Shelf, name: str, kind: OrganizationKind, district: str) -> Values:
    return Organization(
        **shelf.row(f"reference organization {name}"),
        kind=kind,
        state=OrganizationState.UNCLAIMED,
        name_zh=name,
        district=district,
        source=SOURCE,
        external_id=name,
    ).model_dump()


def _unit(shelf: Shelf, owner: str, name: str, kind: UnitKind) -> Values:
    root, own = unit_id(owner), unit_id(name)
    return Unit(
        **shelf.row(f"reference unit {name}"),
        organization_id=owner_id(owner),
        parent_id=None if own == root else root,
        kind=kind,
        name_zh=name,
        lineage=[root] if own == root else [root, own],
    ).model_dump()


def _list_product(shelf: Shelf, product: ReferenceProduct) -> None:
    guarantors = product.owners.guarantors["names"]
    kind = OrganizationKind.GUARANTOR if product.bank in guarantors else OrganizationKind.BANK
    shelf.owner(product.bank, kind)
    if (branch := product.branch) is not None:
        shelf.units.setdefault(unit_id(branch), lambda: _unit(shelf, product.bank, branch, UnitKind.BRANCH))
    shelf.products[product_id(product.key)] = lambda: _product(shelf, product)
    shelf.versions[demo_id(f"reference version {product.key}")] = lambda: _version(shelf, product)
    shelf.adoptions[demo_id(f"reference adoption {product.key}")] = lambda: _adoption(shelf, product)


def _product(shelf: Shelf, product: ReferenceProduct) -> Values:
    return CreditProduct(
        **shelf.row(f"reference product {product.key}"),
        organization_id=owner_id(product.bank),
        kind=product.typed.kind,
        state=ListingState.OPEN,
        name_zh=product.printed["product_name"],
        name_en=product.typed.name_en,
        valid_until=shelf.today + LISTED_FOR,
        source=SOURCE,
        external_id=product.key,
        **_compiled(product.printed),
    ).model_dump()


def _version(shelf: Shelf, product: ReferenceProduct) -> Values:
    return CreditProductVersion(
        **shelf.row(f"reference version {product.key}"),
        product_id=product_id(product.key),
        organization_id=owner_id(product.bank),
        number=1,
        terms=product.terms().model_dump(mode="json"),
    ).model_dump()


def _adoption(shelf: Shelf, product: ReferenceProduct) -> Values:
    return ProductAdoption(
        **shelf.row(f"reference adoption {product.key}"),
        product_id=product_id(product.key),
        organization_id=owner_id(product.bank),
        unit_id=unit_id(product.branch or product.bank),
        territory=[product.territory],
    ).model_dump()


def _list_lab(shelf: Shelf, lab: Printed) -> None:
    name = lab["institution"]
    academic = any(word in name for word in ACADEMIC) and "中国科学院" not in name
    kind = OrganizationKind.UNIVERSITY if academic else OrganizationKind.RESEARCH_INSTITUTE
    shelf.owner(name, kind)
    shelf.capabilities[demo_id(f"reference capability {lab['key']}")] = lambda: _capability(shelf, lab)


def _capability(shelf: Shelf, lab: Printed) -> Values:
    columns = {"方向": "field", "级别": "level", "所在地": "location", "说明": "note"}
    description = "。".join(f"{label}：{lab[name]}" for label, name in columns.items() if lab[name])
    return Capability(
        **shelf.row(f"reference capability {lab['key']}"),
        organization_id=owner_id(lab["institution"]),
        unit_id=unit_id(lab["institution"]),
        kind=CapabilityKind.LAB,
        state=ListingState.OPEN,
        title_zh=lab["lab_name"],
        description=f"{lab['institution']}。{description}",
        fields=lab["field"].split(";"),
        chains=[code for code in lab["chain_codes"].split(";") if code],
        platform_level=PlatformLevel(lab["platform_level"]) if lab["platform_level"] else None,
        district=lab["district"] or None,
        city=lab["location"] or None,
        valid_until=shelf.today + LISTED_FOR,
        source=SOURCE,
        external_id=lab["key"],
        **_compiled(lab),
    ).model_dump()


def _list_demand(shelf: Shelf, demand: Printed) -> None:
    shelf.owner(demand["owner"], OrganizationKind.ENTERPRISE, demand["owner_district"])
    reference = demand["demand_ref"]
    shelf.demands[demo_id(f"reference demand {reference}")] = lambda: _demand(shelf, demand)


def _demand(shelf: Shelf, demand: Printed) -> Values:
    columns = {"领域": "field", "预算": "budget_note", "合作": "cooperation_mode"}
    words = "；".join(
        f"{label}：{demand[name]}" for label, name in columns.items() if demand[name] not in UNSAID
    )
    needed_by = shelf.today + NEEDED_WITHIN
    return ResearchDemand(
        **shelf.row(f"reference demand {demand['demand_ref']}"),
        organization_id=owner_id(demand["owner"]),
        state=NeedState.OPEN,
        title=demand["title"],
        problem=f"{demand['problem_paraphrase']}。{words}",
        public_abstract=f"{demand['title']}：{demand['problem_paraphrase']}",
        chain=demand["chain_code"],
        indicators=list(printed_indicators(demand["target_metrics"])),
        smallest_budget_fen=fen_of(demand["budget_wan_min"]),
        largest_budget_fen=fen_of(demand["budget_wan_max"]),
        modes=[demand["mode_code"]] if demand["mode_code"] else [],
        needed_by=needed_by,
        expires_on=needed_by,
        submitted_at=shelf.instant,
        opened_at=shelf.instant,
        source=SOURCE,
        external_id=demand["demand_ref"],
        **_compiled(demand),
    ).model_dump()


def printed_indicators(metrics: str) -> Iterator[Values]:
    """`yield ≥96%` measures the yield; what compares nothing is a goal as it stands."""
    for metric in filter(None, metrics.split(";")):
        found = BETWEEN_NAME_AND_GOAL.search(metric)
        at = found.start() if found else 0
        yield {"name": metric[:at].strip() or "指标", "baseline": None, "goal": metric[at:].strip()}


def _compiled(printed: Printed) -> Values:
    return {"compiled_from": printed["source"], "compiled_as_of": printed["as_of"] or None}
