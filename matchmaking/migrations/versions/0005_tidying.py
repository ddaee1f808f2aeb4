"""The system may delete sign-ins that ended long ago, with their refresh tokens."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TIDIED = ("refresh_token", "sign_in_session")


def upgrade() -> None:
    for table in TIDIED:
        op.execute(f'CREATE POLICY system_delete ON "{table}" FOR DELETE TO matchmaking_system USING (true)')
        op.execute(f'GRANT DELETE ON "{table}" TO matchmaking_system')
