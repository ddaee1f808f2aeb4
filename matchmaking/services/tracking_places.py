"""Where a tally belongs by each dimension: its rows, their order, and what people call them.

Chains are facts of enterprises, which no official reads. They are looked up as the system here, for whole
sets of enterprises, and leave this module only as places of tallies that are then counted and withheld.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import col

from matchmaking.db.session import ReadSession
from matchmaking.messages import Language, text
from matchmaking.services.tracking_rows import Tally
from matchmaking.tables.identity import Organization
from matchmaking.tables.needs import EnterpriseFact
from matchmaking.tables.taxonomies import TaxonomyEntry
from schemas.taxonomies import TaxonomyScheme
from schemas.tracking import TrackingDimension
from schemas.vocabulary import FactName

UNKNOWN = "unknown"
OTHER = "other"
SPECIAL = (OTHER, UNKNOWN)
Keys = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """`keys_of` gives the rows that a tally counts in.

    Where rows are parts of groups, as chains are of clusters, `groups` are all of those.
    """

    names: Mapping[str, str | None]
    keys_of: Callable[[Tally], Keys]
    groups: frozenset[str] = frozenset()
    group_of: Mapping[str, str] = field(default_factory=dict)


async def places(
    session: ReadSession,
    system: ReadSession,
    tallies: Sequence[Tally],
    by: TrackingDimension,
    language: Language,
) -> Places:
    """Of all dimensions but the month. Rows stand in the official order of their list, then by code."""
    if by is TrackingDimension.AREA:
        return await _areas(session, tallies, language)
    if by is TrackingDimension.PROVIDER:
        return await _providers(session, tallies, language)
    return await _chains(session, system, tallies, by, language)


async def _areas(session: ReadSession, tallies: Sequence[Tally], language: Language) -> Places:
    enterprises = {tally.organization_id for tally in tallies}
    statement = select(col(Organization.id), col(Organization.district))
    found = await session.execute(statement.where(col(Organization.id).in_(enterprises)))
    district: dict[UUID, str] = {row[0]: row[1] for row in found}
    names = await _names(session, TaxonomyScheme.DISTRICT, language)
    used = sorted(set(district.values()))
    return Places(
        {code: names.get(code) for code in used},
        lambda tally: (district[tally.organization_id],),
    )


async def _providers(session: ReadSession, tallies: Sequence[Tally], language: Language) -> Places:
    providers = {tally.provider_organization_id for tally in tallies} - {None}
    statement = select(col(Organization.id), col(Organization.name_zh), col(Organization.name_en))
    found = await session.execute(statement.where(col(Organization.id).in_(providers)))
    names = {str(key): _in_language(zh, en, language) for key, zh, en in found}

    def keys_of(tally: Tally) -> Keys:
        return () if tally.provider_organization_id is None else (str(tally.provider_organization_id),)

    return Places(dict(sorted(names.items(), key=lambda item: (item[1], item[0]))), keys_of)


async def _chains(
    session: ReadSession,
    system: ReadSession,
    tallies: Sequence[Tally],
    by: TrackingDimension,
    language: Language,
) -> Places:
    chains = await _chains_of(system, {tally.organization_id for tally in tallies})
    clusters = await _clusters_of_chains(session)
    special = {code: text(f"tracking.{code}", language) for code in SPECIAL}
    named = {**await _names(session, TaxonomyScheme.CLUSTER, language), **special}

    def cluster_of(chain: str) -> str:
        return UNKNOWN if chain == UNKNOWN else clusters.get(chain, OTHER)

    def chains_of(tally: Tally) -> Keys:
        return chains.get(tally.organization_id) or (UNKNOWN,)

    if by is TrackingDimension.CLUSTER:
        return Places(named, lambda tally: _distinct(map(cluster_of, chains_of(tally))))
    listed = await _names(session, TaxonomyScheme.CHAIN, language)
    unlisted = sorted({chain for of_one in chains.values() for chain in of_one} - set(listed))
    rows = {**listed, **dict.fromkeys(unlisted), UNKNOWN: special[UNKNOWN]}
    group_of = {chain: cluster_of(chain) for chain in rows}
    return Places(rows, chains_of, frozenset({*named, *group_of.values()}), group_of)


async def _chains_of(system: ReadSession, enterprises: Iterable[UUID]) -> dict[UUID, Keys]:
    """Of each enterprise the chains of its latest statement; the order of statements is that of matching."""
    fact = EnterpriseFact
    statement = (
        select(col(fact.organization_id), col(fact.value))
        .ext(distinct_on(col(fact.organization_id)))
        .where(col(fact.organization_id).in_(enterprises), col(fact.name) == FactName.CHAINS)
        .order_by(col(fact.organization_id), col(fact.as_of).desc(), col(fact.id).desc())
    )
    return {enterprise: _distinct(value) for enterprise, value in await system.execute(statement)}


async def _clusters_of_chains(session: ReadSession) -> dict[str, str]:
    entry = TaxonomyEntry
    statement = select(col(entry.code), col(entry.parent_code)).where(
        col(entry.scheme) == TaxonomyScheme.CHAIN, col(entry.parent_code).is_not(None)
    )
    return {row[0]: row[1] for row in await session.execute(statement) if row[1] is not None}


async def _names(session: ReadSession, scheme: TaxonomyScheme, language: Language) -> dict[str, str]:
    entry = TaxonomyEntry
    statement = select(col(entry.code), col(entry.name_zh), col(entry.name_en))
    ordered = statement.where(col(entry.scheme) == scheme).order_by(col(entry.position))
    return {code: _in_language(zh, en, language) for code, zh, en in await session.execute(ordered)}


def _in_language(zh: str, en: str | None, language: Language) -> str:
    return zh if language == "zh" else en or zh


def _distinct(codes: Iterable[str]) -> Keys:
    return tuple(sorted(set(codes)))
