"""What is offered and asked for: credit products, capabilities, and the terms of both."""

from enum import StrEnum


class ProductKind(StrEnum):
    WORKING_CAPITAL = "working_capital"
    FIXED_ASSET = "fixed_asset"
    EQUIPMENT_RENEWAL = "equipment_renewal"
    ORDER_OR_CONTRACT = "order_or_contract"
    RECEIVABLES = "receivables"
    INTELLECTUAL_PROPERTY_PLEDGE = "intellectual_property_pledge"
    SUPPLY_CHAIN = "supply_chain"
    GREEN = "green"
    TECHNOLOGY = "technology"
    GUARANTEE_LETTER = "guarantee_letter"
    SYNDICATE = "syndicate"


class PurposeKind(StrEnum):
    WORKING_CAPITAL = "working_capital"
    ORDER_PERFORMANCE = "order_performance"
    EQUIPMENT = "equipment"
    PLANT_CONSTRUCTION = "plant_construction"
    RESEARCH_AND_DEVELOPMENT = "research_and_development"
    TECHNICAL_UPGRADE = "technical_upgrade"
    DIGITAL_TRANSFORMATION = "digital_transformation"
    GREEN_TRANSITION = "green_transition"
    REFINANCING = "refinancing"
    MERGER_OR_ACQUISITION = "merger_or_acquisition"
    BID_OR_PERFORMANCE_BOND = "bid_or_performance_bond"


class RepaymentMethod(StrEnum):
    INTEREST_THEN_PRINCIPAL = "interest_then_principal"
    EQUAL_INSTALMENTS = "equal_instalments"
    EQUAL_PRINCIPAL = "equal_principal"
    ALL_AT_MATURITY = "all_at_maturity"
    REVOLVING = "revolving"
    AGREED_SCHEDULE = "agreed_schedule"


class GuaranteeFeePayment(StrEnum):
    """How a guarantee fee is paid: each year on the balance, once, or for all years in advance."""

    YEARLY = "yearly"
    ONCE = "once"
    WHOLE_TERM_IN_ADVANCE = "whole_term_in_advance"


class GuaranteeMode(StrEnum):
    UNSECURED = "unsecured"
    MORTGAGE = "mortgage"
    PLEDGE = "pledge"
    THIRD_PARTY_GUARANTEE = "third_party_guarantee"
    GUARANTEE_COMPANY = "guarantee_company"
    GUARANTEE_INSURANCE = "guarantee_insurance"
    RISK_COMPENSATION_POOL = "risk_compensation_pool"


class PledgeKind(StrEnum):
    """What an enterprise can offer as security; `none` says that it has said: nothing."""

    NONE = "none"
    REAL_ESTATE = "real_estate"
    EQUIPMENT = "equipment"
    RECEIVABLES = "receivables"
    ORDER_OR_CONTRACT = "order_or_contract"
    INTELLECTUAL_PROPERTY = "intellectual_property"
    THIRD_PARTY_GUARANTEE = "third_party_guarantee"
    INVENTORY = "inventory"
    EQUITY = "equity"
    DEPOSIT = "deposit"


class RateKind(StrEnum):
    LPR_SPREAD = "lpr_spread"
    FIXED_BAND = "fixed_band"
    UNKNOWN = "unknown"


class LprTerm(StrEnum):
    ONE_YEAR = "one_year"
    FIVE_YEARS = "five_years"


class CapBasis(StrEnum):
    """What the formula of a product's cap multiplies."""

    TAX_PAID = "tax_paid"
    CONTRACT_AMOUNT = "contract_amount"
    INTELLECTUAL_PROPERTY_APPRAISAL = "intellectual_property_appraisal"


class CapabilityKind(StrEnum):
    LAB = "lab"
    ACHIEVEMENT = "achievement"
    EXPERT = "expert"
    INSTRUMENT = "instrument"
    PILOT_LINE = "pilot_line"
    COURSE = "course"


class PlatformLevel(StrEnum):
    """How high a research platform is recognised."""

    NATIONAL_KEY_LABORATORY = "national_key_laboratory"
    NATIONAL_CENTRE = "national_centre"
    MINISTRY_OR_PROVINCE = "ministry_or_province"
    CITY = "city"
    INSTITUTION = "institution"


class IntellectualPropertyWish(StrEnum):
    """Whose the results are to be, as the enterprise wishes."""

    OWN = "own"
    SHARED = "shared"
    LICENCE = "licence"
    OPEN_TO_TALK = "open_to_talk"


class CooperationMode(StrEnum):
    COMMISSIONED_DEVELOPMENT = "commissioned_development"
    JOINT_DEVELOPMENT = "joint_development"
    TECHNOLOGY_TRANSFER = "technology_transfer"
    TECHNOLOGY_LICENCE = "technology_licence"
    TECHNOLOGY_CONSULTING = "technology_consulting"
    TECHNOLOGY_SERVICE = "technology_service"
    TALENT_TRAINING = "talent_training"
    SHARED_PLATFORM = "shared_platform"
    TECHNOLOGY_VICE_PRESIDENT = "technology_vice_president"
