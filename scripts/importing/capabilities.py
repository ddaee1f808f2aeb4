"""Capabilities of an institution from rows: new ones as drafts, changed ones described anew."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from matchmaking import journal
from matchmaking.access.actor import Actor
from matchmaking.db.changes import compare_and_set
from matchmaking.db.session import WriteSession
from matchmaking.errors import Conflict
from matchmaking.services.capabilities import CAPABILITIES, change_capability, create_capability
from matchmaking.services.listings import check_listing_end
from matchmaking.tables.identity import Unit
from matchmaking.tables.research import Capability
from schemas.capabilities import CapabilityChange, CapabilityCreate
from schemas.operations import Operation
from schemas.vocabulary import CapabilityKind, CooperationMode, PlatformLevel
from scripts.importing.acting import Outcome
from scripts.importing.cells import (
    Column,
    code_of,
    codes_of,
    day,
    plain,
    several,
    structure,
    wan,
    whole,
    yuan,
)
from scripts.importing.rows import Raw

COLUMNS = (
    Column("source", "来源系统", ("source",), plain, required=True),
    Column("external_id", "来源编号", ("external_id",), plain, required=True),
    Column("kind", "能力种类", ("kind",), code_of(CapabilityKind), required=True),
    Column("unit", "部门", ("unit",), plain),
    Column("title_zh", "名称", ("title_zh",), plain, required=True),
    Column("title_en", "英文名称", ("title_en",), plain),
    Column("description", "说明", ("description",), plain, required=True),
    Column("valid_until", "有效期至", ("valid_until",), day, required=True),
    Column("fields", "领域", ("fields",), several),
    Column("chains", "产业链", ("chains",), several),
    Column("equipment", "设备", ("equipment",), several),
    Column("past_work", "过往项目", ("past_work",), several),
    Column("intellectual_property", "知识产权", ("intellectual_property",), structure),
    Column("modes", "合作方式", ("modes",), codes_of(CooperationMode)),
    Column("readiness_from", "成熟度下限", ("readiness_from",), whole),
    Column("readiness_to", "成熟度上限", ("readiness_to",), whole),
    Column("smallest_contract", "合同额下限（元）", ("smallest_contract_fen",), yuan),
    Column("smallest_contract_wan", "合同额下限（万元）", ("smallest_contract_fen",), wan),
    Column("largest_contract", "合同额上限（元）", ("largest_contract_fen",), yuan),
    Column("largest_contract_wan", "合同额上限（万元）", ("largest_contract_fen",), wan),
    Column("free_projects", "可承接项目数", ("free_projects",), whole),
    Column("platform_level", "平台级别", ("platform_level",), code_of(PlatformLevel)),
    Column("district", "区县代码", ("district",), plain),
    Column("city", "所在城市", ("city",), plain),
)


async def units_by_name(session: WriteSession, actor: Actor) -> dict[str, UUID]:
    """Of the institution; a name that two units bear names neither."""
    statement = select(col(Unit.name_zh), col(Unit.id)).where(
        col(Unit.organization_id) == actor.organization_id
    )
    named: dict[str, set[UUID]] = {}
    for name, unit_id in await session.execute(statement):
        named.setdefault(name, set()).add(unit_id)
    return {name: ids.pop() for name, ids in named.items() if len(ids) == 1}


async def store(session: WriteSession, actor: Actor, draft: CapabilityCreate) -> Outcome:
    found = select(Capability).where(
        col(Capability.organization_id) == actor.organization_id,
        col(Capability.source) == draft.source,
        col(Capability.external_id) == draft.external_id,
    )
    row = (await session.execute(found)).scalar_one_or_none()
    if row is None:
        await create_capability(session, actor, draft)
        return "added"
    for fixed in ("kind", "unit_id"):
        if getattr(row, fixed) != getattr(draft, fixed):
            raise Conflict("import_kind_fixed", pointer=f"/{fixed}")
    described = await _describe(session, actor, row, draft)
    prolonged = await _prolong(session, actor, row, draft)
    return "changed" if described or prolonged else "unchanged"


async def _describe(session: WriteSession, actor: Actor, row: Capability, draft: CapabilityCreate) -> bool:
    names = set(CapabilityChange.model_fields)
    told = draft.model_dump(mode="json", include=names)
    if row.model_dump(mode="json", include=names) == told:
        return False
    change = CapabilityChange.model_validate(told)
    await change_capability(session, actor, row.id, change, row.version)
    await session.refresh(row)
    return True


async def _prolong(session: WriteSession, actor: Actor, row: Capability, draft: CapabilityCreate) -> bool:
    """A new end of the listing; its state stays as it is."""
    if row.valid_until == draft.valid_until:
        return False
    check_listing_end(session, draft.valid_until, "/valid_until")
    seen: Raw = {"version": row.version}
    values: dict[str, Any] = {"valid_until": draft.valid_until}
    await compare_and_set(session, Capability, row.id, seen, values)
    await journal.record(
        session, actor, Operation.CAPABILITIES_CHANGE, CAPABILITIES.name, row.id, fields=["valid_until"]
    )
    return True
