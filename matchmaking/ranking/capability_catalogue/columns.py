"""What a ranking asks of capabilities beside their texts, a column for each question.

`NONE` stands for what is not published. Lists have number 0, the name of nothing, where they are empty.
"""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaking.ranking.catalogue.numbering import Numbering
from matchmaking.ranking.catalogue.ragged import Ragged
from matchmaking.ranking.research_components import RECOGNISED
from matchmaking.ranking.research_request import CapabilityCandidate
from matchmaking.ranking.words import term_counts
from schemas.vocabulary import CooperationMode

NONE = -1
FULL = 10_000
_MODES = {mode: 1 << place for place, mode in enumerate(CooperationMode)}


class FieldNames:
    """Names of fields of research, each with its terms; only grows. Number 0 is no field."""

    def __init__(self) -> None:
        self._names: Numbering[str, int] = Numbering()
        # By term the numbers of the names that have it, and beside them how often.
        self._holding: dict[str, tuple[array[int], array[int]]] = {}
        self.number("")

    def number(self, name: str) -> int:
        known = self._names.find(name)
        if known is not None:
            return known
        counts = term_counts(name)
        number = self._names.number(name, lambda: sum(counts.values()))
        for term, count in counts.items():
            numbers, counted = self._holding.setdefault(term, (array("i"), array("i")))
            counted.append(count)
            numbers.append(number)
        return number

    def said_by(self, terms: Mapping[str, int]) -> NDArray[np.int64]:
        """By number `contained_basis_points` of the name; `NONE` for no field."""
        lengths = np.array(self._names.things, dtype=np.int64)
        found = np.zeros(len(lengths), dtype=np.int64)
        for term in terms:
            if (holding := self._holding.get(term)) is not None:
                # Another thread may be adding names: what came since is cut off.
                numbers = np.array(holding[0], dtype=np.int64)
                numbers = numbers[: np.searchsorted(numbers, len(found))]
                found[numbers] += np.array(holding[1], dtype=np.int64)[: len(numbers)]
        values: NDArray[np.int64] = found * FULL // np.maximum(lengths, 1)
        values[0] = NONE
        return values


def _names() -> Numbering[str, str]:
    numbering: Numbering[str, str] = Numbering()
    numbering.number("", str)
    return numbering


@dataclass(frozen=True, slots=True)
class Known:
    """Numbers of what comes again and again; catalogues made one from the other share them."""

    organizations: Numbering[str, str] = field(default_factory=_names)
    units: Numbering[str, str] = field(default_factory=_names)
    chains: Numbering[str, str] = field(default_factory=_names)
    fields: FieldNames = field(default_factory=FieldNames)


@dataclass(frozen=True, slots=True)
class CapabilityColumns:
    """`modes` are bits of `modes_mask`; money is fen, days ordinals; `recognised` hundredths of a point."""

    organization: NDArray[np.int32]
    unit: NDArray[np.int32]
    version: NDArray[np.int32]
    modes: NDArray[np.uint32]
    chains: Ragged
    fields: Ragged
    readiness_from: NDArray[np.int8]
    readiness_to: NDArray[np.int8]
    smallest_contract: NDArray[np.int64]
    largest_contract: NDArray[np.int64]
    free_projects: NDArray[np.int32]
    recognised: NDArray[np.int32]
    valid_until: NDArray[np.int32]

    def take(self, rows: NDArray[np.intp]) -> "CapabilityColumns":
        taken: list[Any] = [
            column.take(rows) if isinstance(column, Ragged) else column[rows] for column in self._all()
        ]
        return CapabilityColumns(*taken)

    @staticmethod
    def joined(parts: Sequence["CapabilityColumns"]) -> "CapabilityColumns":
        """One after the other; parts of the same names, at least one."""
        columns: list[Any] = [
            Ragged.joined(each) if isinstance(each[0], Ragged) else np.concatenate(each)
            for each in zip(*map(CapabilityColumns._all, parts), strict=True)
        ]
        return CapabilityColumns(*columns)

    def _all(self) -> list[Any]:
        return [getattr(self, each.name) for each in fields(self)]

    @property
    def nbytes(self) -> int:
        return sum(int(column.nbytes) for column in self._all())

    def __len__(self) -> int:
        return len(self.organization)


def modes_mask(modes: Sequence[CooperationMode]) -> int:
    return sum(_MODES[mode] for mode in set(modes))


def columns_of(candidates: Sequence[CapabilityCandidate], known: Known) -> CapabilityColumns:
    def column(kind: type[np.generic], values: Sequence[int | None]) -> Any:
        return np.array([NONE if value is None else value for value in values], dtype=kind)

    each = list(candidates)
    return CapabilityColumns(
        organization=_numbers(known.organizations, [one.organization_id for one in each]),
        unit=_numbers(known.units, [one.unit_id for one in each]),
        version=column(np.int32, [one.capability_version for one in each]),
        modes=column(np.uint32, [modes_mask(one.modes) for one in each]),
        chains=Ragged.of(_numbers(known.chains, one.chains or ("",)).tolist() for one in each),
        fields=Ragged.of([known.fields.number(name) for name in one.fields or ("",)] for one in each),
        readiness_from=column(np.int8, [one.readiness_from for one in each]),
        readiness_to=column(np.int8, [one.readiness_to for one in each]),
        smallest_contract=column(np.int64, [one.smallest_contract_fen for one in each]),
        largest_contract=column(np.int64, [one.largest_contract_fen for one in each]),
        free_projects=column(np.int32, [one.free_projects for one in each]),
        recognised=column(
            np.int32, [None if one.platform_level is None else RECOGNISED[one.platform_level] for one in each]
        ),
        valid_until=column(np.int32, [one.valid_until.toordinal() for one in each]),
    )


def _numbers(names: Numbering[str, str], wanted: Sequence[str]) -> NDArray[np.int32]:
    return np.array([names.number(name, partial(str, name)) for name in wanted], dtype=np.int32)
