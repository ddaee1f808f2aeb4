"""The nouns that move together on the one path, each with its life-cycle and whom its tasks are addressed to.

What one of them moves in another stands in `talks`; what can be asked of each in the service of its name.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from matchmaking.lifecycles import AGREEMENT, FINANCING_INTRODUCTION, NEED, RESEARCH_INTRODUCTION
from matchmaking.services.tasks import Addressee
from matchmaking.services.transitions import Noun
from matchmaking.tables.agreements import Agreement, AgreementParty
from matchmaking.tables.matching import Introduction
from matchmaking.tables.needs import FinancingNeed
from matchmaking.tables.research import ResearchDemand
from schemas.vocabulary import AgreementNature, LineOfDuty, PartyRole, Side

# They stand beside the performance: once the record is signed nothing is left for them to do.
BYSTANDERS = frozenset({PartyRole.GUARANTOR, PartyRole.WITNESS})


Wish = FinancingNeed | ResearchDemand
"""What an enterprise asks for, of either kind: both live through the same states."""

VETTED_BY = {FinancingNeed: LineOfDuty.FINANCE, ResearchDemand: LineOfDuty.SCIENCE}


def _about_wish(need: Wish, side: Side) -> tuple[Addressee, ...]:
    if side is Side.OFFICIAL:
        duty = VETTED_BY[type(need)]
        return (Addressee(line_of_duty=duty, waiting_organization_id=need.organization_id),)
    if side is Side.PARTIES:
        # Once signed, the tasks are those of the agreement.
        return ()
    return (Addressee(organization_id=need.organization_id),)


def _about_introduction(introduction: Introduction, side: Side) -> tuple[Addressee, ...]:
    if side is Side.PROVIDER:
        provider = Addressee(
            organization_id=introduction.provider_organization_id,
            unit_id=introduction.provider_unit_id,
            waiting_organization_id=introduction.organization_id,
        )
        return (provider,)
    waiting = introduction.provider_organization_id
    return (Addressee(introduction.organization_id, waiting_organization_id=waiting),)


NEEDS = Noun(FinancingNeed, NEED, _about_wish)
DEMANDS = Noun(ResearchDemand, NEED, _about_wish)
INTRODUCTIONS = Noun(Introduction, FINANCING_INTRODUCTION, _about_introduction)
RESEARCH_INTRODUCTIONS = Noun(Introduction, RESEARCH_INTRODUCTION, _about_introduction)


def noun_of(wish: Wish) -> Noun[Any]:
    return NEEDS if isinstance(wish, FinancingNeed) else DEMANDS


def introductions_about(introduction: Introduction) -> Noun[Introduction]:
    """Introductions for financing and for research go through states of their own."""
    return INTRODUCTIONS if introduction.demand_id is None else RESEARCH_INTRODUCTIONS


def party_addressee(agreement: Agreement, organization_id: UUID, waiting: UUID | None = None) -> Addressee:
    """A party of an agreement; of the introduced provider, the unit that the introduction went to."""
    provider = organization_id == agreement.provider_organization_id
    unit_id = agreement.provider_unit_id if provider else None
    return Addressee(organization_id, unit_id, waiting_organization_id=waiting)


def agreements_among(parties: Sequence[AgreementParty]) -> Noun[Agreement]:
    """Agreements of these parties: its tasks go to those who have something to state under it."""

    def addressees(agreement: Agreement, _side: Side) -> tuple[Addressee, ...]:
        silent = BYSTANDERS
        if agreement.nature is AgreementNature.LOAN_CONTRACT:
            # What becomes of a loan the bank states; the borrower's task is to confirm it.
            silent |= {PartyRole.BORROWER}
        stating = sorted({party.organization_id for party in parties if party.role not in silent})
        return tuple(party_addressee(agreement, one) for one in stating)

    return Noun(Agreement, AGREEMENT, addressees)


AGREEMENTS = agreements_among(())
