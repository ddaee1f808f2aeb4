"""What follows from signatures: the record's own state, and the introduction and need it came from."""

from collections.abc import Sequence

from matchmaking.access.actor import Actor
from matchmaking.db.changes import compare_and_set
from matchmaking.db.session import WriteSession
from matchmaking.lifecycles import AGREEMENT, is_complete
from matchmaking.services.financing_needs import NEEDS
from matchmaking.services.introductions import INTRODUCTIONS
from matchmaking.services.tasks import Addressee
from matchmaking.services.transitions import Noun, move
from matchmaking.tables.agreements import Agreement, AgreementParty
from matchmaking.tables.matching import Introduction
from matchmaking.tables.needs import FinancingNeed
from schemas.vocabulary import EvidenceGrade, IntroductionState, NeedState, PartyRole, Side


def _addressees(agreement: Agreement, _side: Side) -> tuple[Addressee, ...]:
    return tuple(Addressee(one) for one in agreement.party_organization_ids)


AGREEMENTS = Noun(Agreement, AGREEMENT, _addressees)


async def record_signed(
    session: WriteSession,
    actor: Actor,
    agreement: Agreement,
    parties: Sequence[AgreementParty],
    *,
    outcome_consent: bool,
) -> list[AgreementParty]:
    """Mark the actor's parties as signed at E1, and carry a complete record on to signed."""
    signed: list[AgreementParty] = []
    for party in parties:
        mine = party.organization_id == actor.organization_id and party.acknowledged_at is None
        signed.append(await _sign(session, actor, party, outcome_consent) if mine else party)
    acknowledged = {party.role for party in signed if party.acknowledged_at is not None}
    awaited = {party.role for party in signed if party.acknowledged_at is None}
    if is_complete(agreement.nature, acknowledged, awaited):
        await move(session, AGREEMENTS, agreement, "complete", Side.PARTIES)
        await _conclude_talks(session, agreement)
    return signed


async def _sign(
    session: WriteSession, actor: Actor, party: AgreementParty, outcome_consent: bool
) -> AgreementParty:
    consents = outcome_consent and party.role is PartyRole.BORROWER
    values = {
        "grade": EvidenceGrade.E1,
        "acknowledged_at": session.instant,
        "acknowledged_membership_id": actor.membership_id,
        "outcome_consent_at": session.instant if consents else None,
    }
    seen = {"version": party.version, "acknowledged_at": None}
    return await compare_and_set(session, AgreementParty, party.id, seen, values)


async def _conclude_talks(session: WriteSession, agreement: Agreement) -> None:
    introduction = await session.get(Introduction, agreement.introduction_id)
    if introduction is not None and introduction.state is IntroductionState.OFFERED:
        await move(session, INTRODUCTIONS, introduction, "agree", Side.PARTIES)
    need = await session.get(FinancingNeed, agreement.need_id)
    if need is not None and need.state is NeedState.IN_TALKS:
        await move(session, NEEDS, need, "sign", Side.PARTIES)
