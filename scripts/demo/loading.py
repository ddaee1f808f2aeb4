"""What the parts of the demo loader share: the transaction, what changed, and in whose name it acts."""

from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlmodel import SQLModel

from matchmaking.access.actor import Actor
from matchmaking.db.session import WriteSession
from schemas.vocabulary import Role
from scripts.demo.accounts import DemoPassword
from scripts.demo.data import DemoCity, demo_id

RowType = TypeVar("RowType", bound=SQLModel)

# Stands in the journal for what the loader did: a credential of its own, and no person.
LOADER = demo_id("loader")


@dataclass(slots=True)
class Changes:
    """How many of what were added or renewed; both empty when everything was there."""

    added: dict[str, int] = field(default_factory=dict)
    renewed: dict[str, int] = field(default_factory=dict)

    def add(self, what: str, count: int = 1) -> None:
        self.added[what] = self.added.get(what, 0) + count

    def renew(self, what: str, count: int = 1) -> None:
        self.renewed[what] = self.renewed.get(what, 0) + count


@dataclass(frozen=True, slots=True)
class Loading:
    """One load: everything in the transaction of `session`."""

    session: WriteSession
    city: DemoCity
    password: DemoPassword
    changes: Changes

    @property
    def today(self) -> date:
        return self.session.instant.date()

    async def insert(self, row: RowType) -> RowType:
        """Rows have no relationships that would order them, so each is written before the next."""
        self.session.add(row)
        await self.session.flush()
        return row

    def actor(self, organization_key: str, role: Role, unit_key: str) -> Actor:
        """The loader, standing where somebody in that role stands."""
        organization = self.city.organization(organization_key)
        unit = next((one for one in organization.units if one.key == unit_key), None)
        return Actor(
            credential_id=LOADER,
            person_id=None,
            membership_id=None,
            organization_id=organization_id(organization_key),
            organization_kind=organization.kind,
            unit_id=unit_id(unit_key),
            role=role,
            line_of_duty=None if unit is None else unit.line_of_duty,
            area=None if unit is None else unit.area,
        )

    def official(self) -> Actor:
        return self.actor("government", Role.OFFICIAL, "finance_office")


def organization_id(key: str) -> UUID:
    return demo_id(f"organization {key}")


def unit_id(key: str) -> UUID:
    return demo_id(f"unit {key}")


def person_id(login: str) -> UUID:
    return demo_id(f"person {login}")
