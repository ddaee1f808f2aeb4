"""What a ranking of capabilities is made from, frozen: a stored request ranks the same a year later.

Budgets and contracts are CNY fen, readiness is the level of GB/T 22900 from 1 to 9. None and empty are
unknown. Nothing here is looked up; the confidential part of a demand is no part of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from matchmaking.ranking.request import Screened
from matchmaking.ranking.text_query import TextStatistics
from schemas.vocabulary import CapabilityKind, CooperationMode, PlatformLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandFacts:
    """The answers of a research demand that a ranking reads. `indicators` are their names and goals."""

    demand_id: str
    title: str
    problem: str = ""
    public_abstract: str = ""
    indicators: tuple[str, ...] = ()
    chain: str | None = None
    readiness_wanted: int | None = None
    smallest_budget_fen: int | None = None
    largest_budget_fen: int | None = None
    modes: tuple[CooperationMode, ...] = ()
    excluded_organization_ids: tuple[str, ...] = ()
    excluded_unit_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CapabilityCandidate:
    """A published capability at one version. `intellectual_property` are numbers with their owners."""

    candidate_id: str
    organization_id: str
    unit_id: str
    capability_version: int
    kind: CapabilityKind
    title_zh: str
    valid_until: date
    title_en: str | None = None
    description: str = ""
    fields: tuple[str, ...] = ()
    chains: tuple[str, ...] = ()
    equipment: tuple[str, ...] = ()
    past_work: tuple[str, ...] = ()
    intellectual_property: tuple[str, ...] = ()
    modes: tuple[CooperationMode, ...] = ()
    readiness_from: int | None = None
    readiness_to: int | None = None
    smallest_contract_fen: int | None = None
    largest_contract_fen: int | None = None
    free_projects: int | None = None
    platform_level: PlatformLevel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResearchWeights:
    """Published weights of the components in percent; they add up to 100."""

    relevance: int = 60
    chain_and_field: int = 15
    readiness: int = 8
    budget_fit: int = 7
    capacity: int = 5
    platform_level: int = 5

    def __post_init__(self) -> None:
        each = (
            *(self.relevance, self.chain_and_field, self.readiness),
            *(self.budget_fit, self.capacity, self.platform_level),
        )
        if min(each) < 0 or sum(each) != 100:  # noqa: PLR2004 - percent
            raise ValueError("weights_not_100: weights are percent that add up to 100")


@dataclass(frozen=True, slots=True, kw_only=True)
class Similarities:
    """Cosines between passages and the questions of a demand (`queries_of`), in basis points.

    `usual` and `spread` are mean and standard deviation over all passages that were compared, per question.
    `of_candidates` has per candidate its passages in the order of `passages_of`, and per passage a number for
    each question, or None when it had no vector. `model` is what encoded them.
    """

    model: str
    usual: tuple[int, ...]
    spread: tuple[int, ...]
    of_candidates: Mapping[str, tuple[tuple[int, ...] | None, ...]]

    def __post_init__(self) -> None:
        rows = (row for rows in self.of_candidates.values() for row in rows if row is not None)
        if len({len(self.usual), len(self.spread), *map(len, rows)}) > 1:
            raise ValueError("questions_differ: each passage has a number for each question")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResearchRequest:
    """One demand and every published capability at `reference_date`, or with `screened` those shown.

    `text_statistics` and `similarities` are what the ranking reads beside the candidates: what is usual among
    all texts of the collection that these candidates were chosen from. Without the first the candidates
    themselves are the collection; without the second words alone decide, and the ranking says so.
    ValueError, starting with `candidate_twice`, when a capability stands twice, with `position_missing` when
    one shown has no position.
    """

    demand: DemandFacts
    candidates: tuple[CapabilityCandidate, ...]
    reference_date: date
    weights: ResearchWeights = field(default_factory=ResearchWeights)
    text_statistics: TextStatistics | None = None
    similarities: Similarities | None = None
    screened: Screened | None = None

    def __post_init__(self) -> None:
        if self.screened is not None and len(self.screened.positions) != len(self.candidates):
            raise ValueError("position_missing: each candidate has one position")
        if len({candidate.candidate_id for candidate in self.candidates}) < len(self.candidates):
            raise ValueError("candidate_twice: each may stand once")

    def to_document(self) -> dict[str, Any]:
        """As a JSON object, to be stored with the run."""
        document: dict[str, Any] = _adapter().dump_python(self, mode="json")
        return document

    def to_json(self) -> str:
        return _adapter().dump_json(self).decode()

    @staticmethod
    def from_document(document: Any) -> "ResearchRequest":
        """Inverse of `to_document`; pydantic.ValidationError when it is no request."""
        return _adapter().validate_python(document)

    @staticmethod
    def from_json(text: str | bytes) -> "ResearchRequest":
        return _adapter().validate_json(text)


@cache
def _adapter() -> TypeAdapter[ResearchRequest]:
    return TypeAdapter(ResearchRequest)
