"""The demo's organizations with their units, and the accounts of their people."""

from sqlalchemy import select
from sqlmodel import col

from matchmaking import journal
from matchmaking.tables.identity import Credential, Membership, Organization, Person, Unit
from schemas.organizations import OrganizationState
from schemas.permissions import Operation
from schemas.vocabulary import UnitKind
from scripts.demo.data import SOURCE, DemoOrganization, DemoPerson, DemoUnit, demo_id
from scripts.demo.loading import Loading, organization_id, person_id, unit_id
from scripts.failures import CommandRefused

FIRST_VERSION = 1


async def settle_organization(loading: Loading, organization: DemoOrganization) -> None:
    if await loading.session.get(Organization, organization_id(organization.key)) is None:
        await _found(loading, organization)
    for unit in organization.units:
        if await loading.session.get(Unit, unit_id(unit.key)) is None:
            await _open_unit(loading, organization, unit)
    for person in organization.people:
        await _enrol(loading, organization, person)


async def _found(loading: Loading, organization: DemoOrganization) -> None:
    founded = await loading.insert(
        Organization(
            id=organization_id(organization.key),
            created_at=loading.session.instant,
            kind=organization.kind,
            state=OrganizationState.ACTIVE,
            name_zh=organization.name_zh,
            name_en=organization.name_en,
            credit_code=organization.credit_code,
            district=organization.district,
            source=SOURCE,
            external_id=organization.key,
        )
    )
    root = DemoUnit(
        key=organization.root,
        kind=UnitKind.HEAD_OFFICE,
        name_zh=organization.name_zh,
        name_en=organization.name_en,
    )
    await _open_unit(loading, organization, root)
    loading.changes.add("organizations")
    await journal.record(
        loading.session,
        loading.official(),
        Operation.ORGANIZATIONS_CREATE,
        "organization",
        founded.id,
        kind=organization.kind,
        claimed=True,
    )


async def _open_unit(loading: Loading, organization: DemoOrganization, unit: DemoUnit) -> None:
    lineage = [unit_id(organization.root), unit_id(unit.key)]
    if unit.parent is not None:
        lineage.insert(1, unit_id(unit.parent))
    is_root = unit.key == organization.root
    await loading.insert(
        Unit(
            id=unit_id(unit.key),
            created_at=loading.session.instant,
            organization_id=organization_id(organization.key),
            parent_id=None if is_root else lineage[-2],
            lineage=lineage[:1] if is_root else lineage,
            **unit.model_dump(exclude={"key", "parent"}),
        )
    )


async def _enrol(loading: Loading, organization: DemoOrganization, person: DemoPerson) -> None:
    """Enter the person, or give its demo password back if somebody tried out changing it."""
    found = select(col(Person.id)).where(col(Person.login) == person.login)
    holder = (await loading.session.execute(found)).scalar_one_or_none()
    if holder is None:
        await _enter(loading, organization, person)
        loading.changes.add("accounts")
    elif holder != person_id(person.login):
        raise CommandRefused("cli.demo_login_taken", {"login": person.login})
    elif await _restore_password(loading, person):
        loading.changes.renew("passwords")


async def _enter(loading: Loading, organization: DemoOrganization, person: DemoPerson) -> None:
    instant = loading.session.instant
    owner = organization_id(organization.key)
    entered = await loading.insert(
        Person(
            id=person_id(person.login),
            organization_id=owner,
            login=person.login,
            display_name=person.display_name,
            created_at=instant,
        )
    )
    membership = await loading.insert(
        Membership(
            id=demo_id(f"membership {person.login}"),
            person_id=entered.id,
            organization_id=owner,
            unit_id=unit_id(person.unit),
            role=person.role,
            created_at=instant,
        )
    )
    password_hash = await loading.password.hash()
    await loading.insert(Credential(person_id=entered.id, password_hash=password_hash, created_at=instant))
    await journal.record(
        loading.session,
        loading.actor(organization.key, person.role, person.unit),
        Operation.PEOPLE_CREATE,
        "membership",
        membership.id,
        role=person.role,
        unit=str(membership.unit_id),
        person=loading.session.pseudonym(entered.id),
    )


async def _restore_password(loading: Loading, person: DemoPerson) -> bool:
    statement = select(Credential).where(col(Credential.person_id) == person_id(person.login))
    credential = (await loading.session.execute(statement)).scalar_one()
    if credential.version == FIRST_VERSION:
        return False
    credential.password_hash = await loading.password.hash()
    credential.version = FIRST_VERSION
    await loading.session.flush()
    return True
