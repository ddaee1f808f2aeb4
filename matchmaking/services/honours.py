"""Honours held: declared by the enterprise or listed by an office, and what of them counts at a date.

Statements are appended and never changed. Of one honour the official statement made last counts, and where
there is none the enterprise's own; so an office ends an honour by listing it with the day on which it ended.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, not_, select
from sqlmodel import col
from uuid_utils.compat import uuid7

from matchmaking import journal
from matchmaking.access.actor import Actor
from matchmaking.access.permissions import require
from matchmaking.access.scoping import find, in_area, visible_to
from matchmaking.db.cursors import Slice
from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.errors import Invalid
from matchmaking.services.listings import NEWEST, OLDEST, Catalogue, Order, PageRequest, browse
from matchmaking.tables.honours import HeldHonour
from matchmaking.tables.identity import Organization
from schemas.eligibility import FactValue
from schemas.honours import HonourRead, HonoursRecord, HonoursRecorded, HonourStatement
from schemas.listing_queries import HonourQuery, HonourSort
from schemas.operations import Operation
from schemas.vocabulary import FactName, FactSource, Honour, OrganizationKind

OF_THE_ROW = set(HonourRead.model_fields) & set(HeldHonour.model_fields)
OFFICIAL_SOURCES = frozenset({FactSource.OFFICIAL_LIST, FactSource.SYSTEM_OF_RECORD})


def _expired(today: date) -> ColumnElement[bool]:
    return and_(col(HeldHonour.expires_on).is_not(None), col(HeldHonour.expires_on) < today)


CATALOGUE = Catalogue(
    identity=col(HeldHonour.id),
    orders={
        HonourSort.NEWEST: NEWEST,
        HonourSort.OLDEST: OLDEST,
        HonourSort.ISSUED_LAST: Order((col(HeldHonour.issued_on),), descending=True),
    },
    filters={
        "organization_id": lambda holder, _: col(HeldHonour.organization_id) == holder,
        "honour": lambda honour, _: col(HeldHonour.honour) == honour,
        "source": lambda source, _: col(HeldHonour.source) == source,
        "expired": lambda wanted, today: _expired(today) if wanted else not_(_expired(today)),
    },
)


async def record_honours(session: WriteSession, actor: Actor, statement: HonoursRecord) -> HonoursRecorded:
    """Several statements, all or none; Invalid names the first that cannot be."""
    require(actor, Operation.HONOURS_RECORD)
    for index, one in enumerate(statement.honours):
        await _check(session, actor, one, f"/honours/{index}")
    rows = [
        HeldHonour(
            id=uuid7(),
            created_at=session.instant,
            listed_by=actor.organization_id,
            organization_id=one.organization_id or actor.organization_id,
            **one.model_dump(exclude={"organization_id"}),
        )
        for one in statement.honours
    ]
    session.add_all(rows)
    await session.flush()
    for holder in sorted({row.organization_id for row in rows}):
        named = sorted(row.honour.value for row in rows if row.organization_id == holder)
        await journal.record(session, actor, Operation.HONOURS_RECORD, "organization", holder, honours=named)
    return HonoursRecorded(honours=[_read(session, row) for row in rows])


async def read_honour(session: ReadSession, actor: Actor, honour_id: UUID) -> HonourRead:
    require(actor, Operation.HONOURS_READ)
    return _read(session, await find(session, actor, HeldHonour, honour_id))


async def list_honours(
    session: ReadSession, actor: Actor, page: PageRequest, query: HonourQuery
) -> Slice[HonourRead]:
    require(actor, Operation.HONOURS_LIST)
    statement = select(HeldHonour).where(visible_to(actor, HeldHonour))
    return await browse(session, CATALOGUE, statement, query, page, lambda row: _read(session, row[0]))


def honour_statements(organization_id: UUID) -> Select[HeldHonour]:
    """All about one enterprise, as far as the wall of the database lets the caller see."""
    return select(HeldHonour).where(col(HeldHonour.organization_id) == organization_id)


def honours_fact(stated: FactValue | None, statements: Sequence[HeldHonour], today: date) -> FactValue | None:
    """The HONOURS fact for a ranking: what `statements` say, and of `stated` what none of them speaks of.

    Expired ones are left out. The set is as strong as its weakest member: it counts as an official list only
    when nothing in it is the enterprise's word alone. None when nothing is known.
    """
    counted = _counted(statements)
    held = [one for one in counted.values() if one.expires_on is None or one.expires_on >= today]
    kept = _kept(stated, counted)
    if not held and not kept:
        return None
    sources = {one.source for one in held} | ({stated.source} if stated is not None and kept else set())
    dates = [one.as_of for one in held] + ([stated.as_of] if stated is not None and kept else [])
    return FactValue(
        name=FactName.HONOURS,
        value=tuple(sorted({*kept, *(one.honour.value for one in held)})),
        as_of=max(dates),
        source=min(sources, key=_strength),
    )


def _counted(statements: Iterable[HeldHonour]) -> dict[Honour, HeldHonour]:
    """The statement that counts of each honour: official before one's own, and then the one made last."""
    counted: dict[Honour, HeldHonour] = {}
    for one in sorted(statements, key=lambda row: (row.source in OFFICIAL_SOURCES, row.id)):
        counted[one.honour] = one
    return counted


def _kept(stated: FactValue | None, counted: dict[Honour, HeldHonour]) -> tuple[str, ...]:
    if stated is None or not isinstance(stated.value, tuple):
        return ()
    return tuple(code for code in stated.value if Honour(code) not in counted)


def _strength(source: FactSource) -> int:
    order = (FactSource.SELF_DECLARED, FactSource.DOCUMENT, FactSource.OFFICIAL_LIST)
    return order.index(source) if source in order else len(order)


async def _check(session: ReadSession, actor: Actor, one: HonourStatement, pointer: str) -> None:
    today = session.instant.date()
    for name, day in (("issued_on", one.issued_on), ("as_of", one.as_of)):
        if day > today:
            raise Invalid("honour_from_the_future", pointer=f"{pointer}/{name}")
    due = FactSource.OFFICIAL_LIST if actor.official else FactSource.SELF_DECLARED
    if one.source is not due:
        raise Invalid("honour_source_not_yours", pointer=f"{pointer}/source")
    if actor.official:
        await _check_holder(session, actor, one.organization_id, f"{pointer}/organization_id")
    elif one.organization_id not in {None, actor.organization_id}:
        raise Invalid("honour_enterprise_missing", pointer=f"{pointer}/organization_id")


async def _check_holder(
    session: ReadSession, actor: Actor, organization_id: UUID | None, pointer: str
) -> None:
    """Invalid unless it is an enterprise of the official's area."""
    holder = select(col(Organization.id)).where(
        col(Organization.id) == organization_id,
        col(Organization.kind) == OrganizationKind.ENTERPRISE,
        in_area(actor, Organization.id),
    )
    if organization_id is None or (await session.execute(holder)).first() is None:
        raise Invalid("honour_enterprise_missing", pointer=pointer)


def _read(session: ReadSession, row: HeldHonour) -> HonourRead:
    expired = row.expires_on is not None and row.expires_on < session.instant.date()
    return HonourRead(**row.model_dump(include=OF_THE_ROW), expired=expired)
