"""The right-to-state table, line by line as the domain has it."""

import pytest

from matchmaking.lifecycles import RIGHT_TO_STATE
from matchmaking.lifecycles.fulfilment import (
    ROLE_SIDES,
    counts_as,
    may_confirm,
    may_dispute,
    may_state,
)
from schemas.vocabulary import FulfilmentKind, FulfilmentState, PartyRole, UnconfirmedStanding

BANKS = "lender lead_bank participating_bank"
PARTIES = f"{BANKS} borrower commissioner developer host training_partner"

# kind: stated by / confirmed by / otherwise counts as / needs outcome consent
TABLE = {
    "framework_amount": (f"{PARTIES} witness", PARTIES, "announced", False),
    "credit_granted": (BANKS, "borrower", "bank_stated", True),
    "loan_contract": (BANKS, "borrower", "bank_stated", True),
    "disbursement": (BANKS, "borrower", "bank_stated", True),
    "balance_in_use": (BANKS, "", "information", True),
    "offer_not_taken": ("borrower commissioner", "", "enterprise_stated", False),
    "technology_contract": ("commissioner developer", "commissioner developer", "one_sided", False),
    "technology_registration": ("developer registry", "registry", "prepared", False),
    "milestone_delivered": ("developer", "commissioner", "one_sided", False),
    "money_received": ("developer", "commissioner", "one_sided", False),
    "payment_made": ("commissioner", "", "enterprise_stated", False),
    "acceptance": ("commissioner", "", "enterprise_stated", False),
    "talent_places": ("host training_partner", "host training_partner", "one_sided", False),
    "talent_in_training": ("host training_partner", "host training_partner", "one_sided", False),
    "talent_hired": ("host training_partner", "host training_partner", "one_sided", False),
    "talent_stayed": ("host training_partner", "host training_partner", "one_sided", False),
}


@pytest.mark.parametrize("kind", list(FulfilmentKind))
def test_the_table_is_that_of_the_domain(kind: FulfilmentKind) -> None:
    stated, confirmed, standing, consent = TABLE[kind.value]
    right = RIGHT_TO_STATE[kind]
    assert {role.value for role in right.stated_by} == set(stated.split())
    assert {role.value for role in right.confirmed_by} == set(confirmed.split())
    assert right.unconfirmed_counts_as.value == standing
    assert right.needs_outcome_consent is consent
    assert right.needs_document is (kind is FulfilmentKind.TECHNOLOGY_CONTRACT)
    for role in PartyRole:
        assert may_state(kind, role) is (role.value in stated.split())


def test_nobody_confirms_what_their_own_side_stated() -> None:
    for kind in FulfilmentKind:
        for role in PartyRole:
            assert not may_confirm(kind, role, role)
            assert not may_dispute(kind, role, role)
    granted = FulfilmentKind.CREDIT_GRANTED
    assert may_confirm(granted, PartyRole.BORROWER, PartyRole.LENDER)
    assert not may_confirm(granted, PartyRole.LEAD_BANK, PartyRole.PARTICIPATING_BANK)
    framework = FulfilmentKind.FRAMEWORK_AMOUNT
    assert may_confirm(framework, PartyRole.LENDER, PartyRole.BORROWER)
    assert may_confirm(framework, PartyRole.LENDER, PartyRole.WITNESS)
    assert not may_confirm(framework, PartyRole.LEAD_BANK, PartyRole.PARTICIPATING_BANK)
    assert set(ROLE_SIDES) == set(PartyRole)


def test_whoever_may_confirm_may_dispute_and_a_university_may_contest_acceptance() -> None:
    for kind in FulfilmentKind:
        for role in PartyRole:
            for stater in RIGHT_TO_STATE[kind].stated_by:
                assert may_confirm(kind, role, stater) <= may_dispute(kind, role, stater)
    developer, commissioner = PartyRole.DEVELOPER, PartyRole.COMMISSIONER
    for kind in (FulfilmentKind.ACCEPTANCE, FulfilmentKind.PAYMENT_MADE):
        assert may_dispute(kind, developer, commissioner)
        assert not may_confirm(kind, developer, commissioner)
    assert not may_dispute(FulfilmentKind.BALANCE_IN_USE, PartyRole.BORROWER, PartyRole.LENDER)


def test_silence_confirms_nothing() -> None:
    granted = FulfilmentKind.CREDIT_GRANTED
    assert counts_as(granted, FulfilmentState.STATED) is UnconfirmedStanding.BANK_STATED
    for state in (FulfilmentState.CONFIRMED, FulfilmentState.DISPUTED, FulfilmentState.CORRECTED):
        assert counts_as(granted, state) is state
