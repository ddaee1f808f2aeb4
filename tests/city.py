"""A small city for tests: organizations with units and signed-in members, and the steps of the one path.

Members are enrolled by the system and hold real access tokens; what they do goes through the HTTP API.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from uuid_utils.compat import uuid7

from matchmaking.access.actor import Actor
from matchmaking.db.session import Database
from matchmaking.services.gate import Gate
from matchmaking.tables.identity import Membership, Organization, Person, SignInSession, Unit
from schemas.organizations import OrganizationState
from schemas.vocabulary import LineOfDuty, OrganizationKind, Role, UnitKind

DISTRICT = "320602"
CITY = "320600"
UNIT_KINDS = {
    OrganizationKind.BANK: UnitKind.BRANCH,
    OrganizationKind.UNIVERSITY: UnitKind.LABORATORY,
    OrganizationKind.GOVERNMENT: UnitKind.GOVERNMENT_OFFICE,
}


@dataclass(slots=True)
class Member:
    """Somebody signed in; calls are made with this person's token and a fresh idempotency key."""

    actor: Actor
    token: str
    client: httpx.AsyncClient = field(repr=False)

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.call("GET", path, **options)

    async def post(
        self, path: str, body: Any = None, *, seen: int | None = None, **options: Any
    ) -> httpx.Response:
        return await self.call("POST", path, body, seen=seen, **options)

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        seen: int | None = None,
        key: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        sent = {**self.headers, "idempotency-key": key or str(uuid4()), **(headers or {})}
        if seen is not None:
            sent["if-match"] = f'"{seen}"'
        if body is None:
            return await self.client.request(method, path, headers=sent)
        return await self.client.request(method, path, headers=sent, json=body)


@dataclass(slots=True)
class City:
    """Who is there. `mill` asks, `bank` offers, `other_*` are strangers to both."""

    database: Database
    gate: Gate
    client: httpx.AsyncClient
    mill: Member
    other_mill: Member
    product_manager: Member
    clerk: Member
    other_clerk: Member
    official: Member
    observer: Member

    @classmethod
    async def settle(cls, database: Database, gate: Gate, client: httpx.AsyncClient) -> "City":
        async def member(kind: OrganizationKind, role: Role, colleague: Member | None = None) -> Member:
            return await enrol(database, gate, client, kind, role, colleague)

        manager = await member(OrganizationKind.BANK, Role.PRODUCT_MANAGER)
        official = await member(OrganizationKind.GOVERNMENT, Role.OFFICIAL)
        return cls(
            database,
            gate,
            client,
            mill=await member(OrganizationKind.ENTERPRISE, Role.OWNER),
            other_mill=await member(OrganizationKind.ENTERPRISE, Role.OWNER),
            product_manager=manager,
            clerk=await member(OrganizationKind.BANK, Role.CLERK, manager),
            other_clerk=await member(OrganizationKind.BANK, Role.CLERK),
            official=official,
            observer=await member(OrganizationKind.GOVERNMENT, Role.OBSERVER, official),
        )

    async def enrol(
        self, kind: OrganizationKind, role: Role, colleague: Member | None = None, **more: Any
    ) -> Member:
        """One more member of this city; `more` as the function of this name takes it."""
        return await enrol(self.database, self.gate, self.client, kind, role, colleague, **more)

    async def beside(self, colleague: Member, role: Role, **more: Any) -> Member:
        """A colleague in the same unit, or in the unit `unit_id` of the same organization."""
        return await self.enrol(colleague.actor.organization_kind, role, colleague, **more)

    async def open_unit(self, member: Member, *, below: bool) -> UUID:
        """A further unit of the member's organization: below the member's own, or apart from it."""
        unit_id = uuid7()
        async with self.database.as_system() as session:
            session.add(
                Unit(
                    id=unit_id,
                    created_at=session.instant,
                    organization_id=member.actor.organization_id,
                    parent_id=member.actor.unit_id if below else None,
                    kind=UNIT_KINDS.get(member.actor.organization_kind, UnitKind.DEPARTMENT),
                    name_zh="另一部门",
                    lineage=[member.actor.unit_id, unit_id] if below else [unit_id],
                )
            )
        return unit_id


async def enrol(  # noqa: PLR0913 - what a member consists of
    database: Database,
    gate: Gate,
    client: httpx.AsyncClient,
    kind: OrganizationKind,
    role: Role,
    colleague: Member | None = None,
    line_of_duty: LineOfDuty = LineOfDuty.FINANCE,
    area: str = CITY,
    *,
    unit_id: UUID | None = None,
    district: str = DISTRICT,
) -> Member:
    """A person in that role, in an organization of its own in `district`, or in that of `colleague`.

    A colleague shares the unit, unless `unit_id` names another one of the organization.
    """
    government = kind is OrganizationKind.GOVERNMENT
    duty, where = (line_of_duty, area) if government else (None, None)
    organization_id = colleague.actor.organization_id if colleague else uuid7()
    unit_id = unit_id or (colleague.actor.unit_id if colleague else uuid7())
    if colleague is None:
        place = {"kind": kind, "district": district, "line_of_duty": duty, "area": where}
        await _found(database, organization_id, unit_id, **place)
    person_id, membership_id, session_id = await _enter(database, organization_id, unit_id, role)
    actor = Actor(session_id, person_id, membership_id, organization_id, kind, unit_id, role, duty, where)
    return Member(actor, gate.issuer.issue(actor).token, client)


async def _found(
    database: Database,
    organization_id: UUID,
    unit_id: UUID,
    *,
    kind: OrganizationKind,
    district: str,
    line_of_duty: LineOfDuty | None,
    area: str | None,
) -> None:
    """An organization with one unit."""
    async with database.as_system() as session:
        session.add(
            Organization(
                id=organization_id,
                created_at=session.instant,
                kind=kind,
                state=OrganizationState.ACTIVE,
                name_zh=f"测试{kind.value}{organization_id.hex[-6:]}",
                district=district,
            )
        )
        await session.flush()
        session.add(
            Unit(
                id=unit_id,
                created_at=session.instant,
                organization_id=organization_id,
                kind=UNIT_KINDS.get(kind, UnitKind.DEPARTMENT),
                name_zh="测试部门",
                lineage=[unit_id],
                line_of_duty=line_of_duty,
                area=area,
            )
        )


async def _enter(
    database: Database, organization_id: UUID, unit_id: UUID, role: Role
) -> tuple[UUID, UUID, UUID]:
    """A signed-in person: the ids of person, membership and session."""
    person_id, membership_id, session_id = uuid7(), uuid7(), uuid7()
    async with database.as_system() as session:
        made = {"created_at": session.instant}
        login = f"test-{person_id.hex[-12:]}"
        session.add(
            Person(
                id=person_id, organization_id=organization_id, login=login, display_name="测试人员", **made
            )
        )
        await session.flush()
        session.add(
            Membership(
                id=membership_id,
                person_id=person_id,
                organization_id=organization_id,
                unit_id=unit_id,
                role=role,
                **made,
            )
        )
        await session.flush()
        session.add(
            SignInSession(
                id=session_id,
                person_id=person_id,
                membership_id=membership_id,
                expires_at=session.instant + timedelta(days=14),
                **made,
            )
        )
    return person_id, membership_id, session_id


def today() -> date:
    """As the service reckons days, in UTC."""
    return datetime.now(UTC).date()


def product_draft(**changes: Any) -> dict[str, Any]:
    """A plain working-capital product: founded two years ago, tax grade A or B."""
    terms = {
        "largest_amount_fen": 500_000_000,
        "longest_tenor_months": 36,
        "rate": {"kind": "fixed_band", "lowest_basis_points": 345, "highest_basis_points": 420},
        "purposes": ["working_capital", "equipment"],
        "guarantee_modes": ["unsecured"],
        "repayment_methods": ["equal_instalments"],
        "days_to_money": 5,
        "rules": {"all_of": []},
    }
    terms.update(changes.pop("terms", {}))
    draft = {
        "kind": "working_capital",
        "name_zh": "织造贷",
        "name_en": "Weaving loan",
        "valid_until": (today() + timedelta(days=300)).isoformat(),
        "terms": terms,
    }
    return draft | changes


def need_draft(contact_person_id: UUID | None, **changes: Any) -> dict[str, Any]:
    """The five answers."""
    draft = {
        "amount_fen": 300_000_000,
        "purpose": "working_capital",
        "needed_by": (today() + timedelta(days=90)).isoformat(),
        "pledges": ["none"],
        "contact_person_id": str(contact_person_id),
        "tenor_months": 12,
    }
    return draft | changes
