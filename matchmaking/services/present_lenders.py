"""Which banks lend to an enterprise now, as far as records here know: those it may wish not to ask again."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from matchmaking.access.actor import Actor
from matchmaking.access.scoping import visible_to
from matchmaking.db.session import ReadSession
from matchmaking.tables.agreements import Agreement, AgreementParty
from schemas.vocabulary import AgreementNature, AgreementState, PartyRole

LENDING = (PartyRole.LENDER, PartyRole.LEAD_BANK, PartyRole.PARTICIPATING_BANK)
IN_FORCE = (AgreementState.SIGNED, AgreementState.PERFORMING)


async def resolve_present_lenders(session: ReadSession, actor: Actor, values: dict[str, Any]) -> None:
    """Turn the wish `exclude_present_lenders` in `values` into the banks that it means today."""
    if not values.pop("exclude_present_lenders", False):
        return
    excluded = list(values.get("excluded_organization_ids") or ())
    lenders = await _present_lenders(session, actor)
    values["excluded_organization_ids"] = [*excluded, *(one for one in lenders if one not in excluded)]


async def _present_lenders(session: ReadSession, actor: Actor) -> list[UUID]:
    borrowed = select(col(AgreementParty.agreement_id)).where(
        col(AgreementParty.organization_id) == actor.organization_id,
        col(AgreementParty.role) == PartyRole.BORROWER,
    )
    statement = (
        select(col(AgreementParty.organization_id))
        .join(Agreement, col(Agreement.id) == AgreementParty.agreement_id)
        .where(
            col(AgreementParty.agreement_id).in_(borrowed),
            col(AgreementParty.role).in_(LENDING),
            col(Agreement.state).in_(IN_FORCE),
            col(Agreement.nature) == AgreementNature.LOAN_CONTRACT,
            visible_to(actor, Agreement),
        )
        .order_by(col(AgreementParty.organization_id))
        .distinct()
    )
    return list((await session.execute(statement)).scalars())
