"""The shapes of the demo's files, checked as over HTTP: the demo cannot hold what a person could not."""

from datetime import date, timedelta
from typing import Annotated

from pydantic import Field, StringConstraints
from stdnum.cn import uscc

from schemas.base import ChainCode, DistrictCode, Draft, Fen, Months, Name, Note, Text
from schemas.capabilities import CapabilityDescription, Modes, ReadinessLevel
from schemas.credit_products import CreditProductTerms
from schemas.eligibility import FactValue
from schemas.eligibility.values import FactContent
from schemas.financing_needs import Pledges
from schemas.people import PersonDraft
from schemas.research_demands import Indicators
from schemas.units import Territory
from schemas.vocabulary import (
    CapabilityKind,
    FactName,
    FactSource,
    IntellectualPropertyWish,
    LineOfDuty,
    LprTerm,
    OrganizationKind,
    ProductKind,
    PurposeKind,
    Role,
    UnitKind,
)

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{1,40}$")]
NeededIn = Annotated[
    int, Field(ge=30, le=360, description="Days from the load, or from a renewal, until it is needed")
]
ListedDays = Annotated[int, Field(ge=60, le=365)]


class DemoUnit(Draft):
    key: Key
    kind: UnitKind
    name_zh: Name
    name_en: Name
    parent: Key | None = None
    line_of_duty: LineOfDuty | None = None
    area: DistrictCode | None = None
    territory: Territory = Field(default_factory=list)


class DemoAccount(Draft):
    """What somebody can do here, for the table of accounts."""

    may_zh: str = ""
    may_en: str = ""


class DemoPerson(PersonDraft, DemoAccount):
    role: Role
    unit: Key

    @property
    def signs_in(self) -> bool:
        """Whoever has nothing to do here is somebody to call, and has no password."""
        return bool(self.may_zh)


class DemoFact(Draft):
    value: FactContent
    days_ago: Annotated[int, Field(ge=0)]
    source: FactSource

    def stated(self, name: FactName, today: date) -> FactValue:
        as_of = today - timedelta(days=self.days_ago)
        return FactValue(name=name, value=self.value, as_of=as_of, source=self.source)


class DemoOrganization(Draft):
    """`root` is the key of its topmost unit, which is named like the organization."""

    key: Key
    kind: OrganizationKind
    name_zh: Name
    name_en: Name
    credit_code_stem: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{17}$")]
    district: DistrictCode
    root: Key
    units: list[DemoUnit] = Field(default_factory=list)
    people: list[DemoPerson] = Field(default_factory=list)
    facts: dict[FactName, DemoFact] = Field(default_factory=dict)

    @property
    def credit_code(self) -> str:
        stem = self.credit_code_stem
        return str(uscc.validate(stem + uscc.calc_check_digit(stem)))


class DemoAdoption(Draft):
    unit: Key
    territory: Annotated[list[DistrictCode], Field(min_length=1)]
    authority_limit_fen: Fen | None = None
    quota_fen: Fen | None = None


class DemoProduct(Draft):
    key: Key
    bank: Key
    kind: ProductKind
    name_zh: Name
    name_en: Name
    valid_days: ListedDays
    terms: CreditProductTerms
    adoptions: Annotated[list[DemoAdoption], Field(min_length=1)]


class DemoCapability(CapabilityDescription):
    key: Key
    institution: Key
    unit: Key
    kind: CapabilityKind


class DemoNeed(Draft):
    key: Key
    enterprise: Key
    amount_fen: Fen
    purpose: PurposeKind
    needed_in_days: NeededIn
    pledges: Pledges
    tenor_months: Months | None = None
    summary: Note


class DemoDemand(Draft):
    key: Key
    enterprise: Key
    chain: ChainCode
    title: Name
    problem: Text
    public_abstract: Note
    confidential_part: Text | None = None
    readiness_now: ReadinessLevel | None = None
    readiness_wanted: ReadinessLevel | None = None
    indicators: Indicators = Field(default_factory=list)
    smallest_budget_fen: Fen | None = None
    largest_budget_fen: Fen | None = None
    needed_in_days: NeededIn
    modes: Modes = Field(default_factory=list)
    intellectual_property_wish: IntellectualPropertyWish | None = None


class DemoRate(Draft):
    term: LprTerm
    published_on: date
    basis_points: int
