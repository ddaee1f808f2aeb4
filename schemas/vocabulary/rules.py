"""Typed rules, what they decide, and the parts of a candidate's total."""

from enum import StrEnum


class RuleOperator(StrEnum):
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    BETWEEN = "between"
    IS_ONE_OF = "is_one_of"
    HAS_ANY_OF = "has_any_of"
    HAS_ALL_OF = "has_all_of"
    HAS_NONE_OF = "has_none_of"
    IS_TRUE = "is_true"
    IS_FALSE = "is_false"
    WITHIN_LIST = "within_list"


class RuleUnit(StrEnum):
    """Unit of a threshold: CNY fen, hundredths of a percent, a plain count, complete months, a level."""

    FEN = "fen"
    BASIS_POINTS = "basis_points"
    COUNT = "count"
    MONTHS = "months"
    LEVEL = "level"


class RuleDirection(StrEnum):
    """Which change of the fact can only help."""

    HIGHER_IS_BETTER = "higher_is_better"
    LOWER_IS_BETTER = "lower_is_better"
    INSIDE_IS_BETTER = "inside_is_better"


class RuleVisibility(StrEnum):
    PUBLIC = "public"
    AFTER_CONSENT = "after_consent"
    BANK_ONLY = "bank_only"


class RemedyCode(StrEnum):
    """Lawful ways to come to meet a rule."""

    RESTORE_TAX_CREDIT = "restore_tax_credit"
    SETTLE_OVERDUE_DEBT = "settle_overdue_debt"
    CLOSE_LITIGATION = "close_litigation"
    FILE_TAX_RETURNS = "file_tax_returns"
    COMPLETE_FINANCIAL_STATEMENTS = "complete_financial_statements"
    UPDATE_REGISTRATION = "update_registration"
    APPLY_FOR_LIST = "apply_for_list"
    CORRECT_OFFICIAL_RECORD = "correct_official_record"
    APPLY_FOR_HONOUR = "apply_for_honour"
    FILE_PATENT = "file_patent"
    INVEST_IN_RESEARCH = "invest_in_research"
    RAISE_DIGITAL_LEVEL = "raise_digital_level"
    RESTORE_ENVIRONMENTAL_CREDIT = "restore_environmental_credit"
    REDUCE_DEBT = "reduce_debt"
    PROVIDE_COLLATERAL = "provide_collateral"
    ADD_GUARANTEE_COMPANY = "add_guarantee_company"
    GROW_INTO_IT = "grow_into_it"
    ADJUST_AMOUNT = "adjust_amount"
    ADJUST_TENOR = "adjust_tenor"
    ADJUST_BUDGET = "adjust_budget"
    ADJUST_READINESS = "adjust_readiness"


class Helper(StrEnum):
    """Who helps with a remedy."""

    TAX_OFFICE = "tax_office"
    INDUSTRY_OFFICE = "industry_office"
    SCIENCE_OFFICE = "science_office"
    ENVIRONMENT_OFFICE = "environment_office"
    MARKET_REGULATION_OFFICE = "market_regulation_office"
    COURT = "court"
    GUARANTEE_COMPANY = "guarantee_company"
    BANK = "bank"
    ENTERPRISE = "enterprise"
    TECHNOLOGY_BROKER = "technology_broker"
    FINANCE_OFFICE = "finance_office"


class RuleStatus(StrEnum):
    """`unknown` waits for the asker's answer; `not_published` for the provider's, and decides nothing."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"
    NOT_PUBLISHED = "not_published"


class Verdict(StrEnum):
    """In the order in which candidates are listed."""

    ELIGIBLE = "eligible"
    INCOMPLETE = "incomplete"
    NEAR_MISS = "near_miss"
    INELIGIBLE = "ineligible"


class ComponentName(StrEnum):
    """Parts of a candidate's total: the first six of a credit product's, the others of a capability's."""

    COVERAGE = "coverage"
    COST = "cost"
    SPEED = "speed"
    COLLATERAL_BURDEN = "collateral_burden"
    FIT = "fit"
    RELIABILITY = "reliability"
    RELEVANCE = "relevance"
    CHAIN_AND_FIELD = "chain_and_field"
    READINESS = "readiness"
    BUDGET_FIT = "budget_fit"
    CAPACITY = "capacity"
    PLATFORM_LEVEL = "platform_level"


class DemandAnswer(StrEnum):
    """Answers of a research demand, as its fields are called, that would decide more once given."""

    MODES = "modes"
    READINESS_WANTED = "readiness_wanted"
    LARGEST_BUDGET = "largest_budget_fen"


class CapabilityText(StrEnum):
    """The texts of a capability, each read for itself."""

    TITLE = "title"
    DESCRIPTION = "description"
    FIELDS = "fields"
    EQUIPMENT = "equipment"
    PAST_WORK = "past_work"
    INTELLECTUAL_PROPERTY = "intellectual_property"


class RelevanceBasis(StrEnum):
    """What relevance was reckoned from: words alone, or meaning too, where vectors were there."""

    WORDS = "words"
    WORDS_AND_MEANING = "words_and_meaning"


class ProviderFit(StrEnum):
    """All that a provider learns of an enterprise against the provider's own published rules."""

    FITS = "fits"
    DOES_NOT_FIT = "does_not_fit"
    FACTS_NOT_SHARED = "facts_not_shared"


class Preset(StrEnum):
    """Published sets of weights for credit products."""

    BALANCED = "balanced"
    CHEAPEST = "cheapest"
    FASTEST = "fastest"
    LARGEST = "largest"
    LEAST_COLLATERAL = "least_collateral"


class NeedDifficulty(StrEnum):
    """How hard a need is to finance, by what can be pledged: that is always answered, and asks no fact."""

    SECURED = "secured"
    RIGHTS_ONLY = "rights_only"
    NOTHING_TO_PLEDGE = "nothing_to_pledge"


class CapSource(StrEnum):
    """What sets a cap besides formulas and tables, which are called by what they read."""

    PRODUCT = "product"
    AUTHORITY = "authority"
    QUOTA = "quota"
