"""Who may stand in which role of an agreement, and whether the roles named make one."""

from collections.abc import Mapping
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

NATURES = (AgreementNature.LOAN_CONTRACT, AgreementNature.FRAMEWORK)
LENDING = frozenset({PartyRole.LENDER, PartyRole.LEAD_BANK, PartyRole.PARTICIPATING_BANK})
ANY_KIND = frozenset(OrganizationKind)
KINDS: Mapping[PartyRole, frozenset[OrganizationKind]] = {
    PartyRole.BORROWER: frozenset({OrganizationKind.ENTERPRISE}),
    PartyRole.GUARANTOR: ANY_KIND - {OrganizationKind.GOVERNMENT},
    PartyRole.WITNESS: ANY_KIND,
    **{role: frozenset({OrganizationKind.BANK}) for role in LENDING},
}
"""Of the agreements that follow an introduction to a bank; roles of research are not among them."""


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
    if draft.nature not in NATURES:
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
        if not _fits(party, introduction, known[party.organization_id].kind):
            raise Invalid("role_not_of_party", {"role": party.role}, f"/parties/{index}/role")
    shares = [party.share_basis_points for party in draft.parties if party.share_basis_points is not None]
    if sum(shares) not in {0, 10_000}:
        raise Invalid("shares_do_not_add_up", pointer="/parties")


def _fits(party: PartyDraft, introduction: Introduction, kind: OrganizationKind) -> bool:
    """The enterprise of the introduction borrows and nobody else does; its provider lends."""
    if kind not in KINDS.get(party.role, frozenset()):
        return False
    if (party.organization_id == introduction.organization_id) != (party.role is PartyRole.BORROWER):
        return False
    return party.organization_id != introduction.provider_organization_id or party.role in LENDING
