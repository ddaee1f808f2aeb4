"""What the parts of the demo loader share: the transaction, what changed, and in whose name it acts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from matchmaking import journal
from matchmaking.access.actor import Actor
from matchmaking.db.inserts import insert_all
from matchmaking.db.session import WriteSession
from matchmaking.services.transitions import Noun
from matchmaking.tables.base import Row
from matchmaking.tables.followup import Task
from schemas.operations import Operation
from schemas.vocabulary import LineOfDuty, Role
from scripts.demo.accounts import DemoPassword
from scripts.demo.data import DemoCity, DemoOrganization, DemoUnit, demo_id

RowType = TypeVar("RowType", bound=Row)

# Stands in the journal for what the loader did: a credential of its own, and no person.
LOADER = demo_id("loader")
OFFICES = {LineOfDuty.FINANCE: "finance_office", LineOfDuty.SCIENCE: "science_office"}


@dataclass(slots=True)
class Changes:
    """How many of what were added or renewed; both empty when everything was there."""

    added: dict[str, int] = field(default_factory=dict)
    renewed: dict[str, int] = field(default_factory=dict)

    def add(self, what: str, count: int = 1) -> None:
        if count:
            self.added[what] = self.added.get(what, 0) + count

    def renew(self, what: str, count: int = 1) -> None:
        if count:
            self.renewed[what] = self.renewed.get(what, 0) + count


@dataclass(frozen=True)
class Loading:
    """One load: everything in the transaction of `session`. Tasks and journal rows are written at its end."""

    session: WriteSession
    city: DemoCity
    password: DemoPassword
    changes: Changes
    entries: list[journal.Entry] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)

    @property
    def today(self) -> date:
        return self.session.instant.date()

    @cached_property
    def organizations(self) -> Mapping[str, DemoOrganization]:
        return {one.key: one for one in self.city.organizations}

    @cached_property
    def _units(self) -> Mapping[str, DemoUnit]:
        return {unit.key: unit for one in self.city.organizations for unit in one.units}

    async def insert(self, rows: Sequence[Row]) -> None:
        """All of one table, in one statement."""
        if rows:
            await insert_all(self.session, type(rows[0]), [row.model_dump() for row in rows])

    async def insert_missing(
        self, table: type[RowType], wanted: Mapping[UUID, Callable[[], RowType]]
    ) -> list[RowType]:
        """The rows that were not there, each made only then."""
        found = await self.session.execute(select(col(table.id)).where(col(table.id).in_(list(wanted))))
        known = set(found.scalars())
        rows = [make() for one, make in wanted.items() if one not in known]
        await self.insert(rows)
        return rows

    def note(
        self,
        actor: Actor,
        action: Operation,
        subject_type: str,
        subject_id: UUID,
        **details: journal.Detail,
    ) -> None:
        self.entries.append(journal.Entry(actor, action, subject_type, subject_id, details))

    def give_tasks(self, noun: Noun[Any], row: Row) -> None:
        """The task of the row's state, to whom its life-cycle awaits in it."""
        side, kind = noun.lifecycle.awaits(row.state), noun.lifecycle.task(row.state)  # type: ignore[attr-defined]
        if side is None or kind is None:
            return
        for addressee in noun.addressees(row, side):
            task = Task(
                id=demo_id(f"task {kind} {row.id} {addressee}"),
                created_at=self.session.instant,
                kind=kind,
                subject_type=noun.name,
                subject_id=row.id,
                organization_id=addressee.organization_id,
                unit_id=addressee.unit_id,
                line_of_duty=addressee.line_of_duty,
                waiting_organization_id=addressee.waiting_organization_id,
            )
            self.tasks.append(task)

    async def finish(self) -> None:
        await self.insert(self.tasks)
        await journal.record_all(self.session, self.entries)

    def actor(self, organization_key: str, role: Role, unit_key: str) -> Actor:
        """The loader, standing where somebody in that role stands."""
        unit = self._units.get(unit_key)
        return Actor(
            credential_id=LOADER,
            person_id=None,
            membership_id=None,
            organization_id=organization_id(organization_key),
            organization_kind=self.organizations[organization_key].kind,
            unit_id=unit_id(unit_key),
            role=role,
            line_of_duty=None if unit is None else unit.line_of_duty,
            area=None if unit is None else unit.area,
        )

    def root_actor(self, organization_key: str, role: Role) -> Actor:
        return self.actor(organization_key, role, self.organizations[organization_key].root)

    def official(self, duty: LineOfDuty = LineOfDuty.FINANCE) -> Actor:
        return self.actor("government", Role.OFFICIAL, OFFICES[duty])


def organization_id(key: str) -> UUID:
    return demo_id(f"organization {key}")


def unit_id(key: str) -> UUID:
    return demo_id(f"unit {key}")


def person_id(login: str) -> UUID:
    return demo_id(f"person {login}")
