"""Each official's share per provider: the standing report that lets offices watch their recommendations.

Read by the system within the reader's area, since no office reads recommendations of another. What is told is
the act of an official; whom it was made to is not told, and what could lead to one of fewer than five
enterprises is withheld, but from the office itself, which reads its recommendations one by one. Only whole
calendar years are told, which do not overlap, so that no two answers can be subtracted.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlmodel import col

from matchmaking.access.actor import Actor
from matchmaking.access.permissions import require
from matchmaking.access.scoping import in_area
from matchmaking.db.session import ReadSession
from matchmaking.messages import Language, text
from matchmaking.services.tracking_withholding import FEWEST_ENTERPRISES
from matchmaking.tables.identity import Membership, Organization, Person, Unit
from matchmaking.tables.recommendations import Recommendation, RecommendationOffer
from schemas.operations import Operation
from schemas.recommendation_shares import OfficialShares, ProviderShare, RecommendationSharesRead
from schemas.vocabulary import LineOfDuty


@dataclass(frozen=True, slots=True)
class Author:
    """A person in an office; of one person in two offices each is told by itself."""

    person_id: UUID
    unit_id: UUID


@dataclass(frozen=True, slots=True)
class Made:
    """One recommendation: by whom, to whom, and whom it names."""

    author: Author
    enterprise_id: UUID
    interest_declared: bool
    fewer_than_three: bool
    providers: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Office:
    official_name: str
    organization_name: str
    unit_name: str
    line_of_duty: LineOfDuty


async def read_shares(
    session: ReadSession, system: ReadSession, actor: Actor, year: int | None, language: Language
) -> RecommendationSharesRead:
    """Of one calendar year (UTC), this one when none is named."""
    require(actor, Operation.RECOMMENDATION_SHARES_READ)
    year = session.instant.year if year is None else year
    made = await _made(system, actor, year)
    offices = await _offices(system, {one.author for one in made}, language)
    names = await _names(system, {provider for one in made for provider in one.providers}, language)
    report = _Report(made, offices, names, actor.unit_id)
    return RecommendationSharesRead(
        as_of=session.instant,
        year=year,
        definition=text("recommendation_shares.definition", language),
        withholding=text("recommendation_shares.withholding", language, fewest=FEWEST_ENTERPRISES),
        recommendations=len(made),
        officials=report.officials(),
    )


class _Report:
    """All recommendations of one answer, by their authors."""

    def __init__(
        self,
        made: Sequence[Made],
        offices: Mapping[Author, Office],
        names: Mapping[UUID, str],
        own_unit_id: UUID,
    ) -> None:
        self._made, self._offices, self._names = made, offices, names
        self._by_author = {author: [one for one in made if one.author == author] for author in offices}
        self._hidden = {
            author
            for author, own in self._by_author.items()
            if author.unit_id != own_unit_id and _enterprises(own) < FEWEST_ENTERPRISES
        }

    def officials(self) -> list[OfficialShares]:
        ordered = sorted(self._by_author.items(), key=lambda each: (-len(each[1]), str(each[0].person_id)))
        return [self._official(author, own) for author, own in ordered]

    def _official(self, author: Author, own: Sequence[Made]) -> OfficialShares:
        office, hidden = self._offices[author], author in self._hidden
        return OfficialShares(
            official_name=office.official_name,
            organization_name=office.organization_name,
            unit_id=author.unit_id,
            unit_name=office.unit_name,
            line_of_duty=office.line_of_duty,
            recommendations=len(own),
            interest_declared=None if hidden else sum(one.interest_declared for one in own),
            fewer_than_three=None if hidden else sum(one.fewer_than_three for one in own),
            withheld=hidden,
            providers=[] if hidden else self._shares(author, own),
        )

    def _shares(self, author: Author, own: Sequence[Made]) -> list[ProviderShare]:
        line = self._offices[author].line_of_duty
        others = [
            one
            for one in self._made
            if one.author != author and self._offices[one.author].line_of_duty is line
        ]
        told = self._may_be_pooled(others)
        counts, beside = _named(own), _named(others)
        return [
            ProviderShare(
                provider_organization_id=provider,
                provider_name=self._names[provider],
                count=count,
                of=len(own),
                others_count=beside[provider] if told else None,
                others_of=len(others) if told else None,
            )
            for provider, count in sorted(counts.items(), key=lambda each: (-each[1], str(each[0])))
        ]

    def _may_be_pooled(self, others: Sequence[Made]) -> bool:
        """Whether taking away what is told by itself leaves nothing, or enough enterprises."""
        left = [one for one in others if one.author in self._hidden]
        return not left or _enterprises(left) >= FEWEST_ENTERPRISES


def _enterprises(made: Iterable[Made]) -> int:
    return len({one.enterprise_id for one in made})


def _named(made: Iterable[Made]) -> Counter[UUID]:
    return Counter(provider for one in made for provider in one.providers)


async def _made(system: ReadSession, actor: Actor, year: int) -> list[Made]:
    """Offers of a provider that the enterprise excluded count too: they were named all the same."""
    providers = func.array_agg(col(RecommendationOffer.provider_organization_id).distinct())
    wanted: Select[*tuple[Any, ...]] = (
        select(Recommendation, col(Membership.person_id), providers)
        .join(Membership, col(Membership.id) == Recommendation.made_by_membership_id)
        .join(RecommendationOffer, col(RecommendationOffer.recommendation_id) == Recommendation.id)
        .where(
            col(Recommendation.created_at) >= datetime(year, 1, 1, tzinfo=UTC),
            col(Recommendation.created_at) < datetime(year + 1, 1, 1, tzinfo=UTC),
            in_area(actor, Recommendation.enterprise_organization_id),
        )
        .group_by(col(Recommendation.id), col(Membership.person_id))
    )
    return [
        Made(
            Author(person_id, one.unit_id),
            one.enterprise_organization_id,
            one.has_interest,
            one.fewer_reason is not None,
            frozenset(named),
        )
        for one, person_id, named in (await system.execute(wanted)).all()
    ]


async def _offices(
    system: ReadSession, authors: Collection[Author], language: Language
) -> dict[Author, Office]:
    wanted: Select[*tuple[Any, ...]] = (
        select(Unit, Organization)
        .join(Organization, col(Organization.id) == Unit.organization_id)
        .where(col(Unit.id).in_([author.unit_id for author in authors]))
    )
    units = {unit.id: (unit, organization) for unit, organization in (await system.execute(wanted)).all()}
    people = select(col(Person.id), col(Person.display_name)).where(
        col(Person.id).in_([author.person_id for author in authors])
    )
    names = {row[0]: row[1] for row in (await system.execute(people)).all()}
    return {
        author: Office(
            names[author.person_id],
            _called(units[author.unit_id][1], language),
            _called(units[author.unit_id][0], language),
            units[author.unit_id][0].line_of_duty,
        )
        for author in authors
    }


async def _names(system: ReadSession, ids: Collection[UUID], language: Language) -> dict[UUID, str]:
    found = await system.execute(select(Organization).where(col(Organization.id).in_(ids)))
    return {one.id: _called(one, language) for one in found.scalars()}


def _called(one: Organization | Unit, language: Language) -> str:
    """In Chinese where there is no other name."""
    return one.name_en or one.name_zh if language == "en" else one.name_zh
