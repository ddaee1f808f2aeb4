"""Whether somebody acts for a provider here: nobody can be introduced to an organization without members."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from matchmaking.db.session import ReadSession
from matchmaking.errors import Conflict
from matchmaking.tables.identity import Organization
from schemas.organizations import OrganizationState


async def require_claimed(session: ReadSession, organization_id: UUID) -> None:
    """Conflict `provider_not_here_yet` for an organization that is known here and has not joined."""
    statement = select(col(Organization.state)).where(col(Organization.id) == organization_id)
    if (await session.execute(statement)).scalar_one() is OrganizationState.UNCLAIMED:
        raise Conflict("provider_not_here_yet")
