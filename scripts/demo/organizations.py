"""The demo's organizations with their units, and the accounts of their people."""

from functools import partial
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import col

from matchmaking.tables.identity import Credential, Membership, Organization, Person, Unit
from schemas.operations import Operation
from schemas.organizations import OrganizationState
from schemas.vocabulary import UnitKind
from scripts.demo.data import SOURCE, DemoOrganization, DemoPerson, DemoUnit, demo_id
from scripts.demo.loading import Loading, organization_id, person_id, unit_id
from scripts.failures import CommandRefused

FIRST_VERSION = 1


async def settle_organizations(loading: Loading) -> None:
    """Whoever is missing, with units and people; and the printed password for whoever changed it."""
    organizations = loading.city.organizations
    founded = await loading.insert_missing(
        Organization,
        {organization_id(one.key): partial(_organization, loading, one) for one in organizations},
    )
    loading.changes.add("organizations", len(founded))
    for row in founded:
        loading.note(
            loading.official(),
            Operation.ORGANIZATIONS_CREATE,
            "organization",
            row.id,
            kind=row.kind,
            claimed=True,
        )
    await loading.insert_missing(
        Unit,
        {
            unit_id(unit.key): partial(_unit, loading, one, unit)
            for one in organizations
            for unit in (_root(one), *one.units)
        },
    )
    await _enrol(loading)
    await _restore_passwords(loading)


def _organization(loading: Loading, organization: DemoOrganization) -> Organization:
    return Organization(
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


def _root(organization: DemoOrganization) -> DemoUnit:
    return DemoUnit(
        key=organization.root,
        kind=UnitKind.HEAD_OFFICE,
        name_zh=organization.name_zh,
        name_en=organization.name_en,
    )


def _unit(loading: Loading, organization: DemoOrganization, unit: DemoUnit) -> Unit:
    lineage = [unit_id(organization.root)]
    if unit.key != organization.root:
        lineage += [unit_id(key) for key in (unit.parent, unit.key) if key is not None]
    return Unit(
        id=unit_id(unit.key),
        created_at=loading.session.instant,
        organization_id=organization_id(organization.key),
        parent_id=lineage[-2] if len(lineage) > 1 else None,
        lineage=lineage,
        **unit.model_dump(exclude={"key", "parent"}),
    )


async def _enrol(loading: Loading) -> None:
    """Enter whoever is missing; CommandRefused when somebody else holds a login of the demo."""
    people = {person.login: (one, person) for one in loading.city.organizations for person in one.people}
    found = select(col(Person.login), col(Person.id)).where(col(Person.login).in_(list(people)))
    holders = {row.login: row.id for row in await loading.session.execute(found)}
    for login, holder in holders.items():
        if holder != person_id(login):
            raise CommandRefused("cli.demo_login_taken", {"login": login})
    missing = [entry for login, entry in people.items() if login not in holders]
    await loading.insert([_person(loading, *entry) for entry in missing])
    memberships = [_membership(loading, *entry) for entry in missing]
    await loading.insert(memberships)
    signing_in = [person for _, person in missing if person.signs_in]
    await loading.insert([await _credential(loading, person) for person in signing_in])
    loading.changes.add("accounts", len(signing_in))
    for (organization, person), membership in zip(missing, memberships, strict=True):
        loading.note(
            loading.actor(organization.key, person.role, person.unit),
            Operation.PEOPLE_CREATE,
            "membership",
            membership.id,
            role=person.role,
            unit=str(membership.unit_id),
            person=loading.session.pseudonym(membership.person_id),
        )


def _person(loading: Loading, organization: DemoOrganization, person: DemoPerson) -> Person:
    return Person(
        id=person_id(person.login),
        created_at=loading.session.instant,
        organization_id=organization_id(organization.key),
        login=person.login,
        display_name=person.display_name,
        phone=person.phone,
        email=person.email,
    )


def _membership(loading: Loading, organization: DemoOrganization, person: DemoPerson) -> Membership:
    return Membership(
        id=demo_id(f"membership {person.login}"),
        created_at=loading.session.instant,
        person_id=person_id(person.login),
        organization_id=organization_id(organization.key),
        unit_id=unit_id(person.unit),
        role=person.role,
    )


async def _credential(loading: Loading, person: DemoPerson) -> Credential:
    return Credential(
        created_at=loading.session.instant,
        person_id=person_id(person.login),
        password_hash=await loading.password.hash(),
    )


async def _restore_passwords(loading: Loading) -> None:
    """Give the demo password back where somebody tried out changing it."""
    signing_in = [person_id(login) for login in loading.city.people()]
    changed = select(col(Credential.id)).where(
        col(Credential.person_id).in_(signing_in), col(Credential.version) != FIRST_VERSION
    )
    found: list[UUID] = list((await loading.session.execute(changed)).scalars())
    if not found:
        return
    restored = {"password_hash": await loading.password.hash(), "version": FIRST_VERSION}
    await loading.session.execute(update(Credential).where(col(Credential.id).in_(found)).values(restored))
    loading.changes.renew("passwords", len(found))
