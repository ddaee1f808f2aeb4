"""Which parties make an agreement complete, and what its evidence is worth."""

from collections.abc import Callable
from itertools import chain, combinations

import pytest

from matchmaking.lifecycles import is_complete, joint_grade, missing_roles, required_roles
from matchmaking.lifecycles.agreements import REQUIRED_ROLES
from schemas.vocabulary import AgreementNature, EvidenceGrade, PartyRole

BORROWER, LENDER, WITNESS = PartyRole.BORROWER, PartyRole.LENDER, PartyRole.WITNESS
LEAD, PARTICIPATING = PartyRole.LEAD_BANK, PartyRole.PARTICIPATING_BANK
LOAN = AgreementNature.LOAN_CONTRACT


@pytest.mark.gate("G8")
def test_an_agreement_that_lacks_a_required_role_is_not_complete(
    record_property: Callable[[str, object], None],
) -> None:
    """Every nature, every set of roles: complete exactly when it holds a whole form."""
    wanted = {
        LOAN: [{"borrower", "lender"}, {"borrower", "lead_bank", "participating_bank"}],
        AgreementNature.TECHNOLOGY_CONTRACT: [{"commissioner", "developer"}],
        AgreementNature.TALENT_BASE: [{"host", "training_partner"}],
        AgreementNature.FRAMEWORK: [
            {"borrower", "lender"},
            {"borrower", "lead_bank", "participating_bank"},
            {"commissioner", "developer"},
            {"host", "training_partner"},
        ],
    }
    checked = incomplete = 0
    roles = list(PartyRole)
    subsets = chain.from_iterable(combinations(roles, size) for size in range(len(roles) + 1))
    for acknowledged in subsets:
        held = {role.value for role in acknowledged}
        for nature, forms in wanted.items():
            expected = any(form <= held for form in forms)
            assert is_complete(nature, acknowledged) is expected, (nature, acknowledged)
            assert bool(missing_roles(nature, acknowledged)) is not expected
            checked += 1
            incomplete += not expected
    record_property(
        "figure", f"{checked} sets of roles x natures, {incomplete} of them lacking a role: none complete"
    )


def test_nobody_who_is_named_is_left_out() -> None:
    assert not is_complete(LOAN, {BORROWER, LENDER}, {PartyRole.GUARANTOR})
    assert not is_complete(LOAN, {BORROWER, LENDER}, {LENDER})
    assert is_complete(LOAN, {BORROWER, LENDER}, {WITNESS})
    assert is_complete(LOAN, {BORROWER, LENDER, PartyRole.GUARANTOR})
    assert not is_complete(LOAN, {BORROWER, WITNESS})


def test_the_required_roles_follow_the_form_that_the_parties_show() -> None:
    assert required_roles(LOAN) == {BORROWER, LENDER}
    assert required_roles(LOAN, {BORROWER, LEAD}) == {BORROWER, LEAD, PARTICIPATING}
    assert missing_roles(LOAN, {BORROWER, LEAD}) == {PARTICIPATING}
    assert missing_roles(LOAN, {BORROWER}) == {LENDER}
    assert missing_roles(LOAN, {BORROWER, LENDER, PARTICIPATING}) == frozenset()
    assert required_roles(AgreementNature.FRAMEWORK, {PartyRole.DEVELOPER}) == {
        PartyRole.COMMISSIONER,
        PartyRole.DEVELOPER,
    }
    assert set(REQUIRED_ROLES) == set(AgreementNature)


def test_the_evidence_is_worth_what_its_weakest_party_is() -> None:
    e0, e1, e2, e4 = EvidenceGrade.E0, EvidenceGrade.E1, EvidenceGrade.E2, EvidenceGrade.E4
    assert joint_grade(LOAN, [(BORROWER, e1), (LENDER, e4)]) is e1
    assert joint_grade(LOAN, [(BORROWER, e2), (LENDER, e4), (WITNESS, None)]) is e2
    assert joint_grade(LOAN, [(BORROWER, e2), (LENDER, e4), (WITNESS, e1)]) is e2
    assert joint_grade(LOAN, [(BORROWER, e1), (LENDER, None)]) is None
    assert joint_grade(LOAN, [(BORROWER, e1), (LENDER, e0)]) is None
    assert joint_grade(LOAN, [(BORROWER, e1), (LENDER, e1), (LENDER, None)]) is None
    assert joint_grade(LOAN, []) is None
    assert sorted(EvidenceGrade) == list(EvidenceGrade)
