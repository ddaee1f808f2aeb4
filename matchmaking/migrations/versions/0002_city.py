"""The whole city: every listing, both directions of matching, consents, and what came of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _taxonomy_entry() -> None:
    op.create_table(
        "taxonomy_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "scheme",
            sa.Enum(
                "cluster",
                "chain",
                "district",
                "functional_zone",
                "honour_criterion",
                "remedy",
                name="taxonomyscheme",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("parent_code", sa.String(length=60), nullable=True),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taxonomy_entry")),
        sa.UniqueConstraint("scheme", "code", name=op.f("uq_taxonomy_entry_scheme_code")),
        sa.UniqueConstraint("scheme", "position", name=op.f("uq_taxonomy_entry_scheme_position")),
    )


def _held_honour() -> None:
    op.create_table(
        "held_honour",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column(
            "honour",
            sa.Enum(
                "chain_leader",
                "little_giant",
                "specialized_provincial",
                "innovative_sme",
                "single_champion_national",
                "single_champion_provincial",
                "high_tech_enterprise",
                "technology_sme",
                "green_factory",
                "green_product",
                "green_supply_chain",
                "smart_factory",
                name="honour",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "level",
            sa.Enum(
                "national",
                "provincial",
                "city",
                "district",
                name="honourlevel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
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
        sa.Column("document", sa.String(), nullable=True),
        sa.Column("listed_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "expires_on IS NULL OR issued_on <= expires_on", name=op.f("ck_held_honour_dates")
        ),
        sa.ForeignKeyConstraint(["listed_by"], ["organization.id"], name=op.f("fk_held_honour_listed_by")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_held_honour_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_honour")),
    )
    op.create_index("ix_held_honour_holder", "held_honour", ["organization_id", "honour"], unique=False)
    op.create_index(op.f("ix_held_honour_listed_by"), "held_honour", ["listed_by"], unique=False)


def _project() -> None:
    op.create_table(
        "project",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "closed", name="projectstate", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=True),
        sa.Column("total_investment_fen", sa.BigInteger(), nullable=False),
        sa.Column("own_capital_fen", sa.BigInteger(), nullable=False),
        sa.Column("approvals", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("plan_of_use", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_project_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
    )
    op.create_index(op.f("ix_project_organization_id"), "project", ["organization_id"], unique=False)


def _capability() -> None:
    op.create_table(
        "capability",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "lab",
                "achievement",
                "expert",
                "instrument",
                "pilot_line",
                "course",
                name="capabilitykind",
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
        sa.Column("title_zh", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=True),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("chains", sa.ARRAY(sa.String(length=60)), server_default="{}", nullable=False),
        sa.Column("equipment", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("past_work", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("intellectual_property", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("modes", sa.ARRAY(sa.String(length=60)), server_default="{}", nullable=False),
        sa.Column("readiness_from", sa.Integer(), nullable=True),
        sa.Column("readiness_to", sa.Integer(), nullable=True),
        sa.Column("smallest_contract_fen", sa.BigInteger(), nullable=True),
        sa.Column("largest_contract_fen", sa.BigInteger(), nullable=True),
        sa.Column("free_projects", sa.Integer(), nullable=True),
        sa.Column(
            "platform_level",
            sa.Enum(
                "national_key_laboratory",
                "national_centre",
                "ministry_or_province",
                "city",
                "institution",
                name="platformlevel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("district", sa.String(), nullable=True),
        sa.Column("city", sa.String(), nullable=True),
        sa.Column("contact_person_id", sa.Uuid(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("returned_defects", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("compiled_from", sa.String(), nullable=True),
        sa.Column("compiled_as_of", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_person_id"], ["person.id"], name=op.f("fk_capability_contact_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_capability_organization_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_capability_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capability")),
        sa.UniqueConstraint(
            "organization_id",
            "source",
            "external_id",
            name=op.f("uq_capability_organization_id_source_external_id"),
        ),
    )
    op.create_index(op.f("ix_capability_organization_id"), "capability", ["organization_id"], unique=False)
    op.create_index(op.f("ix_capability_state"), "capability", ["state"], unique=False)
    op.create_index(op.f("ix_capability_unit_id"), "capability", ["unit_id"], unique=False)


def _policy_measure() -> None:
    op.create_table(
        "policy_measure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
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
            nullable=False,
        ),
        sa.Column("area", sa.String(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "interest_subsidy",
                "risk_compensation_pool",
                "guarantee_fee_subsidy",
                name="policykind",
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
        sa.Column("title_zh", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=True),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rate_basis_points", sa.Integer(), nullable=True),
        sa.Column("share_basis_points", sa.Integer(), nullable=True),
        sa.Column("cap_each_fen", sa.BigInteger(), nullable=True),
        sa.Column("cap_total_fen", sa.BigInteger(), nullable=True),
        sa.Column("bank_ids", sa.ARRAY(sa.Uuid()), server_default="{}", nullable=False),
        sa.Column("paid", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("document_url", sa.String(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("invented", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.CheckConstraint("valid_from <= valid_until", name=op.f("ck_policy_measure_validity")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_policy_measure_organization_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_policy_measure_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_measure")),
        sa.UniqueConstraint(
            "organization_id",
            "source",
            "external_id",
            name=op.f("uq_policy_measure_organization_id_source_external_id"),
        ),
    )
    op.create_index(
        op.f("ix_policy_measure_organization_id"), "policy_measure", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_policy_measure_state"), "policy_measure", ["state"], unique=False)
    op.create_index(op.f("ix_policy_measure_unit_id"), "policy_measure", ["unit_id"], unique=False)


def _consent() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("counterparty_organization_id", sa.Uuid(), nullable=False),
        sa.Column("field_groups", sa.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum("matching", name="consentpurpose", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("given_membership_id", sa.Uuid(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["counterparty_organization_id"],
            ["organization.id"],
            name=op.f("fk_consent_counterparty_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["given_membership_id"], ["membership.id"], name=op.f("fk_consent_given_membership_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_consent_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(
        "ix_consent_between", "consent", ["counterparty_organization_id", "organization_id"], unique=False
    )
    op.create_index(op.f("ix_consent_organization_id"), "consent", ["organization_id"], unique=False)


def _fit_question() -> None:
    op.create_table(
        "fit_question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("adoption_id", sa.Uuid(), nullable=True),
        sa.Column("capability_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(adoption_id, capability_id) = 1", name=op.f("ck_fit_question_one_offer")
        ),
        sa.ForeignKeyConstraint(
            ["adoption_id"], ["product_adoption.id"], name=op.f("fk_fit_question_adoption_id")
        ),
        sa.ForeignKeyConstraint(
            ["capability_id"], ["capability.id"], name=op.f("fk_fit_question_capability_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_fit_question_organization_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_fit_question_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fit_question")),
    )
    op.create_index("ix_fit_question_adoption", "fit_question", ["adoption_id", "created_at"], unique=False)
    op.create_index(
        "ix_fit_question_capability", "fit_question", ["capability_id", "created_at"], unique=False
    )


def _interest() -> None:
    op.create_table(
        "interest",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("adoption_id", sa.Uuid(), nullable=True),
        sa.Column("capability_id", sa.Uuid(), nullable=True),
        sa.Column("card_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(adoption_id, capability_id) = 1", name=op.f("ck_interest_one_offer")
        ),
        sa.ForeignKeyConstraint(
            ["adoption_id"], ["product_adoption.id"], name=op.f("fk_interest_adoption_id")
        ),
        sa.ForeignKeyConstraint(["capability_id"], ["capability.id"], name=op.f("fk_interest_capability_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_interest_organization_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_interest_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest")),
    )
    op.create_index("ix_interest_card_id", "interest", ["card_id", "created_at"], unique=False)
    op.create_index(op.f("ix_interest_organization_id"), "interest", ["organization_id"], unique=False)
    op.create_index(
        "uq_interest_of_adoption",
        "interest",
        ["card_id", "adoption_id"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_index(
        "uq_interest_of_capability",
        "interest",
        ["card_id", "capability_id"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )


def _research_demand() -> None:
    op.create_table(
        "research_demand",
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
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("public_abstract", sa.String(), nullable=False),
        sa.Column("confidential_part", sa.String(), nullable=True),
        sa.Column("chain", sa.String(), nullable=True),
        sa.Column("readiness_now", sa.Integer(), nullable=True),
        sa.Column("readiness_wanted", sa.Integer(), nullable=True),
        sa.Column("indicators", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("smallest_budget_fen", sa.BigInteger(), nullable=True),
        sa.Column("largest_budget_fen", sa.BigInteger(), nullable=True),
        sa.Column("needed_by", sa.Date(), nullable=False),
        sa.Column("modes", sa.ARRAY(sa.String(length=60)), server_default="{}", nullable=False),
        sa.Column(
            "intellectual_property_wish",
            sa.Enum(
                "own",
                "shared",
                "licence",
                "open_to_talk",
                name="intellectualpropertywish",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("contact_person_id", sa.Uuid(), nullable=True),
        sa.Column("excluded_organization_ids", sa.ARRAY(sa.Uuid()), server_default="{}", nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("returned_defects", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_by_membership_id", sa.Uuid(), nullable=True),
        sa.Column("live_talks", sa.Integer(), nullable=False),
        sa.Column("live_agreements", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("compiled_from", sa.String(), nullable=True),
        sa.Column("compiled_as_of", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_person_id"], ["person.id"], name=op.f("fk_research_demand_contact_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_membership_id"],
            ["membership.id"],
            name=op.f("fk_research_demand_opened_by_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_research_demand_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_research_demand")),
        sa.UniqueConstraint(
            "organization_id",
            "source",
            "external_id",
            name=op.f("uq_research_demand_organization_id_source_external_id"),
        ),
    )
    op.create_index(op.f("ix_research_demand_chain"), "research_demand", ["chain"], unique=False)
    op.create_index(
        op.f("ix_research_demand_organization_id"), "research_demand", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_research_demand_state"), "research_demand", ["state"], unique=False)


def _capability_match_run() -> None:
    op.create_table(
        "capability_match_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("demand_id", sa.Uuid(), nullable=False),
        sa.Column("demand_version", sa.Integer(), nullable=False),
        sa.Column("ranker_version", sa.String(), nullable=False),
        sa.Column("request", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("summary", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["demand_id"], ["research_demand.id"], name=op.f("fk_capability_match_run_demand_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_capability_match_run_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capability_match_run")),
    )
    op.create_index(
        op.f("ix_capability_match_run_demand_id"), "capability_match_run", ["demand_id"], unique=False
    )


def _disclosure() -> None:
    op.create_table(
        "disclosure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("counterparty_organization_id", sa.Uuid(), nullable=False),
        sa.Column("counterparty_unit_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "fit_question",
                "introduction",
                name="disclosurekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("field_groups", sa.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=True),
        sa.Column("product_version_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["counterparty_organization_id"],
            ["organization.id"],
            name=op.f("fk_disclosure_counterparty_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["counterparty_unit_id"], ["unit.id"], name=op.f("fk_disclosure_counterparty_unit_id")
        ),
        sa.ForeignKeyConstraint(["need_id"], ["financing_need.id"], name=op.f("fk_disclosure_need_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_disclosure_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_version_id"],
            ["credit_product_version.id"],
            name=op.f("fk_disclosure_product_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
    )
    op.create_index("ix_disclosure_organization", "disclosure", ["organization_id", "id"], unique=False)


def _need_card() -> None:
    op.create_table(
        "need_card",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=True),
        sa.Column("demand_id", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("card_id", sa.Uuid(), nullable=False),
        sa.Column("traits", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("lowest_fen", sa.BigInteger(), nullable=False),
        sa.Column("below_fen", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("num_nonnulls(need_id, demand_id) = 1", name=op.f("ck_need_card_one_wish")),
        sa.ForeignKeyConstraint(["demand_id"], ["research_demand.id"], name=op.f("fk_need_card_demand_id")),
        sa.ForeignKeyConstraint(["need_id"], ["financing_need.id"], name=op.f("fk_need_card_need_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_need_card_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_card")),
        sa.UniqueConstraint("card_id", name=op.f("uq_need_card_card_id")),
        sa.UniqueConstraint("demand_id", name=op.f("uq_need_card_demand_id")),
        sa.UniqueConstraint("need_id", name=op.f("uq_need_card_need_id")),
    )


def _recommendation() -> None:
    op.create_table(
        "recommendation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("made_by_membership_id", sa.Uuid(), nullable=True),
        sa.Column("enterprise_organization_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=True),
        sa.Column("demand_id", sa.Uuid(), nullable=True),
        sa.Column(
            "reason",
            sa.Enum(
                "suitable_terms",
                "policy_programme",
                "chain_expertise",
                "local_service",
                "quick_decision",
                "enterprise_asked",
                name="recommendationreason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("fewer_reason", sa.String(), nullable=True),
        sa.Column("has_interest", sa.Boolean(), nullable=False),
        sa.Column("interest_declared", sa.String(), nullable=True),
        sa.CheckConstraint("num_nonnulls(need_id, demand_id) = 1", name=op.f("ck_recommendation_one_wish")),
        sa.ForeignKeyConstraint(
            ["demand_id"], ["research_demand.id"], name=op.f("fk_recommendation_demand_id")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_organization_id"],
            ["organization.id"],
            name=op.f("fk_recommendation_enterprise_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by_membership_id"], ["membership.id"], name=op.f("fk_recommendation_made_by_membership_id")
        ),
        sa.ForeignKeyConstraint(["need_id"], ["financing_need.id"], name=op.f("fk_recommendation_need_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_recommendation_organization_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_recommendation_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation")),
    )
    op.create_index(op.f("ix_recommendation_demand_id"), "recommendation", ["demand_id"], unique=False)
    op.create_index(
        op.f("ix_recommendation_enterprise_organization_id"),
        "recommendation",
        ["enterprise_organization_id"],
        unique=False,
    )
    op.create_index(op.f("ix_recommendation_need_id"), "recommendation", ["need_id"], unique=False)
    op.create_index(
        op.f("ix_recommendation_organization_id"), "recommendation", ["organization_id"], unique=False
    )


def _capability_match_candidate() -> None:
    op.create_table(
        "capability_match_candidate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("provider_organization_id", sa.Uuid(), nullable=False),
        sa.Column("provider_unit_id", sa.Uuid(), nullable=False),
        sa.Column("capability_id", sa.Uuid(), nullable=False),
        sa.Column("capability_version", sa.Integer(), nullable=False),
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
        sa.Column("outcome", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["capability_id"], ["capability.id"], name=op.f("fk_capability_match_candidate_capability_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_capability_match_candidate_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["provider_organization_id"],
            ["organization.id"],
            name=op.f("fk_capability_match_candidate_provider_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["provider_unit_id"], ["unit.id"], name=op.f("fk_capability_match_candidate_provider_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["capability_match_run.id"], name=op.f("fk_capability_match_candidate_run_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capability_match_candidate")),
        sa.UniqueConstraint("run_id", "position", name=op.f("uq_capability_match_candidate_run_id_position")),
    )
    op.create_index(
        "ix_capability_match_candidate_capability",
        "capability_match_candidate",
        ["capability_id", "organization_id"],
        unique=False,
    )


def _recommendation_offer() -> None:
    op.create_table(
        "recommendation_offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_organization_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("provider_organization_id", sa.Uuid(), nullable=False),
        sa.Column("adoption_id", sa.Uuid(), nullable=True),
        sa.Column("capability_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(adoption_id, capability_id) = 1", name=op.f("ck_recommendation_offer_one_offer")
        ),
        sa.ForeignKeyConstraint(
            ["adoption_id"], ["product_adoption.id"], name=op.f("fk_recommendation_offer_adoption_id")
        ),
        sa.ForeignKeyConstraint(
            ["capability_id"], ["capability.id"], name=op.f("fk_recommendation_offer_capability_id")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_organization_id"],
            ["organization.id"],
            name=op.f("fk_recommendation_offer_enterprise_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_recommendation_offer_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["provider_organization_id"],
            ["organization.id"],
            name=op.f("fk_recommendation_offer_provider_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_recommendation_offer_recommendation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation_offer")),
        sa.UniqueConstraint(
            "recommendation_id", "position", name=op.f("uq_recommendation_offer_recommendation_id_position")
        ),
    )
    op.create_index(
        op.f("ix_recommendation_offer_enterprise_organization_id"),
        "recommendation_offer",
        ["enterprise_organization_id"],
        unique=False,
    )


def _changes() -> None:
    op.add_column("agreement", sa.Column("demand_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_agreement_demand_id"), "agreement", ["demand_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_agreement_demand_id"), "agreement", "research_demand", ["demand_id"], ["id"]
    )
    op.add_column("credit_product", sa.Column("compiled_from", sa.String(), nullable=True))
    op.add_column("credit_product", sa.Column("compiled_as_of", sa.String(), nullable=True))
    op.add_column("financing_need", sa.Column("project_id", sa.Uuid(), nullable=True))
    op.add_column("financing_need", sa.Column("opened_by_membership_id", sa.Uuid(), nullable=True))
    op.add_column("financing_need", sa.Column("source", sa.String(), nullable=True))
    op.add_column("financing_need", sa.Column("external_id", sa.String(), nullable=True))
    op.create_index(op.f("ix_financing_need_project_id"), "financing_need", ["project_id"], unique=False)
    op.create_unique_constraint(
        op.f("uq_financing_need_organization_id_source_external_id"),
        "financing_need",
        ["organization_id", "source", "external_id"],
    )
    op.create_foreign_key(
        op.f("fk_financing_need_opened_by_membership_id"),
        "financing_need",
        "membership",
        ["opened_by_membership_id"],
        ["id"],
    )
    op.create_foreign_key(
        op.f("fk_financing_need_project_id"), "financing_need", "project", ["project_id"], ["id"]
    )
    op.add_column("introduction", sa.Column("demand_id", sa.Uuid(), nullable=True))
    op.add_column("introduction", sa.Column("capability_id", sa.Uuid(), nullable=True))
    op.add_column("introduction", sa.Column("capability_version", sa.Integer(), nullable=True))
    op.add_column("introduction", sa.Column("capability_candidate_id", sa.Uuid(), nullable=True))
    op.add_column("introduction", sa.Column("interest_id", sa.Uuid(), nullable=True))
    op.add_column("introduction", sa.Column("recommendation_offer_id", sa.Uuid(), nullable=True))
    op.alter_column("introduction", "need_id", existing_type=sa.UUID(), nullable=True)
    op.alter_column("introduction", "adoption_id", existing_type=sa.UUID(), nullable=True)
    op.alter_column("introduction", "product_version_id", existing_type=sa.UUID(), nullable=True)
    op.alter_column("introduction", "candidate_id", existing_type=sa.UUID(), nullable=True)
    op.create_index(op.f("ix_introduction_demand_id"), "introduction", ["demand_id"], unique=False)
    op.create_index(op.f("ix_introduction_interest_id"), "introduction", ["interest_id"], unique=False)
    op.create_index(
        "uq_introduction_research_live",
        "introduction",
        ["demand_id", "capability_id"],
        unique=True,
        postgresql_where=sa.text(
            "state NOT IN ('agreed', 'not_taken', 'declined', 'incomplete', 'lapsed', 'withdrawn')"
        ),
    )
    op.create_foreign_key(
        op.f("fk_introduction_interest_id"), "introduction", "interest", ["interest_id"], ["id"]
    )
    op.create_foreign_key(
        op.f("fk_introduction_capability_candidate_id"),
        "introduction",
        "capability_match_candidate",
        ["capability_candidate_id"],
        ["id"],
    )
    op.create_foreign_key(
        op.f("fk_introduction_demand_id"), "introduction", "research_demand", ["demand_id"], ["id"]
    )
    op.create_foreign_key(
        op.f("fk_introduction_recommendation_offer_id"),
        "introduction",
        "recommendation_offer",
        ["recommendation_offer_id"],
        ["id"],
    )
    op.create_foreign_key(
        op.f("fk_introduction_capability_id"), "introduction", "capability", ["capability_id"], ["id"]
    )


def _checks() -> None:
    op.drop_constraint(op.f("ck_task_taskkind"), "task", type_="check")
    op.create_check_constraint(
        op.f("ck_task_taskkind"),
        "task",
        "kind IN ('complete_need', 'vet_need', 'mend_need', 'choose_provider', 'follow_talks', 'renew_need', 'complete_product', 'vet_product', 'mend_product', 'renew_product', 'resume_product', 'complete_capability', 'vet_capability', 'mend_capability', 'renew_capability', 'resume_capability', 'keep_project', 'complete_policy_measure', 'renew_policy_measure', 'answer_introduction', 'contact_enterprise', 'supply_documents', 'decide_application', 'answer_offer', 'propose_research', 'shortlist_proposal', 'take_second_look', 'complete_agreement', 'acknowledge_agreement', 'start_performance', 'state_fulfilment', 'confirm_fulfilment', 'settle_dispute')",
    )


POLICIES = (
    'DROP POLICY app_insert ON "person"',
    'DROP POLICY app_select ON "person"',
    'DROP POLICY system_insert ON "person"',
    'DROP POLICY system_select ON "person"',
    'REVOKE ALL ON "person" FROM matchmaking_app, matchmaking_system',
    "CREATE POLICY app_select ON \"person\" FOR SELECT TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR id = nullif(current_setting('matchmaking.person', true), '')::uuid OR (current_setting('matchmaking.official', true) = 'true' AND EXISTS (SELECT FROM organization o WHERE o.id = organization_id AND o.state = 'unclaimed')) OR EXISTS (SELECT FROM membership m WHERE m.person_id = person.id AND m.organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid) OR EXISTS (SELECT FROM introduction i JOIN financing_need n ON n.id = i.need_id WHERE n.contact_person_id = person.id AND i.provider_organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid) OR EXISTS (SELECT FROM introduction i JOIN research_demand d ON d.id = i.demand_id WHERE d.contact_person_id = person.id AND i.provider_organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid))",
    'GRANT SELECT ON "person" TO matchmaking_app',
    "CREATE POLICY app_insert ON \"person\" FOR INSERT TO matchmaking_app WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (current_setting('matchmaking.official', true) = 'true' AND EXISTS (SELECT FROM organization o WHERE o.id = organization_id AND o.state = 'unclaimed')))",
    'GRANT INSERT ON "person" TO matchmaking_app',
    'CREATE POLICY system_select ON "person" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "person" TO matchmaking_system',
    'CREATE POLICY system_insert ON "person" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "person" TO matchmaking_system',
    'ALTER TABLE "project" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "project" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_select ON \"project\" FOR SELECT TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (current_setting('matchmaking.official', true) = 'true' AND EXISTS (SELECT FROM financing_need n WHERE n.project_id = project.id AND n.submitted_at IS NOT NULL)))",
    'GRANT SELECT ON "project" TO matchmaking_app',
    "CREATE POLICY app_insert ON \"project\" FOR INSERT TO matchmaking_app WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT INSERT ON "project" TO matchmaking_app',
    "CREATE POLICY app_update ON \"project\" FOR UPDATE TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid) WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT UPDATE (state, version, title, summary, total_investment_fen, own_capital_fen, approvals, plan_of_use) ON "project" TO matchmaking_app',
    'CREATE POLICY system_select ON "project" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "project" TO matchmaking_system',
    'CREATE POLICY system_insert ON "project" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "project" TO matchmaking_system',
    'CREATE POLICY system_update ON "project" FOR UPDATE TO matchmaking_system USING (true) WITH CHECK (true)',
    'GRANT UPDATE ON "project" TO matchmaking_system',
    'DROP POLICY app_insert ON "financing_need"',
    'DROP POLICY app_select ON "financing_need"',
    'DROP POLICY app_update ON "financing_need"',
    'DROP POLICY system_insert ON "financing_need"',
    'DROP POLICY system_select ON "financing_need"',
    'DROP POLICY system_update ON "financing_need"',
    'REVOKE ALL ON "financing_need" FROM matchmaking_app, matchmaking_system',
    "CREATE POLICY app_select ON \"financing_need\" FOR SELECT TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (current_setting('matchmaking.official', true) = 'true' AND submitted_at IS NOT NULL) OR EXISTS (SELECT FROM introduction i WHERE i.need_id = financing_need.id AND i.provider_organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid) OR EXISTS (SELECT FROM agreement a WHERE a.need_id = financing_need.id AND nullif(current_setting('matchmaking.organization', true), '')::uuid = ANY (a.party_organization_ids)))",
    'GRANT SELECT ON "financing_need" TO matchmaking_app',
    "CREATE POLICY app_insert ON \"financing_need\" FOR INSERT TO matchmaking_app WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT INSERT ON "financing_need" TO matchmaking_app',
    "CREATE POLICY app_update ON \"financing_need\" FOR UPDATE TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (current_setting('matchmaking.official', true) = 'true' AND submitted_at IS NOT NULL) OR EXISTS (SELECT FROM introduction i WHERE i.need_id = financing_need.id AND i.provider_organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid) OR EXISTS (SELECT FROM agreement a WHERE a.need_id = financing_need.id AND nullif(current_setting('matchmaking.organization', true), '')::uuid = ANY (a.party_organization_ids))) WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (current_setting('matchmaking.official', true) = 'true' AND submitted_at IS NOT NULL) OR EXISTS (SELECT FROM introduction i WHERE i.need_id = financing_need.id AND i.provider_organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid) OR EXISTS (SELECT FROM agreement a WHERE a.need_id = financing_need.id AND nullif(current_setting('matchmaking.organization', true), '')::uuid = ANY (a.party_organization_ids)))",
    'GRANT UPDATE (state, version, submitted_at, opened_at, live_talks, live_agreements, returned_defects, amount_fen, purpose, needed_by, pledges, contact_person_id, tenor_months, summary, excluded_organization_ids, expires_on, project_id, opened_by_membership_id) ON "financing_need" TO matchmaking_app',
    'CREATE POLICY system_select ON "financing_need" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "financing_need" TO matchmaking_system',
    'CREATE POLICY system_insert ON "financing_need" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "financing_need" TO matchmaking_system',
    'CREATE POLICY system_update ON "financing_need" FOR UPDATE TO matchmaking_system USING (true) WITH CHECK (true)',
    'GRANT UPDATE ON "financing_need" TO matchmaking_system',
    'ALTER TABLE "capability" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "capability" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_select ON \"capability\" FOR SELECT TO matchmaking_app USING ((nullif(current_setting('matchmaking.organization', true), '')::uuid IS NOT NULL AND state IN ('open', 'suspended', 'expired')) OR organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (current_setting('matchmaking.official', true) = 'true' AND state <> 'draft') OR EXISTS (SELECT FROM capability_match_candidate c WHERE c.capability_id = capability.id AND c.organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid))",
    'GRANT SELECT ON "capability" TO matchmaking_app',
    "CREATE POLICY app_insert ON \"capability\" FOR INSERT TO matchmaking_app WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT INSERT ON "capability" TO matchmaking_app',
    "CREATE POLICY app_update ON \"capability\" FOR UPDATE TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (current_setting('matchmaking.official', true) = 'true' AND state <> 'draft')) WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (current_setting('matchmaking.official', true) = 'true' AND state <> 'draft'))",
    'GRANT UPDATE (state, version, title_zh, title_en, description, fields, chains, equipment, past_work, intellectual_property, modes, readiness_from, readiness_to, smallest_contract_fen, largest_contract_fen, free_projects, platform_level, district, city, valid_until, returned_defects) ON "capability" TO matchmaking_app',
    'CREATE POLICY system_select ON "capability" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "capability" TO matchmaking_system',
    'CREATE POLICY system_insert ON "capability" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "capability" TO matchmaking_system',
    'CREATE POLICY system_update ON "capability" FOR UPDATE TO matchmaking_system USING (true) WITH CHECK (true)',
    'GRANT UPDATE ON "capability" TO matchmaking_system',
    'ALTER TABLE "research_demand" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "research_demand" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_select ON \"research_demand\" FOR SELECT TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (current_setting('matchmaking.official', true) = 'true' AND submitted_at IS NOT NULL) OR EXISTS (SELECT FROM introduction i WHERE i.demand_id = research_demand.id AND i.provider_organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid) OR EXISTS (SELECT FROM agreement a WHERE a.demand_id = research_demand.id AND nullif(current_setting('matchmaking.organization', true), '')::uuid = ANY (a.party_organization_ids)))",
    'GRANT SELECT ON "research_demand" TO matchmaking_app',
    "CREATE POLICY app_insert ON \"research_demand\" FOR INSERT TO matchmaking_app WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT INSERT ON "research_demand" TO matchmaking_app',
    "CREATE POLICY app_update ON \"research_demand\" FOR UPDATE TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (current_setting('matchmaking.official', true) = 'true' AND submitted_at IS NOT NULL) OR EXISTS (SELECT FROM introduction i WHERE i.demand_id = research_demand.id AND i.provider_organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid) OR EXISTS (SELECT FROM agreement a WHERE a.demand_id = research_demand.id AND nullif(current_setting('matchmaking.organization', true), '')::uuid = ANY (a.party_organization_ids))) WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (current_setting('matchmaking.official', true) = 'true' AND submitted_at IS NOT NULL) OR EXISTS (SELECT FROM introduction i WHERE i.demand_id = research_demand.id AND i.provider_organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid) OR EXISTS (SELECT FROM agreement a WHERE a.demand_id = research_demand.id AND nullif(current_setting('matchmaking.organization', true), '')::uuid = ANY (a.party_organization_ids)))",
    'GRANT UPDATE (state, version, title, problem, public_abstract, confidential_part, chain, readiness_now, readiness_wanted, indicators, smallest_budget_fen, largest_budget_fen, needed_by, modes, intellectual_property_wish, contact_person_id, excluded_organization_ids, expires_on, returned_defects, submitted_at, opened_at, live_talks, live_agreements, opened_by_membership_id) ON "research_demand" TO matchmaking_app',
    'CREATE POLICY system_select ON "research_demand" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "research_demand" TO matchmaking_system',
    'CREATE POLICY system_insert ON "research_demand" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "research_demand" TO matchmaking_system',
    'CREATE POLICY system_update ON "research_demand" FOR UPDATE TO matchmaking_system USING (true) WITH CHECK (true)',
    'GRANT UPDATE ON "research_demand" TO matchmaking_system',
    'ALTER TABLE "capability_match_run" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "capability_match_run" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_select ON \"capability_match_run\" FOR SELECT TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT SELECT ON "capability_match_run" TO matchmaking_app',
    "CREATE POLICY app_insert ON \"capability_match_run\" FOR INSERT TO matchmaking_app WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT INSERT ON "capability_match_run" TO matchmaking_app',
    'CREATE POLICY system_select ON "capability_match_run" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "capability_match_run" TO matchmaking_system',
    'CREATE POLICY system_insert ON "capability_match_run" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "capability_match_run" TO matchmaking_system',
    'ALTER TABLE "capability_match_candidate" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "capability_match_candidate" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_select ON \"capability_match_candidate\" FOR SELECT TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT SELECT ON "capability_match_candidate" TO matchmaking_app',
    "CREATE POLICY app_insert ON \"capability_match_candidate\" FOR INSERT TO matchmaking_app WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT INSERT ON "capability_match_candidate" TO matchmaking_app',
    'CREATE POLICY system_select ON "capability_match_candidate" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "capability_match_candidate" TO matchmaking_system',
    'CREATE POLICY system_insert ON "capability_match_candidate" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "capability_match_candidate" TO matchmaking_system',
    'DROP POLICY app_insert ON "task"',
    'DROP POLICY app_select ON "task"',
    'DROP POLICY app_update ON "task"',
    'DROP POLICY system_insert ON "task"',
    'DROP POLICY system_select ON "task"',
    'DROP POLICY system_update ON "task"',
    'REVOKE ALL ON "task" FROM matchmaking_app, matchmaking_system',
    "CREATE POLICY app_select ON \"task\" FOR SELECT TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (current_setting('matchmaking.official', true) = 'true' AND line_of_duty IS NOT NULL) OR waiting_organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (subject_type = 'financing_need' AND EXISTS (SELECT FROM financing_need s WHERE s.id = subject_id)) OR (subject_type = 'research_demand' AND EXISTS (SELECT FROM research_demand s WHERE s.id = subject_id)) OR (subject_type = 'introduction' AND EXISTS (SELECT FROM introduction s WHERE s.id = subject_id)) OR (subject_type = 'agreement' AND EXISTS (SELECT FROM agreement s WHERE s.id = subject_id)) OR (subject_type = 'fulfilment_fact' AND EXISTS (SELECT FROM fulfilment_fact s WHERE s.id = subject_id)))",
    'GRANT SELECT ON "task" TO matchmaking_app',
    "CREATE POLICY app_insert ON \"task\" FOR INSERT TO matchmaking_app WITH CHECK ((subject_type = 'financing_need' AND EXISTS (SELECT FROM financing_need s WHERE s.id = subject_id)) OR (subject_type = 'research_demand' AND EXISTS (SELECT FROM research_demand s WHERE s.id = subject_id)) OR (subject_type = 'introduction' AND EXISTS (SELECT FROM introduction s WHERE s.id = subject_id)) OR (subject_type = 'agreement' AND EXISTS (SELECT FROM agreement s WHERE s.id = subject_id)) OR (subject_type = 'fulfilment_fact' AND EXISTS (SELECT FROM fulfilment_fact s WHERE s.id = subject_id)) OR (subject_type = 'credit_product' AND EXISTS (SELECT FROM credit_product p WHERE p.id = subject_id AND (p.organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR current_setting('matchmaking.official', true) = 'true'))) OR (subject_type = 'capability' AND EXISTS (SELECT FROM capability p WHERE p.id = subject_id AND (p.organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR current_setting('matchmaking.official', true) = 'true'))) OR (subject_type = 'project' AND EXISTS (SELECT FROM project p WHERE p.id = subject_id AND (p.organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR current_setting('matchmaking.official', true) = 'true'))) OR (subject_type = 'policy_measure' AND EXISTS (SELECT FROM policy_measure p WHERE p.id = subject_id AND (p.organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR current_setting('matchmaking.official', true) = 'true'))))",
    'GRANT INSERT ON "task" TO matchmaking_app',
    "CREATE POLICY app_update ON \"task\" FOR UPDATE TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (current_setting('matchmaking.official', true) = 'true' AND line_of_duty IS NOT NULL) OR waiting_organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (subject_type = 'financing_need' AND EXISTS (SELECT FROM financing_need s WHERE s.id = subject_id)) OR (subject_type = 'research_demand' AND EXISTS (SELECT FROM research_demand s WHERE s.id = subject_id)) OR (subject_type = 'introduction' AND EXISTS (SELECT FROM introduction s WHERE s.id = subject_id)) OR (subject_type = 'agreement' AND EXISTS (SELECT FROM agreement s WHERE s.id = subject_id)) OR (subject_type = 'fulfilment_fact' AND EXISTS (SELECT FROM fulfilment_fact s WHERE s.id = subject_id))) WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (current_setting('matchmaking.official', true) = 'true' AND line_of_duty IS NOT NULL) OR waiting_organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR (subject_type = 'financing_need' AND EXISTS (SELECT FROM financing_need s WHERE s.id = subject_id)) OR (subject_type = 'research_demand' AND EXISTS (SELECT FROM research_demand s WHERE s.id = subject_id)) OR (subject_type = 'introduction' AND EXISTS (SELECT FROM introduction s WHERE s.id = subject_id)) OR (subject_type = 'agreement' AND EXISTS (SELECT FROM agreement s WHERE s.id = subject_id)) OR (subject_type = 'fulfilment_fact' AND EXISTS (SELECT FROM fulfilment_fact s WHERE s.id = subject_id)))",
    'GRANT UPDATE (done_at, version) ON "task" TO matchmaking_app',
    'CREATE POLICY system_select ON "task" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "task" TO matchmaking_system',
    'CREATE POLICY system_insert ON "task" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "task" TO matchmaking_system',
    'CREATE POLICY system_update ON "task" FOR UPDATE TO matchmaking_system USING (true) WITH CHECK (true)',
    'GRANT UPDATE ON "task" TO matchmaking_system',
    'ALTER TABLE "policy_measure" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "policy_measure" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_select ON \"policy_measure\" FOR SELECT TO matchmaking_app USING ((nullif(current_setting('matchmaking.organization', true), '')::uuid IS NOT NULL AND state IN ('open', 'suspended', 'expired')) OR organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT SELECT ON "policy_measure" TO matchmaking_app',
    "CREATE POLICY app_insert ON \"policy_measure\" FOR INSERT TO matchmaking_app WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid AND current_setting('matchmaking.official', true) = 'true')",
    'GRANT INSERT ON "policy_measure" TO matchmaking_app',
    "CREATE POLICY app_update ON \"policy_measure\" FOR UPDATE TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid AND current_setting('matchmaking.official', true) = 'true') WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid AND current_setting('matchmaking.official', true) = 'true')",
    'GRANT UPDATE (state, version, title_zh, title_en, description, rules, rate_basis_points, share_basis_points, cap_each_fen, cap_total_fen, bank_ids, paid, valid_from, valid_until, document, document_url, as_of) ON "policy_measure" TO matchmaking_app',
    'CREATE POLICY system_select ON "policy_measure" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "policy_measure" TO matchmaking_system',
    'CREATE POLICY system_insert ON "policy_measure" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "policy_measure" TO matchmaking_system',
    'CREATE POLICY system_update ON "policy_measure" FOR UPDATE TO matchmaking_system USING (true) WITH CHECK (true)',
    'GRANT UPDATE ON "policy_measure" TO matchmaking_system',
    'ALTER TABLE "held_honour" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "held_honour" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_select ON \"held_honour\" FOR SELECT TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid OR current_setting('matchmaking.official', true) = 'true')",
    'GRANT SELECT ON "held_honour" TO matchmaking_app',
    "CREATE POLICY app_insert ON \"held_honour\" FOR INSERT TO matchmaking_app WITH CHECK (listed_by = nullif(current_setting('matchmaking.organization', true), '')::uuid AND ((organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid AND source = 'self_declared') OR (current_setting('matchmaking.official', true) = 'true' AND source = 'official_list')))",
    'GRANT INSERT ON "held_honour" TO matchmaking_app',
    'CREATE POLICY system_select ON "held_honour" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "held_honour" TO matchmaking_system',
    'CREATE POLICY system_insert ON "held_honour" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "held_honour" TO matchmaking_system',
    'ALTER TABLE "consent" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "consent" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_select ON \"consent\" FOR SELECT TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT SELECT ON "consent" TO matchmaking_app',
    "CREATE POLICY app_insert ON \"consent\" FOR INSERT TO matchmaking_app WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT INSERT ON "consent" TO matchmaking_app',
    "CREATE POLICY app_update ON \"consent\" FOR UPDATE TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid) WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT UPDATE (revoked_at, version) ON "consent" TO matchmaking_app',
    'CREATE POLICY system_select ON "consent" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "consent" TO matchmaking_system',
    'ALTER TABLE "disclosure" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "disclosure" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_select ON \"disclosure\" FOR SELECT TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT SELECT ON "disclosure" TO matchmaking_app',
    'CREATE POLICY system_select ON "disclosure" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "disclosure" TO matchmaking_system',
    'CREATE POLICY system_insert ON "disclosure" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "disclosure" TO matchmaking_system',
    'ALTER TABLE "need_card" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "need_card" FORCE ROW LEVEL SECURITY',
    'CREATE POLICY system_select ON "need_card" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "need_card" TO matchmaking_system',
    'CREATE POLICY system_insert ON "need_card" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "need_card" TO matchmaking_system',
    'CREATE POLICY system_update ON "need_card" FOR UPDATE TO matchmaking_system USING (true) WITH CHECK (true)',
    'GRANT UPDATE ON "need_card" TO matchmaking_system',
    'ALTER TABLE "fit_question" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "fit_question" FORCE ROW LEVEL SECURITY',
    'CREATE POLICY system_select ON "fit_question" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "fit_question" TO matchmaking_system',
    'CREATE POLICY system_insert ON "fit_question" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "fit_question" TO matchmaking_system',
    'ALTER TABLE "taxonomy_entry" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "taxonomy_entry" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_select ON \"taxonomy_entry\" FOR SELECT TO matchmaking_app USING (nullif(current_setting('matchmaking.organization', true), '')::uuid IS NOT NULL)",
    'GRANT SELECT ON "taxonomy_entry" TO matchmaking_app',
    'CREATE POLICY system_select ON "taxonomy_entry" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "taxonomy_entry" TO matchmaking_system',
    'CREATE POLICY system_insert ON "taxonomy_entry" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "taxonomy_entry" TO matchmaking_system',
    'ALTER TABLE "interest" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "interest" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_select ON \"interest\" FOR SELECT TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT SELECT ON "interest" TO matchmaking_app',
    "CREATE POLICY app_insert ON \"interest\" FOR INSERT TO matchmaking_app WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT INSERT ON "interest" TO matchmaking_app',
    "CREATE POLICY app_update ON \"interest\" FOR UPDATE TO matchmaking_app USING (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid) WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT UPDATE (withdrawn_at, version) ON "interest" TO matchmaking_app',
    'CREATE POLICY system_select ON "interest" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "interest" TO matchmaking_system',
    'CREATE POLICY system_insert ON "interest" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "interest" TO matchmaking_system',
    'ALTER TABLE "recommendation" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "recommendation" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_select ON \"recommendation\" FOR SELECT TO matchmaking_app USING ((organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid AND current_setting('matchmaking.official', true) = 'true') OR enterprise_organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT SELECT ON "recommendation" TO matchmaking_app',
    "CREATE POLICY app_insert ON \"recommendation\" FOR INSERT TO matchmaking_app WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid AND current_setting('matchmaking.official', true) = 'true')",
    'GRANT INSERT ON "recommendation" TO matchmaking_app',
    'CREATE POLICY system_select ON "recommendation" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "recommendation" TO matchmaking_system',
    'CREATE POLICY system_insert ON "recommendation" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "recommendation" TO matchmaking_system',
    'ALTER TABLE "recommendation_offer" ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE "recommendation_offer" FORCE ROW LEVEL SECURITY',
    "CREATE POLICY app_select ON \"recommendation_offer\" FOR SELECT TO matchmaking_app USING ((organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid AND current_setting('matchmaking.official', true) = 'true') OR enterprise_organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid)",
    'GRANT SELECT ON "recommendation_offer" TO matchmaking_app',
    "CREATE POLICY app_insert ON \"recommendation_offer\" FOR INSERT TO matchmaking_app WITH CHECK (organization_id = nullif(current_setting('matchmaking.organization', true), '')::uuid AND current_setting('matchmaking.official', true) = 'true')",
    'GRANT INSERT ON "recommendation_offer" TO matchmaking_app',
    'CREATE POLICY system_select ON "recommendation_offer" FOR SELECT TO matchmaking_system USING (true)',
    'GRANT SELECT ON "recommendation_offer" TO matchmaking_system',
    'CREATE POLICY system_insert ON "recommendation_offer" FOR INSERT TO matchmaking_system WITH CHECK (true)',
    'GRANT INSERT ON "recommendation_offer" TO matchmaking_system',
)


def upgrade() -> None:
    _taxonomy_entry()
    _held_honour()
    _project()
    _capability()
    _policy_measure()
    _consent()
    _fit_question()
    _interest()
    _research_demand()
    _capability_match_run()
    _disclosure()
    _need_card()
    _recommendation()
    _capability_match_candidate()
    _recommendation_offer()
    _changes()
    _checks()
    for statement in POLICIES:
        op.execute(statement)
