"""What the demo knows of its enterprises, stated with an age, and again before it is too old to count."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import col

from matchmaking.db.inserts import insert_all
from matchmaking.tables.needs import EnterpriseFact
from schemas.operations import Operation
from schemas.vocabulary import FactName, Role
from scripts.demo.data import DemoOrganization, demo_id
from scripts.demo.loading import Loading, organization_id

# The shortest-lived facts count for three months; the demo's are then at most two months old.
RENEWED_AFTER = timedelta(days=35)


class Stated(NamedTuple):
    id: UUID
    as_of: date


Latest = Mapping[tuple[UUID, FactName], Stated]


async def state_facts(loading: Loading) -> None:
    latest = await _latest(loading)
    rows: list[dict[str, Any]] = []
    for organization in loading.city.organizations:
        due = [name for name in organization.facts if _is_due(loading, organization, name, latest)]
        rows += [_row(loading, organization, name) for name in due]
        if due:
            actor = loading.root_actor(organization.key, Role.OWNER)
            loading.note(
                actor,
                Operation.ENTERPRISE_FACTS_RECORD,
                "organization",
                actor.organization_id,
                names=sorted(due),
            )
    renewed = sum((row["organization_id"], row["name"]) in latest for row in rows)
    loading.changes.renew("facts", renewed)
    loading.changes.add("facts", len(rows) - renewed)
    await insert_all(loading.session, EnterpriseFact, rows)


async def _latest(loading: Loading) -> Latest:
    stating = [organization_id(one.key) for one in loading.city.organizations if one.facts]
    columns: tuple[Any, ...] = (
        col(EnterpriseFact.organization_id),
        col(EnterpriseFact.name),
        col(EnterpriseFact.id),
        col(EnterpriseFact.as_of),
    )
    statement = (
        select(*columns)
        .ext(distinct_on(*columns[:2]))
        .where(columns[0].in_(stating))
        .order_by(*columns[:2], col(EnterpriseFact.as_of).desc(), col(EnterpriseFact.id).desc())
    )
    found = await loading.session.execute(statement)
    return {(stating, name): Stated(identity, as_of) for stating, name, identity, as_of in found}


def _is_due(loading: Loading, organization: DemoOrganization, name: FactName, latest: Latest) -> bool:
    """What is missing, and of what grows old only what the demo itself stated: the rest is theirs."""
    stated = latest.get((organization_id(organization.key), name))
    if stated is None:
        return True
    aged = timedelta(days=organization.facts[name].days_ago) + RENEWED_AFTER
    return loading.today - stated.as_of > aged and stated.id == fact_id(organization, name, stated.as_of)


def _row(loading: Loading, organization: DemoOrganization, name: FactName) -> dict[str, Any]:
    """By its columns: there are more than a thousand, and objects would take longer than writing them."""
    value = organization.facts[name].stated(name, loading.today)
    return {
        "id": fact_id(organization, name, value.as_of),
        "created_at": loading.session.instant,
        "version": 1,
        "organization_id": organization_id(organization.key),
        "name": value.name,
        "value": value.value,
        "as_of": value.as_of,
        "source": value.source,
    }


def fact_id(organization: DemoOrganization, name: FactName, as_of: date) -> UUID:
    return demo_id(f"fact {organization.key} {name} {as_of.isoformat()}")
