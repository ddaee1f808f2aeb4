"""The life-cycle of fulfilment facts, and the table of who may state which fact and who confirms it.

Silence confirms nothing; a dispute takes a fact out of every rate; a correction is a new fact naming the
one that it corrects. Honours, grades and registration data are facts of an enterprise, not of an agreement:
whose word counts for those stands in `schemas.eligibility.FACTS` (`issued`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from matchmaking.lifecycles.machine import Awaited, Lifecycle, transition
from schemas.vocabulary import FulfilmentKind as Kind
from schemas.vocabulary import FulfilmentState as S
from schemas.vocabulary import PartyRole, Side, TaskKind, UnconfirmedStanding

FULFILMENT = Lifecycle(
    name="fulfilment",
    initial=S.STATED,
    terminal=frozenset({S.CORRECTED}),
    settled=frozenset({S.CONFIRMED}),
    awaited={
        S.STATED: Awaited(Side.PARTIES, TaskKind.CONFIRM_FULFILMENT),
        S.DISPUTED: Awaited(Side.PARTIES, TaskKind.SETTLE_DISPUTE),
    },
    transitions=(
        transition("confirm", {S.STATED, S.DISPUTED}, S.CONFIRMED, Side.PARTIES),
        transition("dispute", {S.STATED}, S.DISPUTED, Side.PARTIES),
        transition("correct", {S.STATED, S.DISPUTED, S.CONFIRMED}, S.CORRECTED, Side.PARTIES),
    ),
)


@dataclass(frozen=True, slots=True)
class StatementRight:
    """One line of the right-to-state table.

    Whoever may confirm may also dispute; `disputed_by` adds those who may only dispute.
    `needs_outcome_consent`: a bank states it only with the enterprise's consent; `needs_document`: stated
    with the document attached.
    """

    stated_by: frozenset[PartyRole]
    confirmed_by: frozenset[PartyRole]
    unconfirmed_counts_as: UnconfirmedStanding
    needs_outcome_consent: bool = False
    needs_document: bool = False
    disputed_by: frozenset[PartyRole] = frozenset()


ROLE_SIDES: Mapping[PartyRole, Side] = {
    PartyRole.BORROWER: Side.ENTERPRISE,
    PartyRole.COMMISSIONER: Side.ENTERPRISE,
    PartyRole.HOST: Side.ENTERPRISE,
    PartyRole.LENDER: Side.PROVIDER,
    PartyRole.LEAD_BANK: Side.PROVIDER,
    PartyRole.PARTICIPATING_BANK: Side.PROVIDER,
    PartyRole.GUARANTOR: Side.PROVIDER,
    PartyRole.DEVELOPER: Side.PROVIDER,
    PartyRole.TRAINING_PARTNER: Side.PROVIDER,
    PartyRole.WITNESS: Side.OFFICIAL,
    PartyRole.REGISTRY: Side.OFFICIAL,
}

_BANKS = frozenset({PartyRole.LENDER, PartyRole.LEAD_BANK, PartyRole.PARTICIPATING_BANK})
_BORROWER = frozenset({PartyRole.BORROWER})
_COMMISSIONER = frozenset({PartyRole.COMMISSIONER})
_DEVELOPER = frozenset({PartyRole.DEVELOPER})
_RESEARCHERS = _COMMISSIONER | _DEVELOPER
_TRAINERS = frozenset({PartyRole.HOST, PartyRole.TRAINING_PARTNER})
_CONTRACTING = _BANKS | _BORROWER | _RESEARCHERS | _TRAINERS
_NOBODY: frozenset[PartyRole] = frozenset()

_LENT = StatementRight(_BANKS, _BORROWER, UnconfirmedStanding.BANK_STATED, needs_outcome_consent=True)
_DELIVERED = StatementRight(_DEVELOPER, _COMMISSIONER, UnconfirmedStanding.ONE_SIDED)
_PAID_OR_ACCEPTED = StatementRight(
    _COMMISSIONER, _NOBODY, UnconfirmedStanding.ENTERPRISE_STATED, disputed_by=_DEVELOPER
)
_TRAINED = StatementRight(_TRAINERS, _TRAINERS, UnconfirmedStanding.ONE_SIDED)

RIGHT_TO_STATE: Mapping[Kind, StatementRight] = {
    # A witness states it from the list of a ceremony, at grade E0.
    Kind.FRAMEWORK_AMOUNT: StatementRight(
        _CONTRACTING | {PartyRole.WITNESS}, _CONTRACTING, UnconfirmedStanding.ANNOUNCED
    ),
    Kind.CREDIT_GRANTED: _LENT,
    Kind.LOAN_CONTRACT: _LENT,
    Kind.DISBURSEMENT: _LENT,
    Kind.BALANCE_IN_USE: StatementRight(
        _BANKS, _NOBODY, UnconfirmedStanding.INFORMATION, needs_outcome_consent=True
    ),
    Kind.OFFER_NOT_TAKEN: StatementRight(
        _BORROWER | _COMMISSIONER, _NOBODY, UnconfirmedStanding.ENTERPRISE_STATED
    ),
    Kind.TECHNOLOGY_CONTRACT: StatementRight(
        _RESEARCHERS, _RESEARCHERS, UnconfirmedStanding.ONE_SIDED, needs_document=True
    ),
    Kind.TECHNOLOGY_REGISTRATION: StatementRight(
        _DEVELOPER | {PartyRole.REGISTRY},
        frozenset({PartyRole.REGISTRY}),
        UnconfirmedStanding.PREPARED,
    ),
    Kind.MILESTONE_DELIVERED: _DELIVERED,
    Kind.MONEY_RECEIVED: _DELIVERED,
    Kind.PAYMENT_MADE: _PAID_OR_ACCEPTED,
    Kind.ACCEPTANCE: _PAID_OR_ACCEPTED,
    Kind.TALENT_PLACES: _TRAINED,
    Kind.TALENT_IN_TRAINING: _TRAINED,
    Kind.TALENT_HIRED: _TRAINED,
    Kind.TALENT_STAYED: _TRAINED,
}


OF_MONEY = frozenset(
    {
        Kind.FRAMEWORK_AMOUNT,
        Kind.CREDIT_GRANTED,
        Kind.LOAN_CONTRACT,
        Kind.DISBURSEMENT,
        Kind.BALANCE_IN_USE,
        Kind.MONEY_RECEIVED,
        Kind.PAYMENT_MADE,
    }
)
"""Facts that say nothing without an amount."""


def may_state(kind: Kind, role: PartyRole) -> bool:
    return role in RIGHT_TO_STATE[kind].stated_by


def may_confirm(kind: Kind, role: PartyRole, stated_by: PartyRole) -> bool:
    """Only another side confirms: a fellow bank of the syndicate does not."""
    return role in RIGHT_TO_STATE[kind].confirmed_by and ROLE_SIDES[role] is not ROLE_SIDES[stated_by]


def may_dispute(kind: Kind, role: PartyRole, stated_by: PartyRole) -> bool:
    contests = role in RIGHT_TO_STATE[kind].disputed_by and role is not stated_by
    return contests or may_confirm(kind, role, stated_by)


def counts_as(kind: Kind, state: S) -> UnconfirmedStanding | S:
    """What a fact counts as today: confirmed, disputed, corrected, or its one side's word."""
    return RIGHT_TO_STATE[kind].unconfirmed_counts_as if state is S.STATED else state
