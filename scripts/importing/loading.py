"""One load: every row checked before the first is stored, and all of them in one transaction."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from matchmaking.access.actor import Actor
from matchmaking.db.session import Database, WriteSession
from matchmaking.errors import Refusal
from matchmaking.tables.identity import Organization
from schemas.capabilities import CapabilityCreate
from schemas.credit_products import CreditProductCreate
from schemas.eligibility import FactValue
from schemas.honours import HonourStatement
from schemas.permissions import RESEARCHERS
from schemas.reference_rates import ReferenceRatePublication
from schemas.vocabulary import FactName, OrganizationKind
from scripts.failures import ASKED_WRONGLY, CommandRefused
from scripts.importing import capabilities, products, reference_rates, statements
from scripts.importing.acting import (
    Outcome,
    Tally,
    enterprises_by_code,
    organization_named,
    provider_actor,
    stating_actor,
)
from scripts.importing.cells import Column
from scripts.importing.faults import CellUnreadable, Fault, FileRefused
from scripts.importing.files import Heading, Line, read_file
from scripts.importing.rows import Draft, Raw, checked, column_at, raw_of, refusal_at, repeated, without

STATING = frozenset({OrganizationKind.ENTERPRISE, OrganizationKind.GOVERNMENT})
WITHIN_A_LIST = re.compile(r"^/(?:facts|honours)/0(?=/|$)")
Found = tuple[Draft[Any] | None, list[Fault]]
Store = Callable[[WriteSession, Actor, Any], Awaitable[Outcome]]


class Kind(StrEnum):
    PRODUCTS = "products"
    CAPABILITIES = "capabilities"
    FACTS = "facts"
    HONOURS = "honours"
    REFERENCE_RATES = "reference-rates"


@dataclass(frozen=True, slots=True)
class Statement:
    """A fact or an honour and whose it is."""

    enterprise: UUID
    content: FactValue | HonourStatement


@dataclass(frozen=True, slots=True)
class Importer:
    """How one kind of row is read and stored. `known` is what its cells name, by name: units, enterprises."""

    columns: Sequence[Column]
    organizations: frozenset[OrganizationKind]
    acting: Callable[[WriteSession, Organization], Awaitable[Actor]]
    known: Callable[[WriteSession, Actor], Awaitable[dict[str, UUID]]]
    draft: Callable[[Line, Heading, Actor, dict[str, UUID]], Found]
    key: Callable[[Any], Any]
    key_column: str
    store: Store


async def load(database: Database, kind: Kind, file: Path, named: str) -> Tally:
    """How many rows were added, changed and left; FileRefused or CommandRefused when nothing was stored."""
    importer = IMPORTERS[kind]
    heading, lines = read_file(file, importer.columns)
    async with database.as_system() as session:
        organization = await organization_named(session, named)
        if organization.kind not in importer.organizations:
            raise CommandRefused("import.organization_kind", exit_code=ASKED_WRONGLY)
        actor = await importer.acting(session, organization)
        known = await importer.known(session, actor)
        drafts = _drafts(importer, lines, heading, actor, known)
        return await _store(session, importer, actor, drafts, heading)


def _drafts(
    importer: Importer, lines: Sequence[Line], heading: Heading, actor: Actor, known: dict[str, UUID]
) -> list[Draft[Any]]:
    drafts: list[Draft[Any]] = []
    faults: list[Fault] = []
    for line in lines:
        draft, found = importer.draft(line, heading, actor, known)
        faults += found
        if draft is not None:
            drafts.append(draft)
    keys = [(draft.row, importer.key(draft.content)) for draft in drafts]
    faults += repeated(keys, column_at(heading, f"/{importer.key_column}"))
    if faults:
        raise FileRefused(faults)
    return drafts


async def _store(
    session: WriteSession, importer: Importer, actor: Actor, drafts: Sequence[Draft[Any]], heading: Heading
) -> Tally:
    tally, faults = Tally(), []
    for draft in drafts:
        try:
            async with session.begin_nested():
                tally.add(await importer.store(session, actor, draft.content))
        except Refusal as refusal:
            refusal.pointer = WITHIN_A_LIST.sub("", refusal.pointer or "")
            faults.append(refusal_at(draft.row, heading, refusal))
    if faults:
        raise FileRefused(faults)
    return tally


def _product(line: Line, heading: Heading, _actor: Actor, _known: dict[str, UUID]) -> Found:
    raw, faults = raw_of(line, heading)
    return checked(line, heading, CreditProductCreate, products.complete(raw), faults)


def _capability(line: Line, heading: Heading, actor: Actor, known: dict[str, UUID]) -> Found:
    raw, faults = raw_of(line, heading)
    unit = raw.pop("unit", None)
    if unit is not None and unit not in known:
        faults.append(Fault(line.number, column_at(heading, "/unit"), "import.unit_unknown"))
    raw["unit_id"] = str(known.get(unit, actor.unit_id))
    return checked(line, heading, CapabilityCreate, raw, faults)


def _enterprise(
    line: Line, heading: Heading, raw: Raw, actor: Actor, known: dict[str, UUID]
) -> tuple[UUID, list[Fault]]:
    """An office names the enterprise in each row; an enterprise need not name itself."""
    code = raw.get("enterprise")
    if code is None and not actor.official:
        return actor.organization_id, []
    if code in known:
        return known[str(code)], []
    column = column_at(heading, "/enterprise") or "enterprise"
    fault = "import.cell_missing" if code is None else "import.enterprise_unknown"
    return actor.organization_id, [Fault(line.number, column, fault)]


def _fact(line: Line, heading: Heading, actor: Actor, known: dict[str, UUID]) -> Found:
    raw, faults = raw_of(line, heading)
    enterprise, unknown = _enterprise(line, heading, raw, actor, known)
    faults += unknown
    if "name" in raw and "value" in raw:
        try:
            raw["value"] = statements.fact_value(FactName(raw["name"]), raw["value"], raw.get("unit", ""))
        except CellUnreadable as unreadable:
            place = "/unit" if unreadable.code.startswith("import.unit") else "/value"
            column = column_at(heading, place)
            del raw["value"]
            faults.append(Fault(line.number, column, unreadable.code, unreadable.parameters))
    draft, found = checked(line, heading, FactValue, without(raw, "enterprise", "unit"), faults)
    return None if draft is None else Draft(draft.row, Statement(enterprise, draft.content)), found


def _honour(line: Line, heading: Heading, actor: Actor, known: dict[str, UUID]) -> Found:
    raw, faults = raw_of(line, heading)
    enterprise, unknown = _enterprise(line, heading, raw, actor, known)
    told = {**without(raw, "enterprise"), "organization_id": str(enterprise)}
    draft, found = checked(line, heading, HonourStatement, told, faults + unknown)
    return None if draft is None else Draft(draft.row, Statement(enterprise, draft.content)), found


def _reference_rate(line: Line, heading: Heading, _actor: Actor, _known: dict[str, UUID]) -> Found:
    raw, faults = raw_of(line, heading)
    return checked(line, heading, ReferenceRatePublication, raw, faults)


async def _nothing_known(_session: WriteSession, _actor: Actor) -> dict[str, UUID]:
    return {}


async def _store_fact(session: WriteSession, actor: Actor, statement: Any) -> Outcome:
    return await statements.store_fact(session, actor, statement.enterprise, statement.content)


async def _store_honour(session: WriteSession, actor: Actor, statement: Any) -> Outcome:
    return await statements.store_honour(session, actor, statement.content)


IMPORTERS = {
    Kind.PRODUCTS: Importer(
        products.COLUMNS,
        frozenset({OrganizationKind.BANK}),
        provider_actor,
        _nothing_known,
        _product,
        lambda draft: (draft.source, draft.external_id),
        "external_id",
        products.store,
    ),
    Kind.CAPABILITIES: Importer(
        capabilities.COLUMNS,
        frozenset(RESEARCHERS),
        provider_actor,
        capabilities.units_by_name,
        _capability,
        lambda draft: (draft.source, draft.external_id),
        "external_id",
        capabilities.store,
    ),
    Kind.FACTS: Importer(
        statements.FACT_COLUMNS,
        STATING,
        stating_actor,
        enterprises_by_code,
        _fact,
        lambda one: (one.enterprise, one.content.name, one.content.as_of, one.content.source),
        "name",
        _store_fact,
    ),
    Kind.HONOURS: Importer(
        statements.HONOUR_COLUMNS,
        STATING,
        stating_actor,
        enterprises_by_code,
        _honour,
        lambda one: (one.enterprise, one.content.honour, one.content.issued_on, one.content.source),
        "honour",
        _store_honour,
    ),
    Kind.REFERENCE_RATES: Importer(
        reference_rates.COLUMNS,
        frozenset({OrganizationKind.GOVERNMENT}),
        stating_actor,
        _nothing_known,
        _reference_rate,
        lambda one: (one.term, one.published_on),
        "published_on",
        reference_rates.store,
    ),
}
