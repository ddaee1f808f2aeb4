"""A task for an enterprise whose interest window opened, which no provider can know of."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KINDS = "kind IN ('complete_need', 'vet_need', 'mend_need', 'choose_provider', 'consider_interest', 'follow_talks', 'renew_need', 'complete_product', 'vet_product', 'mend_product', 'renew_product', 'resume_product', 'complete_capability', 'vet_capability', 'mend_capability', 'renew_capability', 'resume_capability', 'keep_project', 'complete_policy_measure', 'renew_policy_measure', 'answer_introduction', 'contact_enterprise', 'supply_documents', 'decide_application', 'answer_offer', 'propose_research', 'shortlist_proposal', 'take_second_look', 'complete_agreement', 'acknowledge_agreement', 'start_performance', 'state_fulfilment', 'confirm_fulfilment', 'settle_dispute')"

POLICIES = (
    'DROP POLICY app_select ON "task"',
    "CREATE POLICY app_select ON \"task\" FOR SELECT TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (current_setting('matchmaking.official', true) = 'true' AND line_of_duty IS NOT NULL) OR waiting_organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (since IS NULL AND ((subject_type = 'financing_need' AND EXISTS (SELECT FROM financing_need s WHERE s.id = subject_id)) OR (subject_type = 'research_demand' AND EXISTS (SELECT FROM research_demand s WHERE s.id = subject_id)) OR (subject_type = 'introduction' AND EXISTS (SELECT FROM introduction s WHERE s.id = subject_id)) OR (subject_type = 'agreement' AND EXISTS (SELECT FROM agreement s WHERE s.id = subject_id)) OR (subject_type = 'fulfilment_fact' AND EXISTS (SELECT FROM fulfilment_fact s WHERE s.id = subject_id)))))",
    'DROP POLICY app_insert ON "task"',
    "CREATE POLICY app_insert ON \"task\" FOR INSERT TO matchmaking_app WITH CHECK ((since IS NULL AND ((subject_type = 'financing_need' AND EXISTS (SELECT FROM financing_need s WHERE s.id = subject_id)) OR (subject_type = 'research_demand' AND EXISTS (SELECT FROM research_demand s WHERE s.id = subject_id)) OR (subject_type = 'introduction' AND EXISTS (SELECT FROM introduction s WHERE s.id = subject_id)) OR (subject_type = 'agreement' AND EXISTS (SELECT FROM agreement s WHERE s.id = subject_id)) OR (subject_type = 'fulfilment_fact' AND EXISTS (SELECT FROM fulfilment_fact s WHERE s.id = subject_id)))) OR (subject_type = 'credit_product' AND EXISTS (SELECT FROM credit_product p WHERE p.id = subject_id AND (p.organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR current_setting('matchmaking.official', true) = 'true'))) OR (subject_type = 'capability' AND EXISTS (SELECT FROM capability p WHERE p.id = subject_id AND (p.organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR current_setting('matchmaking.official', true) = 'true'))) OR (subject_type = 'project' AND EXISTS (SELECT FROM project p WHERE p.id = subject_id AND (p.organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR current_setting('matchmaking.official', true) = 'true'))) OR (subject_type = 'policy_measure' AND EXISTS (SELECT FROM policy_measure p WHERE p.id = subject_id AND (p.organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR current_setting('matchmaking.official', true) = 'true'))))",
    'DROP POLICY app_update ON "task"',
    "CREATE POLICY app_update ON \"task\" FOR UPDATE TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (current_setting('matchmaking.official', true) = 'true' AND line_of_duty IS NOT NULL) OR waiting_organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (since IS NULL AND ((subject_type = 'financing_need' AND EXISTS (SELECT FROM financing_need s WHERE s.id = subject_id)) OR (subject_type = 'research_demand' AND EXISTS (SELECT FROM research_demand s WHERE s.id = subject_id)) OR (subject_type = 'introduction' AND EXISTS (SELECT FROM introduction s WHERE s.id = subject_id)) OR (subject_type = 'agreement' AND EXISTS (SELECT FROM agreement s WHERE s.id = subject_id)) OR (subject_type = 'fulfilment_fact' AND EXISTS (SELECT FROM fulfilment_fact s WHERE s.id = subject_id))))) WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (current_setting('matchmaking.official', true) = 'true' AND line_of_duty IS NOT NULL) OR waiting_organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (since IS NULL AND ((subject_type = 'financing_need' AND EXISTS (SELECT FROM financing_need s WHERE s.id = subject_id)) OR (subject_type = 'research_demand' AND EXISTS (SELECT FROM research_demand s WHERE s.id = subject_id)) OR (subject_type = 'introduction' AND EXISTS (SELECT FROM introduction s WHERE s.id = subject_id)) OR (subject_type = 'agreement' AND EXISTS (SELECT FROM agreement s WHERE s.id = subject_id)) OR (subject_type = 'fulfilment_fact' AND EXISTS (SELECT FROM fulfilment_fact s WHERE s.id = subject_id)))))",
)


def upgrade() -> None:
    op.add_column("task", sa.Column("since", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "uq_task_occasion",
        "task",
        ["subject_id", "kind", "since"],
        unique=True,
        postgresql_where=sa.text("since IS NOT NULL"),
    )
    op.drop_constraint(op.f("ck_task_taskkind"), "task", type_="check")
    op.create_check_constraint(op.f("ck_task_taskkind"), "task", KINDS)
    for statement in POLICIES:
        op.execute(statement)
