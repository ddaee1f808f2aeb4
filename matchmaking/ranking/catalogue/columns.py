"""Candidates as columns: an array per field, an element per candidate, made from stored documents.

What comes again is numbered (`Vocabularies`); a number means the same in all catalogues that were made one
from the other. `NONE` stands for a term that is not published.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaking.ranking.catalogue.conditions import Conditions
from matchmaking.ranking.catalogue.numbering import Numbering, key_of
from matchmaking.ranking.catalogue.ragged import Ragged
from matchmaking.ranking.costing import FEES, Charges, charges_of
from matchmaking.ranking.request import CapFormula, Rate
from schemas.eligibility import CapTable
from schemas.vocabulary import CapBasis, GuaranteeMode, LprTerm, PurposeKind, RateKind, RepaymentMethod

NONE = -1
NO_LIMIT = 2**62
ALWAYS = (date.min.toordinal(), date.max.toordinal())

PURPOSE_BIT: Mapping[str, int] = {each.value: 1 << place for place, each in enumerate(PurposeKind)}
RAGGED = ("formulas", "conditions")
MODE_BIT: Mapping[str, int] = {each.value: 1 << place for place, each in enumerate(GuaranteeMode)}

Codes = tuple[str, ...]
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Vocabularies:
    """What the numbers in the columns stand for. Formula 0 and entry 0 of the conditions limit nothing."""

    products: Numbering[str, str] = field(default_factory=Numbering)
    organizations: Numbering[str, str] = field(default_factory=Numbering)
    units: Numbering[str, str] = field(default_factory=Numbering)
    territories: Numbering[Codes, Codes] = field(default_factory=Numbering)
    targets: Numbering[Codes, Codes] = field(default_factory=Numbering)
    rates: Numbering[bytes, Rate] = field(default_factory=Numbering)
    charges: Numbering[Charges, Charges] = field(default_factory=Numbering)
    formulas: Numbering[bytes, CapFormula | CapTable | None] = field(default_factory=Numbering)
    conditions: Conditions = field(default_factory=Conditions)

    def __post_init__(self) -> None:
        self.formulas.number(b"", lambda: None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """`fixed_cap_fen` is the least of the published largest amount, the branch's authority and its quota.

    Days are ordinals. `chains` and `honours` are numbers of sets of codes, `purposes` and `modes` bits.
    """

    product: NDArray[np.int32]
    organization: NDArray[np.int32]
    unit: NDArray[np.int32]
    smallest_fen: NDArray[np.int64]
    fixed_cap_fen: NDArray[np.int64]
    largest_published: NDArray[np.bool_]
    shortest_months: NDArray[np.int32]
    longest_months: NDArray[np.int32]
    purposes: NDArray[np.uint32]
    modes: NDArray[np.uint8]
    territory: NDArray[np.int32]
    rate: NDArray[np.int32]
    charges: NDArray[np.int32]
    days: NDArray[np.int32]
    valid_from: NDArray[np.int32]
    valid_until: NDArray[np.int32]
    chains: NDArray[np.int32]
    honours: NDArray[np.int32]
    in_words: NDArray[np.bool_]
    formulas: Ragged
    conditions: Ragged

    @property
    def nbytes(self) -> int:
        return sum(column.nbytes for column in self.each().values())

    def take(self, rows: NDArray[np.intp]) -> "Columns":
        taken: dict[str, Any] = {
            name: column.take(rows) if isinstance(column, Ragged) else column[rows]
            for name, column in self.each().items()
        }
        return Columns(**taken)

    @staticmethod
    def joined(parts: Sequence["Columns"]) -> "Columns":
        """The rows of all, one part after the other."""
        joined: dict[str, Any] = {}
        for each in fields(Columns):
            columns = [getattr(part, each.name) for part in parts]
            join = Ragged.joined if each.name in RAGGED else np.concatenate
            joined[each.name] = join(columns)
        return Columns(**joined)

    def each(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def __len__(self) -> int:
        return len(self.organization)


_TYPES: Mapping[str, Any] = {
    "smallest_fen": np.int64,
    "fixed_cap_fen": np.int64,
    "largest_published": np.bool_,
    "purposes": np.uint32,
    "modes": np.uint8,
    "in_words": np.bool_,
}


def columns_of(rows: Sequence[tuple[Any, ...]]) -> Columns:
    """From the rows that `row_of` makes."""
    listed: Sequence[tuple[Any, ...]] = list(zip(*rows, strict=True)) or [()] * len(fields(Columns))
    columns: dict[str, Any] = {
        each.name: Ragged.of(values)
        if each.name in RAGGED
        else np.array(values, dtype=_TYPES.get(each.name, np.int32))
        for each, values in zip(fields(Columns), listed, strict=True)
    }
    return Columns(**columns)


def row_of(product: str, document: Document, known: Vocabularies) -> tuple[Any, ...]:
    """The fields of `Columns`, in their order, of a candidate as its JSON document.

    New codes are numbered in `known`. KeyError, TypeError or ValueError when it is no candidate.
    """
    get = document.get
    limits = (get("largest_amount_fen"), get("authority_limit_fen"), get("quota_left_fen"))
    published = [max(0, limit) for limit in limits if limit is not None]
    longest, days = get("longest_tenor_months"), get("days_to_money")
    return (
        _named(known.products, product),
        _named(known.organizations, document["organization_id"]),
        _named(known.units, document["unit_id"]),
        get("smallest_amount_fen") or 1,
        min(published, default=NO_LIMIT),
        limits[0] is not None,
        get("shortest_tenor_months") or 1,
        NONE if longest is None else longest,
        sum(PURPOSE_BIT[each] for each in set(document["purposes"])),
        sum(MODE_BIT[each] for each in set(document["guarantee_modes"])),
        _listed(known.territories, document["territory"]),
        known.rates.number(key_of(get("rate")), lambda: _rate(get("rate") or {})),
        _charges(known, document),
        NONE if days is None else days,
        _ordinal(get("valid_from"), ALWAYS[0]),
        _ordinal(get("valid_until"), ALWAYS[1]),
        _listed(known.targets, get("target_chains", ())),
        _listed(known.targets, get("target_honours", ())),
        get("conditions_in_words", False),
        _formulas(known, document) or [0],
        [known.conditions.number(each) for each in get("rules", {}).get("all_of", ())] or [0],
    )


def _named(names: Numbering[str, str], name: str) -> int:
    return names.number(name, lambda: name)


def _listed(lists: Numbering[Codes, Codes], codes: Sequence[str]) -> int:
    listed = tuple(codes)
    return lists.number(listed, lambda: listed)


def _ordinal(day: str | None, otherwise: int) -> int:
    return otherwise if day is None else date.fromisoformat(day).toordinal()


def _rate(document: Document) -> Rate:
    term = document.get("lpr_term")
    return Rate(
        kind=RateKind(document.get("kind", RateKind.UNKNOWN)),
        lpr_term=None if term is None else LprTerm(term),
        lowest_basis_points=document.get("lowest_basis_points"),
        highest_basis_points=document.get("highest_basis_points"),
    )


def _charges(known: Vocabularies, document: Document) -> int:
    charges = charges_of(
        methods=[RepaymentMethod(each) for each in document.get("repayment_methods", ())],
        **{name: document[name] for name in FEES if document.get(name) is not None},
    )
    return known.charges.number(charges, lambda: charges)


def _formulas(known: Vocabularies, document: Document) -> list[int]:
    """Formulas and tables: all that limits a cap and hangs on the asker's answers."""
    formulas = [_formula(known, each) for each in document.get("cap_formulas", ())]
    return formulas + [_table(known, each) for each in document.get("cap_tables", ())]


def _table(known: Vocabularies, document: Document) -> int:
    return known.formulas.number(key_of(document), lambda: CapTable.model_validate(document))


def _formula(known: Vocabularies, document: Document) -> int:
    return known.formulas.number(
        key_of(document),
        lambda: CapFormula(
            basis=CapBasis(document["basis"]), share_basis_points=document["share_basis_points"]
        ),
    )
