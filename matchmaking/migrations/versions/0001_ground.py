"""The ground: accounts, offers, needs, matching, agreements, tasks and the journal."""

from alembic import op
from matchmaking.tables.identity import ENTER_FUNCTION

from matchmaking.tables.base import Row
from matchmaking.tables.everything import ROW_SECURITY
from matchmaking.tables.row_security import statements

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    Row.metadata.create_all(op.get_bind())
    op.execute(ENTER_FUNCTION)
    for role in ("app", "system"):
        op.execute(f"GRANT USAGE ON SCHEMA public TO matchmaking_{role}")
    for statement in statements(ROW_SECURITY):
        op.execute(statement)
