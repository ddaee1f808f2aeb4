"""Facts of fulfilment: stated by whom the domain lets state them, confirmed or disputed by the other side."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import col
from uuid_utils.compat import uuid7

from matchmaking import journal
from matchmaking.access.actor import Actor
from matchmaking.access.permissions import require
from matchmaking.access.scoping import find, visible_to
from matchmaking.db.cursors import Slice
from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.errors import Conflict, Invalid, NotAllowed
from matchmaking.lifecycles import FULFILMENT, RIGHT_TO_STATE
from matchmaking.lifecycles.fulfilment import OF_MONEY, counts_as, may_confirm, may_dispute
from matchmaking.services.agreement_views import parties_of
from matchmaking.services.fulfilment_bounds import check_bounds
from matchmaking.services.listings import PageRequest, listed
from matchmaking.services.nouns import agreements_among, party_addressee
from matchmaking.services.tasks import Addressee, follow
from matchmaking.services.transitions import Noun, Step, find_seen, move, take_step
from matchmaking.tables.agreements import Agreement, AgreementParty, FulfilmentFact
from schemas.agreements import FulfilmentFactRead, FulfilmentFactState
from schemas.operations import Operation
from schemas.vocabulary import AgreementState, FulfilmentState, PartyRole, Side, TaskKind

SUBJECT = "fulfilment_fact"
PERFORMABLE = (AgreementState.SIGNED, AgreementState.PERFORMING)


def _facts_of(agreement: Agreement) -> Noun[FulfilmentFact]:
    """Facts under this agreement; a dispute is settled where the fact was stated."""
    return Noun(
        FulfilmentFact,
        FULFILMENT,
        lambda fact, _side: (party_addressee(agreement, fact.stated_by_organization_id),),
    )


async def state_fact(
    session: WriteSession, actor: Actor, agreement_id: UUID, statement: FulfilmentFactState
) -> FulfilmentFactRead:
    """NotAllowed for a fact that is not this side's to state; Conflict before the agreement is signed."""
    require(actor, Operation.FULFILMENT_FACTS_STATE)
    agreement = await find(session, actor, Agreement, agreement_id)
    parties = await parties_of(session, agreement_id)
    _check_right(actor, parties, statement)
    if agreement.state not in PERFORMABLE:
        raise Conflict("agreement_not_signed", {"state": agreement.state})
    if statement.kind in OF_MONEY and statement.amount_fen is None:
        raise Invalid("amount_missing", pointer="/amount_fen")
    fact = FulfilmentFact(
        id=uuid7(),
        created_at=session.instant,
        agreement_id=agreement_id,
        stated_by_organization_id=actor.organization_id,
        **statement.model_dump(),
    )
    await _correct(session, agreement, fact)
    await check_bounds(session, agreement, statement)
    session.add(fact)
    await session.flush()
    if agreement.state is AgreementState.SIGNED:
        await move(session, agreements_among(parties), agreement, "perform", Side.PARTIES)
    await follow(session, fact, TaskKind.CONFIRM_FULFILMENT, _to_confirm(agreement, fact, parties))
    await journal.record(
        session, actor, Operation.FULFILMENT_FACTS_STATE, SUBJECT, fact.id, kind=fact.kind.value
    )
    return _read(fact)


async def read_fact(session: ReadSession, actor: Actor, fact_id: UUID) -> FulfilmentFactRead:
    require(actor, Operation.FULFILMENT_FACTS_LIST)
    return _read(await find(session, actor, FulfilmentFact, fact_id))


async def list_facts(
    session: ReadSession, actor: Actor, agreement_id: UUID, page: PageRequest
) -> Slice[FulfilmentFactRead]:
    require(actor, Operation.FULFILMENT_FACTS_LIST)
    await find(session, actor, Agreement, agreement_id)
    statement = select(FulfilmentFact).where(
        col(FulfilmentFact.agreement_id) == agreement_id, visible_to(actor, FulfilmentFact)
    )
    return await listed(session, statement, col(FulfilmentFact.id), page, lambda row: _read(row[0]))


async def answer_fact(
    session: WriteSession, actor: Actor, fact_id: UUID, operation: Operation, seen_version: int
) -> FulfilmentFactRead:
    """Confirm or dispute what the other side stated."""
    require(actor, operation)
    fact = await find_seen(session, actor, FulfilmentFact, fact_id, seen_version)
    agreement = await find(session, actor, Agreement, fact.agreement_id)
    parties = await parties_of(session, agreement.id)
    may = may_confirm if operation is Operation.FULFILMENT_FACTS_CONFIRM else may_dispute
    stating = _roles(fact.stated_by_organization_id, parties)
    mine = _roles(actor.organization_id, parties)
    if not any(may(fact.kind, role, stated_by) for role in mine for stated_by in stating):
        raise NotAllowed("fact_not_yours_to_answer")
    step = Step(operation, operation.action, Side.PARTIES, seen_version)
    values = {"answered_by_organization_id": actor.organization_id, "answered_at": session.instant}
    return _read(
        await take_step(session, actor, _facts_of(agreement), fact, step, values, kind=fact.kind.value)
    )


def _check_right(actor: Actor, parties: list[AgreementParty], statement: FulfilmentFactState) -> None:
    right = RIGHT_TO_STATE[statement.kind]
    if not _roles(actor.organization_id, parties) & right.stated_by:
        raise NotAllowed(
            "fact_not_yours_to_state", {"kind": statement.kind, "roles": tuple(sorted(right.stated_by))}
        )
    consented = any(
        party.role is PartyRole.BORROWER and party.outcome_consent_at is not None for party in parties
    )
    if right.needs_outcome_consent and not consented:
        raise NotAllowed("outcome_consent_missing")


def _roles(organization_id: UUID, parties: list[AgreementParty]) -> frozenset[PartyRole]:
    return frozenset(party.role for party in parties if party.organization_id == organization_id)


async def _correct(session: WriteSession, agreement: Agreement, correction: FulfilmentFact) -> None:
    """A correction names a fact of the same side, kind and agreement that is no correction's target yet."""
    if correction.corrects_id is None:
        return
    earlier = await session.get(FulfilmentFact, correction.corrects_id)
    same = ("agreement_id", "kind", "stated_by_organization_id")
    if earlier is None or any(getattr(earlier, name) != getattr(correction, name) for name in same):
        raise Invalid("correction_of_nothing", pointer="/corrects_id")
    if earlier.state is FulfilmentState.CORRECTED:
        raise Conflict("corrected_already")
    await move(session, _facts_of(agreement), earlier, "correct", Side.PARTIES)


def _to_confirm(agreement: Agreement, fact: FulfilmentFact, parties: list[AgreementParty]) -> list[Addressee]:
    stated_by = fact.stated_by_organization_id
    stating = _roles(stated_by, parties)
    confirming = {
        party.organization_id
        for party in parties
        if any(may_confirm(fact.kind, party.role, role) for role in stating)
    }
    return [party_addressee(agreement, one, stated_by) for one in sorted(confirming - {stated_by})]


def _read(fact: FulfilmentFact) -> FulfilmentFactRead:
    standing = counts_as(fact.kind, fact.state).value
    return FulfilmentFactRead(
        **fact.model_dump(include=set(FulfilmentFactRead.model_fields) - {"counts_as"}), counts_as=standing
    )
