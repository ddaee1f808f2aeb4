"""States of the life-cycles, the routes and reasons that belong to them, and the tasks they give."""

from enum import StrEnum


class ListingState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    OPEN = "open"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class NeedState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    OPEN = "open"
    IN_TALKS = "in_talks"
    SIGNED = "signed"
    FULFILLED = "fulfilled"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class IntroductionRoute(StrEnum):
    PICK = "pick"
    INTEREST = "interest"
    RECOMMENDATION = "recommendation"


class IntroductionState(StrEnum):
    """Of both kinds of introduction; proposal and shortlisted belong to research only."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    CONTACTED = "contacted"
    IN_DILIGENCE = "in_diligence"
    OFFERED = "offered"
    PROPOSAL = "proposal"
    SHORTLISTED = "shortlisted"
    AGREED = "agreed"
    NOT_TAKEN = "not_taken"
    DECLINED = "declined"
    INCOMPLETE = "incomplete"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class InterestState(StrEnum):
    """As the provider reads its own. Passed: the wish is over; it says nothing of others."""

    EXPRESSED = "expressed"
    WITHDRAWN = "withdrawn"
    PICKED = "picked"
    PASSED = "passed"


class RecommendationReason(StrEnum):
    """Why an official names these offers."""

    SUITABLE_TERMS = "suitable_terms"
    POLICY_PROGRAMME = "policy_programme"
    CHAIN_EXPERTISE = "chain_expertise"
    LOCAL_SERVICE = "local_service"
    QUICK_DECISION = "quick_decision"
    ENTERPRISE_ASKED = "enterprise_asked"


class DeclineCode(StrEnum):
    SCOPE = "scope"
    AMOUNT = "amount"
    TENOR = "tenor"
    COLLATERAL = "collateral"
    CASH_FLOW = "cash_flow"
    OWNER_OR_GUARANTOR_CREDIT = "owner_or_guarantor_credit"
    CREDIT_RECORD = "credit_record"
    TAX_RECORD = "tax_record"
    FINANCIALS = "financials"
    TOTAL_EXPOSURE = "total_exposure"
    TIME_IN_BUSINESS = "time_in_business"
    USE_OF_FUNDS = "use_of_funds"
    INDUSTRY_OR_POLICY_LIST = "industry_or_policy_list"
    UNVERIFIABLE_INFORMATION = "unverifiable_information"
    RELATED_PARTIES = "related_parties"
    ENVIRONMENT_OR_SAFETY = "environment_or_safety"
    QUOTA = "quota"
    DUPLICATE = "duplicate"
    UNREACHABLE = "unreachable"
    CAPACITY = "capacity"
    READINESS_GAP = "readiness_gap"
    TERMS = "terms"


class NotTakenReason(StrEnum):
    COST = "cost"
    AMOUNT = "amount"
    TENOR = "tenor"
    COLLATERAL = "collateral"
    SPEED = "speed"
    DOCUMENTS = "documents"
    OTHER_OFFER = "other_offer"
    OWN_FUNDS = "own_funds"
    NEED_GONE = "need_gone"
    TERMS = "terms"


class AgreementState(StrEnum):
    DRAFT = "draft"
    AWAITING_SIGNATURES = "awaiting_signatures"
    SIGNED = "signed"
    PERFORMING = "performing"
    FULFILLED = "fulfilled"
    TERMINATED = "terminated"


class FulfilmentState(StrEnum):
    STATED = "stated"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    CORRECTED = "corrected"


class TaskKind(StrEnum):
    """One sentence and one action for a person; the sentence stands in the message catalogue."""

    COMPLETE_NEED = "complete_need"
    VET_NEED = "vet_need"
    MEND_NEED = "mend_need"
    CHOOSE_PROVIDER = "choose_provider"
    CONSIDER_INTEREST = "consider_interest"
    FOLLOW_TALKS = "follow_talks"
    RENEW_NEED = "renew_need"
    COMPLETE_PRODUCT = "complete_product"
    VET_PRODUCT = "vet_product"
    MEND_PRODUCT = "mend_product"
    RENEW_PRODUCT = "renew_product"
    RESUME_PRODUCT = "resume_product"
    COMPLETE_CAPABILITY = "complete_capability"
    VET_CAPABILITY = "vet_capability"
    MEND_CAPABILITY = "mend_capability"
    RENEW_CAPABILITY = "renew_capability"
    RESUME_CAPABILITY = "resume_capability"
    KEEP_PROJECT = "keep_project"
    COMPLETE_POLICY_MEASURE = "complete_policy_measure"
    RENEW_POLICY_MEASURE = "renew_policy_measure"
    ANSWER_INTRODUCTION = "answer_introduction"
    CONTACT_ENTERPRISE = "contact_enterprise"
    SUPPLY_DOCUMENTS = "supply_documents"
    DECIDE_APPLICATION = "decide_application"
    ANSWER_OFFER = "answer_offer"
    PROPOSE_RESEARCH = "propose_research"
    SHORTLIST_PROPOSAL = "shortlist_proposal"
    TAKE_SECOND_LOOK = "take_second_look"
    COMPLETE_AGREEMENT = "complete_agreement"
    ACKNOWLEDGE_AGREEMENT = "acknowledge_agreement"
    START_PERFORMANCE = "start_performance"
    STATE_FULFILMENT = "state_fulfilment"
    CONFIRM_FULFILMENT = "confirm_fulfilment"
    SETTLE_DISPUTE = "settle_dispute"


class ClockName(StrEnum):
    """Time limits, in working days; the published figures stand in `matchmaking.lifecycles.clocks`."""

    ACCEPT = "accept"
    CONTACT = "contact"
    MONEY_WHEN_ELIGIBLE = "money_when_eligible"
    DECIDE = "decide"
    DECIDE_CONTRACT_BACKED = "decide_contract_backed"
    COLLECT_INTEREST = "collect_interest"
    ASK_SECOND_LOOK = "ask_second_look"
    DISPUTE_LAPSE = "dispute_lapse"
