"""`matchmaking create-official`: the first account of an installation, from which all others follow.

Who runs this has the system role's address or the state folder, which is the right to do it. The organization
and the office are made where they are missing; of the demo's nothing is used.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, TextIO
from uuid import UUID

import typer
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import or_, select
from sqlmodel import col
from uuid_utils.compat import uuid7

from matchmaking import journal
from matchmaking.access.actor import Actor
from matchmaking.access.passwords import Passwords, refuse_weak
from matchmaking.clock import SystemClock
from matchmaking.db.session import Database, WriteSession
from matchmaking.messages import text
from matchmaking.ranking.explain import word
from matchmaking.services.enrolment import Post, enrol
from matchmaking.services.units import root_unit
from matchmaking.settings import Settings
from matchmaking.tables.identity import Organization, Unit
from schemas.accounts import Login
from schemas.base import DistrictCode, Name
from schemas.operations import Operation
from schemas.organizations import OrganizationState
from schemas.people import PersonDraft
from schemas.vocabulary import LineOfDuty, OrganizationKind, Role, UnitKind
from scripts.demo.data import SOURCE as DEMO
from scripts.failures import ASKED_WRONGLY, CommandRefused
from scripts.speaking import both_lines, to_people
from scripts.standing import started_or_joined

# Stands in the journal for whoever sat at the command line.
COMMAND_LINE = UUID("01941f29-7c00-7000-8000-000000000001")
CITY_LETTERS = 4


@dataclass(frozen=True, slots=True)
class Official:
    name: str
    login: str
    line_of_duty: LineOfDuty
    area: str
    organization: str | None

    @classmethod
    def of(cls, name: str, login: str, line_of_duty: str, area: str, organization: str | None) -> "Official":
        """CommandRefused, naming what is wrong, for what the API would not take either."""
        if line_of_duty not in {line.value for line in LineOfDuty}:
            allowed = ", ".join(line.value for line in LineOfDuty)
            raise CommandRefused("cli.line_of_duty_unknown", {"allowed": allowed}, ASKED_WRONGLY)
        return cls(
            _fitting(Name, name, "cli.name_wrong"),
            _fitting(Login, login, "cli.login_wrong"),
            LineOfDuty(line_of_duty),
            _fitting(DistrictCode, area, "cli.area_wrong"),
            None if organization is None else _fitting(Name, organization, "cli.name_wrong"),
        )


def typed_password(login: str, given: TextIO | None) -> str:
    """Asked for twice without echo, or the first line of `given`; refused like any weak password."""
    if given is not None:
        password = given.readline().rstrip("\r\n")
        if not password:
            raise CommandRefused("cli.password_missing", exit_code=ASKED_WRONGLY)
    else:
        password = typer.prompt("密码（至少 12 个字符） Password (at least 12 characters)", hide_input=True)
        if typer.prompt("再输入一次 Once more", hide_input=True) != password:
            raise CommandRefused("cli.passwords_differ")
    refuse_weak(password, login, "/password")
    return password


def make_and_tell(settings: Settings, official: Official, password: str) -> None:
    with started_or_joined(settings) as standing:
        database = standing.foundation.database(settings, SystemClock())
        organization, unit = asyncio.run(_make_and_dispose(database, official, password))
    told = both_lines("cli.official_made", login=official.login, organization=organization, unit=unit)
    to_people().print(told)


async def _make_and_dispose(database: Database, official: Official, password: str) -> tuple[str, str]:
    try:
        return await make_official(database, official, password)
    finally:
        await database.dispose()


async def make_official(database: Database, official: Official, password: str) -> tuple[str, str]:
    """The names of the organization and the office; Conflict `login_taken` when the login is somebody's."""
    async with database.as_system() as session:
        organization = await _government(session, official)
        office = await _office(session, organization, official)
        draft = PersonDraft(login=official.login, display_name=official.name)
        post = Post(organization.id, office.id, Role.OFFICIAL)
        enrolled = await enrol(session, Passwords(), post, draft, password=password)
        await journal.record(
            session,
            _at_the_command_line(organization, office),
            Operation.PEOPLE_CREATE,
            "membership",
            enrolled.memberships[0].id,
            role=Role.OFFICIAL,
            unit=str(office.id),
            person=session.pseudonym(enrolled.id),
        )
        return organization.name_zh, office.name_zh


def _at_the_command_line(organization: Organization, office: Unit) -> Actor:
    return Actor(
        credential_id=COMMAND_LINE,
        person_id=None,
        membership_id=None,
        organization_id=organization.id,
        organization_kind=OrganizationKind.GOVERNMENT,
        unit_id=office.id,
        role=Role.ADMINISTRATOR,
    )


async def _government(session: WriteSession, official: Official) -> Organization:
    """The one of that name; without a name, the one of the area's city."""
    statement = select(Organization).where(
        col(Organization.kind) == OrganizationKind.GOVERNMENT,
        or_(col(Organization.source).is_(None), col(Organization.source) != DEMO),
    )
    if official.organization is None:
        city = official.area[:CITY_LETTERS]
        statement = statement.where(col(Organization.district).startswith(city, autoescape=True))
    else:
        statement = statement.where(col(Organization.name_zh) == official.organization)
    found = (await session.execute(statement.order_by(col(Organization.id)).limit(1))).scalar_one_or_none()
    return found or await _found_government(session, official)


async def _found_government(session: WriteSession, official: Official) -> Organization:
    organization = Organization(
        id=uuid7(),
        created_at=session.instant,
        kind=OrganizationKind.GOVERNMENT,
        state=OrganizationState.ACTIVE,
        name_zh=official.organization or text("cli.government", "zh", area=official.area),
        name_en=None if official.organization else text("cli.government", "en", area=official.area),
        district=official.area,
    )
    session.add(organization)
    await session.flush()
    session.add(root_unit(session, organization))
    await session.flush()
    return organization


async def _office(session: WriteSession, organization: Organization, official: Official) -> Unit:
    offices = select(Unit).where(col(Unit.organization_id) == organization.id).order_by(col(Unit.id))
    units = list((await session.execute(offices)).scalars())
    for unit in units:
        if (unit.line_of_duty, unit.area) == (official.line_of_duty, official.area):
            return unit
    root = next(unit for unit in units if unit.parent_id is None)
    office_id = uuid7()
    line = official.line_of_duty
    office = Unit(
        id=office_id,
        created_at=session.instant,
        organization_id=organization.id,
        parent_id=root.id,
        kind=UnitKind.GOVERNMENT_OFFICE,
        name_zh=text("cli.office", "zh", line=word(line, "zh"), area=official.area),
        name_en=text("cli.office", "en", line=word(line, "en"), area=official.area),
        lineage=[*root.lineage, office_id],
        line_of_duty=line,
        area=official.area,
    )
    session.add(office)
    await session.flush()
    return office


def _fitting(shape: Any, value: str, code: str) -> str:
    adapter: TypeAdapter[str] = TypeAdapter(shape)
    try:
        return adapter.validate_python(value)
    except ValidationError:
        raise CommandRefused(code, exit_code=ASKED_WRONGLY) from None
