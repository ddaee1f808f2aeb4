"""A small set of rows to measure on, made through the domain: banks with products, enterprises with needs.

Identities are entered directly, since nobody could act before them; all else is done by services in their
name.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import SQLModel
from uuid_utils.compat import uuid7

from matchmaking.access.actor import Actor
from matchmaking.clock import SystemClock
from matchmaking.db.session import Database, WriteSession
from matchmaking.services import adoptions, credit_products, enterprise_facts, financing_needs
from matchmaking.services.foundation import Foundation
from matchmaking.services.gate import Gate, open_gate
from matchmaking.settings import Settings
from matchmaking.tables.identity import Membership, Organization, Person, SignInSession, Unit
from schemas.credit_products import AdoptionCreate
from schemas.financing_needs import FinancingNeedCreate
from schemas.operations import Operation
from schemas.organizations import OrganizationState
from schemas.vocabulary import LineOfDuty, OrganizationKind, Role, UnitKind
from scripts.benches.drafts import CITY, DISTRICT, facts_statement, need_draft, product_draft

BANKS = 4
PRODUCTS_OF_A_BANK = 6
ENTERPRISES = 8
NEEDS_OF_AN_ENTERPRISE = 8
UNIT_KINDS = {
    OrganizationKind.BANK: UnitKind.BRANCH,
    OrganizationKind.GOVERNMENT: UnitKind.GOVERNMENT_OFFICE,
}


@dataclass(frozen=True, slots=True)
class Asking:
    """An enterprise's owner who is signed in, and the open needs that may be matched."""

    token: str
    person_id: UUID
    need_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Furnishing:
    """`product_ids` are open products, each with rules and adopted by one branch."""

    product_ids: tuple[UUID, ...]
    enterprises: tuple[Asking, ...]


def furnish(settings: Settings, foundation: Foundation) -> Furnishing:
    return asyncio.run(_furnish(settings, foundation))


async def _furnish(settings: Settings, foundation: Foundation) -> Furnishing:
    database = foundation.database(settings, SystemClock())
    gate = open_gate(settings, database, foundation.signing_key_pem)
    try:
        official = (await _enter(database, OrganizationKind.GOVERNMENT, Role.OFFICIAL)).actor
        products: list[UUID] = []
        for number in range(BANKS):
            products += await _bank(database, official, number)
        asking = [await _enterprise(database, gate, official, number) for number in range(ENTERPRISES)]
    finally:
        await database.dispose()
    return Furnishing(tuple(products), tuple(asking))


@dataclass(frozen=True, slots=True)
class Member:
    """A person with a role in an organization of one unit, signed in."""

    person_id: UUID
    membership_id: UUID
    actor: Actor


async def _enter(database: Database, kind: OrganizationKind, role: Role) -> Member:
    person_id, membership_id = uuid7(), uuid7()
    duty = (LineOfDuty.FINANCE, CITY) if kind is OrganizationKind.GOVERNMENT else (None, None)
    actor = Actor(uuid7(), person_id, membership_id, uuid7(), kind, uuid7(), role, *duty)
    member = Member(person_id, membership_id, actor)
    async with database.as_system() as session:
        for row in _identity(session, member):
            session.add(row)
            await session.flush()
    return member


def _identity(session: WriteSession, member: Member) -> list[SQLModel]:
    actor = member.actor
    made: dict[str, Any] = {"created_at": session.instant}
    belonging = {**made, "organization_id": actor.organization_id}
    return [
        Organization(
            id=actor.organization_id,
            kind=actor.organization_kind,
            state=OrganizationState.ACTIVE,
            name_zh=f"测量{actor.organization_id.hex[-8:]}",
            district=DISTRICT,
            **made,
        ),
        Unit(
            id=actor.unit_id,
            kind=UNIT_KINDS.get(actor.organization_kind, UnitKind.DEPARTMENT),
            name_zh="测量部门",
            lineage=[actor.unit_id],
            line_of_duty=actor.line_of_duty,
            area=actor.area,
            **belonging,
        ),
        Person(
            id=member.person_id, login=f"bench-{actor.unit_id.hex[-12:]}", display_name="测量", **belonging
        ),
        Membership(
            id=member.membership_id,
            person_id=member.person_id,
            unit_id=actor.unit_id,
            role=actor.role,
            **belonging,
        ),
        SignInSession(
            id=actor.credential_id,
            person_id=member.person_id,
            membership_id=member.membership_id,
            expires_at=session.instant + timedelta(days=1),
            **made,
        ),
    ]


async def _bank(database: Database, official: Actor, number: int) -> list[UUID]:
    manager = (await _enter(database, OrganizationKind.BANK, Role.PRODUCT_MANAGER)).actor
    offered: list[UUID] = []
    for index in range(PRODUCTS_OF_A_BANK):
        async with database.writing(manager.entrance) as session:
            draft = product_draft(session.instant.date(), number * PRODUCTS_OF_A_BANK + index)
            product = await credit_products.create_product(session, manager, draft)
            branch = AdoptionCreate(unit_id=manager.unit_id, territory=[DISTRICT])
            await adoptions.create_adoption(session, manager, product.id, branch)
            submit = Operation.CREDIT_PRODUCTS_SUBMIT
            product = await credit_products.step_product(
                session, manager, product.id, submit, product.version
            )
        async with database.writing(official.entrance) as session:
            step = Operation.CREDIT_PRODUCTS_OPEN
            await credit_products.step_product(session, official, product.id, step, product.version)
        offered.append(product.id)
    return offered


async def _enterprise(database: Database, gate: Gate, official: Actor, number: int) -> Asking:
    member = await _enter(database, OrganizationKind.ENTERPRISE, Role.OWNER)
    owner = member.actor
    needs: list[UUID] = []
    async with database.writing(owner.entrance) as session:
        today = session.instant.date()
        await enterprise_facts.record_facts(session, owner, facts_statement(today, number))
        for index in range(NEEDS_OF_AN_ENTERPRISE):
            draft = FinancingNeedCreate.model_validate(need_draft(today, member.person_id, index))
            need = await financing_needs.create_need(session, owner, draft)
            submit = Operation.FINANCING_NEEDS_SUBMIT
            await financing_needs.step_need(session, owner, need.id, submit, need.version)
            needs.append(need.id)
    async with database.writing(official.entrance) as session:
        for need_id in needs:
            need = await financing_needs.read_need(session, official, need_id)
            step = Operation.FINANCING_NEEDS_OPEN
            await financing_needs.step_need(session, official, need_id, step, need.version)
    return Asking(gate.issuer.issue(owner).token, member.person_id, tuple(needs))
