"""The demo's files in shapes, checked as over HTTP: the demo cannot hold what a person could not."""

import hashlib
import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints
from stdnum.cn import uscc

from schemas.base import BasisPoints, DistrictCode, Draft, Fen, Name
from schemas.credit_products import CreditProductCreate, CreditProductTerms
from schemas.eligibility import FactValue
from schemas.eligibility.values import FactContent
from schemas.people import PersonDraft
from schemas.units import Territory
from schemas.vocabulary import (
    FactName,
    FactSource,
    LineOfDuty,
    LprTerm,
    OrganizationKind,
    ProductKind,
    Role,
    UnitKind,
)

SOURCE = "demo"
# Ids are made of names, so that loading again finds what is there, and carry an old instant, so that lists
# with the newest first show what people made before what the demo brought.
ID_INSTANT_MILLISECONDS = 1_735_689_600_000

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{1,40}$")]


def demo_id(name: str) -> UUID:
    """The UUIDv7 that always stands for `name`: its random part is a hash."""
    digest = int.from_bytes(hashlib.sha256(f"matchmaking demo {name}".encode()).digest()[:10])
    value = (ID_INSTANT_MILLISECONDS << 80) | digest
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    return UUID(int=(value & ~(0x3 << 62)) | (0x2 << 62))


class DemoUnit(Draft):
    key: Key
    kind: UnitKind
    name_zh: Name
    name_en: Name
    parent: Key | None = None
    line_of_duty: LineOfDuty | None = None
    area: DistrictCode | None = None
    territory: Territory = Field(default_factory=list)


class DemoPerson(PersonDraft):
    """`may_*` is what this person can do here, for the table of accounts."""

    role: Role
    unit: Key
    may_zh: Name
    may_en: Name


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
    people: list[DemoPerson]
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
    valid_days: Annotated[int, Field(ge=60, le=365)]
    terms: CreditProductTerms
    adoptions: Annotated[list[DemoAdoption], Field(min_length=1)]

    def valid_until(self, today: date) -> date:
        return today + timedelta(days=self.valid_days)

    def draft(self, today: date) -> CreditProductCreate:
        return CreditProductCreate(
            kind=self.kind,
            name_zh=self.name_zh,
            name_en=self.name_en,
            valid_until=self.valid_until(today),
            terms=self.terms,
            source=SOURCE,
            external_id=self.key,
        )


class DemoRate(Draft):
    term: LprTerm
    published_on: date
    basis_points: BasisPoints


class DemoCity(Draft):
    organizations: list[DemoOrganization]
    products: list[DemoProduct]
    source: Name = Field(description="Who publishes the reference rates")
    rates: list[DemoRate]

    def organization(self, key: str) -> DemoOrganization:
        return next(one for one in self.organizations if one.key == key)

    def people(self) -> Mapping[str, tuple[DemoOrganization, DemoPerson]]:
        """By login, in the order of the files."""
        return {
            person.login: (organization, person)
            for organization in self.organizations
            for person in organization.people
        }


@cache
def demo_city() -> DemoCity:
    """The files beside this module; pydantic.ValidationError when they hold what the API would refuse."""
    merged: dict[str, Any] = {}
    for name in ("organizations", "products", "reference_rates"):
        text = files("scripts.demo").joinpath(f"{name}.toml").read_text(encoding="utf-8")
        merged |= tomllib.loads(text)
    return DemoCity.model_validate(merged)
