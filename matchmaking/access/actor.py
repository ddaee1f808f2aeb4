"""Who acts: one member of one organization in one role, or a machine with an API key."""

from dataclasses import dataclass
from uuid import UUID

from matchmaking.db.beginning import Entrance
from schemas.vocabulary import LineOfDuty, OrganizationKind, Role


@dataclass(frozen=True, slots=True)
class Actor:
    """The signed-in side of a request, read from a verified credential alone.

    `scopes` is None for a person, who may do all that the role may, and the granted set for an API key.
    `area` is the official's area code, None for everybody else.
    """

    credential_id: UUID
    person_id: UUID | None
    membership_id: UUID | None
    organization_id: UUID
    organization_kind: OrganizationKind
    unit_id: UUID
    role: Role
    line_of_duty: LineOfDuty | None = None
    area: str | None = None
    scopes: frozenset[str] | None = None

    @property
    def official(self) -> bool:
        return self.organization_kind is OrganizationKind.GOVERNMENT

    @property
    def entrance(self) -> Entrance:
        return Entrance(self.credential_id, self.person_id, self.organization_id, self.unit_id, self.official)
