"""The whole register as anonymity is reckoned against it: read by the system, for nobody to see."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import col

from matchmaking.db.session import ReadSession
from matchmaking.ranking.anonymity import Register, RegisteredEnterprise
from matchmaking.tables.honours import HeldHonour
from matchmaking.tables.identity import Organization
from matchmaking.tables.needs import EnterpriseFact
from matchmaking.tables.taxonomies import TaxonomyEntry
from schemas.organizations import OrganizationState
from schemas.taxonomies import TaxonomyScheme
from schemas.vocabulary import FactName, OrganizationKind

READ = (FactName.CHAINS, FactName.HEADCOUNT, FactName.HONOURS, FactName.REVENUE_LAST_12_MONTHS)
Facts = dict[UUID, dict[FactName, Any]]


async def load_register(system: ReadSession) -> Register:
    """Enterprises that somebody acts for: a name on a public page is no member that one could be."""
    wanted = select(col(Organization.id), col(Organization.district)).where(
        col(Organization.kind) == OrganizationKind.ENTERPRISE,
        col(Organization.state) == OrganizationState.ACTIVE,
    )
    members = (await system.execute(wanted.order_by(col(Organization.id)))).all()
    facts, honours = await _facts(system), await _honours(system)
    chains = select(col(TaxonomyEntry.code), col(TaxonomyEntry.parent_code)).where(
        col(TaxonomyEntry.scheme) == TaxonomyScheme.CHAIN, col(TaxonomyEntry.parent_code).is_not(None)
    )
    cluster_of = {code: str(cluster) for code, cluster in (await system.execute(chains)).all()}
    enterprises = (_registered(row[0], row[1], facts[row[0]], honours.get(row[0])) for row in members)
    return Register(tuple(enterprises), cluster_of)


def _registered(
    enterprise_id: UUID, district: str, facts: dict[FactName, Any], held: set[str] | None
) -> RegisteredEnterprise:
    stated = facts.get(FactName.HONOURS)
    honours = None if stated is None and held is None else tuple(sorted({*(stated or ()), *(held or ())}))
    return RegisteredEnterprise(
        enterprise_id=str(enterprise_id),
        district=district,
        chains=tuple(facts.get(FactName.CHAINS) or ()),
        headcount=facts.get(FactName.HEADCOUNT),
        honours=honours,
        revenue_fen=facts.get(FactName.REVENUE_LAST_12_MONTHS),
    )


async def _facts(system: ReadSession) -> Facts:
    """The latest of each, however old: a stranger's memory does not go stale either."""
    statement = (
        select(col(EnterpriseFact.organization_id), col(EnterpriseFact.name), col(EnterpriseFact.value))
        .ext(distinct_on(col(EnterpriseFact.organization_id), col(EnterpriseFact.name)))
        .where(col(EnterpriseFact.name).in_(READ))
        .order_by(
            col(EnterpriseFact.organization_id),
            col(EnterpriseFact.name),
            col(EnterpriseFact.as_of).desc(),
            col(EnterpriseFact.id).desc(),
        )
    )
    found: Facts = defaultdict(dict)
    for organization_id, name, value in (await system.execute(statement)).all():
        found[organization_id][name] = value
    return found


async def _honours(system: ReadSession) -> dict[UUID, set[str]]:
    statement = select(col(HeldHonour.organization_id), col(HeldHonour.honour)).where(
        or_(col(HeldHonour.expires_on).is_(None), col(HeldHonour.expires_on) >= system.instant.date())
    )
    found: dict[UUID, set[str]] = defaultdict(set)
    for organization_id, honour in (await system.execute(statement)).all():
        found[organization_id].add(honour.value)
    return dict(found)
