"""What the demo knows of its enterprises, stated with an age, and again before it is too old to count."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import col

from matchmaking import journal
from matchmaking.tables.needs import EnterpriseFact
from schemas.permissions import Operation
from schemas.vocabulary import FactName, Role
from scripts.demo.data import DemoFact, DemoOrganization, demo_id
from scripts.demo.loading import Loading, organization_id

# The shortest-lived facts count for three months; the demo's are then at most two months old.
RENEWED_AFTER = timedelta(days=35)


async def state_facts(loading: Loading, organization: DemoOrganization) -> None:
    latest = await _latest(loading, organization)
    stated: list[str] = []
    for name, fact in organization.facts.items():
        row = latest.get(name)
        if row is not None and not _to_renew(loading, organization, fact, row):
            continue
        await loading.insert(_row(loading, organization, name, fact))
        stated.append(name.value)
        if row is None:
            loading.changes.add("facts")
        else:
            loading.changes.renew("facts")
    if stated:
        owner = organization.people[0]
        actor = loading.actor(organization.key, Role.OWNER, owner.unit)
        await journal.record(
            loading.session,
            actor,
            Operation.ENTERPRISE_FACTS_RECORD,
            "organization",
            actor.organization_id,
            names=sorted(stated),
        )


async def _latest(loading: Loading, organization: DemoOrganization) -> dict[FactName, EnterpriseFact]:
    statement = (
        select(EnterpriseFact)
        .ext(distinct_on(col(EnterpriseFact.name)))
        .where(col(EnterpriseFact.organization_id) == organization_id(organization.key))
        .order_by(col(EnterpriseFact.name), col(EnterpriseFact.as_of).desc(), col(EnterpriseFact.id).desc())
    )
    return {row.name: row for row in (await loading.session.execute(statement)).scalars()}


def _to_renew(loading: Loading, organization: DemoOrganization, fact: DemoFact, row: EnterpriseFact) -> bool:
    """Only what the demo itself stated: what a person stated since is theirs."""
    if row.id != demo_id(_name_of(organization, row)):
        return False
    return loading.today - row.as_of > timedelta(days=fact.days_ago) + RENEWED_AFTER


def _row(loading: Loading, organization: DemoOrganization, name: FactName, fact: DemoFact) -> EnterpriseFact:
    value = fact.stated(name, loading.today)
    row = EnterpriseFact(
        created_at=loading.session.instant,
        organization_id=organization_id(organization.key),
        **value.model_dump(exclude={"value"}),
        value=value.model_dump(mode="json")["value"],
    )
    row.id = demo_id(_name_of(organization, row))
    return row


def _name_of(organization: DemoOrganization, row: EnterpriseFact) -> str:
    return f"fact {organization.key} {row.name.value} {row.as_of.isoformat()}"
