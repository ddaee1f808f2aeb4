"""What intake help says about a draft: codes of advice, none of which refuses anything."""

from enum import StrEnum


class AdviceKind(StrEnum):
    """Why something is advised: it is missing, unclear, tells strangers too much, or was said before."""

    MISSING = "missing"
    UNCLEAR = "unclear"
    REVEALING = "revealing"
    REPEATED = "repeated"


class AdviceCode(StrEnum):
    """In the order of what helps most."""

    PROBLEM_EMPTY = "problem_empty"
    PROBLEM_REPEATS_TITLE = "problem_repeats_title"
    PROBLEM_SHORT = "problem_short"
    INDICATOR_MISSING = "indicator_missing"
    INDICATOR_ONLY_IN_TEXT = "indicator_only_in_text"
    INDICATOR_NOT_MEASURABLE = "indicator_not_measurable"
    INDICATOR_WITHOUT_BASELINE = "indicator_without_baseline"
    BUDGET_MISSING = "budget_missing"
    BUDGET_ONLY_IN_TEXT = "budget_only_in_text"
    AMOUNT_VERY_SMALL = "amount_very_small"
    SUMMARY_MISSING = "summary_missing"
    SUMMARY_SHORT = "summary_short"
    TENOR_MISSING = "tenor_missing"
    DEADLINE_MISSING = "deadline_missing"
    DEADLINE_NEAR = "deadline_near"
    MODES_MISSING = "modes_missing"
    READINESS_MISSING = "readiness_missing"
    CHAIN_MISSING = "chain_missing"
    ABSTRACT_PROCESS_PARAMETERS = "abstract_process_parameters"
    ABSTRACT_FORMULA = "abstract_formula"
    ABSTRACT_NAMES_CUSTOMER = "abstract_names_customer"
    ABSTRACT_CONTACT_DETAILS = "abstract_contact_details"
    SAME_AS_ANOTHER = "same_as_another"
    CLOSE_TO_ANOTHER = "close_to_another"
