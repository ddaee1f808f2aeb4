"""Reasons as codes with parameters: what a ranking says about a candidate before any words are chosen.

Parameters are named by what they hold: `_fen`, `_basis_points`, `_months`, `_days`, `_on` (ISO date), or a
code of the vocabulary. The words stand in `matchmaking/messages/reasons.toml`.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from schemas.vocabulary import CapBasis, DemandAnswer, FactName, Helper, RemedyCode, RuleStatus

Parameter = bool | int | str | tuple[str, ...]
Missing = FactName | CapBasis | DemandAnswer


class ReasonCode(StrEnum):
    RULE_MET = "rule_met"
    RULE_MET_NEAR_CEILING = "rule_met_near_ceiling"
    RULE_UNMET = "rule_unmet"
    RULE_UNMET_GAP = "rule_unmet_gap"
    RULE_UNMET_UNVERIFIED = "rule_unmet_unverified"
    RULE_UNKNOWN = "rule_unknown"
    RULE_STALE = "rule_stale"
    ALTERNATIVES_MET = "alternatives_met"
    ALTERNATIVES_MET_NEAR_CEILING = "alternatives_met_near_ceiling"
    ALTERNATIVES_UNMET = "alternatives_unmet"
    ALTERNATIVES_UNKNOWN = "alternatives_unknown"
    REMEDY = "remedy"
    CONDITIONS_MET_AS_PUBLISHED = "conditions_met_as_published"
    AMOUNT_BELOW_MINIMUM = "amount_below_minimum"
    CAP_BELOW_MINIMUM = "cap_below_minimum"
    CAP_UNKNOWN = "cap_unknown"
    CAP_TO_BE_RECKONED = "cap_to_be_reckoned"
    AMOUNT_NOT_PUBLISHED = "amount_not_published"
    AMOUNT_NOT_PUBLISHED_BOUNDED = "amount_not_published_bounded"
    COVERED_IN_FULL = "covered_in_full"
    COVERED_IN_PART = "covered_in_part"
    TENOR_FITS = "tenor_fits"
    TENOR_TOO_LONG = "tenor_too_long"
    TENOR_TOO_SHORT = "tenor_too_short"
    TENOR_NOT_PUBLISHED = "tenor_not_published"
    PURPOSE_SERVED = "purpose_served"
    PURPOSE_NOT_SERVED = "purpose_not_served"
    PURPOSE_NOT_PUBLISHED = "purpose_not_published"
    GUARANTEE_AVAILABLE = "guarantee_available"
    GUARANTEE_NOT_AVAILABLE = "guarantee_not_available"
    GUARANTEE_NOT_PUBLISHED = "guarantee_not_published"
    CONDITIONS_IN_WORDS = "conditions_in_words"
    TERRITORY_SERVED = "territory_served"
    TERRITORY_NOT_SERVED = "territory_not_served"
    TERRITORY_UNKNOWN = "territory_unknown"
    VALID_TODAY = "valid_today"
    NOT_VALID_YET = "not_valid_yet"
    NOT_VALID_ANY_MORE = "not_valid_any_more"
    QUOTA_USED_UP = "quota_used_up"
    RATE_FROM_REFERENCE = "rate_from_reference"
    RATE_FIXED = "rate_fixed"
    RATE_UNKNOWN = "rate_unknown"
    COST_BY_CONTRACT = "cost_by_contract"
    COST_AT_LEAST = "cost_at_least"
    COST_TENOR_ASSUMED = "cost_tenor_assumed"
    COST_TENOR_BOUNDED = "cost_tenor_bounded"
    COST_METHOD_DEAREST = "cost_method_dearest"
    COST_METHOD_ASSUMED = "cost_method_assumed"
    COST_GUARANTEE_FEE = "cost_guarantee_fee"
    COST_ONCE_FEES = "cost_once_fees"
    COST_IF_GRANTED = "cost_if_granted"
    COST_IF_GRANTED_AT_END = "cost_if_granted_at_end"
    MEASURE_UNDECIDED = "measure_undecided"
    POOL_SHARES_LOSS = "pool_shares_loss"
    MONEY_IN_DAYS = "money_in_days"
    MONEY_MAY_BE_LATE = "money_may_be_late"
    SPEED_UNKNOWN = "speed_unknown"
    CAP_SET_BY = "cap_set_by"
    CAP_SET_BY_SHARE = "cap_set_by_share"
    CAP_NEAR_CEILING = "cap_near_ceiling"
    POOL_SHARES_RISK = "pool_shares_risk"
    POOL_SHARE_UNKNOWN = "pool_share_unknown"
    RELIABILITY_OWN = "reliability_own"
    RELIABILITY_OF_CITY = "reliability_of_city"
    MOVED_FOR_VARIETY = "moved_for_variety"
    LOOK_AGAIN = "look_again"
    LOOK_AGAIN_WHEN_OVER = "look_again_when_over"
    EXCLUDED_BY_NEED = "excluded_by_need"
    NOT_AMONG_SHOWN = "not_among_shown"
    AS_OFFERED_NOW = "as_offered_now"
    DECISIVE_FACT = "decisive_fact"
    DECISIVE_ANSWER = "decisive_answer"
    MODES_SHARED = "modes_shared"
    MODES_NOT_SHARED = "modes_not_shared"
    MODES_UNKNOWN = "modes_unknown"
    MODES_NOT_PUBLISHED = "modes_not_published"
    READINESS_REACHED = "readiness_reached"
    READINESS_SHORT = "readiness_short"
    READINESS_UNKNOWN = "readiness_unknown"
    READINESS_NOT_PUBLISHED = "readiness_not_published"
    BUDGET_FITS = "budget_fits"
    BUDGET_BELOW_USUAL = "budget_below_usual"
    BUDGET_ABOVE_USUAL = "budget_above_usual"
    BUDGET_UNKNOWN = "budget_unknown"
    CONTRACT_NOT_PUBLISHED = "contract_not_published"
    CAPACITY_FREE = "capacity_free"
    CAPACITY_FULL = "capacity_full"
    CAPACITY_NOT_PUBLISHED = "capacity_not_published"
    CAPABILITY_VALID = "capability_valid"
    CAPABILITY_EXPIRED = "capability_expired"
    CHAIN_SHARED = "chain_shared"
    CHAIN_NOT_AMONG = "chain_not_among"
    CHAIN_NOT_PUBLISHED = "chain_not_published"
    TEXT_RELEVANT = "text_relevant"
    TEXT_CLOSE = "text_close"
    TEXT_RELATED = "text_related"
    TEXT_NOT_RELEVANT = "text_not_relevant"
    TEXT_BY_WORDS_ALONE = "text_by_words_alone"
    PLATFORM_RECOGNISED = "platform_recognised"


@dataclass(frozen=True, slots=True)
class Reason:
    code: ReasonCode
    parameters: dict[str, Parameter] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one condition: a rule, a group of alternatives, or a constraint of the pair.

    `forgivable` is true for an unmet condition that is curable or missed within tolerance, as a near miss
    needs. `to_supply` names what must be known to decide an unknown one. `alternatives` are the outcomes in
    a group.
    """

    status: RuleStatus
    reason: Reason
    forgivable: bool = False
    remedy: RemedyCode | None = None
    to_supply: tuple[Missing, ...] = ()
    alternatives: tuple["Outcome", ...] = ()


HELPERS: dict[RemedyCode, Helper] = {
    RemedyCode.RESTORE_TAX_CREDIT: Helper.TAX_OFFICE,
    RemedyCode.SETTLE_OVERDUE_DEBT: Helper.BANK,
    RemedyCode.CLOSE_LITIGATION: Helper.COURT,
    RemedyCode.FILE_TAX_RETURNS: Helper.TAX_OFFICE,
    RemedyCode.COMPLETE_FINANCIAL_STATEMENTS: Helper.ENTERPRISE,
    RemedyCode.UPDATE_REGISTRATION: Helper.MARKET_REGULATION_OFFICE,
    RemedyCode.APPLY_FOR_LIST: Helper.INDUSTRY_OFFICE,
    RemedyCode.CORRECT_OFFICIAL_RECORD: Helper.MARKET_REGULATION_OFFICE,
    RemedyCode.APPLY_FOR_HONOUR: Helper.INDUSTRY_OFFICE,
    RemedyCode.FILE_PATENT: Helper.MARKET_REGULATION_OFFICE,
    RemedyCode.INVEST_IN_RESEARCH: Helper.SCIENCE_OFFICE,
    RemedyCode.RAISE_DIGITAL_LEVEL: Helper.INDUSTRY_OFFICE,
    RemedyCode.RESTORE_ENVIRONMENTAL_CREDIT: Helper.ENVIRONMENT_OFFICE,
    RemedyCode.REDUCE_DEBT: Helper.ENTERPRISE,
    RemedyCode.PROVIDE_COLLATERAL: Helper.ENTERPRISE,
    RemedyCode.ADD_GUARANTEE_COMPANY: Helper.GUARANTEE_COMPANY,
    RemedyCode.GROW_INTO_IT: Helper.ENTERPRISE,
    RemedyCode.ADJUST_AMOUNT: Helper.ENTERPRISE,
    RemedyCode.ADJUST_TENOR: Helper.ENTERPRISE,
    RemedyCode.ADJUST_BUDGET: Helper.TECHNOLOGY_BROKER,
    RemedyCode.ADJUST_READINESS: Helper.TECHNOLOGY_BROKER,
}


def remedy_reason(remedy: RemedyCode) -> Reason:
    return Reason(ReasonCode.REMEDY, {"remedy": remedy.value, "helper": HELPERS[remedy].value})
