"""Which operations do what a task asks for; who may ask for none of them is not bothered with the task."""

from collections.abc import Mapping

from schemas.permissions import Operation
from schemas.vocabulary import TaskKind

ANSWERED_BY: Mapping[TaskKind, frozenset[Operation]] = {
    TaskKind.COMPLETE_NEED: frozenset({Operation.FINANCING_NEEDS_CHANGE, Operation.FINANCING_NEEDS_SUBMIT}),
    TaskKind.VET_NEED: frozenset({Operation.FINANCING_NEEDS_OPEN, Operation.FINANCING_NEEDS_RETURN}),
    TaskKind.MEND_NEED: frozenset({Operation.FINANCING_NEEDS_CHANGE, Operation.FINANCING_NEEDS_SUBMIT}),
    TaskKind.CHOOSE_PROVIDER: frozenset({Operation.INTRODUCTIONS_CREATE, Operation.MATCH_RUNS_CREATE}),
    TaskKind.FOLLOW_TALKS: frozenset(
        {Operation.INTRODUCTIONS_WITHDRAW, Operation.INTRODUCTIONS_BEGIN_DILIGENCE}
    ),
    TaskKind.RENEW_NEED: frozenset({Operation.FINANCING_NEEDS_SUBMIT}),
    TaskKind.COMPLETE_PRODUCT: frozenset({Operation.CREDIT_PRODUCTS_SUBMIT}),
    TaskKind.VET_PRODUCT: frozenset({Operation.CREDIT_PRODUCTS_OPEN, Operation.CREDIT_PRODUCTS_RETURN}),
    TaskKind.MEND_PRODUCT: frozenset({Operation.CREDIT_PRODUCTS_SUBMIT}),
    TaskKind.RENEW_PRODUCT: frozenset({Operation.CREDIT_PRODUCTS_CHANGE}),
    TaskKind.RESUME_PRODUCT: frozenset({Operation.CREDIT_PRODUCTS_CHANGE}),
    TaskKind.ANSWER_INTRODUCTION: frozenset(
        {Operation.INTRODUCTIONS_ACCEPT, Operation.INTRODUCTIONS_DECLINE}
    ),
    TaskKind.CONTACT_ENTERPRISE: frozenset({Operation.INTRODUCTIONS_CONTACT}),
    TaskKind.SUPPLY_DOCUMENTS: frozenset({Operation.INTRODUCTIONS_BEGIN_DILIGENCE}),
    TaskKind.DECIDE_APPLICATION: frozenset({Operation.INTRODUCTIONS_OFFER, Operation.INTRODUCTIONS_DECLINE}),
    TaskKind.ANSWER_OFFER: frozenset({Operation.AGREEMENTS_CREATE, Operation.INTRODUCTIONS_NOT_TAKE}),
    TaskKind.PROPOSE_RESEARCH: frozenset({Operation.INTRODUCTIONS_OFFER}),
    TaskKind.SHORTLIST_PROPOSAL: frozenset({Operation.INTRODUCTIONS_NOT_TAKE}),
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
