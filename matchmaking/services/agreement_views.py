"""How an agreement is shown, with the evidence grade that its parties' signatures reach together."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from matchmaking.db.session import ReadSession
from matchmaking.lifecycles import joint_grade
from matchmaking.tables.agreements import Agreement, AgreementParty
from schemas.agreements import AgreementRead, AgreementTerms, PartyRead
from schemas.vocabulary import EvidenceGrade


async def parties_of(session: ReadSession, *agreement_ids: UUID) -> list[AgreementParty]:
    """In the order they were named. Callers have found the agreements through the scoping door."""
    statement = (
        select(AgreementParty)
        .where(col(AgreementParty.agreement_id).in_(agreement_ids))
        .order_by(col(AgreementParty.id))
    )
    return list((await session.execute(statement)).scalars())


def grade_of(agreement: Agreement, parties: Sequence[AgreementParty]) -> EvidenceGrade | None:
    return joint_grade(agreement.nature, [(party.role, party.grade) for party in parties])


def read_view(agreement: Agreement, parties: Sequence[AgreementParty]) -> AgreementRead:
    return AgreementRead(
        **agreement.model_dump(include={"id", "version", "created_at", "nature", "state", "introduction_id"}),
        terms=AgreementTerms.model_validate(agreement.terms),
        text=agreement.text,
        text_sha256=agreement.text_sha256,
        parties=[PartyRead.model_validate(party, from_attributes=True) for party in parties],
        grade=grade_of(agreement, parties),
    )
