"""The ground: accounts, offers, needs, matching, agreements, tasks and the journal."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _journal_entry() -> None:
    op.create_table(
        "journal_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("subject_type", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("body", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entry")),
    )
    op.create_index(
        op.f("ix_journal_entry_organization_id"), "journal_entry", ["organization_id"], unique=False
    )
    op.create_index("ix_journal_entry_subject", "journal_entry", ["subject_id"], unique=False)


def _organization() -> None:
    op.create_table(
        "organization",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "bank",
                "university",
                "enterprise",
                "government",
                "vocational_college",
                "research_institute",
                "guarantor",
                "fund",
                "leasing",
                "insurer",
                "service_institution",
                name="organizationkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "unclaimed",
                "active",
                name="organizationstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=True),
        sa.Column("credit_code", sa.String(length=18), nullable=True),
        sa.Column("district", sa.String(length=12), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
        sa.UniqueConstraint("credit_code", name=op.f("uq_organization_credit_code")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_organization_source_external_id")),
    )
    op.create_index("ix_organization_kind", "organization", ["kind", "id"], unique=False)


def _reference_rate() -> None:
    op.create_table(
        "reference_rate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "term",
            sa.Enum(
                "one_year", "five_years", name="lprterm", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("basis_points", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_rate")),
        sa.UniqueConstraint("term", "published_on", name=op.f("uq_reference_rate_term_published_on")),
    )


def _sign_in_attempt() -> None:
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("factor", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index("ix_sign_in_attempt_factor", "sign_in_attempt", ["factor", "created_at"], unique=False)


def _credit_product() -> None:
    op.create_table(
        "credit_product",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "working_capital",
                "fixed_asset",
                "equipment_renewal",
                "order_or_contract",
                "receivables",
                "intellectual_property_pledge",
                "supply_chain",
                "green",
                "technology",
                "guarantee_letter",
                "syndicate",
                name="productkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                "open",
                "suspended",
                "withdrawn",
                "expired",
                name="listingstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("latest_number", sa.Integer(), nullable=False),
        sa.Column("returned_defects", postgresql.JSONB(), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_credit_product_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_product")),
        sa.UniqueConstraint(
            "organization_id",
            "source",
            "external_id",
            name=op.f("uq_credit_product_organization_id_source_external_id"),
        ),
    )
    op.create_index(
        op.f("ix_credit_product_organization_id"), "credit_product", ["organization_id"], unique=False
    )
    op.create_index("ix_credit_product_state", "credit_product", ["state"], unique=False)


def _enterprise_fact() -> None:
    op.create_table(
        "enterprise_fact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column(
            "name",
            sa.Enum(
                "registration_date",
                "district",
                "industry",
                "chains",
                "honours",
                "headcount",
                "revenue_last_12_months",
                "revenue_previous_12_months",
                "revenue_growth",
                "tax_paid_last_12_months",
                "tax_credit_grade",
                "total_assets",
                "debt_ratio",
                "invention_patents",
                "research_spend_last_12_months",
                "research_intensity",
                "bank_credit_outstanding",
                "first_time_borrower",
                "overdue_debt",
                "open_litigation",
                "collateral",
                "digital_level",
                "green_grade",
                "resource_use_grade",
                "ownership",
                name="factname",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("value", postgresql.JSONB(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "self_declared",
                "document",
                "official_list",
                "system_of_record",
                name="factsource",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_enterprise_fact_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise_fact")),
    )
    op.create_index(
        "ix_enterprise_fact_latest", "enterprise_fact", ["organization_id", "name", "as_of"], unique=False
    )


def _person() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("display_name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_person_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("login", name=op.f("uq_person_login")),
    )
    op.create_index(op.f("ix_person_organization_id"), "person", ["organization_id"], unique=False)


def _remembered_answer() -> None:
    op.create_table(
        "remembered_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_sha256", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", postgresql.JSONB(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_remembered_answer_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remembered_answer")),
        sa.UniqueConstraint(
            "organization_id",
            "holder_id",
            "key",
            name=op.f("uq_remembered_answer_organization_id_holder_id_key"),
        ),
    )


def _unit() -> None:
    op.create_table(
        "unit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "head_office",
                "branch",
                "sub_branch",
                "school",
                "laboratory",
                "government_office",
                "department",
                name="unitkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=True),
        sa.Column("lineage", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column(
            "line_of_duty",
            sa.Enum(
                "industry",
                "science",
                "finance",
                "human_resources",
                "education",
                "market_regulation",
                "party_office",
                name="lineofduty",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("area", sa.String(length=12), nullable=True),
        sa.Column("territory", sa.ARRAY(sa.String(length=12)), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_unit_organization_id")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
    )
    op.create_index(op.f("ix_unit_organization_id"), "unit", ["organization_id"], unique=False)
    op.create_index(op.f("ix_unit_parent_id"), "unit", ["parent_id"], unique=False)


def _api_key() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "owner",
                "accountant",
                "technical_lead",
                "helper",
                "product_manager",
                "clerk",
                "secretary",
                "researcher",
                "official",
                "observer",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(length=16), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.String(length=60)), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_api_key_organization_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_api_key_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_key_prefix")),
    )
    op.create_index(op.f("ix_api_key_organization_id"), "api_key", ["organization_id"], unique=False)


def _credential() -> None:
    op.create_table(
        "credential",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("initial", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_credential_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential")),
        sa.UniqueConstraint("person_id", name=op.f("uq_credential_person_id")),
    )


def _credit_product_version() -> None:
    op.create_table(
        "credit_product_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("terms", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_credit_product_version_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["credit_product.id"], name=op.f("fk_credit_product_version_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_product_version")),
        sa.UniqueConstraint("product_id", "number", name=op.f("uq_credit_product_version_product_id_number")),
    )
    op.create_index(
        op.f("ix_credit_product_version_organization_id"),
        "credit_product_version",
        ["organization_id"],
        unique=False,
    )


def _financing_need() -> None:
    op.create_table(
        "financing_need",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                "open",
                "in_talks",
                "signed",
                "fulfilled",
                "withdrawn",
                "expired",
                name="needstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "working_capital",
                "order_performance",
                "equipment",
                "plant_construction",
                "research_and_development",
                "technical_upgrade",
                "digital_transformation",
                "green_transition",
                "refinancing",
                "merger_or_acquisition",
                "bid_or_performance_bond",
                name="purposekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("needed_by", sa.Date(), nullable=False),
        sa.Column("pledges", sa.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("contact_person_id", sa.Uuid(), nullable=False),
        sa.Column("tenor_months", sa.Integer(), nullable=True),
        sa.Column("summary", sa.String(), nullable=True),
        sa.Column("excluded_organization_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("returned_defects", postgresql.JSONB(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("live_talks", sa.Integer(), nullable=False),
        sa.Column("live_agreements", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_person_id"], ["person.id"], name=op.f("fk_financing_need_contact_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_financing_need_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_financing_need")),
    )
    op.create_index(
        op.f("ix_financing_need_organization_id"), "financing_need", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_financing_need_state"), "financing_need", ["state"], unique=False)


def _membership() -> None:
    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "owner",
                "accountant",
                "technical_lead",
                "helper",
                "product_manager",
                "clerk",
                "secretary",
                "researcher",
                "official",
                "observer",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_membership_organization_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_membership_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_organization_id"), "membership", ["organization_id"], unique=False)
    op.create_index(op.f("ix_membership_person_id"), "membership", ["person_id"], unique=False)
    op.create_index(op.f("ix_membership_unit_id"), "membership", ["unit_id"], unique=False)
    op.create_index(
        "uq_membership_live",
        "membership",
        ["person_id", "unit_id", "role"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _product_adoption() -> None:
    op.create_table(
        "product_adoption",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                "open",
                "suspended",
                "withdrawn",
                "expired",
                name="listingstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("territory", sa.ARRAY(sa.String(length=12)), nullable=False),
        sa.Column("authority_limit_fen", sa.BigInteger(), nullable=True),
        sa.Column("quota_fen", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_product_adoption_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["credit_product.id"], name=op.f("fk_product_adoption_product_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_product_adoption_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_adoption")),
        sa.UniqueConstraint("product_id", "unit_id", name=op.f("uq_product_adoption_product_id_unit_id")),
    )
    op.create_index(
        op.f("ix_product_adoption_organization_id"), "product_adoption", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_product_adoption_unit_id"), "product_adoption", ["unit_id"], unique=False)


def _task() -> None:
    op.create_table(
        "task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column(
            "line_of_duty",
            sa.Enum(
                "industry",
                "science",
                "finance",
                "human_resources",
                "education",
                "market_regulation",
                "party_office",
                name="lineofduty",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "complete_need",
                "vet_need",
                "mend_need",
                "choose_provider",
                "follow_talks",
                "renew_need",
                "complete_product",
                "vet_product",
                "mend_product",
                "renew_product",
                "resume_product",
                "answer_introduction",
                "contact_enterprise",
                "supply_documents",
                "decide_application",
                "answer_offer",
                "propose_research",
                "shortlist_proposal",
                "take_second_look",
                "complete_agreement",
                "acknowledge_agreement",
                "start_performance",
                "state_fulfilment",
                "confirm_fulfilment",
                "settle_dispute",
                name="taskkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject_type", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("waiting_organization_id", sa.Uuid(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_task_organization_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_task_unit_id")),
        sa.ForeignKeyConstraint(
            ["waiting_organization_id"], ["organization.id"], name=op.f("fk_task_waiting_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    op.create_index(op.f("ix_task_organization_id"), "task", ["organization_id"], unique=False)
    op.create_index("ix_task_subject", "task", ["subject_id", "done_at"], unique=False)


def _api_key_secret() -> None:
    op.create_table(
        "api_key_secret",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("api_key_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["api_key_id"], ["api_key.id"], name=op.f("fk_api_key_secret_api_key_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key_secret")),
        sa.UniqueConstraint("api_key_id", name=op.f("uq_api_key_secret_api_key_id")),
    )


def _match_run() -> None:
    op.create_table(
        "match_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("need_version", sa.Integer(), nullable=False),
        sa.Column("ranker_version", sa.String(), nullable=False),
        sa.Column("request", postgresql.JSONB(), nullable=False),
        sa.Column("summary", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["need_id"], ["financing_need.id"], name=op.f("fk_match_run_need_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_match_run_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_run")),
    )
    op.create_index(op.f("ix_match_run_need_id"), "match_run", ["need_id"], unique=False)


def _sign_in_session() -> None:
    op.create_table(
        "sign_in_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "reason",
            sa.Enum(
                "signed_out",
                "refresh_reused",
                "password_changed",
                name="revocationreason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_sign_in_session_membership_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_session_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_session")),
    )
    op.create_index(
        op.f("ix_sign_in_session_membership_id"), "sign_in_session", ["membership_id"], unique=False
    )
    op.create_index(op.f("ix_sign_in_session_person_id"), "sign_in_session", ["person_id"], unique=False)


def _match_candidate() -> None:
    op.create_table(
        "match_candidate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("provider_organization_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("product_version_id", sa.Uuid(), nullable=False),
        sa.Column("adoption_id", sa.Uuid(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "eligible",
                "incomplete",
                "near_miss",
                "ineligible",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("outcome", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["adoption_id"], ["product_adoption.id"], name=op.f("fk_match_candidate_adoption_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_match_candidate_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["credit_product.id"], name=op.f("fk_match_candidate_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_version_id"],
            ["credit_product_version.id"],
            name=op.f("fk_match_candidate_product_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["provider_organization_id"],
            ["organization.id"],
            name=op.f("fk_match_candidate_provider_organization_id"),
        ),
        sa.ForeignKeyConstraint(["run_id"], ["match_run.id"], name=op.f("fk_match_candidate_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_candidate")),
        sa.UniqueConstraint("run_id", "position", name=op.f("uq_match_candidate_run_id_position")),
    )
    op.create_index(
        "ix_match_candidate_product", "match_candidate", ["product_id", "organization_id"], unique=False
    )


def _refresh_token() -> None:
    op.create_table(
        "refresh_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("successor_id", sa.Uuid(), nullable=True),
        sa.Column("client_mark", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sign_in_session.id"], name=op.f("fk_refresh_token_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refresh_token")),
    )
    op.create_index(op.f("ix_refresh_token_session_id"), "refresh_token", ["session_id"], unique=False)


def _introduction() -> None:
    op.create_table(
        "introduction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("provider_organization_id", sa.Uuid(), nullable=False),
        sa.Column("provider_unit_id", sa.Uuid(), nullable=False),
        sa.Column("adoption_id", sa.Uuid(), nullable=False),
        sa.Column("product_version_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column(
            "route",
            sa.Enum(
                "pick",
                "interest",
                "recommendation",
                name="introductionroute",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "requested",
                "accepted",
                "contacted",
                "in_diligence",
                "offered",
                "proposal",
                "shortlisted",
                "agreed",
                "not_taken",
                "declined",
                "incomplete",
                "lapsed",
                "withdrawn",
                name="introductionstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "decline_code",
            sa.Enum(
                "scope",
                "amount",
                "tenor",
                "collateral",
                "cash_flow",
                "owner_or_guarantor_credit",
                "credit_record",
                "tax_record",
                "financials",
                "total_exposure",
                "time_in_business",
                "use_of_funds",
                "industry_or_policy_list",
                "unverifiable_information",
                "related_parties",
                "environment_or_safety",
                "quota",
                "duplicate",
                "unreachable",
                "capacity",
                "readiness_gap",
                "terms",
                name="declinecode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("decline_note", sa.String(), nullable=True),
        sa.Column(
            "not_taken_reason",
            sa.Enum(
                "cost",
                "amount",
                "tenor",
                "collateral",
                "speed",
                "documents",
                "other_offer",
                "own_funds",
                "need_gone",
                "terms",
                name="nottakenreason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["adoption_id"], ["product_adoption.id"], name=op.f("fk_introduction_adoption_id")
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["match_candidate.id"], name=op.f("fk_introduction_candidate_id")
        ),
        sa.ForeignKeyConstraint(["need_id"], ["financing_need.id"], name=op.f("fk_introduction_need_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_introduction_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_version_id"],
            ["credit_product_version.id"],
            name=op.f("fk_introduction_product_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["provider_organization_id"],
            ["organization.id"],
            name=op.f("fk_introduction_provider_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["provider_unit_id"], ["unit.id"], name=op.f("fk_introduction_provider_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introduction")),
    )
    op.create_index(op.f("ix_introduction_need_id"), "introduction", ["need_id"], unique=False)
    op.create_index(
        op.f("ix_introduction_organization_id"), "introduction", ["organization_id"], unique=False
    )
    op.create_index(
        op.f("ix_introduction_provider_organization_id"),
        "introduction",
        ["provider_organization_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_introduction_provider_unit_id"), "introduction", ["provider_unit_id"], unique=False
    )
    op.create_index(
        "uq_introduction_live",
        "introduction",
        ["need_id", "adoption_id"],
        unique=True,
        postgresql_where=sa.text(
            "state NOT IN ('agreed', 'not_taken', 'declined', 'incomplete', 'lapsed', 'withdrawn')"
        ),
    )


def _agreement() -> None:
    op.create_table(
        "agreement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "nature",
            sa.Enum(
                "framework",
                "loan_contract",
                "technology_contract",
                "talent_base",
                name="agreementnature",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "awaiting_signatures",
                "signed",
                "performing",
                "fulfilled",
                "terminated",
                name="agreementstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("introduction_id", sa.Uuid(), nullable=True),
        sa.Column("need_id", sa.Uuid(), nullable=True),
        sa.Column("drafted_by_organization_id", sa.Uuid(), nullable=False),
        sa.Column("provider_organization_id", sa.Uuid(), nullable=True),
        sa.Column("provider_unit_id", sa.Uuid(), nullable=True),
        sa.Column("party_organization_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("terms", postgresql.JSONB(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("text_sha256", sa.String(), nullable=False),
        sa.Column("termination_reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["drafted_by_organization_id"],
            ["organization.id"],
            name=op.f("fk_agreement_drafted_by_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["introduction_id"], ["introduction.id"], name=op.f("fk_agreement_introduction_id")
        ),
        sa.ForeignKeyConstraint(["need_id"], ["financing_need.id"], name=op.f("fk_agreement_need_id")),
        sa.ForeignKeyConstraint(
            ["provider_organization_id"],
            ["organization.id"],
            name=op.f("fk_agreement_provider_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["provider_unit_id"], ["unit.id"], name=op.f("fk_agreement_provider_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
    )
    op.create_index(op.f("ix_agreement_introduction_id"), "agreement", ["introduction_id"], unique=False)
    op.create_index(
        "uq_agreement_introduction_live",
        "agreement",
        ["introduction_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'terminated'"),
    )
    op.create_index(op.f("ix_agreement_need_id"), "agreement", ["need_id"], unique=False)
    op.create_index(op.f("ix_agreement_state"), "agreement", ["state"], unique=False)


def _agreement_party() -> None:
    op.create_table(
        "agreement_party",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "borrower",
                "lender",
                "lead_bank",
                "participating_bank",
                "guarantor",
                "commissioner",
                "developer",
                "host",
                "training_partner",
                "witness",
                "registry",
                name="partyrole",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("share_basis_points", sa.Integer(), nullable=True),
        sa.Column(
            "grade",
            sa.Enum(
                "E0",
                "E1",
                "E2",
                "E3",
                "E4",
                name="evidencegrade",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome_consent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_membership_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("share_basis_points BETWEEN 0 AND 10000", name=op.f("ck_agreement_party_share")),
        sa.ForeignKeyConstraint(
            ["acknowledged_membership_id"],
            ["membership.id"],
            name=op.f("fk_agreement_party_acknowledged_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_party_agreement_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_agreement_party_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_party")),
        sa.UniqueConstraint(
            "agreement_id",
            "organization_id",
            "role",
            name=op.f("uq_agreement_party_agreement_id_organization_id_role"),
        ),
    )
    op.create_index(
        op.f("ix_agreement_party_agreement_id"), "agreement_party", ["agreement_id"], unique=False
    )
    op.create_index(
        op.f("ix_agreement_party_organization_id"), "agreement_party", ["organization_id"], unique=False
    )


def _fulfilment_fact() -> None:
    op.create_table(
        "fulfilment_fact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "framework_amount",
                "credit_granted",
                "loan_contract",
                "disbursement",
                "balance_in_use",
                "offer_not_taken",
                "technology_contract",
                "technology_registration",
                "milestone_delivered",
                "money_received",
                "payment_made",
                "acceptance",
                "talent_places",
                "talent_in_training",
                "talent_hired",
                "talent_stayed",
                name="fulfilmentkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("stated_by_organization_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "stated",
                "confirmed",
                "disputed",
                "corrected",
                name="fulfilmentstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("answered_by_organization_id", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_fulfilment_fact_agreement_id")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_organization_id"],
            ["organization.id"],
            name=op.f("fk_fulfilment_fact_answered_by_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["fulfilment_fact.id"], name=op.f("fk_fulfilment_fact_corrects_id")
        ),
        sa.ForeignKeyConstraint(
            ["stated_by_organization_id"],
            ["organization.id"],
            name=op.f("fk_fulfilment_fact_stated_by_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fulfilment_fact")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_fulfilment_fact_corrects_id")),
    )
    op.create_index(
        op.f("ix_fulfilment_fact_agreement_id"), "fulfilment_fact", ["agreement_id"], unique=False
    )


ENTER = """CREATE FUNCTION enter(
    acting_credential uuid, acting_person uuid, acting_organization uuid, acting_unit uuid,
    acting_official boolean, acting_now timestamptz
) RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY INVOKER AS $$
BEGIN
    PERFORM set_config('matchmaking.credential', coalesce(acting_credential::text, ''), true),
            set_config('matchmaking.person', coalesce(acting_person::text, ''), true),
            set_config('matchmaking.organization', coalesce(acting_organization::text, ''), true),
            set_config('matchmaking.unit', coalesce(acting_unit::text, ''), true),
            set_config('matchmaking.official', coalesce(acting_official, false)::text, true);
    IF acting_person IS NULL THEN
        RETURN EXISTS (
            SELECT FROM api_key k
            WHERE k.id = acting_credential
              AND k.organization_id = acting_organization AND k.unit_id = acting_unit
              AND k.revoked_at IS NULL AND k.expires_at > acting_now
        );
    END IF;
    RETURN EXISTS (
        SELECT FROM sign_in_session s JOIN membership m ON m.id = s.membership_id
        WHERE s.id = acting_credential
          AND s.revoked_at IS NULL AND s.expires_at > acting_now
          AND s.person_id = acting_person AND m.person_id = acting_person
          AND m.organization_id = acting_organization AND m.unit_id = acting_unit
          AND m.ended_at IS NULL AND (m.ends_at IS NULL OR m.ends_at > acting_now)
    );
END
$$"""

ROW_SECURITY = (
    'ALTER TABLE "organization" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "organization" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_select ON \"organization\" FOR SELECT TO matchmaking_app USING (id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (nullif(current_setting('matchmaking.organization', true), '')::uuid IS NOT NULL AND kind <> 'enterprise') OR current_setting('matchmaking.official', true) = 'true' OR EXISTS (SELECT FROM introduction i WHERE i.organization_id = organization.id AND i.provider_organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid))",
    'GRANT SELECT ON "organization" TO matchmaking_app',
    "CREATE POLICY app_insert ON \"organization\" FOR INSERT TO matchmaking_app WITH CHECK (current_setting('matchmaking.official', true) = 'true')",
    'GRANT INSERT ON "organization" TO matchmaking_app',
    "CREATE POLICY app_update ON \"organization\" FOR UPDATE TO matchmaking_app USING (id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (current_setting('matchmaking.official', true) = 'true' AND state = 'unclaimed')) WITH CHECK (id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR current_setting('matchmaking.official', true) = 'true')",
    'GRANT UPDATE ON "organization" TO matchmaking_app',
    'CREATE POLICY system_select ON "organization" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "organization" TO matchmaking_system',
    'CREATE POLICY system_insert ON "organization" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "organization" TO matchmaking_system',
    'CREATE POLICY system_update ON "organization" FOR UPDATE TO matchmaking_system USING (true) WITH CHECK (true)',
    'GRANT UPDATE ON "organization" TO matchmaking_system',
    'ALTER TABLE "unit" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "unit" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_select ON \"unit\" FOR SELECT TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR current_setting('matchmaking.official', true) = 'true' OR EXISTS (SELECT FROM organization o WHERE o.id = organization_id))",
    'GRANT SELECT ON "unit" TO matchmaking_app',
    "CREATE POLICY app_insert ON \"unit\" FOR INSERT TO matchmaking_app WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (parent_id IS NULL AND (current_setting('matchmaking.official', true) = 'true' AND EXISTS (SELECT FROM organization o WHERE o.id = organization_id AND o.state = 'unclaimed'))))",
    'GRANT INSERT ON "unit" TO matchmaking_app',
    'CREATE POLICY system_select ON "unit" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "unit" TO matchmaking_system',
    'CREATE POLICY system_insert ON "unit" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "unit" TO matchmaking_system',
    'ALTER TABLE "person" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "person" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_select ON \"person\" FOR SELECT TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR id = nullif(current_setting('matchmaking.person', true), '')::uuid OR (current_setting('matchmaking.official', true) = 'true' AND EXISTS (SELECT FROM organization o WHERE o.id = organization_id AND o.state = 'unclaimed')) OR EXISTS (SELECT FROM membership m WHERE m.person_id = person.id AND m.organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid) OR EXISTS (SELECT FROM introduction i JOIN financing_need n ON n.id = i.need_id WHERE n.contact_person_id = person.id AND i.provider_organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid))",
    'GRANT SELECT ON "person" TO matchmaking_app',
    "CREATE POLICY app_insert ON \"person\" FOR INSERT TO matchmaking_app WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (current_setting('matchmaking.official', true) = 'true' AND EXISTS (SELECT FROM organization o WHERE o.id = organization_id AND o.state = 'unclaimed')))",
    'GRANT INSERT ON "person" TO matchmaking_app',
    'CREATE POLICY system_select ON "person" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "person" TO matchmaking_system',
    'CREATE POLICY system_insert ON "person" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "person" TO matchmaking_system',
    'ALTER TABLE "membership" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "membership" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_select ON \"membership\" FOR SELECT TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR person_id = nullif(current_setting('matchmaking.person', true), '')::uuid)",
    'GRANT SELECT ON "membership" TO matchmaking_app',
    "CREATE POLICY app_insert ON \"membership\" FOR INSERT TO matchmaking_app WITH CHECK ((organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (role IN ('administrator', 'owner') AND (current_setting('matchmaking.official', true) = 'true' AND EXISTS (SELECT FROM organization o WHERE o.id = organization_id AND o.state = 'unclaimed')))) AND EXISTS (SELECT FROM person p WHERE p.id = person_id AND p.organization_id = membership.organization_id))",
    'GRANT INSERT ON "membership" TO matchmaking_app',
    "CREATE POLICY app_update ON \"membership\" FOR UPDATE TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid) WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT UPDATE ON "membership" TO matchmaking_app',
    'CREATE POLICY system_select ON "membership" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "membership" TO matchmaking_system',
    'CREATE POLICY system_insert ON "membership" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "membership" TO matchmaking_system',
    'CREATE POLICY system_update ON "membership" FOR UPDATE TO matchmaking_system USING (true) WITH CHECK (true)',
    'GRANT UPDATE ON "membership" TO matchmaking_system',
    'ALTER TABLE "credential" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "credential" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_insert ON \"credential\" FOR INSERT TO matchmaking_app WITH CHECK (EXISTS (SELECT FROM person p WHERE p.id = person_id AND (p.organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR current_setting('matchmaking.official', true) = 'true')))",
    'GRANT INSERT ON "credential" TO matchmaking_app',
    'CREATE POLICY system_select ON "credential" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "credential" TO matchmaking_system',
    'CREATE POLICY system_insert ON "credential" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "credential" TO matchmaking_system',
    'CREATE POLICY system_update ON "credential" FOR UPDATE TO matchmaking_system USING (true) WITH CHECK (true)',
    'GRANT UPDATE ON "credential" TO matchmaking_system',
    'ALTER TABLE "sign_in_session" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "sign_in_session" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_select ON \"sign_in_session\" FOR SELECT TO matchmaking_app USING (id = nullif(current_setting('matchmaking.credential', true), '')::uuid)",
    'GRANT SELECT ON "sign_in_session" TO matchmaking_app',
    "CREATE POLICY app_update ON \"sign_in_session\" FOR UPDATE TO matchmaking_app USING (id = nullif(current_setting('matchmaking.credential', true), '')::uuid) WITH CHECK (id = nullif(current_setting('matchmaking.credential', true), '')::uuid)",
    'GRANT UPDATE ON "sign_in_session" TO matchmaking_app',
    'CREATE POLICY system_select ON "sign_in_session" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "sign_in_session" TO matchmaking_system',
    'CREATE POLICY system_insert ON "sign_in_session" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "sign_in_session" TO matchmaking_system',
    'CREATE POLICY system_update ON "sign_in_session" FOR UPDATE TO matchmaking_system USING (true) WITH CHECK (true)',
    'GRANT UPDATE ON "sign_in_session" TO matchmaking_system',
    'ALTER TABLE "refresh_token" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "refresh_token" FORCE ROW LEVEL SECURITY',
    'CREATE POLICY system_select ON "refresh_token" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "refresh_token" TO matchmaking_system',
    'CREATE POLICY system_insert ON "refresh_token" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "refresh_token" TO matchmaking_system',
    'CREATE POLICY system_update ON "refresh_token" FOR UPDATE TO matchmaking_system USING (true) WITH CHECK (true)',
    'GRANT UPDATE ON "refresh_token" TO matchmaking_system',
    'ALTER TABLE "api_key" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "api_key" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_select ON \"api_key\" FOR SELECT TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR id = nullif(current_setting('matchmaking.credential', true), '')::uuid)",
    'GRANT SELECT ON "api_key" TO matchmaking_app',
    "CREATE POLICY app_insert ON \"api_key\" FOR INSERT TO matchmaking_app WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT INSERT ON "api_key" TO matchmaking_app',
    "CREATE POLICY app_update ON \"api_key\" FOR UPDATE TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid) WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT UPDATE ON "api_key" TO matchmaking_app',
    'CREATE POLICY system_select ON "api_key" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "api_key" TO matchmaking_system',
    'CREATE POLICY system_update ON "api_key" FOR UPDATE TO matchmaking_system USING (true) WITH CHECK (true)',
    'GRANT UPDATE ON "api_key" TO matchmaking_system',
    'ALTER TABLE "api_key_secret" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "api_key_secret" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_insert ON \"api_key_secret\" FOR INSERT TO matchmaking_app WITH CHECK (EXISTS (SELECT FROM api_key k WHERE k.id = api_key_id AND k.organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid))",
    'GRANT INSERT ON "api_key_secret" TO matchmaking_app',
    'CREATE POLICY system_select ON "api_key_secret" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "api_key_secret" TO matchmaking_system',
    'ALTER TABLE "sign_in_attempt" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "sign_in_attempt" FORCE ROW LEVEL SECURITY',
    'CREATE POLICY system_select ON "sign_in_attempt" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "sign_in_attempt" TO matchmaking_system',
    'CREATE POLICY system_insert ON "sign_in_attempt" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "sign_in_attempt" TO matchmaking_system',
    'CREATE POLICY system_delete ON "sign_in_attempt" FOR DELETE TO matchmaking_system USING (true)',
    'GRANT DELETE ON "sign_in_attempt" TO matchmaking_system',
    'ALTER TABLE "reference_rate" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "reference_rate" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_select ON \"reference_rate\" FOR SELECT TO matchmaking_app USING (nullif(current_setting('matchmaking.organization', true), '')::uuid IS NOT NULL)",
    'GRANT SELECT ON "reference_rate" TO matchmaking_app',
    'CREATE POLICY system_select ON "reference_rate" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "reference_rate" TO matchmaking_system',
    'CREATE POLICY system_insert ON "reference_rate" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "reference_rate" TO matchmaking_system',
    'ALTER TABLE "credit_product" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "credit_product" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_select ON \"credit_product\" FOR SELECT TO matchmaking_app USING ((nullif(current_setting('matchmaking.organization', true), '')::uuid IS NOT NULL AND state IN ('open', 'suspended', 'expired')) OR organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (current_setting('matchmaking.official', true) = 'true' AND state <> 'draft') OR EXISTS (SELECT FROM match_candidate c WHERE c.product_id = credit_product.id AND c.organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid))",
    'GRANT SELECT ON "credit_product" TO matchmaking_app',
    "CREATE POLICY app_insert ON \"credit_product\" FOR INSERT TO matchmaking_app WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT INSERT ON "credit_product" TO matchmaking_app',
    "CREATE POLICY app_update ON \"credit_product\" FOR UPDATE TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (current_setting('matchmaking.official', true) = 'true' AND state <> 'draft')) WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (current_setting('matchmaking.official', true) = 'true' AND state <> 'draft'))",
    'GRANT UPDATE (state, version, name_zh, name_en, valid_until, latest_number, returned_defects) ON "credit_product" TO matchmaking_app',
    'CREATE POLICY system_select ON "credit_product" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "credit_product" TO matchmaking_system',
    'CREATE POLICY system_insert ON "credit_product" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "credit_product" TO matchmaking_system',
    'CREATE POLICY system_update ON "credit_product" FOR UPDATE TO matchmaking_system USING (true) WITH CHECK (true)',
    'GRANT UPDATE ON "credit_product" TO matchmaking_system',
    'ALTER TABLE "credit_product_version" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "credit_product_version" FORCE ROW LEVEL SECURITY',
    'CREATE POLICY app_select ON "credit_product_version" FOR SELECT TO matchmaking_app USING (EXISTS (SELECT FROM credit_product p WHERE p.id = product_id))',
    'GRANT SELECT ON "credit_product_version" TO matchmaking_app',
    "CREATE POLICY app_insert ON \"credit_product_version\" FOR INSERT TO matchmaking_app WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT INSERT ON "credit_product_version" TO matchmaking_app',
    'CREATE POLICY system_select ON "credit_product_version" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "credit_product_version" TO matchmaking_system',
    'CREATE POLICY system_insert ON "credit_product_version" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "credit_product_version" TO matchmaking_system',
    'ALTER TABLE "product_adoption" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "product_adoption" FORCE ROW LEVEL SECURITY',
    'CREATE POLICY app_select ON "product_adoption" FOR SELECT TO matchmaking_app USING (EXISTS (SELECT FROM credit_product p WHERE p.id = product_id))',
    'GRANT SELECT ON "product_adoption" TO matchmaking_app',
    "CREATE POLICY app_insert ON \"product_adoption\" FOR INSERT TO matchmaking_app WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT INSERT ON "product_adoption" TO matchmaking_app',
    "CREATE POLICY app_update ON \"product_adoption\" FOR UPDATE TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid) WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT UPDATE (state, version) ON "product_adoption" TO matchmaking_app',
    'CREATE POLICY system_select ON "product_adoption" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "product_adoption" TO matchmaking_system',
    'CREATE POLICY system_insert ON "product_adoption" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "product_adoption" TO matchmaking_system',
    'CREATE POLICY system_update ON "product_adoption" FOR UPDATE TO matchmaking_system USING (true) WITH CHECK (true)',
    'GRANT UPDATE ON "product_adoption" TO matchmaking_system',
    'ALTER TABLE "enterprise_fact" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "enterprise_fact" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_select ON \"enterprise_fact\" FOR SELECT TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT SELECT ON "enterprise_fact" TO matchmaking_app',
    "CREATE POLICY app_insert ON \"enterprise_fact\" FOR INSERT TO matchmaking_app WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT INSERT ON "enterprise_fact" TO matchmaking_app',
    'CREATE POLICY system_select ON "enterprise_fact" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "enterprise_fact" TO matchmaking_system',
    'CREATE POLICY system_insert ON "enterprise_fact" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "enterprise_fact" TO matchmaking_system',
    'ALTER TABLE "financing_need" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "financing_need" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_select ON \"financing_need\" FOR SELECT TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (current_setting('matchmaking.official', true) = 'true' AND submitted_at IS NOT NULL) OR EXISTS (SELECT FROM introduction i WHERE i.need_id = financing_need.id AND i.provider_organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid) OR EXISTS (SELECT FROM agreement a WHERE a.need_id = financing_need.id AND nullif(current_setting('matchmaking.organization', true), '')::uuid = ANY (a.party_organization_ids)))",
    'GRANT SELECT ON "financing_need" TO matchmaking_app',
    "CREATE POLICY app_insert ON \"financing_need\" FOR INSERT TO matchmaking_app WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT INSERT ON "financing_need" TO matchmaking_app',
    "CREATE POLICY app_update ON \"financing_need\" FOR UPDATE TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (current_setting('matchmaking.official', true) = 'true' AND submitted_at IS NOT NULL) OR EXISTS (SELECT FROM introduction i WHERE i.need_id = financing_need.id AND i.provider_organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid) OR EXISTS (SELECT FROM agreement a WHERE a.need_id = financing_need.id AND nullif(current_setting('matchmaking.organization', true), '')::uuid = ANY (a.party_organization_ids))) WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (current_setting('matchmaking.official', true) = 'true' AND submitted_at IS NOT NULL) OR EXISTS (SELECT FROM introduction i WHERE i.need_id = financing_need.id AND i.provider_organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid) OR EXISTS (SELECT FROM agreement a WHERE a.need_id = financing_need.id AND nullif(current_setting('matchmaking.organization', true), '')::uuid = ANY (a.party_organization_ids)))",
    'GRANT UPDATE (state, version, submitted_at, opened_at, live_talks, live_agreements, returned_defects, amount_fen, purpose, needed_by, pledges, contact_person_id, tenor_months, summary, excluded_organization_ids, expires_on) ON "financing_need" TO matchmaking_app',
    'CREATE POLICY system_select ON "financing_need" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "financing_need" TO matchmaking_system',
    'CREATE POLICY system_insert ON "financing_need" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "financing_need" TO matchmaking_system',
    'CREATE POLICY system_update ON "financing_need" FOR UPDATE TO matchmaking_system USING (true) WITH CHECK (true)',
    'GRANT UPDATE ON "financing_need" TO matchmaking_system',
    'ALTER TABLE "match_run" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "match_run" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_select ON \"match_run\" FOR SELECT TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT SELECT ON "match_run" TO matchmaking_app',
    "CREATE POLICY app_insert ON \"match_run\" FOR INSERT TO matchmaking_app WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT INSERT ON "match_run" TO matchmaking_app',
    'CREATE POLICY system_select ON "match_run" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "match_run" TO matchmaking_system',
    'CREATE POLICY system_insert ON "match_run" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "match_run" TO matchmaking_system',
    'ALTER TABLE "match_candidate" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "match_candidate" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_select ON \"match_candidate\" FOR SELECT TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT SELECT ON "match_candidate" TO matchmaking_app',
    "CREATE POLICY app_insert ON \"match_candidate\" FOR INSERT TO matchmaking_app WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT INSERT ON "match_candidate" TO matchmaking_app',
    'CREATE POLICY system_select ON "match_candidate" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "match_candidate" TO matchmaking_system',
    'CREATE POLICY system_insert ON "match_candidate" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "match_candidate" TO matchmaking_system',
    'ALTER TABLE "introduction" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "introduction" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_select ON \"introduction\" FOR SELECT TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR provider_organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR current_setting('matchmaking.official', true) = 'true' OR EXISTS (SELECT FROM agreement a WHERE a.introduction_id = introduction.id AND nullif(current_setting('matchmaking.organization', true), '')::uuid = ANY (a.party_organization_ids)))",
    'GRANT SELECT ON "introduction" TO matchmaking_app',
    "CREATE POLICY app_insert ON \"introduction\" FOR INSERT TO matchmaking_app WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT INSERT ON "introduction" TO matchmaking_app',
    "CREATE POLICY app_update ON \"introduction\" FOR UPDATE TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR provider_organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR EXISTS (SELECT FROM agreement a WHERE a.introduction_id = introduction.id AND nullif(current_setting('matchmaking.organization', true), '')::uuid = ANY (a.party_organization_ids))) WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR provider_organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR EXISTS (SELECT FROM agreement a WHERE a.introduction_id = introduction.id AND nullif(current_setting('matchmaking.organization', true), '')::uuid = ANY (a.party_organization_ids)))",
    'GRANT UPDATE (state, version, decline_code, decline_note, not_taken_reason) ON "introduction" TO matchmaking_app',
    'CREATE POLICY system_select ON "introduction" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "introduction" TO matchmaking_system',
    'CREATE POLICY system_insert ON "introduction" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "introduction" TO matchmaking_system',
    'CREATE POLICY system_update ON "introduction" FOR UPDATE TO matchmaking_system USING (true) WITH CHECK (true)',
    'GRANT UPDATE ON "introduction" TO matchmaking_system',
    'ALTER TABLE "agreement" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "agreement" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_select ON \"agreement\" FOR SELECT TO matchmaking_app USING (nullif(current_setting('matchmaking.organization', true), '')::uuid = ANY (party_organization_ids) OR current_setting('matchmaking.official', true) = 'true')",
    'GRANT SELECT ON "agreement" TO matchmaking_app',
    "CREATE POLICY app_insert ON \"agreement\" FOR INSERT TO matchmaking_app WITH CHECK (drafted_by_organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid AND nullif(current_setting('matchmaking.organization', true), '')::uuid = ANY (party_organization_ids))",
    'GRANT INSERT ON "agreement" TO matchmaking_app',
    "CREATE POLICY app_update ON \"agreement\" FOR UPDATE TO matchmaking_app USING (nullif(current_setting('matchmaking.organization', true), '')::uuid = ANY (party_organization_ids)) WITH CHECK (nullif(current_setting('matchmaking.organization', true), '')::uuid = ANY (party_organization_ids))",
    'GRANT UPDATE (state, version, termination_reason) ON "agreement" TO matchmaking_app',
    'CREATE POLICY system_select ON "agreement" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "agreement" TO matchmaking_system',
    'CREATE POLICY system_insert ON "agreement" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "agreement" TO matchmaking_system',
    'CREATE POLICY system_update ON "agreement" FOR UPDATE TO matchmaking_system USING (true) WITH CHECK (true)',
    'GRANT UPDATE ON "agreement" TO matchmaking_system',
    'ALTER TABLE "agreement_party" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "agreement_party" FORCE ROW LEVEL SECURITY',
    'CREATE POLICY app_select ON "agreement_party" FOR SELECT TO matchmaking_app USING (EXISTS (SELECT FROM agreement a WHERE a.id = agreement_id))',
    'GRANT SELECT ON "agreement_party" TO matchmaking_app',
    "CREATE POLICY app_insert ON \"agreement_party\" FOR INSERT TO matchmaking_app WITH CHECK (EXISTS (SELECT FROM agreement a WHERE a.id = agreement_id AND a.drafted_by_organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid))",
    'GRANT INSERT ON "agreement_party" TO matchmaking_app',
    "CREATE POLICY app_update ON \"agreement_party\" FOR UPDATE TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid) WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT UPDATE (version, grade, acknowledged_at, acknowledged_membership_id, outcome_consent_at) ON "agreement_party" TO matchmaking_app',
    'CREATE POLICY system_select ON "agreement_party" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "agreement_party" TO matchmaking_system',
    'CREATE POLICY system_insert ON "agreement_party" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "agreement_party" TO matchmaking_system',
    'CREATE POLICY system_update ON "agreement_party" FOR UPDATE TO matchmaking_system USING (true) WITH CHECK (true)',
    'GRANT UPDATE ON "agreement_party" TO matchmaking_system',
    'ALTER TABLE "fulfilment_fact" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "fulfilment_fact" FORCE ROW LEVEL SECURITY',
    'CREATE POLICY app_select ON "fulfilment_fact" FOR SELECT TO matchmaking_app USING (EXISTS (SELECT FROM agreement a WHERE a.id = agreement_id))',
    'GRANT SELECT ON "fulfilment_fact" TO matchmaking_app',
    "CREATE POLICY app_insert ON \"fulfilment_fact\" FOR INSERT TO matchmaking_app WITH CHECK (stated_by_organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid AND EXISTS (SELECT FROM agreement a WHERE a.id = agreement_id))",
    'GRANT INSERT ON "fulfilment_fact" TO matchmaking_app',
    "CREATE POLICY app_update ON \"fulfilment_fact\" FOR UPDATE TO matchmaking_app USING (EXISTS (SELECT FROM agreement a WHERE a.id = agreement_id) AND NOT current_setting('matchmaking.official', true) = 'true') WITH CHECK (EXISTS (SELECT FROM agreement a WHERE a.id = agreement_id) AND NOT current_setting('matchmaking.official', true) = 'true')",
    'GRANT UPDATE (state, version, answered_by_organization_id, answered_at) ON "fulfilment_fact" TO matchmaking_app',
    'CREATE POLICY system_select ON "fulfilment_fact" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "fulfilment_fact" TO matchmaking_system',
    'CREATE POLICY system_insert ON "fulfilment_fact" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "fulfilment_fact" TO matchmaking_system',
    'CREATE POLICY system_update ON "fulfilment_fact" FOR UPDATE TO matchmaking_system USING (true) WITH CHECK (true)',
    'GRANT UPDATE ON "fulfilment_fact" TO matchmaking_system',
    'ALTER TABLE "task" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "task" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_select ON \"task\" FOR SELECT TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (current_setting('matchmaking.official', true) = 'true' AND line_of_duty IS NOT NULL) OR waiting_organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (subject_type = 'financing_need' AND EXISTS (SELECT FROM financing_need s WHERE s.id = subject_id)) OR (subject_type = 'introduction' AND EXISTS (SELECT FROM introduction s WHERE s.id = subject_id)) OR (subject_type = 'agreement' AND EXISTS (SELECT FROM agreement s WHERE s.id = subject_id)) OR (subject_type = 'fulfilment_fact' AND EXISTS (SELECT FROM fulfilment_fact s WHERE s.id = subject_id)))",
    'GRANT SELECT ON "task" TO matchmaking_app',
    "CREATE POLICY app_insert ON \"task\" FOR INSERT TO matchmaking_app WITH CHECK ((subject_type = 'financing_need' AND EXISTS (SELECT FROM financing_need s WHERE s.id = subject_id)) OR (subject_type = 'introduction' AND EXISTS (SELECT FROM introduction s WHERE s.id = subject_id)) OR (subject_type = 'agreement' AND EXISTS (SELECT FROM agreement s WHERE s.id = subject_id)) OR (subject_type = 'fulfilment_fact' AND EXISTS (SELECT FROM fulfilment_fact s WHERE s.id = subject_id)) OR (subject_type = 'credit_product' AND EXISTS (SELECT FROM credit_product p WHERE p.id = subject_id AND (p.organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR current_setting('matchmaking.official', true) = 'true'))))",
    'GRANT INSERT ON "task" TO matchmaking_app',
    "CREATE POLICY app_update ON \"task\" FOR UPDATE TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (current_setting('matchmaking.official', true) = 'true' AND line_of_duty IS NOT NULL) OR waiting_organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (subject_type = 'financing_need' AND EXISTS (SELECT FROM financing_need s WHERE s.id = subject_id)) OR (subject_type = 'introduction' AND EXISTS (SELECT FROM introduction s WHERE s.id = subject_id)) OR (subject_type = 'agreement' AND EXISTS (SELECT FROM agreement s WHERE s.id = subject_id)) OR (subject_type = 'fulfilment_fact' AND EXISTS (SELECT FROM fulfilment_fact s WHERE s.id = subject_id))) WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (current_setting('matchmaking.official', true) = 'true' AND line_of_duty IS NOT NULL) OR waiting_organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (subject_type = 'financing_need' AND EXISTS (SELECT FROM financing_need s WHERE s.id = subject_id)) OR (subject_type = 'introduction' AND EXISTS (SELECT FROM introduction s WHERE s.id = subject_id)) OR (subject_type = 'agreement' AND EXISTS (SELECT FROM agreement s WHERE s.id = subject_id)) OR (subject_type = 'fulfilment_fact' AND EXISTS (SELECT FROM fulfilment_fact s WHERE s.id = subject_id)))",
    'GRANT UPDATE (done_at, version) ON "task" TO matchmaking_app',
    'CREATE POLICY system_select ON "task" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "task" TO matchmaking_system',
    'CREATE POLICY system_insert ON "task" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "task" TO matchmaking_system',
    'CREATE POLICY system_update ON "task" FOR UPDATE TO matchmaking_system USING (true) WITH CHECK (true)',
    'GRANT UPDATE ON "task" TO matchmaking_system',
    'ALTER TABLE "journal_entry" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "journal_entry" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_select ON \"journal_entry\" FOR SELECT TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT SELECT ON "journal_entry" TO matchmaking_app',
    "CREATE POLICY app_insert ON \"journal_entry\" FOR INSERT TO matchmaking_app WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT INSERT ON "journal_entry" TO matchmaking_app',
    'CREATE POLICY system_select ON "journal_entry" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "journal_entry" TO matchmaking_system',
    'CREATE POLICY system_insert ON "journal_entry" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "journal_entry" TO matchmaking_system',
    'ALTER TABLE "remembered_answer" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "remembered_answer" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_select ON \"remembered_answer\" FOR SELECT TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT SELECT ON "remembered_answer" TO matchmaking_app',
    "CREATE POLICY app_insert ON \"remembered_answer\" FOR INSERT TO matchmaking_app WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT INSERT ON "remembered_answer" TO matchmaking_app',
    "CREATE POLICY app_delete ON \"remembered_answer\" FOR DELETE TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT DELETE ON "remembered_answer" TO matchmaking_app',
    'CREATE POLICY system_select ON "remembered_answer" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "remembered_answer" TO matchmaking_system',
    'CREATE POLICY system_delete ON "remembered_answer" FOR DELETE TO matchmaking_system USING (true)',
    'GRANT DELETE ON "remembered_answer" TO matchmaking_system',
)


def upgrade() -> None:
    _journal_entry()
    _organization()
    _reference_rate()
    _sign_in_attempt()
    _credit_product()
    _enterprise_fact()
    _person()
    _remembered_answer()
    _unit()
    _api_key()
    _credential()
    _credit_product_version()
    _financing_need()
    _membership()
    _product_adoption()
    _task()
    _api_key_secret()
    _match_run()
    _sign_in_session()
    _match_candidate()
    _refresh_token()
    _introduction()
    _agreement()
    _agreement_party()
    _fulfilment_fact()
    op.execute(ENTER)
    for role in ("matchmaking_app", "matchmaking_system"):
        op.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
    for statement in ROW_SECURITY:
        op.execute(statement)
