"""Records of agreements: drawn up under an introduction, acknowledged by each party, complete by roles."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

import rfc8785
from sqlalchemy import select
from sqlmodel import col
from uuid_utils.compat import uuid7

from matchmaking import journal
from matchmaking.access.actor import Actor
from matchmaking.access.permissions import require
from matchmaking.access.scoping import find, visible_to
from matchmaking.db.changes import compare_and_set
from matchmaking.db.cursors import Slice
from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.errors import Conflict, Invalid
from matchmaking.services.agreement_parties import check_parties, party_organizations
from matchmaking.services.agreement_states import RECORDABLE, record_signed
from matchmaking.services.agreement_views import parties_of, read_view
from matchmaking.services.listings import PageRequest, listed
from matchmaking.services.nouns import AGREEMENTS, party_addressee
from matchmaking.services.talks import hold_wish_of, release_wish
from matchmaking.services.tasks import follow
from matchmaking.services.transitions import Step, find_seen, take_step
from matchmaking.tables.agreements import Agreement, AgreementParty
from matchmaking.tables.matching import Introduction
from schemas.agreements import AgreementAcknowledge, AgreementCreate, AgreementRead
from schemas.operations import Operation
from schemas.vocabulary import AgreementState, PartyRole, Side, TaskKind

IN_FORCE = (AgreementState.SIGNED, AgreementState.PERFORMING)


async def create_agreement(session: WriteSession, actor: Actor, draft: AgreementCreate) -> AgreementRead:
    """Record an agreement that both sides of an introduction reached; all parties are then asked to sign."""
    require(actor, Operation.AGREEMENTS_CREATE)
    introduction = await find(session, actor, Introduction, draft.introduction_id)
    await hold_wish_of(session, introduction)
    await session.refresh(introduction)
    await _check_basis(session, introduction)
    organizations = await party_organizations(session, actor, draft)
    check_parties(draft, introduction, organizations)
    names = {known.id: known.name_zh for known in organizations.values()}
    text = _canonical_text(draft, introduction, names)
    agreement = Agreement(
        id=uuid7(),
        created_at=session.instant,
        nature=draft.nature,
        introduction_id=introduction.id,
        need_id=introduction.need_id,
        demand_id=introduction.demand_id,
        drafted_by_organization_id=actor.organization_id,
        provider_organization_id=introduction.provider_organization_id,
        provider_unit_id=introduction.provider_unit_id,
        party_organization_ids=sorted({party.organization_id for party in draft.parties}),
        terms=draft.terms.model_dump(mode="json"),
        amount_fen=draft.terms.amount_fen,
        text=text.decode(),
        text_sha256=hashlib.sha256(text).hexdigest(),
    )
    session.add(agreement)
    await session.flush()
    parties = [
        AgreementParty(
            id=uuid7(), created_at=session.instant, agreement_id=agreement.id, **party.model_dump()
        )
        for party in draft.parties
    ]
    session.add_all(parties)
    await session.flush()
    await _ask_to_sign(session, agreement, parties)
    await journal.record(session, actor, Operation.AGREEMENTS_CREATE, AGREEMENTS.name, agreement.id)
    return read_view(agreement, parties)


async def read_agreement(session: ReadSession, actor: Actor, agreement_id: UUID) -> AgreementRead:
    require(actor, Operation.AGREEMENTS_READ)
    agreement = await find(session, actor, Agreement, agreement_id)
    return read_view(agreement, await parties_of(session, agreement_id))


async def list_agreements(session: ReadSession, actor: Actor, page: PageRequest) -> Slice[AgreementRead]:
    require(actor, Operation.AGREEMENTS_LIST)
    statement = select(Agreement).where(visible_to(actor, Agreement))
    found = await listed(session, statement, col(Agreement.id), page, lambda row: row[0])
    parties = await parties_of(session, *(agreement.id for agreement in found.rows))
    views = [
        read_view(agreement, [party for party in parties if party.agreement_id == agreement.id])
        for agreement in found.rows
    ]
    return Slice(views, found.last)


async def acknowledge_agreement(
    session: WriteSession,
    actor: Actor,
    agreement_id: UUID,
    signature: AgreementAcknowledge,
    seen_version: int,
) -> AgreementRead:
    """Sign for the actor's organization in all its roles: evidence grade E1, by an authorised member here.

    Raises Invalid for another text than the recorded one, Conflict for a second signature of the same side.
    """
    require(actor, Operation.AGREEMENTS_ACKNOWLEDGE)
    agreement = await find_seen(session, actor, Agreement, agreement_id, seen_version)
    if signature.text_sha256 != agreement.text_sha256:
        raise Invalid("text_differs", pointer="/text_sha256")
    wish = await hold_wish_of(session, agreement)
    parties = await parties_of(session, agreement_id)
    mine = [party for party in parties if party.organization_id == actor.organization_id]
    if all(party.acknowledged_at is not None for party in mine):
        return await _consent_later(session, actor, agreement, parties, signature)
    AGREEMENTS.lifecycle.after(agreement.state, "acknowledge", Side.PARTIES)
    agreement = await compare_and_set(
        session, Agreement, agreement.id, {"version": seen_version, "state": agreement.state}, {}
    )
    parties = await record_signed(
        session, actor, agreement, parties, wish, outcome_consent=signature.outcome_consent
    )
    agreement = await session.get_one(Agreement, agreement.id, populate_existing=True)
    if agreement.state is AgreementState.AWAITING_SIGNATURES:
        await _ask_to_sign(session, agreement, parties)
    await journal.record(
        session,
        actor,
        Operation.AGREEMENTS_ACKNOWLEDGE,
        AGREEMENTS.name,
        agreement.id,
        text_sha256=signature.text_sha256,
        roles=[party.role.value for party in mine],
    )
    return read_view(agreement, parties)


async def _consent_later(
    session: WriteSession,
    actor: Actor,
    agreement: Agreement,
    parties: Sequence[AgreementParty],
    signature: AgreementAcknowledge,
) -> AgreementRead:
    """A borrower who signed without outcome consent may give it afterwards; Conflict for anything else."""
    silent = [
        party
        for party in parties
        if party.organization_id == actor.organization_id
        and party.role is PartyRole.BORROWER
        and party.outcome_consent_at is None
    ]
    if not (signature.outcome_consent and silent) or agreement.state in AGREEMENTS.lifecycle.terminal:
        raise Conflict("acknowledged_already")
    seen = {"version": agreement.version, "state": agreement.state}
    agreement = await compare_and_set(session, Agreement, agreement.id, seen, {})
    for party in silent:
        values = {"outcome_consent_at": session.instant}
        await compare_and_set(session, AgreementParty, party.id, {"outcome_consent_at": None}, values)
    await journal.record(
        session,
        actor,
        Operation.AGREEMENTS_ACKNOWLEDGE,
        AGREEMENTS.name,
        agreement.id,
        outcome_consent=True,
    )
    return read_view(agreement, await parties_of(session, agreement.id))


async def terminate_agreement(
    session: WriteSession, actor: Actor, agreement_id: UUID, reason: str, seen_version: int
) -> AgreementRead:
    require(actor, Operation.AGREEMENTS_TERMINATE)
    agreement = await find_seen(session, actor, Agreement, agreement_id, seen_version)
    wish = await hold_wish_of(session, agreement)
    was_signed = agreement.state in IN_FORCE
    step = Step(Operation.AGREEMENTS_TERMINATE, "terminate", Side.PARTIES, seen_version)
    ended = await take_step(session, actor, AGREEMENTS, agreement, step, {"termination_reason": reason})
    if was_signed and wish is not None:
        await release_wish(session, wish)
    return read_view(ended, await parties_of(session, agreement_id))


async def _ask_to_sign(
    session: WriteSession, agreement: Agreement, parties: Sequence[AgreementParty]
) -> None:
    awaited = {
        party.organization_id
        for party in parties
        if party.acknowledged_at is None and party.role is not PartyRole.WITNESS
    }
    waiting = agreement.drafted_by_organization_id
    addressees = [party_addressee(agreement, one, waiting) for one in sorted(awaited)]
    await follow(session, agreement, TaskKind.ACKNOWLEDGE_AGREEMENT, addressees)


async def _check_basis(session: ReadSession, introduction: Introduction) -> None:
    if introduction.state not in RECORDABLE:
        raise Conflict("introduction_not_offered", {"state": introduction.state})
    same = select(col(Agreement.id)).where(
        col(Agreement.introduction_id) == introduction.id, col(Agreement.state) != AgreementState.TERMINATED
    )
    if (await session.execute(same)).first() is not None:
        raise Conflict("agreement_recorded_already")


def _offer(introduction: Introduction) -> dict[str, str]:
    """What was offered, by the exact version that was matched."""
    if introduction.demand_id is None:
        return {"product_version": str(introduction.product_version_id)}
    return {"capability": f"{introduction.capability_id}#{introduction.capability_version}"}


def _canonical_text(draft: AgreementCreate, introduction: Introduction, names: dict[UUID, str]) -> bytes:
    ordered = sorted(draft.parties, key=lambda party: (party.role, party.organization_id))
    parties = [{**party.model_dump(mode="json"), "name": names[party.organization_id]} for party in ordered]
    return rfc8785.dumps(
        {
            "nature": draft.nature.value,
            "introduction": str(introduction.id),
            **_offer(introduction),
            "parties": parties,
            "terms": draft.terms.model_dump(mode="json"),
        }
    )
