"""Credit products on offer, held in memory as columns, to be screened for any need.

A catalogue never changes: `apply` makes the next one, and whoever works on the old one is not disturbed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matchmaking.ranking.catalogue.columns import Columns, Vocabularies, columns_of, row_of
from matchmaking.ranking.catalogue.numbering import Numbering
from matchmaking.ranking.catalogue.screening import Screening, screen
from matchmaking.ranking.request import FinancingRequest


class Listed(NamedTuple):
    """A candidate as a row of the columns, and what is wanted back when it is shown."""

    candidate_id: str
    row: tuple[Any, ...]
    keepsake: bytes

    @staticmethod
    def of(known: Vocabularies, product: str, candidate: Mapping[str, Any], keepsake: bytes) -> "Listed":
        """From its JSON document; KeyError, TypeError or ValueError when it is no candidate."""
        return Listed(candidate["candidate_id"], row_of(product, candidate, known), keepsake)


@dataclass(frozen=True, slots=True)
class ProductCatalogue:
    """`ids` are candidate ids, `keepsakes` what was handed in with each; both in the order of the columns."""

    ids: NDArray[np.object_]
    keepsakes: NDArray[np.object_]
    columns: Columns
    vocabularies: Vocabularies = field(repr=False)

    @staticmethod
    def build(listed: Sequence[Listed], known: Vocabularies) -> "ProductCatalogue":
        """Of rows that were made with the same vocabularies."""
        return ProductCatalogue(
            _objects([each.candidate_id for each in listed]),
            _objects([each.keepsake for each in listed]),
            columns_of([each.row for each in listed]),
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

    def apply(self, products: Collection[str], listed: Sequence[Listed]) -> "ProductCatalogue":
        """With `listed` as all there is of the `products` that have changed."""
        more = ProductCatalogue.build(listed, self.vocabularies)
        changed = self._numbers(self.vocabularies.products, products)
        kept = np.flatnonzero(~np.isin(self.columns.product, changed))
        return ProductCatalogue.joined([self._take(kept), more])

    def products_of(self, organizations: Collection[str], units: Collection[str]) -> set[str]:
        """Of which products there are candidates of these organizations or units."""
        columns, known = self.columns, self.vocabularies
        theirs = np.isin(columns.organization, self._numbers(known.organizations, organizations))
        theirs |= np.isin(columns.unit, self._numbers(known.units, units))
        return {known.products.things[number] for number in np.unique(columns.product[theirs])}

    @staticmethod
    def _numbers(names: Numbering[str, str], wanted: Collection[str]) -> list[int]:
        return [number for name in wanted if (number := names.find(name)) is not None]

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
