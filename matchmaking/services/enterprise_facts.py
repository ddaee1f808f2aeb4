"""Facts about an enterprise: appended with date and source, never changed; the latest of a name counts."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import col
from uuid_utils.compat import uuid7

from matchmaking import journal
from matchmaking.access.actor import Actor
from matchmaking.access.permissions import require
from matchmaking.access.scoping import visible_to
from matchmaking.db.cursors import Slice
from matchmaking.db.session import ReadSession, WriteSession
from matchmaking.errors import Invalid
from matchmaking.services.listings import PageRequest, listed
from matchmaking.tables.needs import EnterpriseFact
from schemas.enterprise_facts import EnterpriseFactRead, EnterpriseFactsRecord, EnterpriseFactsRecorded
from schemas.operations import Operation
from schemas.vocabulary import FactSource


async def record_facts(
    session: WriteSession, actor: Actor, statement: EnterpriseFactsRecord
) -> EnterpriseFactsRecorded:
    """An enterprise states its own facts itself; what it cannot prove here is self-declared."""
    require(actor, Operation.ENTERPRISE_FACTS_RECORD)
    for index, fact in enumerate(statement.facts):
        if fact.as_of > session.instant.date():
            raise Invalid("fact_from_the_future", pointer=f"/facts/{index}/as_of")
        if fact.source is not FactSource.SELF_DECLARED:
            raise Invalid("fact_source_not_yours", pointer=f"/facts/{index}/source")
    rows = [
        EnterpriseFact(
            id=uuid7(),
            created_at=session.instant,
            organization_id=actor.organization_id,
            **fact.model_dump(mode="json"),
        )
        for fact in statement.facts
    ]
    session.add_all(rows)
    await session.flush()
    await journal.record(
        session,
        actor,
        Operation.ENTERPRISE_FACTS_RECORD,
        "organization",
        actor.organization_id,
        names=sorted(fact.name.value for fact in statement.facts),
    )
    return EnterpriseFactsRecorded(facts=[EnterpriseFactRead.model_validate(row) for row in rows])


async def list_facts(session: ReadSession, actor: Actor, page: PageRequest) -> Slice[EnterpriseFactRead]:
    require(actor, Operation.ENTERPRISE_FACTS_LIST)
    statement = select(EnterpriseFact).where(visible_to(actor, EnterpriseFact))
    return await listed(
        session,
        statement,
        col(EnterpriseFact.id),
        page,
        lambda row: EnterpriseFactRead.model_validate(row[0]),
    )


def latest_facts(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Of the actor's own organization one row a fact: of the latest date, and of those recorded last."""
    return (
        select(
            col(EnterpriseFact.name),
            col(EnterpriseFact.value),
            col(EnterpriseFact.as_of),
            col(EnterpriseFact.source),
        )
        .ext(distinct_on(col(EnterpriseFact.name)))
        .where(
            col(EnterpriseFact.organization_id) == actor.organization_id, visible_to(actor, EnterpriseFact)
        )
        .order_by(col(EnterpriseFact.name), col(EnterpriseFact.as_of).desc(), col(EnterpriseFact.id).desc())
    )
