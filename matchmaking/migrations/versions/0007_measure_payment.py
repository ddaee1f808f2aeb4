"""What a policy measure grants on which part of a loan, for how long, and when the money comes."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

GRANTED = "loan_share_basis_points, most_months, purposes, paid_every_months, paid_after_months"


def upgrade() -> None:
    for name in ("loan_share_basis_points", "most_months", "paid_every_months"):
        op.add_column("policy_measure", sa.Column(name, sa.Integer(), nullable=True))
    op.add_column(
        "policy_measure",
        sa.Column("paid_after_months", sa.Integer(), server_default="0", nullable=False),
    )
    op.add_column(
        "policy_measure",
        sa.Column("purposes", sa.ARRAY(sa.String(length=40)), server_default="{}", nullable=False),
    )
    op.execute(f'GRANT UPDATE ({GRANTED}) ON "policy_measure" TO matchmaking_app')
