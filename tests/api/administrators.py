"""Administrators of the organizations in a test's city."""

from city import City, Member, enrol
from schemas.vocabulary import OrganizationKind, Role


async def administrator(
    city: City, beside: Member | None = None, kind: OrganizationKind = OrganizationKind.BANK
) -> Member:
    """Of `beside`'s organization, in the same unit, or of a new one."""
    if beside is not None:
        kind = beside.actor.organization_kind
    return await enrol(city.database, city.gate, city.client, kind, Role.ADMINISTRATOR, beside)
