"""Capabilities on offer, held in memory: their texts in an index, all else in columns of the same rows.

A catalogue never changes: `apply` makes the next one, and whoever works on the old one is not disturbed.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from matchmaking.ranking.capability_catalogue.columns import CapabilityColumns, Known, columns_of
from matchmaking.ranking.capability_catalogue.components import total_all
from matchmaking.ranking.capability_catalogue.constraints import Marks, judge_capabilities
from matchmaking.ranking.capability_catalogue.screening import CapabilityScreening, screening_of
from matchmaking.ranking.catalogue.numbering import Numbering
from matchmaking.ranking.fusion import Whole
from matchmaking.ranking.passages import passages_of, queries_of
from matchmaking.ranking.research_request import (
    CapabilityCandidate,
    DemandFacts,
    ResearchRequest,
    Similarities,
)
from matchmaking.ranking.segments import IndexEntry
from matchmaking.ranking.text_index import TextIndex
from matchmaking.ranking.text_query import TextStatistics
from matchmaking.ranking.text_scores import Nearness, nearness, score_texts
from matchmaking.ranking.vectors import Rows
from matchmaking.ranking.words import says_anything


@dataclass(frozen=True, slots=True)
class ListedCapability:
    """A candidate, and a vector for each of its passages, zeros where there is none; None for no vectors."""

    candidate: CapabilityCandidate
    vectors: Rows | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of all candidates, with what must be frozen to find it again for some of them."""

    screening: CapabilityScreening
    statistics: TextStatistics | None
    near: Nearness | None


@dataclass(frozen=True, slots=True)
class CapabilityCatalogue:
    """Rows are those of the index, also of capabilities that no longer stand. `model` encoded the vectors."""

    texts: TextIndex
    columns: CapabilityColumns
    model: str
    known: Known = field(repr=False)

    @staticmethod
    def build(
        listed: Sequence[ListedCapability], model: str = "", dimension: int = 0
    ) -> "CapabilityCatalogue":
        known = Known()
        texts = TextIndex.build(map(_entry, listed), dimension=dimension)
        return CapabilityCatalogue(texts, columns_of([one.candidate for one in listed], known), model, known)

    def apply(self, changed: Collection[str], listed: Sequence[ListedCapability]) -> "CapabilityCatalogue":
        """With `listed` as all that stands of the ids that have `changed`."""
        texts = self.texts.changed(map(_entry, listed), changed)
        more = columns_of([one.candidate for one in listed], self.known)
        columns = CapabilityColumns.joined([self.columns, more])
        if len(texts.layout.keys) < len(columns):
            # The index was made anew from those that stand, in their order.
            gone = {*changed, *(one.candidate.candidate_id for one in listed)}
            rows = [row for key, row in self.texts.rows.items() if key not in gone]
            added = range(len(self.columns), len(columns))
            columns = columns.take(np.array([*sorted(rows), *added], dtype=np.intp))
        return replace(self, texts=texts, columns=columns)

    def ids_of(self, organizations: Collection[str], units: Collection[str]) -> set[str]:
        """Whose capabilities are of these organizations or units."""
        theirs = _among(self.columns.organization, self.known.organizations, organizations)
        theirs |= _among(self.columns.unit, self.known.units, units)
        return {self.texts.layout.keys[row] for row in np.flatnonzero(theirs & self.texts.layout.live)}

    def screen(
        self, request: ResearchRequest, questions: Rows | None = None, listed: Marks | None = None
    ) -> Found:
        """All that stands, of these those `listed`, for a request that names no candidates.

        `questions` are the vectors of `queries_of` the demand; without them words alone decide.
        """
        demand, layout = request.demand, self.texts.layout
        statistics, near, values = self._relevance(demand, questions)
        candidates = layout.live if listed is None else layout.live & listed
        excluded = self._excluded(demand) & candidates
        screening = screening_of(
            demand.demand_id,
            layout.keys,
            judge_capabilities(demand, self.columns, request.reference_date),
            total_all(demand, self.columns, self.known, values, request.weights),
            ~candidates | excluded,
            int(np.count_nonzero(excluded)),
        )
        return Found(screening, statistics, near)

    def similarities(self, near: Nearness, rows: Sequence[int]) -> Similarities:
        """Of the capabilities in these rows, to be frozen with a request."""
        layout = self.texts.layout
        return Similarities(
            model=self.model,
            usual=near.usual.mean,
            spread=near.usual.spread,
            of_candidates={
                layout.keys[row]: tuple(
                    tuple(near.similarities[place].tolist()) if near.held[place] else None
                    for place in range(layout.starts[row], layout.starts[row + 1])
                )
                for row in rows
            },
        )

    @property
    def nbytes(self) -> int:
        return self.texts.bytes + self.columns.nbytes

    def __len__(self) -> int:
        return len(self.texts.rows)

    def _relevance(
        self, demand: DemandFacts, questions: Rows | None
    ) -> tuple[TextStatistics | None, Nearness | None, Whole | None]:
        asked = queries_of(demand)
        if not any(map(says_anything, asked)) or not len(self.texts.layout.keys):
            return None, None, None
        statistics = self.texts.statistics(asked)
        compared = questions is not None and bool(self.texts.layout.held.any())
        near = nearness(self.texts, questions) if compared and questions is not None else None
        return statistics, near, score_texts(self.texts, asked, near, statistics).values

    def _excluded(self, demand: DemandFacts) -> Marks:
        known, columns = self.known, self.columns
        out = _among(columns.organization, known.organizations, demand.excluded_organization_ids)
        return out | _among(columns.unit, known.units, demand.excluded_unit_ids)


def _among(column: NDArray[np.int32], known: Numbering[str, str], names: Collection[str]) -> Marks:
    numbers = [number for name in names if (number := known.find(name)) is not None]
    return np.isin(column, numbers) if numbers else np.zeros(len(column), dtype=np.bool_)


def _entry(listed: ListedCapability) -> IndexEntry:
    candidate = listed.candidate
    return IndexEntry(candidate.candidate_id, passages_of(candidate), listed.vectors)
