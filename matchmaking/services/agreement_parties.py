"""Who may stand in which role of an agreement, and whether the roles named make one."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from matchmaking.access.actor import Actor
from matchmaking.access.scoping import visible_to
from matchmaking.db.session import ReadSession
from matchmaking.errors import Invalid
from matchmaking.lifecycles import missing_roles
from matchmaking.tables.identity import Organization
from matchmaking.tables.matching import Introduction
from schemas.agreements import AgreementCreate, PartyDraft
from schemas.vocabulary import AgreementNature, OrganizationKind, PartyRole

LENDING = frozenset({PartyRole.LENDER, PartyRole.LEAD_BANK, PartyRole.PARTICIPATING_BANK})
ANY_KIND = frozenset(OrganizationKind)
RESEARCHING = frozenset(
    {
        OrganizationKind.UNIVERSITY,
        OrganizationKind.VOCATIONAL_COLLEGE,
        OrganizationKind.RESEARCH_INSTITUTE,
        OrganizationKind.SERVICE_INSTITUTION,
    }
)
KINDS: Mapping[PartyRole, frozenset[OrganizationKind]] = {
    PartyRole.BORROWER: frozenset({OrganizationKind.ENTERPRISE}),
    PartyRole.GUARANTOR: ANY_KIND - {OrganizationKind.GOVERNMENT},
    PartyRole.WITNESS: ANY_KIND,
    **{role: frozenset({OrganizationKind.BANK}) for role in LENDING},
    PartyRole.COMMISSIONER: frozenset({OrganizationKind.ENTERPRISE}),
    PartyRole.HOST: frozenset({OrganizationKind.ENTERPRISE}),
    PartyRole.DEVELOPER: RESEARCHING,
    PartyRole.TRAINING_PARTNER: RESEARCHING,
}


@dataclass(frozen=True, slots=True)
class Basis:
    """Which natures an introduction can end in, and in which roles its two sides stand then."""

    natures: frozenset[AgreementNature]
    enterprise: frozenset[PartyRole]
    provider: frozenset[PartyRole]
    aside: frozenset[PartyRole]


FINANCING = Basis(
    natures=frozenset({AgreementNature.LOAN_CONTRACT, AgreementNature.FRAMEWORK}),
    enterprise=frozenset({PartyRole.BORROWER}),
    provider=LENDING,
    aside=frozenset({PartyRole.GUARANTOR, PartyRole.WITNESS}),
)
RESEARCH = Basis(
    natures=frozenset(
        {AgreementNature.TECHNOLOGY_CONTRACT, AgreementNature.TALENT_BASE, AgreementNature.FRAMEWORK}
    ),
    enterprise=frozenset({PartyRole.COMMISSIONER, PartyRole.HOST}),
    provider=frozenset({PartyRole.DEVELOPER, PartyRole.TRAINING_PARTNER}),
    aside=frozenset({PartyRole.WITNESS}),
)


async def party_organizations(
    session: ReadSession, actor: Actor, draft: AgreementCreate
) -> Mapping[UUID, Organization]:
    """The organizations that the draft names; Invalid at the first that the actor does not know of."""
    wanted = {party.organization_id for party in draft.parties}
    statement = select(Organization).where(col(Organization.id).in_(wanted), visible_to(actor, Organization))
    found = {row.id: row for row in (await session.execute(statement)).scalars()}
    for index, party in enumerate(draft.parties):
        if party.organization_id not in found:
            raise Invalid("organization_unknown", pointer=f"/parties/{index}/organization_id")
    return found


def check_parties(
    draft: AgreementCreate, introduction: Introduction, known: Mapping[UUID, Organization]
) -> None:
    """Invalid unless the nature fits, required roles are filled and fit, and both sides of the talks sign."""
    basis = FINANCING if introduction.demand_id is None else RESEARCH
    if draft.nature not in basis.natures:
        raise Invalid("nature_not_of_introduction", {"nature": draft.nature}, "/nature")
    if missing := missing_roles(draft.nature, {party.role for party in draft.parties}):
        raise Invalid("required_role_missing", {"roles": ", ".join(sorted(missing))}, "/parties")
    pairs = [(party.organization_id, party.role) for party in draft.parties]
    if len(set(pairs)) != len(pairs):
        raise Invalid("party_stands_twice", pointer="/parties")
    organizations = {party.organization_id for party in draft.parties}
    if not {introduction.organization_id, introduction.provider_organization_id} <= organizations:
        raise Invalid("party_of_introduction_missing", pointer="/parties")
    for index, party in enumerate(draft.parties):
        if not _fits(party, introduction, known[party.organization_id].kind, basis):
            raise Invalid("role_not_of_party", {"role": party.role}, f"/parties/{index}/role")
    shares = [party.share_basis_points for party in draft.parties if party.share_basis_points is not None]
    if sum(shares) not in {0, 10_000}:
        raise Invalid("shares_do_not_add_up", pointer="/parties")


def _fits(party: PartyDraft, introduction: Introduction, kind: OrganizationKind, basis: Basis) -> bool:
    """The enterprise of the introduction asks and nobody else does; its provider stands on the other side."""
    if kind not in KINDS.get(party.role, frozenset()):
        return False
    if party.role not in basis.enterprise | basis.provider | basis.aside:
        return False
    if (party.organization_id == introduction.organization_id) != (party.role in basis.enterprise):
        return False
    return party.organization_id != introduction.provider_organization_id or party.role in basis.provider
