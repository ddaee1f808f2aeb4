"""What follows from signatures: the record's own state, and the introduction and need it came from."""

from collections.abc import Sequence

from matchmaking.access.actor import Actor
from matchmaking.db.changes import compare_and_set
from matchmaking.db.session import WriteSession
from matchmaking.errors import Conflict
from matchmaking.lifecycles import is_complete
from matchmaking.services.nouns import Wish, agreements_among, introductions_about
from matchmaking.services.talks import follow_talks, sign_wish
from matchmaking.services.transitions import move
from matchmaking.tables.agreements import Agreement, AgreementParty
from matchmaking.tables.matching import Introduction
from schemas.vocabulary import EvidenceGrade, IntroductionState, PartyRole, Side

# An offer of a bank, or a proposal on the shortlist: complete enough to be agreed.
RECORDABLE = frozenset({IntroductionState.OFFERED, IntroductionState.SHORTLISTED})


async def record_signed(
    session: WriteSession,
    actor: Actor,
    agreement: Agreement,
    parties: Sequence[AgreementParty],
    wish: Wish | None,
    *,
    outcome_consent: bool,
) -> list[AgreementParty]:
    """Mark the actor's parties as signed at E1, and carry a complete record on to signed.

    `wish` is held. Conflict when the introduction that the record came from has ended meanwhile.
    """
    signed: list[AgreementParty] = []
    for party in parties:
        mine = party.organization_id == actor.organization_id and party.acknowledged_at is None
        signed.append(await _sign(session, actor, party, outcome_consent) if mine else party)
    acknowledged = {party.role for party in signed if party.acknowledged_at is not None}
    awaited = {party.role for party in signed if party.acknowledged_at is None}
    if is_complete(agreement.nature, acknowledged, awaited):
        await move(session, agreements_among(signed), agreement, "complete", Side.PARTIES)
        await _conclude_talks(session, agreement, wish)
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


async def _conclude_talks(session: WriteSession, agreement: Agreement, wish: Wish | None) -> None:
    if wish is None or agreement.introduction_id is None:
        return
    introduction = await session.get_one(Introduction, agreement.introduction_id, populate_existing=True)
    before = introduction.state
    if before not in RECORDABLE:
        raise Conflict("introduction_not_offered", {"state": before})
    agreed = await move(session, introductions_about(introduction), introduction, "agree", Side.PARTIES)
    wish = await sign_wish(session, wish)
    await follow_talks(session, wish, before, agreed.state)
