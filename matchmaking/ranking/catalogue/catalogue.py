"""Credit products on offer, held in memory as columns, to be screened for any need.

A catalogue never changes: `apply` makes the next one, and whoever works on the old one is not disturbed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matchmaking.ranking.catalogue.columns import Columns, Vocabularies, columns_of
from matchmaking.ranking.catalogue.screening import Screening, screen
from matchmaking.ranking.request import FinancingRequest


class Listed(NamedTuple):
    """A candidate as its JSON document, and what its owner wants back when it is shown."""

    candidate: Mapping[str, Any]
    keepsake: bytes


@dataclass(frozen=True, slots=True)
class ProductCatalogue:
    """`ids` are candidate ids, `keepsakes` what was handed in with each; both in the order of the columns."""

    ids: NDArray[np.object_]
    keepsakes: NDArray[np.object_]
    columns: Columns
    vocabularies: Vocabularies = field(repr=False)

    @staticmethod
    def build(listed: Iterable[Listed], vocabularies: Vocabularies | None = None) -> "ProductCatalogue":
        known = vocabularies or Vocabularies()
        rows = list(listed)
        return ProductCatalogue(
            _objects([row.candidate["candidate_id"] for row in rows]),
            _objects([row.keepsake for row in rows]),
            columns_of((row.candidate for row in rows), known),
            known,
        )

    @staticmethod
    def joined(parts: Sequence["ProductCatalogue"]) -> "ProductCatalogue":
        """One after the other; parts of one vocabulary, at least one."""
        return ProductCatalogue(
            np.concatenate([part.ids for part in parts]),
            np.concatenate([part.keepsakes for part in parts]),
            Columns.joined([part.columns for part in parts]),
            parts[0].vocabularies,
        )

    def apply(self, gone: Collection[str], listed: Iterable[Listed]) -> "ProductCatalogue":
        """Without the candidates `gone`, with those `listed` instead of what they were before."""
        more = ProductCatalogue.build(listed, self.vocabularies)
        leaving = {*gone, *more.ids.tolist()}
        kept = np.flatnonzero([candidate_id not in leaving for candidate_id in self.ids.tolist()])
        stays = self if len(kept) == len(self) else self._take(kept)
        return ProductCatalogue.joined([stays, more])

    def screen(self, request: FinancingRequest, listed: NDArray[np.bool_] | None = None) -> Screening:
        return screen(self.columns, self.vocabularies, self.ids, request, listed)

    @property
    def nbytes(self) -> int:
        """Of the columns, of ids and keepsakes with their objects; vocabularies are left out."""
        objects = sum(map(len, self.ids.tolist())) + sum(map(len, self.keepsakes.tolist()))
        return self.columns.nbytes + self.ids.nbytes + self.keepsakes.nbytes + objects

    def _take(self, rows: NDArray[np.intp]) -> "ProductCatalogue":
        return ProductCatalogue(
            self.ids[rows], self.keepsakes[rows], self.columns.take(rows), self.vocabularies
        )

    def __len__(self) -> int:
        return len(self.ids)


def _objects(values: Sequence[object]) -> NDArray[np.object_]:
    found = np.empty(len(values), dtype=np.object_)
    found[:] = values
    return found
