"""Vectors of texts and what waits for them; the tables of the job engine, in a schema of their own."""

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NOTING = """
CREATE FUNCTION note_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO text_to_encode (subject, listing_id) VALUES (TG_TABLE_NAME, NEW.id);
    RETURN NULL;
END
$$;
CREATE FUNCTION note_vectors() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO catalogue_change (transaction_id, subject, subject_id)
    VALUES (pg_current_xact_id()::text::bigint, 'capability', NEW.listing_id);
    RETURN NULL;
END
$$
"""
TRIGGERS = (
    'CREATE TRIGGER note_text AFTER INSERT OR UPDATE OF title_zh, title_en, fields, description, past_work ON "capability" FOR EACH ROW EXECUTE FUNCTION note_text()',
    'CREATE TRIGGER note_text AFTER INSERT OR UPDATE OF title, problem, public_abstract, indicators ON "research_demand" FOR EACH ROW EXECUTE FUNCTION note_text()',
    "CREATE TRIGGER note_vectors AFTER INSERT OR UPDATE ON \"listing_vectors\" FOR EACH ROW WHEN (NEW.subject = 'capability') EXECUTE FUNCTION note_vectors()",
)
POLICIES = (
    'ALTER TABLE "listing_vectors" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "listing_vectors" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_select ON \"listing_vectors\" FOR SELECT TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT SELECT ON "listing_vectors" TO matchmaking_app',
    'CREATE POLICY system_select ON "listing_vectors" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "listing_vectors" TO matchmaking_system',
    'CREATE POLICY system_insert ON "listing_vectors" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "listing_vectors" TO matchmaking_system',
    'CREATE POLICY system_update ON "listing_vectors" FOR UPDATE TO matchmaking_system USING (true) WITH CHECK (true)',
    'GRANT UPDATE ON "listing_vectors" TO matchmaking_system',
    'CREATE POLICY system_delete ON "listing_vectors" FOR DELETE TO matchmaking_system USING (true)',
    'GRANT DELETE ON "listing_vectors" TO matchmaking_system',
    'ALTER TABLE "text_to_encode" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "text_to_encode" FORCE ROW LEVEL SECURITY',
    'CREATE POLICY app_insert ON "text_to_encode" FOR INSERT TO matchmaking_app WITH CHECK (pg_trigger_depth() > 0)',
    'GRANT INSERT ON "text_to_encode" TO matchmaking_app',
    'CREATE POLICY system_select ON "text_to_encode" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "text_to_encode" TO matchmaking_system',
    'CREATE POLICY system_insert ON "text_to_encode" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "text_to_encode" TO matchmaking_system',
    'CREATE POLICY system_update ON "text_to_encode" FOR UPDATE TO matchmaking_system USING (true) WITH CHECK (true)',
    'GRANT UPDATE ON "text_to_encode" TO matchmaking_system',
    'CREATE POLICY system_delete ON "text_to_encode" FOR DELETE TO matchmaking_system USING (true)',
    'GRANT DELETE ON "text_to_encode" TO matchmaking_system',
)
# A text that was there before this revision has no vector either.
WAITING = (
    "INSERT INTO text_to_encode (subject, listing_id) SELECT 'capability', id FROM capability",
    "INSERT INTO text_to_encode (subject, listing_id) SELECT 'research_demand', id FROM research_demand",
)

ENQUEUE = """
CREATE FUNCTION procrastinate.enqueue(task text) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = procrastinate, pg_temp AS $$
    INSERT INTO procrastinate_jobs (queue_name, task_name)
    SELECT 'default', task
    WHERE NOT EXISTS (SELECT FROM procrastinate_jobs WHERE task_name = task AND status = 'todo')
$$
"""
RIGHTS = (
    "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA procrastinate FROM PUBLIC",
    "GRANT USAGE ON SCHEMA procrastinate TO matchmaking_app, matchmaking_system",
    "GRANT EXECUTE ON FUNCTION procrastinate.enqueue(text) TO matchmaking_app",
    "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA procrastinate TO matchmaking_system",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA procrastinate TO matchmaking_system",
    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA procrastinate TO matchmaking_system",
)


def upgrade() -> None:
    _vectors()
    for statement in (*POLICIES, NOTING, *TRIGGERS, *WAITING):
        op.execute(statement)
    op.execute("CREATE SCHEMA procrastinate")
    op.execute("SET LOCAL search_path TO procrastinate")
    op.execute(sa.text(SchemaManager.get_schema()))
    op.execute("SET LOCAL search_path TO DEFAULT")
    for statement in (ENQUEUE, *RIGHTS):
        op.execute(statement)


def _subject() -> sa.Enum:
    return sa.Enum(
        "capability",
        "research_demand",
        name="vectorsubject",
        native_enum=False,
        create_constraint=True,
        length=40,
    )


def _vectors() -> None:
    op.create_table(
        "listing_vectors",
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("subject", _subject(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("digests", sa.LargeBinary(), nullable=False),
        sa.Column("vectors", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_listing_vectors_organization_id"),
        ),
        sa.PrimaryKeyConstraint("listing_id", "model", name=op.f("pk_listing_vectors")),
    )
    op.create_table(
        "text_to_encode",
        sa.Column("number", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("subject", _subject(), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_text_to_encode")),
    )
