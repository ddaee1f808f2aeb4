"""Rows to measure on: the whole demo city, and beside it enterprises with needs, made through the domain.

Identities are entered directly, since nobody could act before them; all else is done by services in their
name.
"""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import SQLModel, col
from uuid_utils.compat import uuid7

from matchmaking.access.actor import Actor
from matchmaking.clock import SystemClock
from matchmaking.db.session import Database, WriteSession
from matchmaking.services import enterprise_facts, financing_needs
from matchmaking.services.foundation import Foundation
from matchmaking.services.gate import Gate, open_gate
from matchmaking.settings import Settings
from matchmaking.tables.identity import Membership, Organization, Person, SignInSession, Unit
from matchmaking.tables.offers import CreditProduct, ProductAdoption
from schemas.financing_needs import FinancingNeedCreate
from schemas.operations import Operation
from schemas.organizations import OrganizationState
from schemas.vocabulary import LineOfDuty, ListingState, OrganizationKind, Role, UnitKind
from scripts.benches.drafts import CITY, DISTRICT, facts_statement, need_draft
from scripts.demo.accounts import DemoPassword
from scripts.demo.loader import load_into

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
    """`product_ids` are the open products of the demo city, which make `offers` offers of branches."""

    product_ids: tuple[UUID, ...]
    offers: int
    enterprises: tuple[Asking, ...]


def furnish(settings: Settings, foundation: Foundation) -> Furnishing:
    return asyncio.run(_furnish(settings, foundation))


async def _furnish(settings: Settings, foundation: Foundation) -> Furnishing:
    database = foundation.database(settings, SystemClock())
    gate = open_gate(settings, database, foundation.signing_key_pem)
    try:
        await load_into(database, DemoPassword(secrets.token_urlsafe()))
        official = (await _enter(database, OrganizationKind.GOVERNMENT, Role.OFFICIAL)).actor
        products, offers = await _products_on_offer(database)
        asking = [await _enterprise(database, gate, official, number) for number in range(ENTERPRISES)]
    finally:
        await database.dispose()
    return Furnishing(products, offers, tuple(asking))


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


async def _products_on_offer(database: Database) -> tuple[tuple[UUID, ...], int]:
    """The open products of the demo city, and how many offers of branches they make."""
    open_offers = (
        select(col(ProductAdoption.product_id))
        .join(CreditProduct, col(CreditProduct.id) == ProductAdoption.product_id)
        .where(col(CreditProduct.state) == ListingState.OPEN, col(ProductAdoption.state) == ListingState.OPEN)
    )
    async with database.as_system() as session:
        offered = list((await session.execute(open_offers)).scalars())
    return tuple(sorted(set(offered))), len(offered)


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
