"""Rules as columns: each distinct rule is evaluated once a match, then combined for groups and products.

`matchmaking.ranking.eligibility` says what a rule means; here its outcome is a small number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaking.ranking.catalogue.numbering import Numbering, key_of
from matchmaking.ranking.catalogue.ragged import Ragged
from matchmaking.ranking.eligibility import MEASURED, band, holds
from matchmaking.ranking.facts import Content, FactsAtDate, number
from matchmaking.ranking.reasons import Missing
from schemas.eligibility import Rule, RuleGroup
from schemas.vocabulary import CapBasis, FactName

UNBOUNDED = 2**62
MOST_REMEMBERED = 1_000

_MISSING: tuple[Missing, ...] = (*FactName, *CapBasis)
_BIT: Mapping[Missing, int] = {missing: 1 << place for place, missing in enumerate(_MISSING)}
_PLACE: Mapping[FactName, int] = {name: place for place, name in enumerate(FactName)}


class Status(IntEnum):
    """From best to worst: of alternatives the least counts."""

    MET = 0
    UNKNOWN = 1
    FORGIVABLE = 2
    UNMET = 3


# Of many conditions that hold together: how often each status occurs, counted in one number.
COUNT_BITS = 10
COUNTED = np.array([0, 1, 1 << COUNT_BITS, 1 << 2 * COUNT_BITS], dtype=np.uint32)
COUNT_MASK = (1 << COUNT_BITS) - 1


def marks_of(missing: tuple[Missing, ...]) -> int:
    """A bit for each missing fact or answer."""
    return sum(_BIT[each] for each in set(missing))


def marked(marks: int) -> list[Missing]:
    return [missing for missing, bit in _BIT.items() if marks & bit]


@dataclass(frozen=True, slots=True)
class _Measured:
    """The measured ones among the rules, by arrays; `numbers` are their numbers among all."""

    numbers: NDArray[np.intp]
    facts: NDArray[np.intp]
    lowest: NDArray[np.int64]
    highest: NDArray[np.int64]
    tolerance: NDArray[np.uint64]
    curable: NDArray[np.bool_]

    @staticmethod
    def of(rules: list[Rule], numbers: list[int]) -> "_Measured":
        bands = [band(rules[each]) for each in numbers]
        return _Measured(
            np.array(numbers, dtype=np.intp),
            np.array([_PLACE[rules[each].fact] for each in numbers], dtype=np.intp),
            np.array([-UNBOUNDED if low is None else low for low, _ in bands], dtype=np.int64),
            np.array([UNBOUNDED if high is None else high for _, high in bands], dtype=np.int64),
            np.array([rules[each].tolerance_basis_points for each in numbers], dtype=np.uint64),
            np.array([rules[each].curable for each in numbers], dtype=np.bool_),
        )

    def statuses(self, values: NDArray[np.int64], known: NDArray[np.bool_]) -> NDArray[np.uint8]:
        value = values[self.facts]
        below, above = value < self.lowest, value > self.highest
        threshold = np.where(below, self.lowest, self.highest)
        # Amounts up to 10^15 times 10,000 fit into 64 bits without a sign, and not into those with one.
        gap = np.abs(value - threshold).astype(np.uint64) * np.uint64(10_000)
        within = gap <= np.abs(threshold).astype(np.uint64) * self.tolerance
        found = np.where(within | self.curable, np.uint8(Status.FORGIVABLE), np.uint8(Status.UNMET))
        found[~(below | above)] = Status.MET
        found[~known[self.facts]] = Status.UNKNOWN
        return found


@dataclass(frozen=True, slots=True)
class _Layout:
    """Rules and entries in the order in which they are evaluated, for so many of them."""

    rules: int
    entries: int
    measured: _Measured
    others: Mapping[FactName, list[int]]
    alternatives: Ragged


class Conditions:
    """Every distinct rule and every distinct entry (a rule, or a group of alternatives) of a catalogue.

    Entry 0 is always met: it stands where a product has no rules.
    """

    def __init__(self) -> None:
        self._rules: Numbering[Any, Rule] = Numbering()
        self._entries: Numbering[bytes, tuple[int, ...]] = Numbering()
        self._layout: _Layout | None = None
        self._remembered: dict[tuple[FactName, Content, int], NDArray[np.uint8]] = {}
        self._entries.number(b"", tuple)

    def number(self, entry: Mapping[str, Any]) -> int:
        """The number of an entry as it stands in a document; pydantic.ValidationError when it is none."""
        return self._entries.number(key_of(entry), lambda: self._parsed(entry))

    def evaluate(self, facts: FactsAtDate) -> tuple[NDArray[np.uint8], NDArray[np.uint64]]:
        """For each entry its status, and the bits of what would have to be supplied to know it."""
        layout = self._laid_out()
        statuses, marks = self._rule_statuses(layout, facts)
        of_entries = layout.alternatives.least(statuses)
        missing = layout.alternatives.united(marks)
        missing[of_entries != Status.UNKNOWN] = 0
        return of_entries, missing

    def _parsed(self, entry: Mapping[str, Any]) -> tuple[int, ...]:
        found = RuleGroup.model_validate(entry) if "any_of" in entry else Rule.model_validate(entry)
        return tuple(
            self._rule_number(each) for each in (found.any_of if isinstance(found, RuleGroup) else (found,))
        )

    def _rule_number(self, rule: Rule) -> int:
        decides = (rule.fact, rule.operator, rule.value, rule.curable, rule.tolerance_basis_points)
        return self._rules.number(decides, lambda: rule)

    def _laid_out(self) -> _Layout:
        # Entries first: what another thread adds meanwhile may be a rule too many, never one too few.
        entries = len(self._entries)
        rules = len(self._rules)
        layout = self._layout
        if layout is None or (layout.rules, layout.entries) != (rules, entries):
            layout = self._layout = self._lay_out(rules, entries)
        return layout

    def _lay_out(self, rules: int, entries: int) -> _Layout:
        measured: list[int] = []
        others: dict[FactName, list[int]] = {}
        for place, rule in enumerate(self._rules.things[:rules]):
            if rule.operator in MEASURED:
                measured.append(place)
            else:
                others.setdefault(rule.fact, []).append(place)
        # One more rule than there are: the one that is always met.
        alternatives = Ragged.of(entry or (rules,) for entry in self._entries.things[:entries])
        return _Layout(rules, entries, _Measured.of(self._rules.things, measured), others, alternatives)

    def _rule_statuses(
        self, layout: _Layout, facts: FactsAtDate
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint64]]:
        statuses = np.zeros(layout.rules + 1, dtype=np.uint8)
        marks = np.zeros(layout.rules + 1, dtype=np.uint64)
        values, known, missing = _read(layout, facts)
        statuses[layout.measured.numbers] = layout.measured.statuses(values, known)
        marks[layout.measured.numbers] = missing[layout.measured.facts]
        for fact, numbers in layout.others.items():
            reading = facts.read(fact)
            if reading.value is None:
                statuses[numbers] = Status.UNKNOWN
                marks[numbers] = marks_of(reading.to_supply)
            else:
                statuses[numbers] = self._held(fact, reading.value, numbers)
        return statuses, marks

    def _held(self, fact: FactName, value: Content, numbers: list[int]) -> NDArray[np.uint8]:
        """Codes come again with the next enterprise, so what they say to the rules is remembered."""
        key = (fact, value, len(numbers))
        found = self._remembered.get(key)
        if found is None:
            if len(self._remembered) >= MOST_REMEMBERED:
                self._remembered.clear()
            rules = [self._rules.things[each] for each in numbers]
            found = self._remembered[key] = np.array(
                [_status(rule, holds(rule, value)) for rule in rules], dtype=np.uint8
            )
        return found


def _status(rule: Rule, held: bool) -> Status:
    if held:
        return Status.MET
    return Status.FORGIVABLE if rule.curable else Status.UNMET


def _read(
    layout: _Layout, facts: FactsAtDate
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.uint64]]:
    """Of each fact that a measured rule reads: its value, whether it is known, and what is missing for it."""
    values = np.zeros(len(_PLACE), dtype=np.int64)
    known = np.zeros(len(_PLACE), dtype=np.bool_)
    missing = np.zeros(len(_PLACE), dtype=np.uint64)
    names = list(_PLACE)
    for place in np.unique(layout.measured.facts):
        reading = facts.read(names[place])
        if reading.value is None:
            missing[place] = marks_of(reading.to_supply)
        else:
            values[place], known[place] = number(reading.value), True
    return values, known, missing
