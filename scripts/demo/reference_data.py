"""The reference shelf's files in shapes: sourced facts as printed, and how their words are typed.

Nothing is added to what a page says: what is empty in a file is unknown here.
"""

import csv
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Self

from pydantic import Field

from schemas.base import Draft, Fen, Name, Note
from schemas.credit_products import CapFormula, CreditProductTerms, RateTerms
from schemas.eligibility import EligibilityRules, Rule
from schemas.vocabulary import GuaranteeMode, ProductKind, PurposeKind, RateKind, RepaymentMethod

SOURCE = "public_pages"
FEN_OF_TEN_THOUSAND_YUAN = 1_000_000
SAME_AS_ABOVE = "同上"
# What a page says in words beside its typed terms, and how a reader is told which column it is from.
CONDITIONS = {"target_customers": "对象", "eligibility": "条件"}
REMARKS = {"rate_text": "利率", "guarantee_mode": "担保", "risk_share": "分险", "note": "说明"}

Printed = Mapping[str, str]


class TypedTerms(Draft):
    """One table of product_terms.toml; amount, tenor and region stand in products.csv.

    `rules_are_complete` when they say all that the page asks; otherwise its words stay conditions.
    """

    kind: ProductKind
    name_en: Name
    purposes: Annotated[list[PurposeKind], Field(min_length=1)]
    guarantee_modes: list[GuaranteeMode] = Field(default_factory=list)
    rate: RateTerms = RateTerms(kind=RateKind.UNKNOWN)
    repayment_methods: list[RepaymentMethod] = Field(default_factory=list)
    smallest_amount_fen: Fen | None = None
    amount_is_a_ceiling: bool = True
    days_to_money: int | None = None
    cap_formulas: list[CapFormula] = Field(default_factory=list)
    rules: tuple[Rule, ...] = ()
    rules_are_complete: bool = False


@dataclass(frozen=True, slots=True)
class ReferenceProduct:
    """A row of products.csv, its typed reading, and the bank whose branch it was published by."""

    printed: Printed
    typed: TypedTerms
    owners: "Owners"

    @property
    def key(self) -> str:
        return self.printed["key"]

    @property
    def bank(self) -> str:
        return self.owners.branches.get(self.printed["bank"], self.printed["bank"])

    @property
    def branch(self) -> str | None:
        """None: the bank itself offers it."""
        named = self.printed["bank"]
        return named if named.startswith(self.bank) and named.endswith("行") and named != self.bank else None

    @property
    def territory(self) -> str:
        return self.owners.territories[self.printed["region"]]

    def terms(self) -> CreditProductTerms:
        printed, typed = self.printed, self.typed
        asked, told = self._words(CONDITIONS), self._words(REMARKS)
        return CreditProductTerms(
            largest_amount_fen=fen_of(printed["max_amount_wan"]) if typed.amount_is_a_ceiling else None,
            longest_tenor_months=int(printed["tenor_months_max"]) if printed["tenor_months_max"] else None,
            rules=EligibilityRules(all_of=typed.rules),
            conditions_in_words=[] if typed.rules_are_complete else asked,
            remarks=asked + told if typed.rules_are_complete else told,
            **typed.model_dump(
                exclude={"kind", "name_en", "rules", "rules_are_complete", "amount_is_a_ceiling"}
            ),
        )

    def _words(self, columns: Mapping[str, str]) -> list[Note]:
        return [f"{label}：{self.printed[name]}" for name, label in columns.items() if self.printed[name]]


class Owners(Draft):
    territories: dict[str, str]
    branches: dict[str, str]
    guarantors: dict[str, list[str]]

    @classmethod
    def read(cls) -> Self:
        return cls.model_validate(_table("owners"))


@cache
def reference_products() -> tuple[ReferenceProduct, ...]:
    """All of products.csv; KeyError for a row that nobody has typed."""
    typed, owners = _table("product_terms"), Owners.read()
    return tuple(
        ReferenceProduct(printed, TypedTerms.model_validate(typed[printed["key"]]), owners)
        for printed in _with_repeated_words(rows_of("products"))
    )


@cache
def rows_of(name: str) -> tuple[Printed, ...]:
    """The rows of a CSV file by column; an empty cell is an empty text."""
    text = files("scripts.demo").joinpath(f"reference/{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def fen_of(ten_thousand_yuan: str) -> int | None:
    return int(ten_thousand_yuan) * FEN_OF_TEN_THOUSAND_YUAN if ten_thousand_yuan else None


def _with_repeated_words(rows: tuple[Printed, ...]) -> Iterator[Printed]:
    """A cell that says "as above" stands for the cell above it."""
    above: Printed = {}
    for row in rows:
        above = {name: above[name] if cell == SAME_AS_ABOVE else cell for name, cell in row.items()}
        yield above


def _table(name: str) -> dict[str, Any]:
    text = files("scripts.demo").joinpath(f"reference/{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
