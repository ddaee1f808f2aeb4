"""The life-cycle of agreement records, and which parties make one complete."""

from collections.abc import Collection, Iterable, Mapping

from matchmaking.lifecycles.machine import Awaited, Lifecycle, transition
from schemas.vocabulary import AgreementNature, EvidenceGrade, PartyRole, Side, TaskKind
from schemas.vocabulary import AgreementState as S

AGREEMENT = Lifecycle(
    name="agreement",
    initial=S.DRAFT,
    terminal=frozenset({S.FULFILLED, S.TERMINATED}),
    awaited={
        S.DRAFT: Awaited(Side.PARTIES, TaskKind.COMPLETE_AGREEMENT),
        S.AWAITING_SIGNATURES: Awaited(Side.PARTIES, TaskKind.ACKNOWLEDGE_AGREEMENT),
        S.SIGNED: Awaited(Side.PARTIES, TaskKind.START_PERFORMANCE),
        S.PERFORMING: Awaited(Side.PARTIES, TaskKind.STATE_FULFILMENT),
    },
    transitions=(
        transition("present", {S.DRAFT}, S.AWAITING_SIGNATURES, Side.PARTIES),
        # One signature of several leaves the state as it is; the one that completes the record is `complete`.
        transition("acknowledge", {S.AWAITING_SIGNATURES}, S.AWAITING_SIGNATURES, Side.PARTIES),
        transition("complete", {S.AWAITING_SIGNATURES}, S.SIGNED, Side.PARTIES),
        transition("perform", {S.SIGNED}, S.PERFORMING, Side.PARTIES),
        transition("fulfil", {S.PERFORMING}, S.FULFILLED, Side.PARTIES),
        transition(
            "terminate",
            {S.DRAFT, S.AWAITING_SIGNATURES, S.SIGNED, S.PERFORMING},
            S.TERMINATED,
            Side.PARTIES,
        ),
    ),
)

_LOAN = (
    frozenset({PartyRole.BORROWER, PartyRole.LENDER}),
    frozenset({PartyRole.BORROWER, PartyRole.LEAD_BANK, PartyRole.PARTICIPATING_BANK}),
)
_RESEARCH = (frozenset({PartyRole.COMMISSIONER, PartyRole.DEVELOPER}),)
_TALENT = (frozenset({PartyRole.HOST, PartyRole.TRAINING_PARTNER}),)

REQUIRED_ROLES: Mapping[AgreementNature, tuple[frozenset[PartyRole], ...]] = {
    AgreementNature.FRAMEWORK: (*_LOAN, *_RESEARCH, *_TALENT),
    AgreementNature.LOAN_CONTRACT: _LOAN,
    AgreementNature.TECHNOLOGY_CONTRACT: _RESEARCH,
    AgreementNature.TALENT_BASE: _TALENT,
}


def required_roles(
    nature: AgreementNature, named: Collection[PartyRole] = frozenset()
) -> frozenset[PartyRole]:
    """The roles without which an agreement of this nature is none.

    A nature can have several forms (a loan by one lender or by a syndicate, a framework about loans or about
    research): the form that lacks the fewest of the roles `named` so far counts, the plainest one in a tie.
    """
    forms = REQUIRED_ROLES[nature]
    return min(forms, key=lambda form: (-len(form & frozenset(named)), len(form - frozenset(named))))


def missing_roles(nature: AgreementNature, named: Collection[PartyRole]) -> frozenset[PartyRole]:
    """Required roles that nobody among the parties has."""
    return required_roles(nature, named) - frozenset(named)


def is_complete(
    nature: AgreementNature,
    acknowledged_roles: Collection[PartyRole],
    awaited_roles: Collection[PartyRole] = frozenset(),
) -> bool:
    """Whether every required role has acknowledged, and no party named beside them is still awaited.

    `awaited_roles` are the roles of parties that have not acknowledged yet; a witness is never waited for.
    """
    if frozenset(awaited_roles) - {PartyRole.WITNESS}:
        return False
    acknowledged = frozenset(acknowledged_roles)
    return any(form <= acknowledged for form in REQUIRED_ROLES[nature])


def joint_grade(
    nature: AgreementNature, parties: Iterable[tuple[PartyRole, EvidenceGrade | None]]
) -> EvidenceGrade | None:
    """The lowest grade among all parties but witnesses; None while the agreement is not complete.

    A party whose grade is missing or E0 (announced by somebody else) has not acknowledged.
    """
    grades = [(role, grade or EvidenceGrade.E0) for role, grade in parties]
    acknowledged = {role for role, grade in grades if grade > EvidenceGrade.E0}
    awaited = {role for role, grade in grades if grade == EvidenceGrade.E0}
    if not is_complete(nature, acknowledged, awaited):
        return None
    return min(grade for role, grade in grades if role is not PartyRole.WITNESS)
