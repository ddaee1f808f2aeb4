"""The demo city: the files beside this module as one checked whole, and ids that are made of names."""

import csv
import hashlib
import tomllib
from collections.abc import Mapping
from functools import cache, cached_property
from importlib.resources import files
from typing import Any
from uuid import UUID

from pydantic import Field

from schemas.base import Draft, Name
from scripts.demo.enterprises import enterprise_of
from scripts.demo.listings import capability_of, need_of, rates_of
from scripts.demo.shapes import (
    DemoAccount,
    DemoAdoption,
    DemoCapability,
    DemoDemand,
    DemoFact,
    DemoNeed,
    DemoOrganization,
    DemoPerson,
    DemoProduct,
    DemoRate,
    DemoUnit,
    Key,
)

__all__ = [
    "SOURCE",
    "DemoAdoption",
    "DemoCapability",
    "DemoCity",
    "DemoDemand",
    "DemoFact",
    "DemoNeed",
    "DemoOrganization",
    "DemoPerson",
    "DemoProduct",
    "DemoRate",
    "DemoUnit",
    "demo_city",
    "demo_id",
]

SOURCE = "demo"
# Ids are made of names, so that loading again finds what is there, and carry an old instant, so that lists
# with the newest first show what people made before what the demo brought.
ID_INSTANT_MILLISECONDS = 1_735_689_600_000


def demo_id(name: str) -> UUID:
    """The UUIDv7 that always stands for `name`: its random part is a hash."""
    digest = int.from_bytes(hashlib.sha256(f"matchmaking demo {name}".encode()).digest()[:10])
    value = (ID_INSTANT_MILLISECONDS << 80) | digest
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    return UUID(int=(value & ~(0x3 << 62)) | (0x2 << 62))


class DemoCity(Draft):
    organizations: list[DemoOrganization]
    products: list[DemoProduct]
    capabilities: list[DemoCapability]
    needs: list[DemoNeed]
    demands: list[DemoDemand]
    source: Name = Field(description="Who publishes the reference rates")
    rates: list[DemoRate]

    @cached_property
    def _by_key(self) -> Mapping[str, DemoOrganization]:
        return {one.key: one for one in self.organizations}

    def organization(self, key: str) -> DemoOrganization:
        return self._by_key[key]

    def people(self) -> Mapping[str, tuple[DemoOrganization, DemoPerson]]:
        """Those who sign in, by login, in the order of the files."""
        return {
            person.login: (organization, person)
            for organization in self.organizations
            for person in organization.people
            if person.signs_in
        }


@cache
def demo_city() -> DemoCity:
    """The files beside this module; pydantic.ValidationError when they hold what the API would refuse."""
    settled, listed = _toml("organizations"), _toml("reference_rates")
    accounts: Mapping[Key, DemoAccount] = {
        key: DemoAccount.model_validate(account) for key, account in settled.pop("accounts").items()
    }
    return DemoCity.model_validate(
        {
            "organizations": [
                *settled["organizations"],
                *(enterprise_of(line, accounts) for line in _lines("enterprises")),
            ],
            "products": _toml("products")["products"],
            "capabilities": [capability_of(line) for line in _lines("capabilities")],
            "needs": [need_of(line) for line in _lines("needs")],
            "demands": _toml("demands")["demands"],
            "source": listed["source"],
            "rates": rates_of(listed["publications"]),
        }
    )


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads(_text(f"{name}.toml"))


def _lines(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(_text(f"{name}.csv").splitlines()))


def _text(name: str) -> str:
    return files("scripts.demo").joinpath(name).read_text(encoding="utf-8")
