"""Facts and honours of enterprises from rows: appended where they say anything new, never changed."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col
from uuid_utils.compat import uuid7

from matchmaking import journal
from matchmaking.access.actor import Actor
from matchmaking.db.session import WriteSession
from matchmaking.errors import Invalid
from matchmaking.services.enterprise_facts import record_facts
from matchmaking.services.honours import record_honours
from matchmaking.tables.honours import HeldHonour
from matchmaking.tables.needs import EnterpriseFact
from schemas.eligibility import FACTS, FactKind, FactValue
from schemas.enterprise_facts import EnterpriseFactsRecord
from schemas.honours import HonoursRecord, HonourStatement
from schemas.operations import Operation
from schemas.vocabulary import FactName, FactSource, Honour, HonourLevel, RuleUnit
from scripts.importing.acting import Outcome
from scripts.importing.cells import (
    Column,
    Reader,
    code_of,
    codes_of,
    day,
    percent,
    plain,
    several,
    truth,
    wan,
    whole,
    yuan,
)
from scripts.importing.faults import CellUnreadable

LISTED = (FactSource.OFFICIAL_LIST, FactSource.SYSTEM_OF_RECORD)
ENTERPRISE = Column("enterprise", "统一社会信用代码", ("enterprise",), lambda cell: cell.upper())

FACT_COLUMNS = (
    ENTERPRISE,
    Column("name", "事实", ("name",), code_of(FactName), required=True),
    Column("value", "值", ("value",), plain, required=True),
    Column("unit", "单位", ("unit",), plain),
    Column("as_of", "截至日期", ("as_of",), day, required=True),
    Column("source", "依据", ("source",), code_of(FactSource), required=True),
)
HONOUR_COLUMNS = (
    ENTERPRISE,
    Column("honour", "荣誉", ("honour",), code_of(Honour), required=True),
    Column("level", "级别", ("level",), code_of(HonourLevel)),
    Column("issued_on", "认定日期", ("issued_on",), day, required=True),
    Column("expires_on", "有效期至", ("expires_on",), day),
    Column("as_of", "截至日期", ("as_of",), day, required=True),
    Column("source", "依据", ("source",), code_of(FactSource), required=True),
    Column("document", "文号", ("document",), plain),
)
MONEY: dict[str, Reader] = {"元": yuan, "yuan": yuan, "cny": yuan, "万元": wan, "wan": wan}
SHARE: dict[str, Reader] = {"%": percent, "％": percent, "percent": percent}
PLAIN_UNITS: dict[RuleUnit, tuple[str, ...]] = {
    RuleUnit.COUNT: ("", "个", "人", "件", "count"),
    RuleUnit.LEVEL: ("", "级", "level"),
}
BY_KIND: dict[FactKind, Reader] = {
    FactKind.DATE: day,
    FactKind.BOOLEAN: truth,
    FactKind.CODE: plain,
    FactKind.CODES: several,
}


def fact_value(name: FactName, value: str, unit: str) -> Any:
    """CellUnreadable `import.unit_wrong` for a number in no unit, or in another than that of the fact."""
    definition = FACTS[name]
    if definition.unit is RuleUnit.FEN:
        return _in(MONEY, unit)(value)
    if definition.unit is RuleUnit.BASIS_POINTS:
        return _in(SHARE, unit)(value)
    if definition.kind is FactKind.NUMBER and definition.unit is not None:
        return _in(dict.fromkeys(PLAIN_UNITS[definition.unit], whole), unit)(value)
    if unit:
        raise CellUnreadable("import.unit_needless")
    if definition.choices is not None:
        several_of = definition.kind is FactKind.CHOICES
        return (codes_of if several_of else code_of)(definition.choices)(value)
    return BY_KIND[definition.kind](value)


def _in(units: dict[str, Reader], unit: str) -> Reader:
    if unit.lower() not in units:
        raise CellUnreadable("import.unit_wrong", {"units": ", ".join(one for one in units if one)})
    return units[unit.lower()]


async def store_fact(session: WriteSession, actor: Actor, enterprise: UUID, fact: FactValue) -> Outcome:
    """An enterprise speaks for itself; an office enters what its list or its system of record says."""
    before = await _latest(session, enterprise, fact)
    if before is not None and before.value == fact.model_dump(mode="json")["value"]:
        return "unchanged"
    if actor.official:
        await _list_fact(session, actor, enterprise, fact)
    else:
        await record_facts(session, actor, EnterpriseFactsRecord(facts=[fact]))
    return "added" if before is None else "changed"


async def _latest(session: WriteSession, enterprise: UUID, fact: FactValue) -> EnterpriseFact | None:
    """What the same source said last of the same day."""
    statement = select(EnterpriseFact).where(
        col(EnterpriseFact.organization_id) == enterprise,
        col(EnterpriseFact.name) == fact.name,
        col(EnterpriseFact.as_of) == fact.as_of,
        col(EnterpriseFact.source) == fact.source,
    )
    newest = statement.order_by(col(EnterpriseFact.id).desc()).limit(1)
    return (await session.execute(newest)).scalar_one_or_none()


async def _list_fact(session: WriteSession, actor: Actor, enterprise: UUID, fact: FactValue) -> None:
    if fact.as_of > session.instant.date():
        raise Invalid("fact_from_the_future", pointer="/as_of")
    if fact.source not in LISTED:
        raise Invalid("import_source_of_office", {"allowed": ", ".join(LISTED)}, "/source")
    values = fact.model_dump(mode="json", include={"name", "value", "source"})
    row = EnterpriseFact(
        id=uuid7(), created_at=session.instant, organization_id=enterprise, as_of=fact.as_of, **values
    )
    session.add(row)
    await session.flush()
    names = [fact.name.value]
    await journal.record(
        session, actor, Operation.ENTERPRISE_FACTS_RECORD, "organization", enterprise, names=names
    )


async def store_honour(session: WriteSession, actor: Actor, statement: HonourStatement) -> Outcome:
    holder = statement.organization_id or actor.organization_id
    same = select(HeldHonour).where(
        col(HeldHonour.organization_id) == holder,
        col(HeldHonour.honour) == statement.honour,
        col(HeldHonour.source) == statement.source,
        col(HeldHonour.issued_on) == statement.issued_on,
    )
    newest = same.order_by(col(HeldHonour.id).desc()).limit(1)
    before = (await session.execute(newest)).scalar_one_or_none()
    told = statement.model_dump(exclude={"organization_id"})
    if before is not None and before.model_dump(include=set(told)) == told:
        return "unchanged"
    await record_honours(session, actor, HonoursRecord(honours=[statement]))
    return "added" if before is None else "changed"
