"""Changes of what is offered, noted by triggers, which the catalogues of every process follow."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NOTING = """
CREATE FUNCTION note_catalogue_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed record;
    changed_id uuid;
BEGIN
    IF TG_OP = 'DELETE' THEN changed := OLD; ELSE changed := NEW; END IF;
    IF TG_ARGV[1] = 'product_id' THEN changed_id := changed.product_id; ELSE changed_id := changed.id; END IF;
    INSERT INTO catalogue_change (transaction_id, subject, subject_id)
    VALUES (pg_current_xact_id()::text::bigint, TG_ARGV[0], changed_id);
    RETURN NULL;
END
$$
"""
TRIGGERS = (
    "CREATE TRIGGER note_catalogue_change AFTER INSERT OR UPDATE OR DELETE ON \"credit_product\" FOR EACH ROW EXECUTE FUNCTION note_catalogue_change('credit_product', 'id')",
    "CREATE TRIGGER note_catalogue_change AFTER INSERT OR UPDATE OR DELETE ON \"credit_product_version\" FOR EACH ROW EXECUTE FUNCTION note_catalogue_change('credit_product', 'product_id')",
    "CREATE TRIGGER note_catalogue_change AFTER INSERT OR UPDATE OR DELETE ON \"product_adoption\" FOR EACH ROW EXECUTE FUNCTION note_catalogue_change('credit_product', 'product_id')",
    "CREATE TRIGGER note_catalogue_change AFTER INSERT OR UPDATE OR DELETE ON \"capability\" FOR EACH ROW EXECUTE FUNCTION note_catalogue_change('capability', 'id')",
    "CREATE TRIGGER note_catalogue_change AFTER UPDATE ON \"organization\" FOR EACH ROW WHEN (NEW.kind <> 'enterprise') EXECUTE FUNCTION note_catalogue_change('organization', 'id')",
    "CREATE TRIGGER note_catalogue_change AFTER UPDATE ON \"unit\" FOR EACH ROW EXECUTE FUNCTION note_catalogue_change('unit', 'id')",
)
POLICIES = (
    'ALTER TABLE "catalogue_change" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "catalogue_change" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_select ON \"catalogue_change\" FOR SELECT TO matchmaking_app USING (nullif(current_setting('matchmaking.organization', true), '')::uuid IS NOT NULL)",
    'GRANT SELECT ON "catalogue_change" TO matchmaking_app',
    'CREATE POLICY app_insert ON "catalogue_change" FOR INSERT TO matchmaking_app WITH CHECK (pg_trigger_depth() > 0)',
    'GRANT INSERT ON "catalogue_change" TO matchmaking_app',
    'CREATE POLICY system_insert ON "catalogue_change" FOR INSERT TO matchmaking_system WITH CHECK (pg_trigger_depth() > 0)',
    'GRANT INSERT ON "catalogue_change" TO matchmaking_system',
    'CREATE POLICY system_select ON "catalogue_change" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "catalogue_change" TO matchmaking_system',
    'CREATE POLICY system_delete ON "catalogue_change" FOR DELETE TO matchmaking_system USING (true)',
    'GRANT DELETE ON "catalogue_change" TO matchmaking_system',
)


def upgrade() -> None:
    op.create_table(
        "catalogue_change",
        sa.Column("number", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("transaction_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "subject",
            sa.Enum(
                "credit_product",
                "capability",
                "organization",
                "unit",
                name="cataloguesubject",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_catalogue_change")),
    )
    op.create_index(
        op.f("ix_catalogue_change_transaction_id"), "catalogue_change", ["transaction_id"], unique=False
    )
    op.create_index(op.f("ix_catalogue_change_noted_at"), "catalogue_change", ["noted_at"], unique=False)
    for statement in (*POLICIES, NOTING, *TRIGGERS):
        op.execute(statement)
