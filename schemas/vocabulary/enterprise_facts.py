"""What may be known of an enterprise."""

from enum import StrEnum


class FactName(StrEnum):
    """What may be known of an enterprise; types, units and staleness stand in `schemas.eligibility.FACTS`."""

    REGISTRATION_DATE = "registration_date"
    DISTRICT = "district"
    INDUSTRY = "industry"
    CHAINS = "chains"
    HONOURS = "honours"
    HEADCOUNT = "headcount"
    REVENUE_LAST_12_MONTHS = "revenue_last_12_months"
    REVENUE_PREVIOUS_12_MONTHS = "revenue_previous_12_months"
    REVENUE_GROWTH = "revenue_growth"
    TAX_PAID_LAST_12_MONTHS = "tax_paid_last_12_months"
    TAX_CREDIT_GRADE = "tax_credit_grade"
    TOTAL_ASSETS = "total_assets"
    DEBT_RATIO = "debt_ratio"
    INVENTION_PATENTS = "invention_patents"
    RESEARCH_SPEND_LAST_12_MONTHS = "research_spend_last_12_months"
    RESEARCH_INTENSITY = "research_intensity"
    BANK_CREDIT_OUTSTANDING = "bank_credit_outstanding"
    FIRST_TIME_BORROWER = "first_time_borrower"
    OVERDUE_DEBT = "overdue_debt"
    OPEN_LITIGATION = "open_litigation"
    COLLATERAL = "collateral"
    DIGITAL_LEVEL = "digital_level"
    GREEN_GRADE = "green_grade"
    RESOURCE_USE_GRADE = "resource_use_grade"
    OWNERSHIP = "ownership"


class FactSource(StrEnum):
    SELF_DECLARED = "self_declared"
    DOCUMENT = "document"
    OFFICIAL_LIST = "official_list"
    SYSTEM_OF_RECORD = "system_of_record"


class Honour(StrEnum):
    CHAIN_LEADER = "chain_leader"
    LITTLE_GIANT = "little_giant"
    SPECIALIZED_PROVINCIAL = "specialized_provincial"
    INNOVATIVE_SME = "innovative_sme"
    SINGLE_CHAMPION_NATIONAL = "single_champion_national"
    SINGLE_CHAMPION_PROVINCIAL = "single_champion_provincial"
    HIGH_TECH_ENTERPRISE = "high_tech_enterprise"
    TECHNOLOGY_SME = "technology_sme"
    GREEN_FACTORY = "green_factory"
    GREEN_PRODUCT = "green_product"
    GREEN_SUPPLY_CHAIN = "green_supply_chain"
    SMART_FACTORY = "smart_factory"


class TaxGrade(StrEnum):
    """Yearly tax credit grade; M is for firms too new for A or B."""

    A = "A"
    B = "B"
    M = "M"
    C = "C"
    D = "D"


class GreenGrade(StrEnum):
    """Environmental credit grade of the province, best first."""

    GREEN = "green"
    BLUE = "blue"
    YELLOW = "yellow"
    RED = "red"
    BLACK = "black"


class ResourceUseGrade(StrEnum):
    """Comprehensive rating of what an industrial firm makes of land, energy and water, best first."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class Ownership(StrEnum):
    """For statistics only: no rule may read it."""

    PRIVATE = "private"
    STATE = "state"
    FOREIGN = "foreign"
