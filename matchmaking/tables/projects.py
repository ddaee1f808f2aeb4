"""Projects of enterprises: what several financing needs are for together."""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from matchmaking.tables.base import Row, text_enum
from matchmaking.tables.row_security import OFFICIAL, OWN, Policy, RowSecurity, everything
from schemas.vocabulary import ProjectState


class Project(Row, table=True):
    """Amounts in fen. `approvals` and `plan_of_use` are lists of the shapes of their names in `schemas`."""

    __tablename__ = "project"

    organization_id: UUID = Field(foreign_key="organization.id", index=True)
    state: ProjectState = Field(default=ProjectState.OPEN, sa_type=text_enum(ProjectState))
    title: str
    summary: str | None = None
    total_investment_fen: int = Field(sa_type=BigInteger)
    own_capital_fen: int = Field(sa_type=BigInteger)
    approvals: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    plan_of_use: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)


# An official sees a project once one of its needs was submitted: until then it is the enterprise's alone.
ASKED_FOR = (
    "EXISTS (SELECT FROM financing_need n WHERE n.project_id = project.id AND n.submitted_at IS NOT NULL)"
)
CHANGEABLE = (
    *("state", "version", "title", "summary", "total_investment_fen", "own_capital_fen"),
    *("approvals", "plan_of_use"),
)

ROW_SECURITY: RowSecurity = {
    "project": (
        Policy("app", "select", f"{OWN} OR ({OFFICIAL} AND {ASKED_FOR})"),
        Policy("app", "insert", OWN),
        Policy("app", "update", OWN, columns=CHANGEABLE),
        *everything("select", "insert", "update"),
    ),
}
