"""Further registered enterprises, so that a card has somebody to be like."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from city import DISTRICT, City
from matchmaking.tables.identity import Organization
from matchmaking.tables.needs import EnterpriseFact
from schemas.organizations import OrganizationState
from schemas.vocabulary import FactName, FactSource, OrganizationKind

PLAIN: Mapping[str, Any] = {
    "chains": ["home_textiles"],
    "headcount": 120,
    "honours": [],
    "revenue_last_12_months": 8_000_000_000,
}


async def state_facts(city: City, organization_id: UUID, facts: Mapping[str, Any]) -> None:
    async with city.database.as_system() as session:
        session.add_all(
            EnterpriseFact(
                id=uuid7(),
                created_at=session.instant,
                organization_id=organization_id,
                name=FactName(name),
                value=value,
                as_of=date(2026, 1, 1),
                source=FactSource.SYSTEM_OF_RECORD,
            )
            for name, value in facts.items()
        )


async def settle_neighbours(
    city: City, count: int, facts: Mapping[str, Any] = PLAIN, district: str = DISTRICT
) -> list[UUID]:
    """`count` more enterprises of which the register knows `facts`."""
    made = [uuid7() for _ in range(count)]
    async with city.database.as_system() as session:
        session.add_all(
            Organization(
                id=one,
                created_at=session.instant,
                kind=OrganizationKind.ENTERPRISE,
                state=OrganizationState.ACTIVE,
                name_zh=f"邻居{one.hex[-8:]}",
                district=district,
            )
            for one in made
        )
    for one in made:
        await state_facts(city, one, facts)
    return made
