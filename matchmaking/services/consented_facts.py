"""What a provider's question may read of an enterprise: the groups it was consented to, and nothing else."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import col

from matchmaking.db.session import ReadSession
from matchmaking.tables.consents import Consent
from matchmaking.tables.identity import Organization
from matchmaking.tables.needs import EnterpriseFact
from schemas.eligibility import FACTS, EligibilityRules, FactValue, RuleGroup
from schemas.vocabulary import ConsentPurpose, FactName, FactSource, FieldGroup

# Ownership is in no group: no rule reads it, so no question may.
GROUPS: Mapping[FieldGroup, frozenset[FactName]] = {
    FieldGroup.REGISTRATION: frozenset(
        {FactName.REGISTRATION_DATE, FactName.DISTRICT, FactName.INDUSTRY, FactName.CHAINS}
    ),
    FieldGroup.HONOURS: frozenset({FactName.HONOURS}),
    FieldGroup.SCALE: frozenset({FactName.HEADCOUNT, FactName.TOTAL_ASSETS}),
    FieldGroup.REVENUE: frozenset({FactName.REVENUE_LAST_12_MONTHS, FactName.REVENUE_PREVIOUS_12_MONTHS}),
    FieldGroup.TAX: frozenset({FactName.TAX_PAID_LAST_12_MONTHS, FactName.TAX_CREDIT_GRADE}),
    FieldGroup.BANK_CREDIT: frozenset(
        {
            FactName.BANK_CREDIT_OUTSTANDING,
            FactName.FIRST_TIME_BORROWER,
            FactName.OVERDUE_DEBT,
            FactName.OPEN_LITIGATION,
            FactName.DEBT_RATIO,
        }
    ),
    FieldGroup.INNOVATION: frozenset({FactName.INVENTION_PATENTS, FactName.RESEARCH_SPEND_LAST_12_MONTHS}),
    FieldGroup.GREEN_AND_DIGITAL: frozenset(
        {FactName.DIGITAL_LEVEL, FactName.GREEN_GRADE, FactName.RESOURCE_USE_GRADE}
    ),
    FieldGroup.COLLATERAL: frozenset({FactName.COLLATERAL}),
}
GROUP_OF: Mapping[FactName, FieldGroup] = {name: group for group, names in GROUPS.items() for name in names}


@dataclass(frozen=True, slots=True)
class Consented:
    """Groups that one enterprise shares with one provider now, and the facts in them."""

    groups: frozenset[FieldGroup] = frozenset()
    facts: tuple[FactValue, ...] = ()

    def narrowed(self, groups: frozenset[FieldGroup]) -> "Consented":
        """Only what a question needs."""
        kept = self.groups & groups
        return Consented(kept, tuple(fact for fact in self.facts if GROUP_OF.get(fact.name) in kept))


def groups_read(rules: EligibilityRules) -> frozenset[FieldGroup]:
    """Groups in which the rules read something; a reckoned fact reads those that it follows from."""
    names: set[FactName] = set()
    for entry in rules.all_of:
        for rule in entry.any_of if isinstance(entry, RuleGroup) else (entry,):
            names.update(FACTS[rule.fact].reckoned_from or (rule.fact,))
    return frozenset(GROUP_OF[name] for name in names if name in GROUP_OF)


async def consented_facts(
    system: ReadSession, provider_id: UUID, enterprise_ids: Iterable[UUID], purpose: ConsentPurpose
) -> Mapping[UUID, Consented]:
    """By enterprise; whoever consented to nothing is not among them."""
    groups = await _groups(system, provider_id, frozenset(enterprise_ids), purpose)
    if not groups:
        return {}
    facts = await _facts(system, groups)
    return {one: Consented(frozenset(shared), tuple(facts[one])) for one, shared in groups.items()}


async def _groups(
    system: ReadSession, provider_id: UUID, enterprise_ids: frozenset[UUID], purpose: ConsentPurpose
) -> dict[UUID, set[FieldGroup]]:
    statement = select(col(Consent.organization_id), col(Consent.field_groups)).where(
        col(Consent.counterparty_organization_id) == provider_id,
        col(Consent.organization_id).in_(enterprise_ids),
        col(Consent.purpose) == purpose,
        col(Consent.revoked_at).is_(None),
        col(Consent.expires_on) >= system.instant.date(),
    )
    found: dict[UUID, set[FieldGroup]] = defaultdict(set)
    for enterprise_id, shared in (await system.execute(statement)).all():
        found[enterprise_id].update(FieldGroup(group) for group in shared)
    return found


async def _facts(
    system: ReadSession, groups: Mapping[UUID, set[FieldGroup]]
) -> Mapping[UUID, list[FactValue]]:
    """The latest of each fact, and the registered district where the enterprise stated none."""
    statement = (
        select(EnterpriseFact)
        .ext(distinct_on(col(EnterpriseFact.organization_id), col(EnterpriseFact.name)))
        .where(col(EnterpriseFact.organization_id).in_(groups))
        .order_by(
            col(EnterpriseFact.organization_id),
            col(EnterpriseFact.name),
            col(EnterpriseFact.as_of).desc(),
            col(EnterpriseFact.id).desc(),
        )
    )
    found: dict[UUID, list[FactValue]] = {one: [] for one in groups}
    for row in (await system.execute(statement)).scalars():
        if GROUP_OF.get(row.name) in groups[row.organization_id]:
            values = row.model_dump(include={"name", "value", "as_of", "source"})
            found[row.organization_id].append(FactValue.model_validate(values))
    located = [one for one, shared in groups.items() if FieldGroup.REGISTRATION in shared]
    for enterprise in await _registered(system, located):
        if all(fact.name is not FactName.DISTRICT for fact in found[enterprise.id]):
            found[enterprise.id].append(_district(enterprise))
    return found


async def _registered(system: ReadSession, enterprise_ids: list[UUID]) -> Iterable[Organization]:
    return (
        await system.execute(select(Organization).where(col(Organization.id).in_(enterprise_ids)))
    ).scalars()


def _district(enterprise: Organization) -> FactValue:
    return FactValue(
        name=FactName.DISTRICT,
        value=enterprise.district,
        as_of=enterprise.created_at.date(),
        source=FactSource.OFFICIAL_LIST,
    )
