"""Which operations do what a task asks for; who may ask for none of them is not bothered with the task."""

from collections.abc import Mapping

from schemas.operations import Operation
from schemas.vocabulary import TaskKind

ANSWERED_BY: Mapping[TaskKind, frozenset[Operation]] = {
    TaskKind.COMPLETE_NEED: frozenset(
        {
            Operation.FINANCING_NEEDS_CHANGE,
            Operation.FINANCING_NEEDS_SUBMIT,
            Operation.RESEARCH_DEMANDS_CHANGE,
            Operation.RESEARCH_DEMANDS_SUBMIT,
        }
    ),
    TaskKind.VET_NEED: frozenset(
        {
            Operation.FINANCING_NEEDS_OPEN,
            Operation.FINANCING_NEEDS_RETURN,
            Operation.RESEARCH_DEMANDS_OPEN,
            Operation.RESEARCH_DEMANDS_RETURN,
        }
    ),
    TaskKind.MEND_NEED: frozenset(
        {
            Operation.FINANCING_NEEDS_CHANGE,
            Operation.FINANCING_NEEDS_SUBMIT,
            Operation.RESEARCH_DEMANDS_CHANGE,
            Operation.RESEARCH_DEMANDS_SUBMIT,
        }
    ),
    TaskKind.CHOOSE_PROVIDER: frozenset(
        {Operation.INTRODUCTIONS_CREATE, Operation.MATCH_RUNS_CREATE, Operation.CAPABILITY_MATCH_RUNS_CREATE}
    ),
    TaskKind.CONSIDER_INTEREST: frozenset({Operation.INTRODUCTIONS_CREATE}),
    TaskKind.FOLLOW_TALKS: frozenset(
        {Operation.INTRODUCTIONS_WITHDRAW, Operation.INTRODUCTIONS_BEGIN_DILIGENCE}
    ),
    TaskKind.RENEW_NEED: frozenset({Operation.FINANCING_NEEDS_RENEW}),
    TaskKind.KEEP_PROJECT: frozenset({Operation.PROJECTS_CHANGE, Operation.PROJECTS_CLOSE}),
    TaskKind.COMPLETE_POLICY_MEASURE: frozenset({Operation.POLICY_MEASURES_OPEN}),
    TaskKind.RENEW_POLICY_MEASURE: frozenset({Operation.POLICY_MEASURES_RENEW}),
    TaskKind.COMPLETE_PRODUCT: frozenset({Operation.CREDIT_PRODUCTS_SUBMIT}),
    TaskKind.VET_PRODUCT: frozenset({Operation.CREDIT_PRODUCTS_OPEN, Operation.CREDIT_PRODUCTS_RETURN}),
    TaskKind.MEND_PRODUCT: frozenset({Operation.CREDIT_PRODUCTS_SUBMIT}),
    TaskKind.RENEW_PRODUCT: frozenset({Operation.CREDIT_PRODUCTS_RENEW}),
    TaskKind.RESUME_PRODUCT: frozenset({Operation.CREDIT_PRODUCTS_RESUME}),
    TaskKind.COMPLETE_CAPABILITY: frozenset({Operation.CAPABILITIES_SUBMIT}),
    TaskKind.VET_CAPABILITY: frozenset({Operation.CAPABILITIES_OPEN, Operation.CAPABILITIES_RETURN}),
    TaskKind.MEND_CAPABILITY: frozenset({Operation.CAPABILITIES_SUBMIT}),
    TaskKind.RENEW_CAPABILITY: frozenset({Operation.CAPABILITIES_RENEW}),
    TaskKind.RESUME_CAPABILITY: frozenset({Operation.CAPABILITIES_RESUME}),
    TaskKind.ANSWER_INTRODUCTION: frozenset(
        {Operation.INTRODUCTIONS_ACCEPT, Operation.INTRODUCTIONS_DECLINE}
    ),
    TaskKind.CONTACT_ENTERPRISE: frozenset({Operation.INTRODUCTIONS_CONTACT}),
    TaskKind.SUPPLY_DOCUMENTS: frozenset({Operation.INTRODUCTIONS_BEGIN_DILIGENCE}),
    TaskKind.DECIDE_APPLICATION: frozenset({Operation.INTRODUCTIONS_OFFER, Operation.INTRODUCTIONS_DECLINE}),
    TaskKind.ANSWER_OFFER: frozenset({Operation.AGREEMENTS_CREATE, Operation.INTRODUCTIONS_NOT_TAKE}),
    TaskKind.PROPOSE_RESEARCH: frozenset({Operation.INTRODUCTIONS_PROPOSE}),
    TaskKind.SHORTLIST_PROPOSAL: frozenset(
        {Operation.INTRODUCTIONS_SHORTLIST, Operation.INTRODUCTIONS_NOT_TAKE}
    ),
    TaskKind.TAKE_SECOND_LOOK: frozenset({Operation.INTRODUCTIONS_ACCEPT}),
    TaskKind.COMPLETE_AGREEMENT: frozenset({Operation.AGREEMENTS_CREATE}),
    TaskKind.ACKNOWLEDGE_AGREEMENT: frozenset({Operation.AGREEMENTS_ACKNOWLEDGE}),
    TaskKind.START_PERFORMANCE: frozenset({Operation.FULFILMENT_FACTS_STATE}),
    TaskKind.STATE_FULFILMENT: frozenset({Operation.FULFILMENT_FACTS_STATE}),
    TaskKind.CONFIRM_FULFILMENT: frozenset(
        {Operation.FULFILMENT_FACTS_CONFIRM, Operation.FULFILMENT_FACTS_DISPUTE}
    ),
    TaskKind.SETTLE_DISPUTE: frozenset(
        {Operation.FULFILMENT_FACTS_STATE, Operation.FULFILMENT_FACTS_CONFIRM}
    ),
}
