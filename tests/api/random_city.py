"""A city whose enterprises have random histories, written as rows: for recounts."""

import random
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from uuid_utils.compat import uuid7

from city import DISTRICT, product_draft
from matchmaking.db.session import Database, WriteSession
from matchmaking.tables.agreements import Agreement, AgreementParty, FulfilmentFact
from matchmaking.tables.identity import Organization, Person, Unit
from matchmaking.tables.matching import Introduction
from matchmaking.tables.needs import EnterpriseFact, FinancingNeed
from matchmaking.tables.offers import CreditProduct, CreditProductVersion, ProductAdoption
from matchmaking.tables.research import Capability, ResearchDemand
from matchmaking.tables.taxonomies import TaxonomyEntry
from schemas.organizations import OrganizationState
from schemas.vocabulary import (
    AgreementNature,
    AgreementState,
    CapabilityKind,
    EvidenceGrade,
    FactName,
    FactSource,
    FulfilmentKind,
    FulfilmentState,
    IntroductionRoute,
    IntroductionState,
    ListingState,
    NeedState,
    OrganizationKind,
    PartyRole,
    ProductKind,
    PurposeKind,
    UnitKind,
)
from tests.api.steps import FAR_DISTRICT

OTHER_DISTRICT = "320613"
CHAINS = {"ships": "offshore", "yards": "offshore", "yarn": "textile", "cloth": "textile"}
COMPLETE = (AgreementState.SIGNED, AgreementState.PERFORMING, AgreementState.FULFILLED)


class RandomCity:
    """Enterprises of three districts with whatever could have become of what they asked for."""

    def __init__(self, session: WriteSession, chance: random.Random, enterprises: int) -> None:
        self.session, self.chance = session, chance
        self.enterprises = enterprises
        self.now = session.instant
        self.offers: list[dict[str, Any]] = []
        self.labs: list[dict[str, Any]] = []

    async def settle(self) -> None:
        for position, (chain, cluster) in enumerate(CHAINS.items(), 1):
            await self._entry("chain", chain, cluster, position)
        for position, cluster in enumerate(sorted(set(CHAINS.values())), 1):
            await self._entry("cluster", cluster, None, position)
        for _ in range(3):
            await self._bank()
        await self._institute()
        for number in range(self.enterprises):
            await self._enterprise((DISTRICT, OTHER_DISTRICT, FAR_DISTRICT)[number % 3])

    async def _add(self, row: Any) -> Any:
        self.session.add(row)
        await self.session.flush()
        return row

    async def _entry(self, scheme: str, code: str, parent: str | None, position: int) -> None:
        row = {"scheme": scheme, "code": code, "parent_code": parent, "position": position}
        await self._add(
            TaxonomyEntry(**self._made(), **row, name_zh=f"{code}名", source="invented", as_of="2026")
        )

    def _made(self, **more: Any) -> dict[str, Any]:
        return {"id": uuid7(), "created_at": self._moment(), **more}

    def _moment(self) -> datetime:
        return self.now - timedelta(days=self.chance.randrange(500))

    async def _organization(self, kind: OrganizationKind, district: str) -> Organization:
        state, name = OrganizationState.ACTIVE, f"随机{kind}{uuid7().hex[-8:]}"
        made = self._made(kind=kind, state=state, name_zh=name, district=district)
        organization: Organization = await self._add(Organization(**made))
        unit_id = uuid7()
        unit = {"organization_id": organization.id, "kind": UnitKind.DEPARTMENT, "name_zh": "部门"}
        await self._add(Unit(id=unit_id, created_at=self.now, **unit, lineage=[unit_id]))
        return organization

    async def _unit_of(self, organization: Organization) -> UUID:
        statement = select(Unit.id).where(Unit.organization_id == organization.id)
        return (await self.session.execute(statement)).scalar_one()

    async def _bank(self) -> None:
        bank = await self._organization(OrganizationKind.BANK, DISTRICT)
        unit_id, product_id = await self._unit_of(bank), uuid7()
        own = {"organization_id": bank.id, "created_at": self.now}
        listed = {"kind": ProductKind.WORKING_CAPITAL, "state": ListingState.OPEN, "name_zh": "贷"}
        valid_until = self.now.date() + timedelta(days=90)
        await self._add(CreditProduct(id=product_id, **own, **listed, valid_until=valid_until))
        terms = product_draft()["terms"]
        version = CreditProductVersion(id=uuid7(), **own, product_id=product_id, number=1, terms=terms)
        await self._add(version)
        adoption = {"product_id": product_id, "unit_id": unit_id, "territory": [DISTRICT]}
        row = await self._add(ProductAdoption(id=uuid7(), **own, **adoption))
        offer = {"provider_organization_id": bank.id, "provider_unit_id": unit_id, "adoption_id": row.id}
        self.offers.append(offer | {"product_version_id": version.id})

    async def _institute(self) -> None:
        institute = await self._organization(OrganizationKind.UNIVERSITY, DISTRICT)
        unit_id = await self._unit_of(institute)
        own = {"organization_id": institute.id, "unit_id": unit_id, "kind": CapabilityKind.LAB}
        texts = {"title_zh": "实验室", "description": "材料", "valid_until": self.now.date()}
        row = await self._add(Capability(**self._made(**own, **texts)))
        there = {"provider_organization_id": institute.id, "provider_unit_id": unit_id}
        self.labs.append(there | {"capability_id": row.id, "capability_version": 1})

    async def _enterprise(self, district: str) -> None:
        enterprise = await self._organization(OrganizationKind.ENTERPRISE, district)
        own = {"organization_id": enterprise.id}
        person = await self._add(Person(**self._made(**own), login=uuid7().hex, display_name="某人"))
        for _ in range(self.chance.choice((0, 1, 1, 2))):
            chains = self.chance.sample([*CHAINS, "unlisted"], self.chance.choice((1, 1, 2)))
            fact = {"name": FactName.CHAINS, "value": chains, "source": FactSource.SELF_DECLARED}
            await self._add(EnterpriseFact(**self._made(**own, **fact), as_of=self._moment().date()))
        for _ in range(self.chance.randrange(4)):
            await self._need(own, person.id)
        if self.chance.random() < 0.5:
            await self._demand(own)

    def _asked(self, **more: Any) -> dict[str, Any]:
        made = self._made(**more)
        submitted = made["created_at"] if self.chance.random() < 0.8 else None
        opened = self.now if submitted and self.chance.random() < 0.7 else None
        times = {"submitted_at": submitted, "opened_at": opened}
        return made | times | {"expires_on": self.now.date(), "needed_by": self.now.date()}

    async def _need(self, own: dict[str, Any], person_id: UUID) -> None:
        state = self.chance.choice([state for state in NeedState if state is not NeedState.DRAFT])
        asked = self._asked(**own, state=state, amount_fen=self.chance.randrange(1, 10**9))
        about = {"purpose": PurposeKind.WORKING_CAPITAL, "pledges": ["none"], "contact_person_id": person_id}
        need = await self._add(FinancingNeed(**asked, **about))
        if need.opened_at is None:
            return
        for offer in self.chance.sample(self.offers, self.chance.randrange(3)):
            await self._introduction(own, {"need_id": need.id}, offer)

    async def _demand(self, own: dict[str, Any]) -> None:
        asked = self._asked(**own, state=NeedState.OPEN, largest_budget_fen=self.chance.randrange(1, 10**8))
        demand = await self._add(ResearchDemand(**asked, title="题", problem="难", public_abstract="摘要"))
        if demand.opened_at is not None:
            await self._introduction(own, {"demand_id": demand.id}, self.labs[0])

    async def _introduction(self, own: dict[str, Any], wish: dict[str, Any], offer: dict[str, Any]) -> None:
        state = self.chance.choice(list(IntroductionState))
        route = IntroductionRoute.PICK
        row = await self._add(Introduction(**self._made(**own, **wish, **offer), route=route, state=state))
        if self.chance.random() < 0.6:
            await self._agreement(own, wish, row)

    async def _agreement(self, own: dict[str, Any], wish: dict[str, Any], introduction: Introduction) -> None:
        natures = [AgreementNature.FRAMEWORK, AgreementNature.LOAN_CONTRACT]
        nature = self.chance.choice(natures if "need_id" in wish else [AgreementNature.TECHNOLOGY_CONTRACT])
        state = self.chance.choice([state for state in AgreementState if state is not AgreementState.DRAFT])
        provider, enterprise = introduction.provider_organization_id, own["organization_id"]
        of = {"introduction_id": introduction.id, "provider_organization_id": provider, **wish}
        of |= {"party_organization_ids": [enterprise, provider], "drafted_by_organization_id": provider}
        amount = self.chance.randrange(1, 10**9)
        text = {"terms": {"amount_fen": amount}, "amount_fen": amount, "text": "约", "text_sha256": "0"}
        row = await self._add(Agreement(**self._made(**of, **text), nature=nature, state=state))
        for organization_id, role in ((enterprise, PartyRole.BORROWER), (provider, PartyRole.LENDER)):
            grade = self.chance.choice(list(EvidenceGrade)[1:]) if state in COMPLETE else None
            party = {"agreement_id": row.id, "organization_id": organization_id, "role": role}
            await self._add(AgreementParty(**self._made(**party), grade=grade))
        for _ in range(self.chance.randrange(3) if state in COMPLETE else 0):
            kind = self.chance.choice((FulfilmentKind.DISBURSEMENT, FulfilmentKind.FRAMEWORK_AMOUNT))
            fact = {"agreement_id": row.id, "kind": kind, "stated_by_organization_id": provider}
            fact |= {"state": self.chance.choice(list(FulfilmentState)), "amount_fen": amount // 2}
            await self._add(FulfilmentFact(**self._made(**fact), happened_on=self._moment().date()))


async def random_city(database: Database, enterprises: int) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")  # noqa: T201
    async with database.as_system() as session:
        await RandomCity(session, random.Random(seed), enterprises).settle()  # noqa: S311
