"""The city of the permission matrix: somebody in every role and relation, and every thing in every state.

What is asked here is answered by an application that rolls every transaction back after its answer, so that
one prepared city serves all cells, the permitted ones too.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
from stdnum.cn import uscc

from city import City, Member, need_draft, product_draft, today
from matchmaking.db.session import Database, Entrance, WriteSession
from schemas.vocabulary import OrganizationKind, Role
from tests.access.expectations import Holder
from tests.access.matrix_introducing import introducing_things
from tests.access.matrix_listings import ListingThings
from tests.access.matrix_research import UNIVERSITY, ResearchThings
from tests.api.consent_steps import consent_draft
from tests.api.listing_steps import honours_stated, measure_draft, project_draft
from tests.api.research_steps import capability_draft, demand_draft
from tests.api.steps import Path, adoption_draft, done, fact_draft, items, list_product, path_of

CANARY = "绝密扩产计划"
Thing = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Forgetful(Database):
    """A database that answers as if it had committed, and has not."""

    @asynccontextmanager
    async def writing(self, entrance: Entrance | None) -> AsyncIterator[WriteSession]:
        async with WriteSession(self.app, **self._options(entrance)) as session:
            yield session
            await session.rollback()

    @asynccontextmanager
    async def as_system(self) -> AsyncIterator[WriteSession]:
        async with WriteSession(self.system, **self._options(None)) as session:
            yield session
            await session.rollback()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a role; `group` is where that person stands to the things of the city."""

    member: Member
    holder: Holder
    group: str

    @property
    def organization(self) -> str:
        return str(self.member.actor.organization_id)

    @property
    def unit(self) -> str:
        return str(self.member.actor.unit_id)


@dataclass(slots=True)
class MatrixCity:
    """`involved` are the organizations that meet over the needs of this city, by kind."""

    city: City
    people: list[Person] = field(default_factory=list)
    involved: dict[str, Member] = field(default_factory=dict)
    paths: dict[str, Path] = field(default_factory=dict)
    things: dict[str, Thing] = field(default_factory=dict)
    spares: dict[str, Thing] = field(default_factory=dict)
    unclaimed_unit: str = ""
    research: ResearchThings = field(init=False)
    listings: ListingThings = field(init=False)

    @classmethod
    async def settle(cls, city: City, holders: tuple[Holder, ...], superuser_url: str) -> "MatrixCity":
        made = cls(city)
        guarantor = await city.enrol(OrganizationKind.GUARANTOR, Role.CLERK)
        made.involved = {
            "enterprise": city.mill,
            "bank": city.clerk,
            "government": city.official,
            "guarantor": guarantor,
        }
        await made._populate(holders)
        await made._walk()
        made.research = await ResearchThings.settle(city, CANARY)
        for member, role in await made.research.staff(city):
            made.people.append(Person(member, (UNIVERSITY, role.value), "lab"))
        made.listings = await ListingThings.settle(city, CANARY)
        await made._furnish()
        await made._end(holders, superuser_url)
        return made

    async def _populate(self, holders: tuple[Holder, ...]) -> None:
        branch = await self.city.open_unit(self.city.clerk, below=False)
        strangers: dict[str, Member] = {}
        for kind, role in holders:
            who = (OrganizationKind(kind), Role(role))
            stranger = await self.city.enrol(*who, strangers.get(kind), area="320500", district="320583")
            strangers.setdefault(kind, stranger)
            self.people.append(Person(stranger, (kind, role), "other"))
            if kind in self.involved:
                member = await self.city.beside(self.involved[kind], Role(role))
                self.people.append(Person(member, (kind, role), "involved"))
            if kind == "bank":
                member = await self.city.beside(self.city.clerk, Role(role), unit_id=branch)
                self.people.append(Person(member, (kind, role), "branch"))

    async def _walk(self) -> None:
        """A need in every state that an operation asks for; each walked on its own."""
        guarantor = self.involved["guarantor"]
        stages = {
            "draft": "need_drafted",
            "submitted": "need_submitted",
            "open": "matched",
            "requested": "requested",
            "declined": "requested",
            "accepted": "accepted",
            "contacted": "contacted",
            "in_diligence": "in_diligence",
            "offered": "offered",
            "awaiting": "recorded",
            "signed": "stated",
        }
        for name, stage in stages.items():
            path = path_of(self.city, need_changes={"summary": CANARY}, guarantor=guarantor)
            if self.paths:
                path.product, path.walked = self.paths["draft"].product, ["product_listed"]
            self.paths[name] = await path.reach(stage)
        declined = self.paths["declined"]
        await declined.step(self.city.clerk, "decline", {"code": "credit_record", "note": CANARY})
        for name in stages:
            await self.paths[name].need_now()
            if self.paths[name].agreement:
                there = f"/v1/agreements/{self.paths[name].agreement['id']}"
                self.paths[name].agreement = done(await self.city.mill.get(there))

    async def _furnish(self) -> None:
        manager, mill = self.city.product_manager, self.city.mill
        for name in ("draft", "submitted"):
            product = done(await manager.post("/v1/credit-products", product_draft()), 201)
            there = f"/v1/credit-products/{product['id']}"
            if name == "submitted":
                product = done(await manager.post(f"{there}/submit", seen=product["version"]))
            self.things[f"product_{name}"] = product
        opened = self.paths["draft"].product
        self.things["product_open"] = opened
        self.things["adoption"] = done(await manager.get(f"/v1/adoptions/{opened['adoption_id']}"))
        fact = {"name": "headcount", "value": 77, "as_of": "2026-01-01", "source": "self_declared"}
        recorded = done(await mill.post("/v1/enterprise-facts", {"facts": [fact]}), 201)
        self.things["enterprise_fact"] = recorded["facts"][0]
        consent = await mill.post("/v1/consents", consent_draft(self.city.clerk))
        self.things["consent"] = done(consent, 201)
        tasks = await items(self.city.clerk, "/v1/tasks")
        requested = self.paths["requested"].introduction["id"]
        waiting = next(task for task in tasks if task["subject_id"] == requested)
        self.things |= {"task_of_requested": waiting, "disclosure": {"id": requested}}
        self.things |= await introducing_things(self.city, self.paths["open"], CANARY)
        await self._suspend()
        await self._spare()
        await self._register()

    async def _suspend(self) -> None:
        """A product and an adoption that are not offered at present."""
        manager = self.city.product_manager
        for name in ("product", "adoption"):
            product = await list_product(manager, self.city.official)
            there = f"/v1/credit-products/{product['id']}"
            if name == "adoption":
                there = f"/v1/adoptions/{product['adoption_id']}"
            seen = done(await manager.get(there))["version"]
            self.things[f"{name}_suspended"] = done(await manager.post(f"{there}/suspend", seen=seen))

    async def _spare(self) -> None:
        """In every unit a membership that may end and a key that may be revoked."""
        administrators = [person for person in self.people if person.holder[1] == "administrator"]
        for person in administrators:
            draft = person_draft(person.unit, "observer")
            enrolled = done(await person.member.post("/v1/people", draft), 201)
            key = done(await person.member.post("/v1/api-keys", key_draft(person.unit)), 201)
            self.spares[person.unit] = {"membership": enrolled["memberships"][0], "api_key": key}

    async def _register(self) -> None:
        stem = "91320600MA0000042"
        draft = {"kind": "university", "name_zh": "无人认领的学院", "district": "320602"}
        draft["credit_code"] = f"{stem}{uscc.calc_check_digit(stem)}"
        registered = done(await self.city.official.post("/v1/organizations", draft), 201)
        self.unclaimed_unit = registered["root_unit_id"]

    async def _end(self, holders: tuple[Holder, ...], superuser_url: str) -> None:
        """One more person in each role, where possible in an organization involved, whose time is over."""
        beside = {person.holder[0]: person.member for person in self.people} | self.involved
        ended: list[Member] = []
        for kind, role in holders:
            ended.append(await self.city.beside(beside[kind], Role(role)))
            self.people.append(Person(ended[-1], (kind, role), "ended"))
        memberships = [member.actor.membership_id for member in ended[::2]]
        sign_ins = [member.actor.credential_id for member in ended[1::2]]
        with psycopg.connect(superuser_url) as behind:
            behind.execute("UPDATE membership SET ended_at = now() WHERE id = ANY (%s)", (memberships,))
            behind.execute("UPDATE sign_in_session SET revoked_at = now() WHERE id = ANY (%s)", (sign_ins,))

    def honours_about(self, person: Person) -> Thing:
        """What an enterprise says of itself, or an official of an enterprise of its area."""
        if person.holder[0] != "government":
            return honours_stated()
        near = (one for one in self.people if one.group == person.group and one.holder[0] == "enterprise")
        return honours_stated(organization_id=next(near).organization, source="official_list")

    def canaries(self, person: Person) -> set[str]:
        """What a stranger must not meet in any answer, whatever was asked."""
        mill = self.involved["enterprise"].actor
        paths = self.paths.values()
        found = {CANARY, "credit_record", str(mill.person_id), str(mill.membership_id)}
        found |= {path.need["id"] for path in paths} | self.research.ids() | self.listings.ids()
        for things in ((path.introduction, path.agreement, path.fact, path.run) for path in paths):
            found |= {thing["id"] for thing in things if thing}
        if person.holder[0] != "government":
            found |= {str(mill.organization_id), mill.organization_id.hex[-6:]}
        return found


def person_draft(unit: str, role: str) -> Thing:
    draft = {"login": f"m-{uuid4().hex[:12]}", "display_name": "某人", "unit_id": unit, "role": role}
    if role == "helper":
        draft["ends_at"] = f"{(today() + timedelta(days=30)).isoformat()}T00:00:00Z"
    return draft


def key_draft(unit: str) -> Thing:
    end = f"{(today() + timedelta(days=30)).isoformat()}T00:00:00Z"
    draft = {"name": "core", "role": "observer", "scopes": ["tasks.list"], "expires_at": end}
    return draft | {"unit_id": unit}


def drafts(person: Person, contact: UUID | None) -> Mapping[str, Thing]:
    """Bodies of what is made in one's own name."""
    own_contact = contact if person.holder[0] != "enterprise" else person.member.actor.person_id
    fact = {"name": "headcount", "value": 7, "as_of": "2026-01-01", "source": "self_declared"}
    return {
        "POST /v1/organizations": {"kind": "bank", "name_zh": "新银行", "district": "320602"},
        "POST /v1/credit-products": product_draft(),
        "POST /v1/enterprise-facts": {"facts": [fact]},
        "POST /v1/financing-needs": need_draft(own_contact),
        "POST /v1/projects": project_draft(),
        "POST /v1/policy-measures": measure_draft(),
        "POST /v1/capabilities": capability_draft(person.member),
        "POST /v1/research-demands": demand_draft(person.member),
    }


def stated(person: Person) -> Thing:
    """A fact that the person's side may state."""
    return fact_draft("offer_not_taken" if person.holder[0] == "enterprise" else "balance_in_use")


def adopted(bank: Member) -> Thing:
    return adoption_draft(bank)
